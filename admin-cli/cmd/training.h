/* A lesson of davy training, which davy ui shows on the whole screen, too: an invented tip, a draft
 * of its triage, and what an experienced reviewer chose. Nothing of it is sent or kept. */
#ifndef TRAINING_CMD_H
#define TRAINING_CMD_H

#include <jansson.h>

#include "admin-cli/rules/draft.h"

struct cli;

/* A case of one tip that the reviewer has read. */
struct lesson {
	json_t *tip, *body, *ack;
	struct fold_entry entry[2];
	struct fold_input in;
	struct fold fold;
	struct draft *d;
};

/* Takes over the tip (rules/training.h). lesson_end() whatever it returns. */
int lesson_begin(struct cli *cli, struct lesson *l, json_t *tip)
	__attribute__((warn_unused_result));
void lesson_end(struct lesson *l);
/* Says what the experienced reviewer chose and where the draft differs; adds it to `all`. */
void lesson_tell(struct cli *cli, const struct lesson *l, json_t *all);
/* "title", "abstract" in the language of the user; borrowed. */
const char *lesson_text(const json_t *tip, const char *name);
/* Calls in an empty folder in place of the home, without a key and a gateway. */
int lesson_home(struct cli *cli, int (*call)(struct cli *cli, void *arg), void *arg);

#endif
