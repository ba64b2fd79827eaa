/*
 * What is kept of an entry that was opened, so that the next time needs no X-Wing: which of our
 * keys and which stanza opened it, its file key, and what was verified.
 *
 * The record is: SHA-256 of our public key ‖ u8 stanza ‖ sealed (u8 flags ‖ u8 dummies ‖ file key ‖
 * tag of the frame). The sealed part is sealed under a key that is derived from the epoch secret
 * that opened the entry, and again with the workspace: when that secret is dropped, the file key is
 * gone with it. It is bound to the entry's bytes by their hash.
 */
#include "admin-cli/desk/opened_inner.h"

#include <string.h>
#include <sodium.h>

#include "admin-cli/base/session.h"
#include "crypto/buf.h"
#include "crypto/err.h"

#define PLAIN_LEN (1 + 1 + AGE_FILE_KEY_LEN + OPENED_TAG_LEN)
#define MEMO_LEN  (32 + 1 + PLAIN_LEN + RECORD_OVERHEAD)

enum flags { SOUND = 1, AUDITED = 2 };

void
opened_memo_get(struct session *ses, const struct opened_ring *in, const uint8_t hash[static 32],
		struct opened_memo *m)
{
	uint8_t *val, plain[PLAIN_LEN];
	struct buf b;
	size_t len;

	memset(m, 0, sizeof(*m));
	if (workspace_get(ses->workspace, WORKSPACE_OPENED, hash, 32, &val, &len))
		return;
	for (size_t k = 0; len == MEMO_LEN && k < in->key_cnt + in->own && !m->has; k++) {
		if (memcmp(open_key_hash(in->key[k]), val, 32))
			continue;
		m->has = true;
		m->key = k;
		m->stanza = val[32] % SEAL_CNT;
		if (record_open(plain, &in->cache[k], hash, val + 33, len - 33))
			continue;
		m->known = true;
		buf_init(&b, plain, sizeof(plain));
		uint8_t flags = buf_u8(&b);
		m->sound = flags & SOUND;
		m->audited = flags & AUDITED;
		m->dummies = buf_u8(&b);
		buf_bytes(&b, m->file_key.b, AGE_FILE_KEY_LEN, AGE_FILE_KEY_LEN);
		buf_bytes(&b, m->frame, OPENED_TAG_LEN, OPENED_TAG_LEN);
	}
	sodium_memzero(plain, sizeof(plain));
	workspace_free(val, len);
}

void
opened_memo_put(struct session *ses, const struct opened_ring *in, const uint8_t hash[static 32],
		const struct opened_memo *m)
{
	uint8_t plain[PLAIN_LEN], val[MEMO_LEN];
	struct bufw w;

	bufw_init(&w, plain, sizeof(plain));
	bufw_u8(&w, (uint8_t)((m->sound ? SOUND : 0) | (m->audited ? AUDITED : 0)));
	bufw_u8(&w, m->dummies);
	bufw_bytes(&w, m->file_key.b, AGE_FILE_KEY_LEN);
	bufw_bytes(&w, m->frame, OPENED_TAG_LEN);
	memcpy(val, open_key_hash(in->key[m->key]), 32);
	val[32] = m->stanza;
	record_seal(val + 33, &in->cache[m->key], hash, plain, sizeof(plain));
	sodium_memzero(plain, sizeof(plain));
	/* a failure is ignored: without the memo the next opening only takes longer */
	(void)!workspace_put(ses->workspace, WORKSPACE_OPENED, hash, 32, val, sizeof(val));
}

void
opened_memo_sound(struct opened_memo *m, const struct open_result *r)
{
	m->has = m->known = m->sound = true;
	m->stanza = r->stanza;
	m->file_key = r->file_key;
}

void
opened_memo_audited(struct opened_memo *m, const struct open_result *r, int err)
{
	m->audited = !err;
	m->dummies = 0;
	for (unsigned i = 0; !err && i < SEAL_CNT; i++)
		m->dummies |= (uint8_t)((r->who[i] == NULL) << i);
}

void
opened_memo_tag(uint8_t tag[static OPENED_TAG_LEN], const struct frame_stub_parts *p)
{
	crypto_generichash_state st;
	uint8_t head[1 + 4 + 2 + 1];
	struct bufw w;

	bufw_init(&w, head, sizeof(head));
	bufw_u8(&w, p->op);
	bufw_u32(&w, p->routing.number);
	bufw_u16(&w, p->routing.desk);
	bufw_u8(&w, p->routing.ladder);
	crypto_generichash_init(&st, NULL, 0, OPENED_TAG_LEN);
	crypto_generichash_update(&st, head, sizeof(head));
	crypto_generichash_update(&st, p->routing.id, sizeof(p->routing.id));
	crypto_generichash_update(&st, p->routing.proof, sizeof(p->routing.proof));
	crypto_generichash_update(&st, p->sig, KEY_SIG_LEN);
	crypto_generichash_final(&st, tag, OPENED_TAG_LEN);
}

bool
opened_memo_frame(const struct opened_memo *m, const uint8_t tag[static OPENED_TAG_LEN])
{
	return m->known && !memcmp(m->frame, tag, OPENED_TAG_LEN);
}
