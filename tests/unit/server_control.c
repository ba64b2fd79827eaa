/* Operators at the control socket: in turn, each with the answer to his own question; who is
 * silent, strange or talks nonsense goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "server/parent/control.h"
#include "server/base/clock.h"
#include "server/base/ipc.h"

#include "crypto/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define LONG_MS 5001

static struct control control;
static struct sockaddr_un path = { .sun_family = AF_UNIX };
static int vault[2]; /* the parent's end, the vault's */

static int
begin(void **state)
{
	char dir[] = "/tmp/control.XXXXXX";
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path.sun_path, sizeof(path.sun_path), "%s/s", dir);
	assert_int_equal(bind(fd, (struct sockaddr *)&path, sizeof(path)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(ipc_pair(vault, true), 0);
	control_init(&control, fd);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	for (int i = 0; i < CONTROL_MAX; i++)
		if (control.client[i].fd >= 0)
			close(control.client[i].fd);
	close(control.listener);
	close(vault[0]);
	close(vault[1]);
	unlink(path.sun_path);
	*strrchr(path.sun_path, '/') = 0;
	return rmdir(path.sun_path);
}

static int
come(void)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&path, sizeof(path)), 0);
	return fd;
}

static void
ask(int fd, enum ipc_ask what)
{
	const uint8_t q[5] = { (uint8_t)what };
	assert_int_equal(ipc_control_send(fd, IPC_ASK, q, sizeof(q), -1), 0);
}

/* The parent's loop until nothing is left to hear. */
static const char *
turn(int to)
{
	struct pollfd fds[CONTROL_MAX + 1];
	const char *said = NULL;
	control_wait(&control, fds);
	while (!said && poll(fds, CONTROL_MAX + 1, 0) > 0) {
		said = control_hear(&control, fds, to);
		control_wait(&control, fds);
	}
	return said;
}

/* What the vault was asked last; 99: nothing. */
static int
asked(void)
{
	uint8_t buf[IPC_CONTROL_MAX];
	struct ipc_msg msg;
	return ipc_control_recv(vault[1], IPC_VAULT, IPC_PARENT, buf, &msg) > 0 ? msg.bytes[0] : 99;
}

static void
heard(int fd, const char *text)
{
	uint8_t buf[IPC_CONTROL_MAX];
	struct ipc_msg msg;
	assert_int_equal(ipc_control_recv(fd, IPC_OPERATOR, IPC_PARENT, buf, &msg), 1);
	assert_int_equal(msg.len, strlen(text));
	assert_memory_equal(msg.bytes, text, msg.len);
}

static int
hears(int fd)
{
	uint8_t buf[IPC_CONTROL_MAX];
	struct ipc_msg msg;
	return ipc_control_recv(fd, IPC_OPERATOR, IPC_PARENT, buf, &msg);
}

static void
reply(const char *text)
{
	assert_true(control_answered(&control));
	control_reply(&control, text, strlen(text));
}

static void
in_turn(void **state)
{
	int one = come(), two = come();
	(void)state;
	ask(one, IPC_ASK_PURGE);
	ask(two, IPC_ASK_STATUS);
	assert_null(turn(vault[0]));
	assert_int_equal(asked(), IPC_ASK_PURGE);
	assert_int_equal(asked(), 99);
	reply("some");
	heard(one, "some");
	ask(one, IPC_ASK_PURGE);
	/* Both have something to say; nobody is forgotten for the other. */
	assert_null(turn(vault[0]));
	assert_int_equal(asked(), IPC_ASK_STATUS);
	assert_true(control.status);
	reply("well");
	heard(two, "well");
	assert_null(turn(vault[0]));
	assert_int_equal(asked(), IPC_ASK_PURGE);
	assert_false(control.status);
	reply("more");
	heard(one, "more");
	close(one);
	close(two);
}

/* Four have a place; the fifth waits for one, he is not refused. */
static void
places(void **state)
{
	int fd[CONTROL_MAX + 1];
	(void)state;
	for (int i = 0; i <= CONTROL_MAX; i++)
		fd[i] = come();
	ask(fd[CONTROL_MAX], IPC_ASK_STATUS);
	assert_null(turn(vault[0]));
	assert_int_equal(asked(), 99);
	close(fd[1]);
	assert_null(turn(vault[0]));
	assert_int_equal(asked(), IPC_ASK_STATUS);
	reply("well");
	heard(fd[CONTROL_MAX], "well");
	/* They say nothing, and lose it. */
	assert_null(control_overdue(&control, clock_mono_ms() + LONG_MS - 1000));
	assert_int_equal(hears(fd[0]), 0);
	assert_true(control_due(&control) <= clock_mono_ms() + LONG_MS);
	assert_null(control_overdue(&control, clock_mono_ms() + LONG_MS));
	assert_int_equal(hears(fd[0]), ERR_NET);
	assert_true(control_due(&control) == UINT64_MAX);
	for (int i = 0; i <= CONTROL_MAX; i++)
		if (i != 1)
			close(fd[i]);
}

/* A vault that is silent: who asks after that does not wait for it, and what it says in the end is
 * for nobody. */
static void
late(void **state)
{
	int one = come(), two = come();
	(void)state;
	ask(one, IPC_ASK_STATUS);
	assert_null(turn(vault[0]));
	assert_int_equal(asked(), IPC_ASK_STATUS);
	assert_null(control_overdue(&control, clock_mono_ms()));
	assert_string_equal(control_overdue(&control, clock_mono_ms() + LONG_MS), "vault 0\n");
	control_reply(&control, "in its place", 12);
	heard(one, "in its place");
	ask(two, IPC_ASK_PURGE);
	assert_string_equal(turn(vault[0]), "the vault does not serve\n");
	control_reply(&control, "", 0);
	heard(two, "");
	assert_int_equal(asked(), 99);
	assert_false(control_answered(&control));
	ask(two, IPC_ASK_PURGE);
	assert_null(turn(vault[0]));
	assert_int_equal(asked(), IPC_ASK_PURGE);
	reply("purged");
	heard(two, "purged");
	/* One who did not wait for it. */
	ask(one, IPC_ASK_STATUS);
	assert_null(turn(vault[0]));
	close(one);
	reply("well");
	assert_false(control_answered(&control));
	/* A vault that died owes nothing. */
	ask(two, IPC_ASK_PURGE);
	assert_null(turn(vault[0]));
	assert_string_equal(control_overdue(&control, clock_mono_ms() + LONG_MS),
			    "the vault does not serve\n");
	control_reply(&control, "", 0);
	assert_null(control_vault_gone(&control));
	heard(two, "");
	ask(two, IPC_ASK_PURGE);
	assert_null(turn(vault[0]));
	assert_string_equal(control_vault_gone(&control), "the vault does not serve\n");
	control_reply(&control, "", 0);
	assert_null(control_overdue(&control, clock_mono_ms()));
	heard(two, "");
	ask(two, IPC_ASK_PURGE);
	assert_string_equal(turn(-1), "the vault does not serve\n");
	control_reply(&control, "", 0);
	heard(two, "");
	ask(two, IPC_ASK_PURGE);
	assert_null(turn(vault[0]));
	reply("purged");
	close(two);
}

static void
strange(void **state)
{
	static const uint8_t q[5] = { IPC_ASK__MAX };
	static const struct {
		enum ipc_type type;
		size_t len;
	} nonsense[] = { { IPC_ASK, 5 },
			 { IPC_DRAIN, 1 },
			 { IPC_PONG, 0 },
			 { IPC_READY, 0 },
			 { IPC_REPLY, 5 } };
	(void)state;
	for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
		int fd = come();
		assert_int_equal(ipc_control_send(fd, nonsense[i].type, q, nonsense[i].len, -1), 0);
		assert_null(turn(vault[0]));
		assert_int_equal(hears(fd), ERR_NET);
		close(fd);
	}
	int raw = come();
	assert_int_equal(send(raw, "davyd", 5, 0), 5);
	assert_null(turn(vault[0]));
	assert_int_equal(hears(raw), ERR_NET);
	close(raw);
	assert_int_equal(asked(), 99);
	if (geteuid() != 0)
		return;
	/* Somebody else's process, where the file's mode would have let it through. */
	*strrchr(path.sun_path, '/') = 0;
	assert_int_equal(chmod(path.sun_path, 0755), 0);
	path.sun_path[strlen(path.sun_path)] = '/';
	assert_int_equal(chmod(path.sun_path, 0777), 0);
	pid_t pid = fork();
	if (pid == 0) {
		int fd = setuid(65534) ? -1 : socket(AF_UNIX, SOCK_SEQPACKET, 0);
		struct pollfd p = { .fd = fd, .events = POLLIN };
		if (fd < 0 || connect(fd, (struct sockaddr *)&path, sizeof(path)) ||
		    poll(&p, 1, 10000) != 1)
			_exit(1);
		_exit(hears(fd) != ERR_NET);
	}
	struct pollfd p = { .fd = control.listener, .events = POLLIN };
	assert_int_equal(poll(&p, 1, 10000), 1);
	assert_null(turn(vault[0]));
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(in_turn, begin, end),
		cmocka_unit_test_setup_teardown(places, begin, end),
		cmocka_unit_test_setup_teardown(late, begin, end),
		cmocka_unit_test_setup_teardown(strange, begin, end),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
