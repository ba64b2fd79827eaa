/* Where the cases of a workspace stand (see workspace_shelf.h). */
#include "admin-cli/home/workspace_shelf.h"

#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#include "crypto/buf.h"
#include "crypto/err.h"

static void
number_key(uint8_t key[static 4], size_t number)
{
	struct bufw w;

	bufw_init(&w, key, 4);
	bufw_u32(&w, (uint32_t)number);
}

/* The last record of heads, and how many stand before it. `all` has room for one record. */
static int
heads_last(struct workspace *ws, uint8_t *all, size_t *len, size_t *records)
{
	uint8_t key[4], *val = NULL;
	int err = workspace_count(ws, WORKSPACE_HEADS, records);

	*len = 0;
	if (err || !*records)
		return err;
	number_key(key, --*records);
	err = workspace_get(ws, WORKSPACE_HEADS, key, sizeof(key), &val, len);
	if (!err && *len > HEADS_CNT * HEAD_LEN)
		err = ERR_FORMAT;
	if (!err)
		memcpy(all, val, *len);
	workspace_free(val, *len);
	return err;
}

int
heads_next(struct workspace *ws, uint32_t *number)
{
	uint8_t all[HEADS_CNT * HEAD_LEN];
	size_t len, records;
	int err = heads_last(ws, all, &len, &records);

	*number = (uint32_t)(records * HEADS_CNT + len / HEAD_LEN);
	sodium_memzero(all, sizeof(all));
	return err;
}

/* The last record is filled, then new ones follow. */
int
heads_add(struct workspace *ws, const uint8_t *head, size_t cnt)
{
	uint8_t key[4], all[HEADS_CNT * HEAD_LEN];
	size_t records, len;
	int err = heads_last(ws, all, &len, &records);

	while (!err && cnt) {
		if (len == sizeof(all)) {
			records++;
			len = 0;
		}
		size_t n = (sizeof(all) - len) / HEAD_LEN;
		n = n < cnt ? n : cnt;
		memcpy(all + len, head, n * HEAD_LEN);
		len += n * HEAD_LEN;
		head += n * HEAD_LEN;
		cnt -= n;
		number_key(key, records);
		err = workspace_put(ws, WORKSPACE_HEADS, key, sizeof(key), all, len);
	}
	sodium_memzero(all, sizeof(all));
	return err;
}

int
heads_del(struct workspace *ws, uint32_t number)
{
	uint8_t key[4], *val;
	size_t len, at = number % HEADS_CNT * HEAD_LEN;

	number_key(key, number / HEADS_CNT);
	int err = workspace_get(ws, WORKSPACE_HEADS, key, sizeof(key), &val, &len);
	if (err)
		return err;
	if (at + HEAD_LEN > len) {
		err = ERR_FORMAT;
	} else {
		memset(val + at, 0, HEAD_LEN);
		err = workspace_put(ws, WORKSPACE_HEADS, key, sizeof(key), val, len);
	}
	workspace_free(val, len);
	return err;
}

int
place_get(struct workspace *ws, const uint8_t *id, uint32_t *number)
{
	uint8_t *val;
	struct buf b;
	size_t len;
	int err = workspace_get(ws, WORKSPACE_PLACE, id, KEY_ID_LEN, &val, &len);

	if (err)
		return err;
	buf_init(&b, val, len);
	*number = buf_u32(&b);
	err = buf_end(&b);
	workspace_free(val, len);
	return err;
}

int
place_put(struct workspace *ws, const uint8_t *id, uint32_t number)
{
	uint8_t val[4];

	number_key(val, number);
	return workspace_put(ws, WORKSPACE_PLACE, id, KEY_ID_LEN, val, sizeof(val));
}

/* Takes the next case of a shelf: u16 length ‖ its bytes; NULL at a place where none stands. */
const uint8_t *
shelf_next(struct buf *b, size_t *len)
{
	*len = buf_u16(b);
	if (*len > SHELF_CASE_MAX)
		buf_fail(b);
	return *len && !b->bad ? buf_take(b, *len) : NULL;
}

int
shelf_read(struct workspace *ws, uint32_t number, struct shelf *s)
{
	uint8_t key[4], *val;
	struct buf b;
	size_t len, n;

	memset(s->len, 0, sizeof(s->len));
	s->number = number;
	number_key(key, number);
	int err = workspace_get(ws, WORKSPACE_CASE, key, sizeof(key), &val, &len);
	if (err)
		return err == ERR_NOT_FOUND ? 0 : err;
	buf_init(&b, val, len);
	for (size_t i = 0; i < SHELF_CNT && b.left && !b.bad; i++) {
		const uint8_t *one = shelf_next(&b, &n);
		if (one)
			memcpy(s->val[i], one, n);
		s->len[i] = (uint16_t)(one ? n : 0);
	}
	err = buf_end(&b);
	workspace_free(val, len);
	return err;
}

int
shelf_write(struct workspace *ws, const struct shelf *s)
{
	uint8_t key[4], val[SHELF_CNT * (2 + SHELF_CASE_MAX)];
	size_t cnt = SHELF_CNT;
	struct bufw w;

	while (cnt && !s->len[cnt - 1])
		cnt--;
	number_key(key, s->number);
	bufw_init(&w, val, sizeof(val));
	for (size_t i = 0; i < cnt; i++) {
		bufw_u16(&w, s->len[i]);
		bufw_bytes(&w, s->val[i], s->len[i]);
	}
	int err = bufw_end(&w);
	if (!err)
		err = workspace_put(ws, WORKSPACE_CASE, key, sizeof(key), val, w.len);
	sodium_memzero(val, sizeof(val));
	return err;
}
