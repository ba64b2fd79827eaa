/* The talk of `davy tip take` on a terminal: the questions, the desks, the number. */
#ifndef TAKE_ASK_H
#define TAKE_ASK_H

#include <jansson.h>
#include <stdbool.h>

#include "admin-cli/source/source.h"

struct cli;

/* Asks the form's questions in their order into the body. *done: false where the person left. */
int take_ask(struct cli *cli, json_t *body, bool *done) __attribute__((warn_unused_result));
/* Shows which desks could open it, and asks which of them the source wants left out. */
int take_desks(struct cli *cli, const struct source *s, const json_t *body,
	       struct source_exclude *exclude) __attribute__((warn_unused_result));
/* A number that is read out in groups of five digits. */
struct take_digits {
	const char *digits; /* borrowed */
	size_t cnt;         /* a multiple of five */
	bool phone;         /* how 1 is said */
};

/* Asks whether the source wants a number; if so, shows it to be read out and lets the source say
 * the last group back. *kept: she has it. */
int take_number(struct cli *cli, const struct take_digits *number, bool *kept)
	__attribute__((warn_unused_result));
/* Asks whether the source wants a reward; no answer is no. */
int take_wants_reward(struct cli *cli, bool *wants) __attribute__((warn_unused_result));
/* The claim code, read out and said back like the number. *kept: she has it. */
int take_code(struct cli *cli, const struct take_digits *code, bool *kept)
	__attribute__((warn_unused_result));

/* Warns of what points at the source in the answer to question q, and asks about numbers that name
 * a person: failure where staff does not say that the number belongs to the matter. */
int take_risks(struct cli *cli, unsigned q, const json_t *body) __attribute__((warn_unused_result));
/* The number in groups of five, each with how it is said; `from`: the first group to show. */
void take_show(struct cli *cli, const struct take_digits *number, unsigned from);
/* Clears the screen and what can be scrolled back to. */
void take_clear(struct cli *cli);

#endif
