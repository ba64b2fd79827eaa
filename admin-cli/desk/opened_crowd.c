/*
 * Entries that arrive in a sync are opened by threads of their own while the sync asks for more,
 * stores and folds. A thread touches nothing but the entry that it opens, copies of the public keys
 * that an audit can name, and our opening keys, which nobody changes meanwhile. It is a help alone:
 * what fails here is tried again by opened_load().
 */
#include "admin-cli/desk/opened_inner.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>
#include <unistd.h>

#include "admin-cli/base/session.h"
#include "crypto/err.h"
#include "crypto/secret.h"

#define PLACES     256 /* entries that came and are not kept yet */
#define THREAD_MAX 8
#define FEW        4 /* so many waiting entries are not worth a thread */

/* One entry. */
struct one {
	struct workspace_entry w;
	uint8_t id[KEY_ID_LEN];  /* of its case */
	struct opened_memo memo; /* the result; empty where none of our keys opens it */
	bool opened;
};

/* Public keys, copied. */
struct ring {
	size_t cnt;
	struct open_known *known;
	uint8_t (*pk)[KEY_SEAL_PUBLIC_LEN];
};

/* Entry n is at place n % PLACES. kept <= begun <= came <= kept + PLACES. */
struct opened_crowd {
	struct opened_ring *keys;
	struct ring ring;
	struct one *one;
	uint64_t came, kept; /* the session's thread alone changes these; came under the lock */
	uint8_t *plain;      /* of that thread, secret */

	pthread_mutex_t lock;
	pthread_cond_t work, done;
	uint64_t begun; /* under the lock, as one[].opened */
	bool over;
	pthread_t thread[THREAD_MAX];
	long threads, threads_max;
};

static void
open_one(const struct opened_crowd *c, struct one *o, uint8_t plain[static ENTRY_LEN])
{
	struct open_result r;
	struct entry e;
	int err = ERR_NO_MATCH;

	memset(&o->memo, 0, sizeof(o->memo));
	for (size_t k = 0; err == ERR_NO_MATCH && k < c->keys->key_cnt; k++) {
		err = open_sealed(plain, &r, o->w.sealed, c->keys->key[k], 0);
		o->memo.key = k;
	}
	if (!err && !entry_parse(&e, plain)) {
		opened_memo_sound(&o->memo, &r);
		err = open_audit(&r, o->w.sealed, &e, c->ring.known, c->ring.cnt);
		opened_memo_audited(&o->memo, &r, err);
	}
	sodium_memzero(&r, sizeof(r));
}

/* Opens the next entry. Under the lock, which it gives up meanwhile. */
static void
open_next(struct opened_crowd *c, uint8_t *plain)
{
	struct one *o = &c->one[c->begun++ % PLACES];

	pthread_mutex_unlock(&c->lock);
	open_one(c, o, plain);
	pthread_mutex_lock(&c->lock);
	o->opened = true;
	pthread_cond_signal(&c->done);
}

static void *
work(void *arg)
{
	struct opened_crowd *c = arg;
	uint8_t *plain = secret_alloc(ENTRY_LEN);

	pthread_mutex_lock(&c->lock);
	while (plain && !c->over)
		if (c->begun < c->came)
			open_next(c, plain);
		else
			pthread_cond_wait(&c->work, &c->lock);
	pthread_mutex_unlock(&c->lock);
	secret_free(plain);
	return NULL;
}

static int
copy_ring(struct ring *to, const struct opened_ring *from)
{
	to->known = calloc(from->known_cnt + 1, sizeof(*to->known));
	to->pk = calloc(from->known_cnt + 1, sizeof(*to->pk));
	if (!to->known || !to->pk)
		return ERR_MEM;
	for (to->cnt = 0; to->cnt < from->known_cnt; to->cnt++) {
		to->known[to->cnt] = from->known[to->cnt];
		memcpy(to->pk[to->cnt], from->known[to->cnt].pk, KEY_SEAL_PUBLIC_LEN);
		to->known[to->cnt].pk = to->pk[to->cnt];
	}
	return 0;
}

static void
crowd_free(struct opened_crowd *c)
{
	workspace_free(c->one, PLACES * sizeof(*c->one));
	secret_free(c->plain);
	free(c->ring.known);
	free(c->ring.pk);
	opened_ring_drop(c->keys);
	pthread_cond_destroy(&c->work);
	pthread_cond_destroy(&c->done);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static struct opened_crowd *
crowd_new(struct session *ses)
{
	struct opened_inner inner = { 0 };
	struct opened d = { .inner = &inner };
	struct opened_crowd *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->work, NULL);
	pthread_cond_init(&c->done, NULL);
	if (trust_get(ses, false, &d.view) || opened_ring_get(ses, &d)) {
		session_forgive(ses); /* opened_load() says it */
		crowd_free(c);
		return NULL;
	}
	c->keys = inner.ring;
	c->one = calloc(PLACES, sizeof(*c->one));
	c->plain = secret_alloc(ENTRY_LEN);
	if (!c->one || !c->plain || copy_ring(&c->ring, c->keys)) {
		crowd_free(c);
		return NULL;
	}
	/* one processor is this thread's; where there is no other, it is idle while it waits */
	c->threads_max = sysconf(_SC_NPROCESSORS_ONLN) - 1;
	if (c->threads_max < 1)
		c->threads_max = 1;
	if (c->threads_max > THREAD_MAX)
		c->threads_max = THREAD_MAX;
	return c;
}

uint64_t
opened_came(struct session *ses, const uint8_t id[static KEY_ID_LEN],
	    const struct workspace_entry *w)
{
	struct opened_crowd *c = ses->crowd ? ses->crowd : (ses->crowd = crowd_new(ses));

	if (!c)
		return 0;
	if (c->came == c->kept + PLACES)
		opened_arrived(ses, c->kept + PLACES / 2);
	struct one *o = &c->one[c->came % PLACES];
	o->w = *w;
	memcpy(o->id, id, sizeof(o->id));
	o->opened = false;
	pthread_mutex_lock(&c->lock);
	uint64_t waiting = ++c->came - c->begun;
	pthread_cond_signal(&c->work);
	pthread_mutex_unlock(&c->lock);
	if (waiting > FEW && c->threads < c->threads_max &&
	    !pthread_create(&c->thread[c->threads], NULL, work, c))
		c->threads++;
	return c->came;
}

/* Waits until the entry is open; meanwhile this thread opens others, or that one. */
static void
await(struct opened_crowd *c, const struct one *o)
{
	pthread_mutex_lock(&c->lock);
	while (!o->opened)
		if (c->begun < c->came)
			open_next(c, c->plain);
		else
			pthread_cond_wait(&c->done, &c->lock);
	pthread_mutex_unlock(&c->lock);
}

void
opened_awaited(struct session *ses, uint64_t cnt)
{
	struct opened_crowd *c = ses->crowd;

	for (uint64_t i = c ? c->kept : 0; c && i < cnt && i < c->came; i++)
		await(c, &c->one[i % PLACES]);
}

void
opened_arrived(struct session *ses, uint64_t cnt)
{
	struct opened_crowd *c = ses->crowd;

	if (!c || c->kept >= cnt || workspace_begin(ses->workspace))
		return;
	for (; c->kept < cnt && c->kept < c->came; c->kept++) {
		struct one *o = &c->one[c->kept % PLACES];
		await(c, o);
		if (o->memo.known)
			opened_memo_put(ses, c->keys, o->w.hash, &o->memo);
	}
	(void)!workspace_commit(ses->workspace);
}

/* The place of an entry that was opened and kept a short time ago; NULL: it has none. */
static const struct one *
find(const struct opened_crowd *c, bool (*is)(const struct one *, const void *), const void *what)
{
	uint64_t until = !c || c->came < PLACES ? 0 : c->came - PLACES;

	for (uint64_t i = c ? c->kept : 0; i > until; i--)
		if (is(&c->one[(i - 1) % PLACES], what))
			return &c->one[(i - 1) % PLACES];
	return NULL;
}

struct place {
	const uint8_t *id;
	int thread;
	uint32_t number;
};

static bool
is_there(const struct one *o, const void *what)
{
	const struct place *p = what;

	return o->w.number == p->number && o->w.thread == p->thread &&
	       !memcmp(o->id, p->id, sizeof(o->id));
}

static bool
has_hash(const struct one *o, const void *what)
{
	return !memcmp(o->w.hash, what, sizeof(o->w.hash));
}

bool
opened_crowd_entry(const struct session *ses, const uint8_t id[static KEY_ID_LEN], int thread,
		   uint32_t number, struct workspace_entry *w)
{
	const struct place p = { id, thread, number };
	const struct one *o = find(ses->crowd, is_there, &p);

	if (o)
		*w = o->w;
	return o != NULL;
}

bool
opened_crowd_memo(const struct session *ses, const struct opened_ring *in,
		  const uint8_t hash[static 32], struct opened_memo *m)
{
	const struct one *o = find(ses->crowd, has_hash, hash);

	if (!o || ses->crowd->keys != in || !o->memo.known)
		return false;
	*m = o->memo;
	return true;
}

void
opened_rest(struct session *ses)
{
	struct opened_crowd *c = ses->crowd;

	if (!c)
		return;
	pthread_mutex_lock(&c->lock);
	c->over = true;
	pthread_cond_broadcast(&c->work);
	pthread_mutex_unlock(&c->lock);
	for (long i = 0; i < c->threads; i++)
		pthread_join(c->thread[i], NULL);
	crowd_free(c);
	ses->crowd = NULL;
}
