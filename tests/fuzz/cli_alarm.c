/* A file that is said to prove that a gateway hides something, as davy log verify reads it. What
 * holds is one of the kinds, and stands under a checkpoint that the log has signed. */
#include <jansson.h>

#include "admin-cli/desk/alarm.h"
#include "admin-cli/desk/mirror.h"
#include "crypto/checkpoint.h"
#include "crypto/err.h"
#include "tests/fuzz/cli_home.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct note_key log_key;
static char path[96];

static void
start(void)
{
	uint8_t seed[KEY_SIGN_SEED_LEN] = { 4 };
	struct key_sign sign;

	key_sign_from_seed(&sign, seed);
	key_sign_public(log_key.key, &sign);
	snprintf(log_key.name, sizeof(log_key.name), "log.11111111111111111111111111111111");
	snprintf(path, sizeof(path), "%s/alarm.json", cli_dir);
}

static void
put(const uint8_t *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert(fd >= 0 && write(fd, data, len) == (ssize_t)len && close(fd) == 0);
}

static void
signed_by_log(const uint8_t *data, size_t len)
{
	json_t *body = json_loadb((const char *)data, len, 0, NULL);
	const char *text = json_string_value(json_object_get(body, "checkpoint"));
	struct checkpoint c;

	assert(text && mirror_checkpoint(&ses, &log_key, "x", (const uint8_t *)text, strlen(text),
					 &c) == DAVY_OK);
	json_decref(body);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	enum alarm_what what;

	if (home_start())
		start();
	put(data, len);
	if (alarm_check(&ses, path, &log_key, &what) == DAVY_OK) {
		assert(what < ALARM__MAX && alarm_text(what) && *alarm_name(what));
		signed_by_log(data, len);
	}
	home_forget();
	return 0;
}
