/* What a home keeps of sealed orders (see order_store.h). */
#include "admin-cli/desk/order_store.h"

#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/home/workspace.h"
#include "crypto/err.h"

#define KEY_LEN (KEY_ID_LEN + 1)

static void
make_key(uint8_t key[static KEY_LEN], const uint8_t *id, uint8_t what)
{
	memcpy(key, id, KEY_ID_LEN);
	key[KEY_ID_LEN] = what;
}

int
order_store_put(struct session *ses, const uint8_t id[static 16], uint8_t what, const void *val,
		size_t len)
{
	uint8_t key[KEY_LEN];
	int err = workspace_open(ses);

	make_key(key, id, what);
	return err ? err
		   : sync_workspace_failed(ses, workspace_put(ses->workspace, WORKSPACE_ORDER, key,
							      KEY_LEN, val, len));
}

int
order_store_get(struct session *ses, const uint8_t id[static 16], uint8_t what, uint8_t **val,
		size_t *len)
{
	uint8_t key[KEY_LEN];
	int err = workspace_open(ses), got;

	*val = NULL;
	*len = 0;
	if (err)
		return err;
	make_key(key, id, what);
	got = workspace_get(ses->workspace, WORKSPACE_ORDER, key, KEY_LEN, val, len);
	return got && got != ERR_NOT_FOUND
		       ? session_fail_err(ses, got, "%s", _("The workspace cannot be read"))
		       : 0;
}

int
order_store_del(struct session *ses, const uint8_t id[static 16], uint8_t what)
{
	uint8_t key[KEY_LEN];
	int err;

	make_key(key, id, what);
	err = workspace_del(ses->workspace, WORKSPACE_ORDER, key, KEY_LEN);
	return sync_workspace_failed(ses, err == ERR_NOT_FOUND ? 0 : err);
}
