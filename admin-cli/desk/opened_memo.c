/*
 * What is kept of an entry that was opened, so that the next time needs no X-Wing: which of our
 * keys and which stanza opened it, its file key, and what was verified. Also: entries that came
 * together are opened on all processors at once.
 *
 * The record is: SHA-256 of our public key ‖ u8 stanza ‖ sealed (u8 flags ‖ u8 dummies ‖ file key ‖
 * tag of the frame). The sealed part is sealed under a key that is derived from the epoch secret
 * that opened the entry, and again with the workspace: when that secret is dropped, the file key is
 * gone with it. It is bound to the entry's bytes by their hash.
 */
#include "admin-cli/desk/opened_inner.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>
#include <unistd.h>

#include "admin-cli/base/session.h"
#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/secret.h"

#define PLAIN_LEN  (1 + 1 + AGE_FILE_KEY_LEN + OPENED_TAG_LEN)
#define MEMO_LEN   (32 + 1 + PLAIN_LEN + RECORD_OVERHEAD)
#define TOGETHER   128 /* entries that are opened at once */
#define THREAD_MAX 8

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

/* ---- many at once ---- */

struct crowd {
	const struct opened_ring *in;
	struct opened_one *one;
	size_t cnt;
	atomic_size_t next;
};

static void
open_one(const struct opened_ring *in, struct opened_one *o, uint8_t plain[static ENTRY_LEN])
{
	struct open_result r;
	struct entry e;
	int err = ERR_NO_MATCH;

	memset(&o->memo, 0, sizeof(o->memo));
	for (size_t k = 0; err == ERR_NO_MATCH && k < in->key_cnt; k++) {
		err = open_sealed(plain, &r, o->sealed, in->key[k], 0);
		o->memo.key = k;
	}
	if (!err && !entry_parse(&e, plain)) {
		opened_memo_sound(&o->memo, &r);
		err = open_audit(&r, o->sealed, &e, in->known, in->known_cnt);
		opened_memo_audited(&o->memo, &r, err);
	}
	sodium_memzero(&r, sizeof(r));
}

static void *
work(void *arg)
{
	struct crowd *c = arg;
	uint8_t *plain = secret_alloc(ENTRY_LEN);
	size_t i;

	while (plain && (i = atomic_fetch_add(&c->next, 1)) < c->cnt)
		open_one(c->in, &c->one[i], plain);
	secret_free(plain);
	return NULL;
}

void
opened_together(const struct opened_ring *in, struct opened_one *one, size_t cnt)
{
	struct crowd c = { .in = in, .one = one, .cnt = cnt };
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t t[THREAD_MAX];
	int threads = 0;

	/* this thread is one of them */
	while (threads < THREAD_MAX && threads + 1 < cpus && (size_t)threads + 1 < cnt &&
	       !pthread_create(&t[threads], NULL, work, &c))
		threads++;
	work(&c);
	for (int i = 0; i < threads; i++)
		pthread_join(t[i], NULL);
}

struct gather {
	struct session *ses;
	const struct opened_ring *in;
	struct opened_one *one;
	struct workspace_entry *w;
	size_t cnt;
};

static void
open_gathered(struct gather *g)
{
	opened_together(g->in, g->one, g->cnt);
	if (g->cnt && workspace_begin(g->ses->workspace) == 0) {
		for (size_t i = 0; i < g->cnt; i++)
			if (g->one[i].memo.known)
				opened_memo_put(g->ses, g->in, g->one[i].hash, &g->one[i].memo);
		(void)!workspace_commit(g->ses->workspace);
	}
	g->cnt = 0;
}

/* Gathers the entries of a thread that have no memo yet. */
static void
gather_thread(struct gather *g, const uint8_t *id, int thread, uint32_t cnt)
{
	for (uint32_t i = 0; i < cnt; i++) {
		if (workspace_entry_get(g->ses->workspace, id, thread, i, g->w) ||
		    workspace_has(g->ses->workspace, WORKSPACE_OPENED, g->w->hash, 32))
			continue;
		struct opened_one *o = &g->one[g->cnt++];
		memcpy(o->hash, g->w->hash, sizeof(o->hash));
		memcpy(o->sealed, g->w->sealed, sizeof(o->sealed));
		if (g->cnt == TOGETHER)
			open_gathered(g);
	}
}

void
opened_arrived(struct session *ses, const struct workspace_case *const *list, size_t cnt)
{
	struct opened_inner inner = { 0 };
	struct opened d = { .inner = &inner };
	struct gather g = { .ses = ses };

	if (trust_get(ses, false, &d.view) || opened_ring_get(ses, &d)) {
		session_forgive(ses); /* opened_load() says it */
		return;
	}
	g.in = inner.ring;
	g.one = calloc(TOGETHER, sizeof(*g.one));
	g.w = malloc(sizeof(*g.w));
	for (size_t i = 0; g.one && g.w && i < cnt; i++) {
		gather_thread(&g, list[i]->rec.id, FRAME_SOURCE, list[i]->have_source);
		gather_thread(&g, list[i]->rec.id, FRAME_DESK, list[i]->have_desk);
	}
	if (g.one && g.w)
		open_gathered(&g);
	workspace_free(g.one, TOGETHER * sizeof(*g.one));
	free(g.w);
	opened_ring_drop(inner.ring);
}
