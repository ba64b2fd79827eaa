/* The inside of an opened case: what opened.c, opened_desks.c and opened_keys.c share; tests use
 * it. */
#ifndef OPENED_INNER_H
#define OPENED_INNER_H

#include "admin-cli/home/home.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/sync.h"
#include "crypto/bundle.h"
#include "crypto/open.h"
#include "crypto/record.h"

#define OPENED_OVERLAP 7 /* days in which a source may still have been served a replaced roster */

#define OPENED_TAG_LEN 16

/* What is kept of an entry that was opened before (opened_memo.c). */
struct opened_memo {
	bool has;        /* `key` and `stanza` opened it */
	bool known;      /* `file_key` is its file key, and opens it without them */
	bool sound;      /* its author's signature is right */
	bool audited;    /* its header is the protocol's */
	uint8_t dummies; /* then: bit i says that nobody has the key of stanza i */
	uint8_t stanza;
	size_t key; /* of opened_ring.key */
	struct age_file_key file_key;
	uint8_t frame[OPENED_TAG_LEN]; /* of the frame that the source signed; zeros: none */
};

/* What opening and auditing one entry gave, apart from its plaintext. */
struct opened_work {
	uint8_t *slot; /* where its plaintext has room */
	struct opened_memo memo;
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
	size_t cap;
	struct opened_work *work; /* secret, one each */
	uint8_t *plain;           /* behind them in the same memory: ENTRY_LEN each */
};

/* Opens entry i of the case, which *w has: `memo` (or NULL: that of the workspace) says how, else
 * our keys are tried, and this member's own where `own`. A failure is in entry[i].fault. */
struct opened_try {
	const struct workspace_entry *w;
	const struct opened_memo *memo;
	bool own;
};
void opened_entry_open(struct session *ses, struct opened *d, size_t i,
		       const struct opened_try *how);

/* Names the authors of the entries from that index on, after all are open: whether a desk is one of
 * the case's needs the audit of the first entry. */
void opened_name_authors(struct session *ses, struct opened *d, size_t from);

/* opened_handed.c: a case that was handed to this member. Opens with the file keys that its readers
 * handed on what no key of ours opens; *from becomes the lowest index that it opened. Close: drops
 * all of that again, where no two have handed him the case; true where there was something. */
int opened_handed_open(struct session *ses, struct opened *d, size_t *from)
	__attribute__((warn_unused_result));
bool opened_handed_close(struct opened *d);
/* Keeps the file key of an entry that this member writes, where he is no recipient of it. */
void opened_handed_keep(struct session *ses, const struct opened *d,
			const uint8_t sealed[static SEAL_LEN], const struct age_file_key *key);
/* Hash and file key that a word of a file-keys entry names. */
bool opened_handed_read(const json_t *word, uint8_t hash[static 32], struct age_file_key *key);
/* Whether entry k hands keys to that member; and the key that it names under a hash: of a sealed
 * entry, or of the file of an attachment. False where it names none. */
bool opened_handed_to(const struct opened *d, size_t k, const uint8_t handle[static 8]);
bool opened_handed_names(const struct opened *d, size_t k, const uint8_t hash[static 32],
			 struct age_file_key *key);

/* A roster that this home has seen: its version, and the unix day on which it was first here. */
struct opened_hash {
	uint8_t hash[32];
	uint32_t version, seen;
};

/* The keys and earlier rosters against which cases are opened. Cases share it; it is made anew
 * where the trust or the keystore has changed. */
struct opened_ring {
	unsigned refs;
	unsigned trust;   /* session.trust_cnt when it was made */
	size_t epoch_cnt; /* keys->epoch_cnt at that time */
	const struct home_gateway *gateway;
	const struct home_keys *keys;
	struct open_key **key;     /* our epoch secrets, expanded, newest first */
	struct record_keys *cache; /* secret: of each, what seals the file keys that it found */
	size_t key_cnt;
	/* Behind those stands this member's own key: it opens books alone (duty_book.h), so that
	 * nobody makes a tip for one member look like one for his desk. */
	bool own;
	struct open_known *person; /* the own keys of members, for books */
	size_t person_cnt;
	struct open_known *known; /* public keys that an audit can name */
	size_t known_cnt, known_cap;
	struct bundle *old; /* earlier bundles in the workspace, read when first needed */
	size_t old_cnt;
	size_t seen_cnt; /* so many of them were in the workspace; the rest were fetched */
	bool old_loaded;
	struct opened_hash
		*hash; /* of all rosters that this home has seen, read when first needed */
	size_t hash_cnt;
	bool hash_loaded;
	uint8_t *archive; /* certificates that this home has seen in rosters */
	size_t archive_len;
	struct roster_members **notes; /* earlier members notes, read when first needed */
	size_t note_cnt;
	bool notes_loaded;
	size_t last_key; /* index of the key that opened the entry before */
	/* Wiped, for the case that is opened next: to lock and guard memory takes as long as to
	 * verify a signature. */
	struct opened_block *spare;
};

struct opened_inner {
	struct opened_ring *ring;
	struct opened_block *block;      /* what was opened, newest block first */
	uint32_t have_source, have_desk; /* how many entries of each thread have been opened */
	size_t file_keys;                /* how many entries hand on file keys */
	struct open_known source;        /* of source_pk, which an audit can name */
	uint8_t verifier[32];            /* of a reward (rewards.h) */
	unsigned refs;
};

/* opened_load() for one case of many (lists): it does not replace the case that the session keeps.
 */
int opened_glance(struct session *ses, const struct workspace_case *c, struct opened **out)
	__attribute__((warn_unused_result));

/* The current key of a desk: by the bundle, or by a certificate that this home has seen before and
 * that is still good, so that a gateway cannot keep a desk away by leaving its certificate out;
 * NULL: none. Borrowed. */
const uint8_t *opened_desk_key(const struct opened *d, uint16_t desk);

/* Gives the case the session's keys, which are made where they are not there or old. */
int opened_ring_get(struct session *ses, struct opened *d) __attribute__((warn_unused_result));
void opened_ring_drop(struct opened_ring *in);
/* Expands our epoch secrets and fills `known` with the keys of the roster and our own; adds the
 * roster's to the archive in the workspace. */
int opened_keys_load(struct session *ses, struct opened *d) __attribute__((warn_unused_result));
void opened_keys_free(struct opened_ring *in);
/* Adds a public key to `known`, once. 0 or ERR_MEM. */
int opened_keys_add(struct opened_ring *in, const uint8_t *pk, uint16_t desk)
	__attribute__((warn_unused_result));
/* Adds the keys of earlier rosters to `known`, once; true where there was a new one. */
bool opened_keys_older(struct session *ses, struct opened_ring *in);
/* The public key of an online certificate of the desk that this home had itself seen by that unix
 * day and that is good on it, the newest; NULL: none. Borrowed. */
const uint8_t *opened_keys_good(const struct opened_ring *in, uint16_t desk, uint32_t day);
/* The bundle with the roster of that version, as far as it is known; NULL: none. Borrowed. */
const struct bundle *opened_keys_bundle(struct session *ses, struct opened *d, uint32_t version);
/* The member who has this verify key in the members note or in an earlier one; NULL: none. */
const struct roster_member *opened_keys_author(struct session *ses, struct opened *d,
					       const uint8_t key[static 32]);
/* The memo of an entry, by the SHA-256 of its sealed bytes; empty where there is none that this
 * home's keys confirm. A memo that cannot be written is none. */
void opened_memo_get(struct session *ses, const struct opened_ring *in,
		     const uint8_t hash[static 32], struct opened_memo *m);
void opened_memo_put(struct session *ses, const struct opened_ring *in,
		     const uint8_t hash[static 32], const struct opened_memo *m);
/* Notes that an entry was opened and its signature is right; and what its audit gave. */
void opened_memo_sound(struct opened_memo *m, const struct open_result *r);
void opened_memo_audited(struct opened_memo *m, const struct open_result *r, int err);
/* Stands for all of a frame that its signature depends on, but for the sealed bytes, whose memo it
 * is, and their author. */
void opened_memo_tag(uint8_t tag[static OPENED_TAG_LEN], const struct frame_stub_parts *p);
bool opened_memo_frame(const struct opened_memo *m, const uint8_t tag[static OPENED_TAG_LEN]);

/* opened_crowd.c: an entry as it came a moment ago, and its memo, where it is among the last that
 * did; else false, and they are in the workspace. */
bool opened_crowd_entry(const struct session *ses, const uint8_t id[static KEY_ID_LEN], int thread,
			uint32_t number, struct workspace_entry *w);
bool opened_crowd_memo(const struct session *ses, const struct opened_ring *in,
		       const uint8_t hash[static 32], struct opened_memo *m);

/* Judges the roster hash inside an entry that the gateway took on that unix day. Where this home
 * has not seen the bundle it is fetched from the gateway, so that its keys can be named. That
 * proves nothing: the gateway may have made the bundle for one source by leaving certificates out.
 * It is fine only where this home has seen the same signed roster itself and the bundle has a
 * key of every desk of which this home knew one. *version is 0 where it is unknown. */
enum opened_roster opened_roster_check(struct session *ses, struct opened *d,
				       const uint8_t hash[static 32], uint32_t day,
				       uint32_t *version);

#endif
