/*
 * Asks a person for a triage on any terminal, line by line. Enter takes what stands in brackets:
 * the value, or what the tip suggests. A word finds its code; ? lists the words, - takes a value
 * back, ! goes to the outcome, * takes all that is suggested and asks only for the rest, . leaves
 * without writing. An outcome may stand right behind ! and *.
 */
#include "admin-cli/cmd/triage_ask.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/triage_fill.h"
#include "admin-cli/rules/taxonomy.h"

#define ANSWER_CAP 4000

static void
show_words(struct cli *cli, const struct draft *d, unsigned field)
{
	size_t cnt, i, k;
	const struct taxonomy_word *all = taxonomy_all(draft_info[field].axis, &cnt);
	struct draft_outcome out[DRAFT_OUTCOMES];
	size_t outs = field == DRAFT_OUTCOME ? draft_outcomes(d, out) : 0;

	for (i = 0; i < cnt; i++) {
		for (k = 0; k < outs && out[k].word != &all[i]; k++)
			continue;
		if (k < outs && !out[k].persons)
			continue;
		cli_printf(cli, "  %-12s %s%s\n", all[i].code, taxonomy_name(&all[i]),
			   k < outs && out[k].persons == 2 ? _(" (two members)") : "");
	}
}

/* What Enter takes: the value, else the suggestion, which is then filled in. */
static char *
offered(struct draft *d, unsigned field, json_t **suggestion)
{
	char *text = draft_text(d, field), why[DRAFT_WHY_CAP];
	json_t *v = *text ? NULL : draft_suggestion(d, field);

	*suggestion = v;
	if (v && draft_put(d, field, v, why)) {
		free(text);
		text = draft_text(d, field);
		(void)draft_set(d, field, "-", why);
	}
	return text;
}

enum went { WENT_ON, WENT_AGAIN, WENT_OUTCOME, WENT_REST, WENT_AWAY };

/* "!ab": the outcome itself; where it is not understood, it is asked for. */
static void
outcome_behind(struct cli *cli, struct draft *d, const char *text)
{
	char why[DRAFT_WHY_CAP];

	if (*text && !draft_set(d, DRAFT_OUTCOME, text, why))
		cli_printf(cli, "  %s\n", cli_s(cli, why));
}

static enum went
ask_field(struct cli *cli, struct draft *d, unsigned field, int *err)
{
	const struct draft_info *info = &draft_info[field];
	char answer[ANSWER_CAP], prompt[600], why[DRAFT_WHY_CAP];
	json_t *suggestion;
	char *text = offered(d, field, &suggestion);
	enum went went = WENT_ON;

	snprintf(prompt, sizeof(prompt), "%s (%s)%s%.300s%s", _(info->label), _(info->help),
		 *text ? " [" : "", text, *text ? "]" : "");
	free(text);
	*err = cli_ask(cli, prompt, answer, sizeof(answer));
	if (*err || !strcmp(answer, ".")) {
		went = WENT_AWAY;
	} else if (*answer == '!' || *answer == '*') {
		went = *answer == '!' ? WENT_OUTCOME : WENT_REST;
		outcome_behind(cli, d, answer + 1);
	} else if (!strcmp(answer, "?")) {
		show_words(cli, d, field);
		went = WENT_AGAIN;
	} else if (!*answer) {
		if (suggestion && !draft_put(d, field, suggestion, why))
			went = WENT_AGAIN;
	} else if (!triage_draft_type(cli, d, field, answer, why)) {
		cli_printf(cli, "  %s\n", cli_s(cli, why));
		went = WENT_AGAIN;
	}
	json_decref(suggestion);
	return went;
}

/* Takes what is suggested, and asks for what the outcome needs besides. */
static enum went
ask_rest(struct cli *cli, struct draft *d, int *err)
{
	enum went went = WENT_ON;
	unsigned i;

	while (went != WENT_AWAY && !draft_get(d, DRAFT_OUTCOME))
		went = ask_field(cli, d, DRAFT_OUTCOME, err);
	for (i = 0; went != WENT_AWAY && i < DRAFT__MAX; i++) {
		draft_take(d);
		do
			went = draft_needs(d, draft_order[i]) && !draft_get(d, draft_order[i])
				       ? ask_field(cli, d, draft_order[i], err)
				       : WENT_ON;
		while (went == WENT_AGAIN);
	}
	return went;
}

/* All fields that have a place, from the first on. False: the person left. */
static bool
ask_all(struct cli *cli, struct draft *d, int *err)
{
	unsigned i;

	for (i = 0; i < DRAFT__MAX; i++) {
		enum went went = WENT_AGAIN;

		while (went == WENT_AGAIN && draft_asks(d, draft_order[i]))
			went = ask_field(cli, d, draft_order[i], err);
		if (went == WENT_REST)
			return ask_rest(cli, d, err) != WENT_AWAY;
		if (went == WENT_AWAY)
			return false;
		while (went == WENT_OUTCOME && i + 1 < DRAFT__MAX &&
		       (draft_get(d, DRAFT_OUTCOME) ? draft_order[i] : draft_order[i + 1]) !=
			       DRAFT_OUTCOME)
			i++;
	}
	return true;
}

int
triage_ask(struct cli *cli, struct draft *d, bool *write)
{
	char answer[16];
	int err = 0;

	*write = false;
	cli_printf(cli,
		   _("\nEnter takes what stands in brackets; a word finds its code; ? lists, - "
		     "takes back, ! goes to the outcome, * takes all suggestions, . leaves.\n"));
	while (ask_all(cli, d, &err)) {
		unsigned stop = triage_draft_show(cli, d);

		err = cli_ask(cli,
			      stop ? _("It cannot go like this: [e]dit, or leave")
				   : _("[w]rite, [e]dit, or leave"),
			      answer, sizeof(answer));
		if (err)
			return err;
		if (!strcmp(answer, "w") && !stop) {
			*write = true;
			return 0;
		}
		if (strcmp(answer, "e") != 0)
			break;
	}
	if (!err && !*write)
		cli_printf(cli, _("Nothing was written.\n"));
	return err;
}
