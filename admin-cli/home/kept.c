/* Drafts in the encrypted workspace (see kept.h). The key of a record is the case's id and the
 * sort; the value is the text with its final zero. */
#include "admin-cli/home/kept.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/home/workspace.h"
#include "crypto/err.h"

#define KEY_CAP (KEY_ID_LEN + KEPT_SORT_MAX)

/* Returns the length of the key; 0 where the sort is none. */
static size_t
make_key(uint8_t key[static KEY_CAP], const uint8_t *id, const char *sort)
{
	size_t n = strlen(sort);

	if (!n || n >= KEPT_SORT_MAX)
		return 0;
	memcpy(key, id, KEY_ID_LEN);
	memcpy(key + KEY_ID_LEN, sort, n);
	return KEY_ID_LEN + n;
}

int
kept_put(struct workspace *ws, const uint8_t id[static 16], const char *sort, const char *text)
{
	uint8_t key[KEY_CAP];
	size_t n = make_key(key, id, sort);

	if (!n)
		return ERR_ARG;
	if (!*text)
		return workspace_del(ws, WORKSPACE_DRAFT, key, n);
	return workspace_put(ws, WORKSPACE_DRAFT, key, n, text, strlen(text) + 1);
}

int
kept_get(struct workspace *ws, const uint8_t id[static 16], const char *sort, char **text)
{
	uint8_t key[KEY_CAP], *val;
	size_t n = make_key(key, id, sort), len;

	*text = NULL;
	if (!n)
		return ERR_ARG;
	int err = workspace_get(ws, WORKSPACE_DRAFT, key, n, &val, &len);
	if (err)
		return err;
	if (!len || val[len - 1] || strlen((char *)val) + 1 != len) {
		workspace_free(val, len);
		return ERR_FORMAT;
	}
	*text = (char *)val; /* transferred */
	return 0;
}

int
kept_drop(struct workspace *ws, const uint8_t id[static 16], const char *sort)
{
	return kept_put(ws, id, sort, "");
}

struct walk {
	kept_each_fn *each;
	void *arg;
};

static int
visit(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	const struct walk *w = arg;
	char sort[KEPT_SORT_MAX];

	if (key_len <= KEY_ID_LEN || key_len >= KEY_CAP || !len || val[len - 1])
		return ERR_FORMAT;
	memcpy(sort, key + KEY_ID_LEN, key_len - KEY_ID_LEN);
	sort[key_len - KEY_ID_LEN] = '\0';
	return w->each(w->arg, key, sort, (const char *)val);
}

int
kept_each(struct workspace *ws, kept_each_fn *each, void *arg)
{
	struct walk w = { each, arg };

	return workspace_each(ws, WORKSPACE_DRAFT, visit, &w);
}

int
kept_count(struct workspace *ws, size_t *cnt)
{
	return workspace_count(ws, WORKSPACE_DRAFT, cnt);
}
