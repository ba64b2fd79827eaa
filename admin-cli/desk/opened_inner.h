/* The inside of an opened case: what opened.c, opened_desks.c and opened_keys.c share; tests use
 * it. */
#ifndef OPENED_INNER_H
#define OPENED_INNER_H

#include "admin-cli/home/home.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/sync.h"
#include "crypto/bundle.h"
#include "crypto/open.h"

#define OPENED_OVERLAP 7 /* days in which a source may still have been served a replaced roster */

/* What opening and auditing one entry gave, apart from its plaintext. */
struct opened_work {
	const struct open_key *key;
	struct open_result result;
	/* copies, since opened_inner.known moves when it grows */
	struct open_known known[SEAL_CNT];
	const struct open_known *who[SEAL_CNT];
};

/* The secrets of the entries that were opened together. A block never moves; more entries get a
 * block of their own. */
struct opened_block {
	struct opened_block *next;
	uint8_t *plain;           /* secret: ENTRY_LEN each */
	struct opened_work *work; /* secret, one each */
};

struct opened_inner {
	const struct home_gateway *gateway;
	const struct home_keys *keys;
	struct open_key **key; /* our epoch secrets, expanded, newest first */
	size_t key_cnt;
	struct open_known *known; /* public keys that an audit can name */
	size_t known_cnt, known_cap;
	struct bundle *old; /* earlier bundles in the workspace, read when first needed */
	size_t old_cnt;
	size_t seen_cnt; /* so many of them were in the workspace; the rest were fetched */
	bool old_loaded;
	uint8_t *archive; /* certificates that this home has seen in rosters */
	size_t archive_len;
	struct roster_members **notes; /* earlier members notes, read when first needed */
	size_t note_cnt;
	bool notes_loaded;
	struct opened_block *block;      /* what was opened, newest block first */
	uint32_t have_source, have_desk; /* how many entries of each thread have been opened */
	uint32_t by_source;              /* how many of them the source wrote */
	size_t last_key;                 /* index of the key that opened the entry before */
	unsigned refs;
	unsigned trust;   /* session.trust_cnt when this was loaded */
	size_t epoch_cnt; /* keys->epoch_cnt at that time */
};

/* opened_load() for one case of many (lists): it does not replace the case that the session keeps.
 */
int opened_glance(struct session *ses, const struct workspace_case *c, struct opened **out)
	__attribute__((warn_unused_result));

/* Expands our epoch secrets and fills `known` with the keys of the roster and our own; adds the
 * roster's to the archive in the workspace. */
int opened_keys_load(struct session *ses, struct opened *d) __attribute__((warn_unused_result));
void opened_keys_free(struct opened_inner *in);
/* Adds a public key to `known`, once; desk 0 is the source. 0 or ERR_MEM. */
int opened_keys_add(struct opened_inner *in, const uint8_t *pk, uint16_t desk)
	__attribute__((warn_unused_result));
/* Adds the keys of earlier rosters to `known`, once; true where there was a new one. */
bool opened_keys_older(struct session *ses, struct opened_inner *in);
/* The public key of an online certificate of the desk that this home had itself seen by that unix
 * day and that is good on it, the newest; NULL: none. Borrowed. */
const uint8_t *opened_keys_good(const struct opened_inner *in, uint16_t desk, uint32_t day);
/* The bundle with the roster of that version, as far as it is known; NULL: none. Borrowed. */
const struct bundle *opened_keys_bundle(struct session *ses, struct opened *d, uint32_t version);
/* The member who has this verify key in the members note or in an earlier one; NULL: none. */
const struct roster_member *opened_keys_author(struct session *ses, struct opened *d,
					       const uint8_t key[static 32]);
/* Judges the roster hash inside an entry that the gateway took on that unix day. Where this home
 * has not seen the bundle it is fetched from the gateway, so that its keys can be named. That
 * proves nothing: the gateway may have made the bundle for one source by leaving certificates out.
 * It is fine only where this home has seen the same signed roster itself and the bundle has a
 * key of every desk of which this home knew one. *version is 0 where it is unknown. */
enum opened_roster opened_roster_check(struct session *ses, struct opened *d,
				       const uint8_t hash[static 32], uint32_t day,
				       uint32_t *version);

#endif
