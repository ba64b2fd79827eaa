/*
 * Asks staff for a tip that somebody tells or has written, line by line, and reads the number out
 * (see take_ask.h). Enter keeps or skips; < goes back; ? lists the answers; - takes one back; .
 * leaves, and nothing is kept.
 */
#include "admin-cli/cmd/take_ask.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/area.h"
#include "admin-cli/cmd/tip_options.h"
#include "admin-cli/desk/county.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/form.h"
#include "admin-cli/rules/risk.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show.h"

#define ANSWER_CAP 4096
#define GROUP      5

enum went { WENT_ON, WENT_AGAIN, WENT_BACK, WENT_AWAY };

void
take_clear(struct cli *cli)
{
	if (cli->tty_out)
		cli_printf(cli, "\033[H\033[2J\033[3J");
	fflush(stdout); /* the next question goes to the terminal itself */
}

int
take_risks(struct cli *cli, unsigned q, const json_t *body)
{
	size_t i;
	int err = 0;

	for (i = 0; !err && i < risk_cnt(); i++) {
		if (!form_risk(q, body, i))
			continue;
		cli_warn(cli,
			 _("%s There is %s in it. Leave it out unless the danger itself needs "
			   "it: it may lead to whoever tells this."),
			 _(form_question[q].ask), form_risk_text(i));
		if (form_risk_number(i))
			err = cli_confirm(cli, _("Is it certain that the number is not of the "
						 "person who tells this?"));
	}
	return err;
}

static void
list_answers(struct cli *cli, unsigned q)
{
	const struct form_question *f = &form_question[q];
	const struct taxonomy_word *all;
	json_t *counties = NULL;
	size_t cnt = 0, i;

	if (f->kind == FORM_COUNTY && !county_list(cli->ses, &counties)) {
		for (i = 0; i < json_array_size(counties); i++)
			cli_printf(cli, "  %-12s %s\n",
				   schema_text(json_array_get(counties, i), "code"),
				   cli_s(cli, county_name(json_array_get(counties, i))));
	} else if (f->axis != TAXONOMY__MAX) {
		all = taxonomy_all(f->axis, &cnt);
		for (i = 0; i < cnt; i++)
			cli_printf(cli, "  %-12s %s\n", all[i].code, taxonomy_name(&all[i]));
	}
	json_decref(counties);
}

/* The lines after the first, up to an empty one. */
static int
more_lines(struct cli *cli, char *text, size_t cap)
{
	char line[ANSWER_CAP];
	size_t at = strlen(text);
	int err = 0;

	while (!err && at + 2 < cap) {
		err = cli_ask(cli, " ", line, sizeof(line));
		if (err || !*line)
			break;
		at += (size_t)snprintf(text + at, cap - at, "\n%s", line);
	}
	sodium_memzero(line, sizeof(line));
	return err;
}

/* Reads the answer that was typed into the body. */
static enum went
take_answer(struct cli *cli, unsigned q, json_t *body, char *typed, int *err)
{
	const struct form_question *f = &form_question[q];
	char why[FORM_WHY_CAP];
	const char *code = strcmp(typed, "-") ? typed : "";
	json_t *v;

	if (!strcmp(f->name, "what"))
		*err = more_lines(cli, typed, ANSWER_CAP + FORM_MAX);
	if (!*err && f->kind == FORM_COUNTY)
		*err = area_take(cli, "county", &code);
	if (*err) {
		cli_printf(cli, "  %s\n", cli_failure(cli));
		cli_forgive(cli);
		*err = 0;
		return WENT_AGAIN;
	}
	v = form_read(q, code, why);
	if (!v) {
		cli_printf(cli, "  %s\n", cli_s(cli, why));
		return WENT_AGAIN;
	}
	json_object_set_new(body, f->name, v);
	if (form_too_long(body)) {
		cli_printf(cli, _("  The tip is full: at most %d bytes fit. Say it shorter.\n"),
			   FORM_MAX);
		json_object_del(body, f->name);
		return WENT_AGAIN;
	}
	if (take_risks(cli, q, body)) {
		cli_forgive(cli);
		json_object_del(body, f->name);
		return WENT_AGAIN;
	}
	return WENT_ON;
}

static enum went
ask_one(struct cli *cli, unsigned q, json_t *body, int *err)
{
	const struct form_question *f = &form_question[q];
	char typed[ANSWER_CAP + FORM_MAX], prompt[600];
	char *now = form_text(q, body);
	enum went went = WENT_ON;

	snprintf(prompt, sizeof(prompt), "%u/%u %s%s%s%s%s%.200s%s", q + 1, FORM_CNT, _(f->ask),
		 f->help ? " (" : "", f->help ? _(f->help) : "", f->help ? ")" : "",
		 *now ? " [" : "", now, *now ? "]" : "");
	*err = cli_ask(cli, prompt, typed, ANSWER_CAP);
	if (*err || !strcmp(typed, ".")) {
		went = WENT_AWAY;
	} else if (!strcmp(typed, "<")) {
		went = WENT_BACK;
	} else if (!strcmp(typed, "?")) {
		list_answers(cli, q);
		went = WENT_AGAIN;
	} else if (!*typed) {
		went = f->needed && !json_object_get(body, f->name) ? WENT_AGAIN : WENT_ON;
		if (went == WENT_AGAIN)
			cli_printf(cli, _("  This needs an answer.\n"));
	} else if (!strcmp(typed, "-") && f->kind != FORM_COUNTY) {
		json_object_del(body, f->name);
		went = f->needed ? WENT_AGAIN : WENT_ON;
	} else {
		went = take_answer(cli, q, body, typed, err);
	}
	sodium_memzero(typed, sizeof(typed));
	sodium_memzero(now, strlen(now));
	free(now);
	return went;
}

/* Everything once more, to be read back to the source. */
static void
show_all(struct cli *cli, const json_t *body)
{
	unsigned q;
	char *text;

	cli_printf(cli, _("\nRead it back:\n"));
	for (q = 0; q < FORM_CNT; q++) {
		if (!json_object_get(body, form_question[q].name))
			continue;
		text = form_text(q, body);
		cli_printf(cli, "%s%u %s%s\n", cli_style(cli, "dim"), q + 1,
			   _(form_question[q].ask), cli_style(cli, "off"));
		cli_wrap(cli, 2,
			 cli_s(cli, form_question[q].kind == FORM_COUNTY
					    ? county_text(cli->ses, text)
					    : text));
		sodium_memzero(text, strlen(text));
		free(text);
	}
}

int
take_ask(struct cli *cli, json_t *body, bool *done)
{
	char answer[16];
	unsigned q = 0;
	int err = 0;

	*done = false;
	cli_printf(cli,
		   _("Ask no name and no telephone number. Enter skips or keeps; < goes back; ? "
		     "lists; - takes back; . leaves, and nothing is kept.\n"));
	for (;;) {
		while (q < FORM_CNT) {
			enum went went = ask_one(cli, q, body, &err);

			if (went == WENT_AWAY)
				return err;
			q += went == WENT_ON;
			q -= went == WENT_BACK && q;
		}
		show_all(cli, body);
		err = cli_ask(cli, _("[g]o on, < back, the number of a question, . leaves"), answer,
			      sizeof(answer));
		if (err || !strcmp(answer, "."))
			return err;
		*done = *answer == 'g' && form_missing(body) == FORM_CNT;
		if (*done)
			return 0;
		q = (unsigned)strtoul(answer, NULL, 10);
		q = q >= 1 && q <= FORM_CNT         ? q - 1
		    : form_missing(body) < FORM_CNT ? form_missing(body)
		    : *answer == '<'                ? FORM_CNT - 1
						    : FORM_CNT;
	}
}

int
take_desks(struct cli *cli, const struct source *s, const json_t *body,
	   struct source_exclude *exclude)
{
	struct source_exclude before;
	struct choose_set to;
	char answer[64];
	size_t i;
	int err = source_choose(cli->ses, s, body, exclude, &to);

	while (!err) {
		before = *exclude;
		cli_printf(cli, _("\nOnly these desks can open it:\n"));
		for (i = 0; i < SEAL_CNT; i++)
			if (to.desk[i])
				cli_printf(cli, "  %-6u %s\n", to.desk[i],
					   show_desk(cli, s->view, to.desk[i]));
		err = cli_ask(cli,
			      _("The number of a desk that the source wants left out, - to put all "
				"back, Enter for none"),
			      answer, sizeof(answer));
		if (err || !*answer)
			return err;
		if (!strcmp(answer, "-"))
			exclude->cnt = 0;
		else
			err = tip_exclude_one(cli, s->view, strtoul(answer, NULL, 10) & 0xffff,
					      exclude);
		if (!err)
			err = source_choose(cli->ses, s, body, exclude, &to);
		if (err) { /* that desk cannot be left out: its sentence, and the desks as before */
			cli_printf(cli, "  %s\n", cli_failure(cli));
			cli_forgive(cli);
			*exclude = before;
			err = source_choose(cli->ses, s, body, exclude, &to);
		}
	}
	return err;
}

/* How a digit is said. On the telephone Chinese says 幺 for 1, which sounds too much like 7. */
static const char *
spoken(char digit, bool phone)
{
	static const char *const words[] = { N_("zero"),  N_("one"),  N_("two"), N_("three"),
					     N_("four"),  N_("five"), N_("six"), N_("seven"),
					     N_("eight"), N_("nine") };

	return phone && taxonomy_chinese() && digit == '1' ? "幺" : _(words[digit - '0']);
}

void
take_show(struct cli *cli, const struct take_digits *number, unsigned from)
{
	unsigned i, k;

	for (i = from; i < number->cnt / GROUP; i++) {
		const char *group = number->digits + (size_t)i * GROUP;

		cli_printf(cli, "  %u   %.5s  ", i + 1, group);
		for (k = 0; k < GROUP; k++)
			cli_printf(cli, " %s", spoken(group[k], number->phone));
		cli_printf(cli, "\n");
	}
}

/* The source says the last group, which staff cannot see then, and types. */
static int
practise(struct cli *cli, const struct take_digits *number, bool *kept)
{
	const char *last = number->digits + number->cnt - GROUP;
	char typed[64], digits[GROUP + 1], prompt[200];
	unsigned groups = (unsigned)(number->cnt / GROUP);
	size_t i, n;
	int err;

	snprintf(prompt, sizeof(prompt),
		 _("What does the source say for group %u? (r reads all again, . where nobody "
		   "answers)"),
		 groups);
	for (;;) {
		err = cli_ask(cli, prompt, typed, sizeof(typed));
		for (i = n = 0; !err && typed[i] && n < GROUP; i++)
			if (typed[i] >= '0' && typed[i] <= '9')
				digits[n++] = typed[i];
		digits[n] = '\0';
		*kept = !err && !strcmp(digits, last);
		if (err || *kept || !strcmp(typed, "."))
			break;
		take_clear(cli);
		if (*typed != 'r')
			cli_printf(cli, _("That is not it. Read it again:\n"));
		take_show(cli, number, *typed == 'r' ? 0 : groups - 1);
		err = cli_ask(cli, _("Read out; then Enter"), typed, sizeof(typed));
		take_clear(cli);
		if (err)
			break;
	}
	sodium_memzero(typed, sizeof(typed));
	sodium_memzero(digits, sizeof(digits));
	return err;
}

/* Shows it to be read out, wipes it from the screen, and lets the source say its last group. */
static int
read_out(struct cli *cli, const struct take_digits *number, const char *how, bool *kept)
{
	char answer[16];
	int err;

	take_clear(cli);
	cli_printf(cli, "%s\n\n", how);
	take_show(cli, number, 0);
	err = cli_ask(cli, _("Read out; then Enter"), answer, sizeof(answer));
	take_clear(cli);
	return err ? err : practise(cli, number, kept);
}

int
take_number(struct cli *cli, const struct take_digits *number, bool *kept)
{
	char answer[16];
	int err = cli_ask(cli,
			  _("Does the source want a number, to come back with and hear the answer? "
			    "[Y/n]"),
			  answer, sizeof(answer));

	*kept = false;
	if (err || *answer == 'n' || *answer == 'N' || !strncmp(answer, "不", 3))
		return err;
	return read_out(cli, number,
			_("Read it out slowly, group by group. The source writes it on paper:"),
			kept);
}

int
take_wants_reward(struct cli *cli, bool *wants)
{
	char answer[16];
	int err = cli_ask(cli,
			  _("Does the source want a reward, should it prove true? It is collected "
			    "with a second number, without a name. [y/N]"),
			  answer, sizeof(answer));

	*wants = !err && (*answer == 'y' || *answer == 'Y' || !strncmp(answer, "是", 3) ||
			  !strncmp(answer, "要", 3));
	return err;
}

int
take_code(struct cli *cli, const struct take_digits *code, bool *kept)
{
	*kept = false;
	return read_out(cli, code,
			_("The claim code, for the reward alone. Read it out slowly; the source "
			  "writes it on another paper:"),
			kept);
}
