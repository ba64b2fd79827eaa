/*
 * Asks a person for a triage on any terminal, line by line. Enter takes what stands in brackets:
 * the value, or what the tip suggests. A word finds its code; ? lists the words, - takes a value
 * back, ! goes to the outcome, * takes all that is suggested and asks only for the rest, . leaves
 * without writing. An outcome may stand right behind ! and *, and "hazard=door" fills in any field,
 * named by the beginning of its name; "hazard=2,1" are words of the field by their place in it.
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

enum went { WENT_ON, WENT_AGAIN, WENT_OUTCOME, WENT_NEEDED, WENT_REST, WENT_AWAY };

/* "!ab": the outcome itself; where it is not understood, it is asked for. */
static void
outcome_behind(struct cli *cli, struct draft *d, const char *text)
{
	char why[DRAFT_WHY_CAP];

	if (*text && !draft_set(d, DRAFT_OUTCOME, text, why))
		cli_printf(cli, "  %s\n", cli_s(cli, why));
}

/* "h=2,1": words that stand in the field, by their place there; anything else stays as it is. */
static void
by_place(const struct draft *d, unsigned field, const char *text, char *out, size_t cap)
{
	const json_t *v = draft_get(d, field);
	size_t at = 0, i;

	snprintf(out, cap, "%s", text);
	if (draft_info[field].kind != DRAFT_MANY || strspn(text, "1234567890,") != strlen(text))
		return;
	for (i = 0; text[i] && at < cap; i++) {
		const json_t *word = text[i] < '1' ? NULL
						   : json_array_get(v, (size_t)(text[i] - '1'));

		if (word)
			at += (size_t)snprintf(out + at, cap - at, "%s%s", at ? "," : "",
					       json_string_value(word));
	}
}

/* "h=door": the field whose name begins so; DRAFT__MAX: that is none, or words are wanted here. */
static unsigned
field_named(unsigned field, const char *answer)
{
	size_t n = strcspn(answer, "=");
	unsigned i = 0;

	if (!n || !answer[n] || draft_info[field].kind == DRAFT_WORDS)
		return DRAFT__MAX;
	while (i < DRAFT__MAX && strncmp(draft_info[draft_order[i]].name, answer, n))
		i++;
	return i < DRAFT__MAX ? draft_order[i] : DRAFT__MAX;
}

static void
set_named(struct cli *cli, struct draft *d, unsigned field, const char *text)
{
	char words[ANSWER_CAP], why[DRAFT_WHY_CAP];

	by_place(d, field, text, words, sizeof(words));
	if (!triage_draft_type(cli, d, field, words, why))
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
		outcome_behind(cli, d, answer + 1);
		went = *answer == '*' ? WENT_REST : answer[1] ? WENT_NEEDED : WENT_OUTCOME;
	} else if (field_named(field, answer) != DRAFT__MAX) {
		set_named(cli, d, field_named(field, answer), strchr(answer, '=') + 1);
		went = WENT_AGAIN;
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

/* Takes what is suggested, and shows it: what is wrong is filled in anew at the next question. */
static void
take(struct cli *cli, struct draft *d)
{
	bool had[DRAFT__MAX];
	unsigned i;

	for (i = 0; i < DRAFT__MAX; i++)
		had[i] = draft_get(d, i) != NULL;
	draft_take(d);
	for (i = 0; i < DRAFT__MAX; i++) {
		unsigned field = draft_order[i];
		char *value = draft_text(d, field), *line;

		if (!had[field] && *value &&
		    asprintf(&line, "%s: %s", _(draft_info[field].label), value) >= 0) {
			cli_wrap(cli, 2, cli_s(cli, line));
			free(line);
		}
		free(value);
	}
}

/* Asks for what the outcome needs, where `all` after taking what is suggested. */
static enum went
ask_rest(struct cli *cli, struct draft *d, bool all, int *err)
{
	enum went went = WENT_ON;
	unsigned i;

	while (went != WENT_AWAY && !draft_get(d, DRAFT_OUTCOME))
		went = ask_field(cli, d, DRAFT_OUTCOME, err);
	for (i = 0; went != WENT_AWAY && i < DRAFT__MAX; i++) {
		do {
			if (all)
				take(cli, d);
			went = draft_needs(d, draft_order[i]) && !draft_get(d, draft_order[i])
				       ? ask_field(cli, d, draft_order[i], err)
				       : WENT_ON;
		} while (went == WENT_AGAIN);
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
		if (went == WENT_REST || went == WENT_NEEDED)
			return ask_rest(cli, d, went == WENT_REST, err) != WENT_AWAY;
		if (went == WENT_AWAY)
			return false;
		while (went == WENT_OUTCOME && i + 1 < DRAFT__MAX &&
		       draft_order[i + 1] != DRAFT_OUTCOME)
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
		     "takes back, ! goes to the outcome, * takes all suggestions, "
		     "hazard=door fills in a field, . leaves.\n"));
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
