/*
 * A copy of a gateway's public log in a folder (FORMATS §19): the files of C2SP tlog-tiles as the
 * gateway serves them, and its newest checkpoint. Whoever keeps one sees when the log is changed:
 * what is fetched has to go on from what is there. Another program that reads tiles can read it.
 *
 * Functions return 0, or a positive enum davy_exit whose sentence has been recorded (session.h).
 * The names of failures are the verdicts: "fork", "rollback", "damaged", "forged", "no-log".
 */
#ifndef MIRROR_H
#define MIRROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/checkpoint.h"
#include "crypto/leaf.h"

struct session;

/* The key of the log of this home's gateway, as the roster names it: what this home has of it, or
 * with `fresh` what the gateway shows. Refused ("no-log") where it names none. */
int mirror_key(struct session *ses, bool fresh, struct note_key *out)
	__attribute__((warn_unused_result));
/* The same from a line `verifier NAME+HASH+KEY`, as `davyd log` prints it, without its first word.
 */
int mirror_verifier(struct session *ses, const char *text, struct note_key *out)
	__attribute__((warn_unused_result));
/* Reads a signed checkpoint: "forged" where that key has not signed it. `what` names it. Without a
 * key nobody looks who signed it: a file of our own, of before the log's key changed perhaps. */
int mirror_checkpoint(struct session *ses, const struct note_key *key, const char *what,
		      const uint8_t *bytes, size_t len, struct checkpoint *out)
	__attribute__((warn_unused_result));

struct mirror {
	const char *dir;
	struct note_key key;
	struct checkpoint now; /* size 0: an empty folder */
};
/* Reads the folder's checkpoint. */
int mirror_open(struct session *ses, struct mirror *m) __attribute__((warn_unused_result));
/* Fetches what is new, checks all of it, and then keeps it. Where the gateway shows another past,
 * its checkpoint is kept beside the old one, as `checkpoint.fork`: the two are the proof. */
int mirror_update(struct session *ses, struct mirror *m, uint64_t *added)
	__attribute__((warn_unused_result));
/* Checks that the folder's entries give its checkpoint. `at`: the root of the first `at` entries, a
 * multiple of TILE_WIDTH or all; into *root where that is not NULL. */
int mirror_check(struct session *ses, const struct mirror *m, uint64_t at, uint8_t *root)
	__attribute__((warn_unused_result));

/* Adds the next TILE_WIDTH entries of the folder to the edge. */
int mirror_add(struct session *ses, const struct mirror *m, struct merkle_edge *e)
	__attribute__((warn_unused_result));

/* One that is looked for: the n-th frame of a source, and where it stands. */
struct mirror_mark {
	uint8_t mark[LEAF_MARK_LEN];
	uint32_t n;
	bool there;
	uint64_t index;
};
/* Looks for all of them in one pass; sorts them by mark. */
int mirror_find(struct session *ses, const struct mirror *m, struct mirror_mark *list, size_t cnt)
	__attribute__((warn_unused_result));

#endif
