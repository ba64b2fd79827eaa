/* What the files of account.h share. */
#ifndef ACCOUNT_STATE_H
#define ACCOUNT_STATE_H

#include <jansson.h>

#include "admin-cli/desk/account.h"
#include "crypto/checkpoint.h"
#include "crypto/leaf.h"
#include "crypto/merkle.h"
#include "crypto/note.h"

#define ACCOUNT_CHECKPOINT_MAX 16384
/* A home that is new reads so many tiles back: a roster is good for 35 days, six batches a day. */
#define ACCOUNT_TILES_BACK 256

struct account {
	struct session *ses;
	const struct trust *v;
	struct note_key key;
	struct checkpoint now;
	char *note; /* its text and signatures */
	struct {    /* how far this home has come */
		uint64_t tile, batch;
	} done;
	bool grown;  /* the log has, since this home read it last */
	bool listed; /* the list was fetched once more */
	bool gone;   /* account_gone was called */
	bool away;   /* this home looked last before a case that was open then can be removed */
	size_t unshown;
	/* The tile that is being read: its entries and their hashes. */
	uint64_t at;
	uint8_t *bundle;
	uint8_t hash[TILE_WIDTH][MERKLE_LEN];
	/* Tiles of the levels above, as they were fetched last. */
	struct {
		struct tile t; /* width 0: none */
		uint8_t *bytes;
	} up[TILE_LEVEL_MAX];
};

/* Reads the checkpoint that the gateway shows. */
int account_look(struct account *a) __attribute__((warn_unused_result));
/* Frees what *a holds. */
void account_end(struct account *a);

/* Reads a tile of entries and checks that it stands under the checkpoint. */
int account_tile(struct account *a, uint64_t n) __attribute__((warn_unused_result));
/* The way of an entry of that tile to the root. */
int account_path(struct account *a, uint64_t index,
		 uint8_t path[static MERKLE_PATH_MAX][MERKLE_LEN], size_t *cnt)
	__attribute__((warn_unused_result));
/* merkle_read: a hash of the tree, from the gateway. */
int account_read(void *ctx, unsigned level, uint64_t n, uint8_t out[MERKLE_LEN]);
/* An entry of the tile that is being read, as an alarm has it; NULL: recorded. */
json_t *account_entry(struct account *a, uint64_t index);

/* A note of the workspace under a word, or a word and a hash; *len is 0 where there is none, and
 * NULL in place of a value takes it away. */
int account_note_get(struct account *a, const char *word, const uint8_t *hash, void *out,
		     size_t cap, size_t *len) __attribute__((warn_unused_result));
int account_note_put(struct account *a, const char *word, const uint8_t *hash, const void *val,
		     size_t len) __attribute__((warn_unused_result));

/* Notes the bundles that stand in the tile that was read last. */
int account_bundles_note(struct account *a) __attribute__((warn_unused_result));
/* The bundle that this home is served has to be in the log once a batch has closed since. */
int account_bundle_check(struct account *a) __attribute__((warn_unused_result));

/* Accounts for the batches that are not accounted for yet. */
int account_batches(struct account *a) __attribute__((warn_unused_result));

/* Gone: a case of which an entry stands at `index` was gone when a home that was away looked. Left:
 * its removal stands in the log. Judge: after the batches; those without a removal are raised. */
int account_gone(struct account *a, const uint8_t id[static KEY_ID_LEN], uint64_t index,
		 const struct hkdf_prk *secret) __attribute__((warn_unused_result));
int account_gone_left(struct account *a, const uint8_t id[static KEY_ID_LEN])
	__attribute__((warn_unused_result));
int account_gone_judge(struct account *a) __attribute__((warn_unused_result));

/* Whether what comes at that desk is in the list of our desk, by the log alone. */
bool account_ours(const struct account *a, uint16_t desk);

/* A tip that was accounted for: what proves it is kept until its case may be missed. */
int account_keep(struct account *a, const uint8_t id[static KEY_ID_LEN], uint64_t index,
		 const uint8_t blind[static LEAF_BLIND_LEN],
		 const uint8_t stub[static FRAME_STUB_LEN]) __attribute__((warn_unused_result));
/* The log says that the case was removed, and this home has seen that it was to be. */
int account_left(struct account *a, const uint8_t id[static KEY_ID_LEN])
	__attribute__((warn_unused_result));
/* Once a day, and again when a batch has closed over a case that was missed: whether the list still
 * has every case that was accounted for. */
int account_walk(struct account *a) __attribute__((warn_unused_result));
/* Sets `away`, before the batches. */
int account_walk_begin(struct account *a) __attribute__((warn_unused_result));

#endif
