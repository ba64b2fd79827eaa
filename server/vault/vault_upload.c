/*
 * Roster uploads where several vaults have one store: a registrar's frames may come to any of them,
 * so what has come lies in the store until the upload is whole. A vault that is alone keeps it in
 * its memory.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UPLOADS    "uploads"
#define UPLOAD_LEN (KEY_SIGN_PUBLIC_LEN + 8 + 2 + 4 + VAULT_UPLOAD_MAX)
#define NAME_LEN   32

static const char *
part_name(char dst[static NAME_LEN], const struct vault *v, const struct vault_upload *u, int part)
{
	snprintf(dst, NAME_LEN, "upload-%d-%d", (int)(u - v->upload), part);
	return dst;
}

void
vault_upload_drop(struct vault_upload *u)
{
	free(u->bytes);
	memset(u, 0, sizeof(*u));
}

static int
upload_get(struct buf *b, struct vault_upload *u)
{
	vault_upload_drop(u);
	buf_bytes(b, u->key, sizeof(u->key), sizeof(u->key));
	u->used = buf_u64(b);
	u->parts = buf_u16(b);
	u->length = buf_u32(b);
	for (int i = 0; i < VAULT_UPLOAD_MAX; i++)
		u->have[i] = buf_u8(b) != 0;
	if (b->bad || u->parts > VAULT_UPLOAD_MAX)
		return ERR_IO;
	u->bytes = u->parts ? calloc(u->parts, FRAME_BODY_LEN) : NULL;
	return u->parts && !u->bytes ? ERR_MEM : 0;
}

int
vault_upload_load(struct vault *v)
{
	uint8_t kept[VAULT_UPLOAD_CNT * UPLOAD_LEN] = { 0 };
	size_t len = sizeof(kept);
	struct buf b;
	if (!v->common.on)
		return 0;
	int err = store_meta_get(v->store, UPLOADS, kept, sizeof(kept), &len);
	if (err == ERR_NOT_FOUND)
		err = 0;
	buf_init(&b, kept, len);
	v->upload_seq = 0;
	for (int i = 0; !err && i < VAULT_UPLOAD_CNT; i++) {
		err = upload_get(&b, &v->upload[i]);
		if (v->upload[i].used > v->upload_seq)
			v->upload_seq = v->upload[i].used;
	}
	return err;
}

/* Which parts of which uploads have come. */
static int
uploads_keep(struct vault *v)
{
	uint8_t kept[VAULT_UPLOAD_CNT * UPLOAD_LEN];
	struct bufw w;
	bufw_init(&w, kept, sizeof(kept));
	for (const struct vault_upload *u = v->upload; u < v->upload + VAULT_UPLOAD_CNT; u++) {
		bufw_bytes(&w, u->key, sizeof(u->key));
		bufw_u64(&w, u->used);
		bufw_u16(&w, u->parts);
		bufw_u32(&w, u->length);
		for (int i = 0; i < VAULT_UPLOAD_MAX; i++)
			bufw_u8(&w, u->have[i]);
	}
	return store_meta_set(v->store, UPLOADS, kept, w.len);
}

int
vault_upload_keep(struct vault *v, const struct vault_upload *u, int part)
{
	char name[NAME_LEN];
	if (!v->common.on)
		return 0;
	int err = store_meta_set(v->store, part_name(name, v, u, part),
				 u->bytes + (size_t)part * FRAME_BODY_LEN, FRAME_BODY_LEN);
	return err ? err : uploads_keep(v);
}

int
vault_upload_gather(struct vault *v, struct vault_upload *u, int part)
{
	int err = 0;
	for (int i = 0; v->common.on && !err && i < u->parts; i++) {
		char name[NAME_LEN];
		size_t len = FRAME_BODY_LEN;
		if (i != part)
			err = store_meta_get(v->store, part_name(name, v, u, i),
					     u->bytes + (size_t)i * FRAME_BODY_LEN, FRAME_BODY_LEN,
					     &len);
		if (err == ERR_NOT_FOUND || (!err && len != FRAME_BODY_LEN))
			err = ERR_IO;
	}
	return err;
}

int
vault_upload_end(struct vault *v, struct vault_upload *u)
{
	int err = 0;
	for (int i = 0; v->common.on && !err && i < u->parts; i++) {
		char name[NAME_LEN];
		err = store_meta_set(v->store, part_name(name, v, u, i), "", 0);
	}
	vault_upload_drop(u);
	return err || !v->common.on ? err : uploads_keep(v);
}
