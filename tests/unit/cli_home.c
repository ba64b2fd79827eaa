/* The home: keystores of two terminals, floors that only rise, passphrases, files of any mode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/home/home_state.h"
#include "crypto/err.h"
#include "crypto/secret.h"
#include "tests/lib/cli_home.h"

static char dir[] = "/tmp/cli_home.XXXXXX";
static char pass[64];

static void
start(struct session *c)
{
	*c = (struct session){ .home_dir = dir, .passphrase_file = pass };
	assert_int_equal(home_open(c, false), DAVY_OK);
}

static void
stop(struct session *c)
{
	home_close(c);
	session_end(c);
}

static struct home_epoch
an_epoch(uint16_t desk, uint32_t number)
{
	struct home_epoch e = { .desk = desk, .epoch = number };

	memset(e.gateway, 0x22, sizeof(e.gateway));
	memset(e.secret.seed, (int)number, sizeof(e.secret.seed));
	return e;
}

static int
setup(void **state)
{
	const struct keystore_cost cheap = { 1, KEYSTORE_MEM_MIN };
	struct home_gateway g = { .url = (char[]){ "unix:/nowhere" } };
	struct key_sign k;
	struct session c;

	(void)state;
	if (sodium_init() < 0 || !mkdtemp(dir))
		return -1;
	snprintf(pass, sizeof(pass), "%s/pass", dir);
	int fd = open(pass, O_WRONLY | O_CREAT, 0600);
	if (fd < 0 || write(fd, "secret words\nno more\n", 21) != 21 || close(fd) != 0)
		return -1;
	start(&c);
	c.home->secret = secret_alloc(sizeof(*c.home->secret));
	struct home_secret *sec = c.home->secret;
	if (keystore_key_new(&sec->key, "secret words", &cheap) != 0)
		return -1;
	snprintf(sec->keys.name, sizeof(sec->keys.name), "甲");
	key_sign_new(&sec->keys.sign);
	if (home_keystore_write(&c, home_path(&c, "keystore")) != DAVY_OK)
		return -1;
	memset(g.card.id, 0x22, sizeof(g.card.id));
	key_sign_new(&k);
	key_sign_public(g.card.key, &k);
	key_sign_public(g.card.roots.key[0], &sec->keys.sign);
	g.card.roots.cnt = g.card.roots.threshold = 1;
	if (home_gateway_save(&c, &g, true) != DAVY_OK)
		return -1;
	stop(&c);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	return cli_home_remove(dir);
}

/* Two terminals that opened the keystore before the other changed it. */
static void
test_two(void **state)
{
	const struct home_keys *k;
	struct session c;
	int status;

	(void)state;
	pid_t pid = fork();
	start(&c);
	assert_int_equal(home_keys(&c, &k), DAVY_OK);
	for (uint32_t i = 1; i <= 30; i++) {
		struct home_epoch e = an_epoch(pid ? 1 : 2, i);
		struct home_subkey sub = { .desk = e.desk, .epoch = i };
		assert_int_equal(home_add_epoch(&c, &e), DAVY_OK);
		assert_int_equal(home_add_subkey(&c, &sub), DAVY_OK);
	}
	stop(&c);
	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	start(&c);
	assert_int_equal(home_keys(&c, &k), DAVY_OK);
	assert_int_equal(k->epoch_cnt, 60);
	assert_int_equal(k->subkey_cnt, 60);
	const struct home_epoch *e;
	size_t mine = 0;
	for (size_t i = 0; (e = home_epoch_next(&c, k, 2, &i)); mine++)
		assert_int_equal(e->desk, 2);
	assert_int_equal(mine, 30);
	/* once more the same changes nothing */
	struct home_epoch again = an_epoch(1, 7);
	assert_int_equal(home_add_epoch(&c, &again), DAVY_OK);
	assert_int_equal(k->epoch_cnt, 60);
	assert_int_equal(home_drop_epoch(&c, &again), DAVY_OK);
	assert_int_equal(k->epoch_cnt, 59);
	assert_int_equal(k->subkey_cnt, 60); /* that one was of another gateway */
	stop(&c);
}

static void
test_wrong(void **state)
{
	const struct home_keys *k;
	struct session c;
	char other[80];

	(void)state;
	snprintf(other, sizeof(other), "%s/other", dir);
	int fd = open(other, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0 && write(fd, "secret word\n", 12) == 12);
	close(fd);
	start(&c);
	c.passphrase_file = other;
	assert_int_equal(home_keys(&c, &k), DAVY_REFUSED);
	assert_null(k);
	assert_string_equal(c.failure_name, "passphrase");
	session_forgive(&c);
	assert_int_equal(chmod(other, 0640), 0);
	assert_int_equal(home_keys(&c, &k), DAVY_REFUSED);
	assert_string_equal(c.failure_name, "mode");
	session_forgive(&c);
	assert_int_equal(chmod(home_path(&c, "keystore"), 0604), 0);
	c.passphrase_file = pass;
	assert_int_equal(home_keys(&c, &k), DAVY_REFUSED);
	assert_string_equal(c.failure_name, "mode");
	session_forgive(&c);
	assert_int_equal(chmod(home_path(&c, "keystore"), 0600), 0);
	assert_int_equal(home_keys(&c, &k), DAVY_OK);
	assert_string_equal(k->name, "甲");
	stop(&c);
}

/* A terminal that looked earlier does not lower what a later one saw. */
static void
test_floor(void **state)
{
	const struct home_gateway *g, *h;
	const uint8_t one[32] = { 1 }, three[32] = { 3 }, five[32] = { 5 };
	static struct roster r1 = { .version = 1, .name = "一" };
	static struct roster r3 = { .version = 3, .name = "三", .gateway_key = { 33 } };
	static struct roster r5 = { .version = 5, .name = "五", .gateway_key = { 55 } };
	struct session a, b;

	(void)state;
	start(&a);
	start(&b);
	assert_int_equal(home_gateway(&a, &g), DAVY_OK);
	assert_int_equal(home_gateway(&b, &h), DAVY_OK);
	/* a key that came by card stays until a roster has named it */
	assert_int_equal(home_gateway_raise(&b, &r3, three), DAVY_OK);
	assert_int_equal(h->min_version, 0);
	assert_memory_equal(h->key, g->key, 32);
	memcpy(r1.gateway_key, g->key, 32);
	assert_int_equal(home_gateway_raise(&b, &r1, one), DAVY_OK);
	assert_int_equal(home_gateway_raise(&b, &r5, five), DAVY_OK);
	assert_int_equal(home_gateway_raise(&a, &r3, three), DAVY_OK);
	assert_int_equal(g->min_version, 5);
	assert_memory_equal(g->min_hash, five, 32);
	assert_memory_equal(g->key, r5.gateway_key, 32);
	stop(&a);
	stop(&b);
	start(&a);
	assert_int_equal(home_gateway(&a, &g), DAVY_OK);
	assert_int_equal(g->min_version, 5);
	assert_string_equal(g->name, "五");
	assert_memory_equal(g->key, r5.gateway_key, 32); /* it goes with the floor */
	assert_true(g->key_named);
	stop(&a);
}

static void
test_agent(void **state)
{
	struct keystore_key key = { .ops = 1, .mem_kib = 8 }, got;

	(void)state;
	memset(key.key, 0x5a, sizeof(key.key));
	assert_int_equal(agent_get(dir, &got), ERR_NOT_FOUND);
	assert_int_equal(agent_start(dir, &key, 1), 0);
	assert_int_equal(agent_get(dir, &got), 0);
	assert_memory_equal(&got, &key, sizeof(key));
	assert_int_equal(agent_stop(dir), 0);
	assert_int_equal(agent_get(dir, &got), ERR_NOT_FOUND);
	assert_int_equal(agent_stop(dir), ERR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_floor),
		cmocka_unit_test(test_agent),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
