/* What opened.c and opened_keys.c share. */
#ifndef OPENED_INNER_H
#define OPENED_INNER_H

#include "admin-cli/home/home.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/sync.h"
#include "crypto/bundle.h"
#include "crypto/open.h"

#define OPENED_OVERLAP 7 /* days for which a replaced roster or key may still be met */

/* What opening one entry gave, beside its plaintext. */
struct opened_work {
	const struct open_key *key;
	struct open_result result;
	/* Copies: `known` may move when it grows. */
	struct open_known known[SEAL_CNT];
	const struct open_known *who[SEAL_CNT];
};

/* Secrets of the entries that were opened together. They stay where they are when more come. */
struct opened_block {
	struct opened_block *next;
	uint8_t *plain;           /* secret: ENTRY_LEN each */
	struct opened_work *work; /* secret, one each */
};

struct opened_inner {
	const struct home_gateway *gateway;
	const struct home_keys *keys;
	struct open_key **key; /* ours, expanded */
	size_t key_cnt;
	struct open_known *known; /* public keys an audit may meet */
	size_t known_cnt, known_cap;
	struct bundle *old; /* earlier bundles of this workspace, read when first needed */
	size_t old_cnt;
	bool old_loaded;
	uint8_t *archive; /* keys of earlier rosters; `known` borrows from it */
	size_t archive_len;
	struct roster_members **notes; /* earlier members notes, likewise */
	size_t note_cnt;
	bool notes_loaded;
	struct opened_block *block;      /* what was opened, newest block first */
	uint32_t have_source, have_desk; /* how many of each thread have been read */
	uint32_t by_source;              /* entries of the source among them */
	size_t last_key;                 /* which of `key` opened the last one */
	unsigned refs;
	unsigned trust;   /* session.trust_cnt when this was loaded */
	size_t epoch_cnt; /* keys->epoch_cnt then */
};

/* opened_load() for a look at one case of many: what the session keeps stays kept. */
int opened_glance(struct session *ses, const struct workspace_case *c, struct opened **out)
	__attribute__((warn_unused_result));

/* Expands our secrets and fills the keys that everybody knows: the roster's and our own. */
int opened_keys_load(struct session *ses, struct opened *d) __attribute__((warn_unused_result));
void opened_keys_free(struct opened_inner *in);
/* Adds a public key that an audit may meet; desk 0 is the source. ERR_MEM. */
int opened_keys_add(struct opened_inner *in, const uint8_t *pk, uint16_t desk)
	__attribute__((warn_unused_result));
/* Adds those of earlier rosters; true where there was anything new. */
bool opened_keys_older(struct session *ses, struct opened_inner *in);
/* Who has this verify key: now, else in an earlier members note. */
const struct roster_member *opened_keys_author(struct session *ses, struct opened *d,
					       const uint8_t key[static 32]);
/* What the roster hash of an entry of that server day says; asks the gateway where nobody here
 * has seen it. */
enum opened_roster opened_roster_check(struct session *ses, struct opened_inner *in,
				       const uint8_t hash[static 32], uint32_t day,
				       uint32_t *version);

#endif
