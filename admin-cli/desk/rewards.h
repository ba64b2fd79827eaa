/*
 * Rewards without a name (FORMATS §18) in opened logs: the blob of a case, the verifier of a
 * reward, who an entry about a reward is sealed to. An award is a book of the desk that had the
 * case; a reward is a book of the desk that pays; a claim is the log of a source who collects.
 */
#ifndef REWARDS_H
#define REWARDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/desk/opened.h"
#include "admin-cli/home/workspace.h"
#include "crypto/reward.h"

struct session;
struct trust;

/* Whether a log is a claim: by the first entry of its source. */
bool rewards_is_claim(const struct opened *d);
/* Gives the fold of a reward what a claim code must give, where one of our keys opens its blob. */
void rewards_verify(struct opened *d);
/* Entries about a reward, and about a claim, are for the desk that pays alone; the second signature
 * of the desk that opened the reward is for that desk as well. who: the source's key before them;
 * NULL: none. */
int rewards_seal_set(struct session *ses, const struct opened *d, const uint8_t *who,
		     struct seal_set *set) __attribute__((warn_unused_result));

/* The desk that pays, 0: none; and its current key. */
uint16_t rewards_desk(const struct trust *view);
const uint8_t *rewards_key(const struct trust *view);

/* The blob of a case: that of its tip, or, where the tip has none, one that no code fits and that
 * everybody who has opened the tip makes again. Fails where no desk pays, or the tip is closed. */
int rewards_case_blob(struct session *ses, const struct opened *d,
		      uint8_t blob[static REWARD_BLOB_LEN]) __attribute__((warn_unused_result));
/* A blob of our own desk that no code fits, for a reward that stands for no case. */
int rewards_blank(struct session *ses, const struct trust *view, const uint8_t id[static 16],
		  uint8_t blob[static REWARD_BLOB_LEN]) __attribute__((warn_unused_result));
/* Whether it is such a blob of that log, by one of our desk's keys. */
bool rewards_is_blank(struct session *ses, const struct trust *view, const uint8_t id[static 16],
		      const uint8_t blob[static REWARD_BLOB_LEN]);

/* Opens every book of this kind that counts and shows it to `look`, until that returns other than
 * 0: 1 ends the walk, -1 after a failure that it has recorded. */
typedef int rewards_look(struct session *ses, const struct opened *d, void *arg);
int rewards_each(struct session *ses, enum machine_id machine, rewards_look *look, void *arg)
	__attribute__((warn_unused_result));

#endif
