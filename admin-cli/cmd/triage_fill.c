/*
 * Fills a draft of a triage for the case at hand and writes what it comes to. The rules are those
 * of rules/draft.h and of the fold; here is only what needs the workspace and the gateway: which
 * case a beginning of an id names, how the other case of a merge stands, and sending.
 */
#include "admin-cli/cmd/triage_fill.h"

#include <stdlib.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_propose.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/referral_open.h"
#include "admin-cli/cmd/reply.h"
#include "admin-cli/cmd/triage.h"
#include "admin-cli/desk/duty.h"
#include "admin-cli/desk/likes.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/schema.h"
#include "crypto/frame.h"
#include "crypto/text.h"

/* What has been said of a case; NULL where it has not been judged. */
static json_t *
classified(const struct fold *f)
{
	json_t *said = f->severity ? json_object() : NULL;

	for (unsigned i = 0; said && i < CLASS__MAX; i++)
		if (f->said[i])
			json_object_set_new(said, draft_info[i].name, json_deep_copy(f->said[i]));
	return said;
}

/* What the workspace knows of another case. *said: what has been said of it, or NULL. */
static void
know_other(struct cli *cli, const char *hex, struct draft_other *o, json_t **said)
{
	struct workspace_case c;
	struct opened *d;
	uint8_t id[16];
	const json_t *tip;

	*said = NULL;
	memset(o, 0, sizeof(*o));
	if (text_unhex(id, sizeof(id), hex, strlen(hex)) ||
	    workspace_case_get(cli->ses->workspace, id, &c))
		return;
	o->here = *c.line.state != '\0';
	o->desk = c.rec.desk;
	o->severity = c.line.severity;
	snprintf(o->state, sizeof(o->state), "%s", c.line.state);
	snprintf(o->title, sizeof(o->title), "%s", c.line.title);
	if (opened_load(cli->ses, &c, &d)) {
		cli_forgive(cli);
		return;
	}
	tip = opened_first(d) == FOLD_NONE ? NULL : d->x[opened_first(d)].body;
	o->start = level_start(&d->fold, tip, NULL);
	o->named = level_named(&d->fold, tip);
	*said = classified(&d->fold);
	opened_free(d);
}

static bool
takes_merge(struct cli *cli, const uint8_t *id)
{
	struct workspace_case c;

	return !workspace_case_get(cli->ses->workspace, id, &c) && c.line.severity &&
	       draft_lives(c.line.state);
}

static void
know_like(struct cli *cli, struct draft_case *c, const struct like_hit *hit)
{
	struct draft_like *like = &c->like[c->like_cnt];

	term_hex(like->id, hit->id, 16);
	know_other(cli, like->id, &like->other, &like->said);
	like->same = hit->same;
	if (like->other.here && like->other.desk == c->desk) {
		c->like_cnt++;
	} else {
		json_decref(like->said);
		like->said = NULL;
	}
}

/* Cases of the same desk that it is like, by what was opened here; those that take a merge stand
 * before the others. */
static void
know_likes(struct cli *cli, struct draft_case *c)
{
	struct likes_hit *hit = NULL;
	size_t cnt = 0, i;

	if (likes_find(cli->ses, cli->opened, &hit, &cnt))
		cli_forgive(cli);
	for (int takes = 1; takes >= 0; takes--)
		for (i = 0; i < cnt && c->like_cnt < DRAFT_LIKES; i++)
			if (takes_merge(cli, hit[i].hit.id) == takes)
				know_like(cli, c, &hit[i].hit);
	free(hit);
}

int
triage_draft(struct cli *cli, struct draft **out)
{
	const struct opened *d = cli->opened;
	size_t tip = opened_first(d), i;
	struct draft_case c = { .in = &d->in, .fold = &d->fold, .desk = d->c.rec.desk };

	c.tip = tip == FOLD_NONE ? NULL : d->x[tip].body;
	memcpy(c.id, d->c.rec.id, sizeof(c.id));
	opened_person(d, &c.me);
	know_likes(cli, &c);
	*out = draft_new(&c);
	for (i = 0; !*out && i < c.like_cnt; i++)
		json_decref(c.like[i].said);
	return *out ? 0 : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
}

static void
look_at_other(struct cli *cli, struct draft *d)
{
	const char *into = json_string_value(draft_get(d, DRAFT_INTO));
	struct draft_other o;
	json_t *said;

	if (!into)
		return;
	know_other(cli, into, &o, &said);
	draft_other(d, &o, said);
}

int
triage_draft_body(struct cli *cli, struct draft *d, const json_t *body)
{
	char why[DRAFT_WHY_CAP];
	const json_t *v;
	unsigned i;

	for (i = 0; i < DRAFT__MAX; i++) {
		v = json_object_get(body, draft_info[i].name);
		if (v && !draft_put(d, i, v, why))
			return cli_fail(cli, DAVY_USAGE, "usage", "%s", cli_s(cli, why));
	}
	look_at_other(cli, d);
	return 0;
}

/* The whole id of a case of which the beginning was typed. */
static bool
whole_id(struct cli *cli, const char *prefix, char hex[static 33], char why[static DRAFT_WHY_CAP])
{
	struct workspace_case c;

	if (submit_find(cli->ses, FRAME_CASE, prefix, &c)) {
		snprintf(why, DRAFT_WHY_CAP, "%s", cli_failure(cli));
		cli_forgive(cli);
		return false;
	}
	term_hex(hex, c.rec.id, sizeof(c.rec.id));
	return true;
}

bool
triage_draft_type(struct cli *cli, struct draft *d, unsigned field, const char *text,
		  char why[static DRAFT_WHY_CAP])
{
	char hex[33], list[8 * 33 + 1] = "", one[33];
	size_t n, at = 0;

	if (field == CLASS_LINKS && strcmp(text, "-")) {
		for (; *text; text += n + (text[n] == ',')) {
			n = strcspn(text, ",");
			snprintf(one, sizeof(one), "%.*s", (int)(n < 32 ? n : 32), text);
			if (!whole_id(cli, one, hex, why))
				return false;
			if (at + 34 < sizeof(list))
				at += (size_t)snprintf(list + at, sizeof(list) - at, "%s%s",
						       at ? "," : "", hex);
		}
		return draft_set(d, field, list, why);
	}
	if (field == CLASS_CAMPAIGN && strcmp(text, "-")) {
		if (!triage_campaign(cli, text, hex))
			return draft_set(d, field, hex, why);
		snprintf(why, DRAFT_WHY_CAP, "%s", cli_failure(cli));
		cli_forgive(cli);
		return false;
	}
	if (field == DRAFT_INTO && strcmp(text, "-")) {
		if (!whole_id(cli, text, hex, why) || !draft_set(d, field, hex, why))
			return false;
		look_at_other(cli, d);
		return true;
	}
	return draft_set(d, field, text, why);
}

static const char *
mark_name(enum draft_mark mark)
{
	static const char *const names[] = { N_("missing"), N_("wanted"), N_("wrong"),
					     N_("two members"), N_("note") };

	return _(names[mark]);
}

/* Floor, start level, priority, a line each. */
static void
show_why(struct cli *cli, const struct draft *d)
{
	char *(*const why[])(const struct draft *) = { draft_why_floor, draft_why_level,
						       draft_why_priority };
	char *text;
	size_t i;

	for (i = 0; i < sizeof(why) / sizeof(*why); i++) {
		text = why[i](d);
		if (text)
			cli_wrap(cli, 2, text);
		free(text);
	}
}

unsigned
triage_draft_show(struct cli *cli, const struct draft *d)
{
	struct draft_problem list[DRAFT_PROBLEMS];
	size_t n = draft_problems(d, list), i;
	unsigned stop = 0;
	char *text;

	show_why(cli, d);
	for (i = 0; i < n; i++) {
		bool stops = list[i].mark <= DRAFT_WRONG;

		if (asprintf(&text, "%s: %s", mark_name(list[i].mark), list[i].text) < 0)
			continue;
		cli_printf(cli, "%s", cli_style(cli, stops ? "red" : "yellow"));
		cli_wrap(cli, 2, cli_s(cli, text));
		cli_printf(cli, "%s", cli_style(cli, "off"));
		free(text);
		stop += stops;
	}
	return stop;
}

/* Sends the question; its hash goes into the decision. */
static int
ask_source(struct cli *cli, const struct draft_step *ask, struct draft_step *decide)
{
	struct submit p = { .type = ask->type,
			    .body = ask->body,
			    .draw = reply_draw,
			    .now = true,
			    .may = reply_refuse_again };
	json_t *body = decide->type == ENTRY_PROPOSE ? json_object_get(decide->body, "body")
						     : decide->body;
	char hash[65], shown[TERM_DATE_CAP];
	int err = submit_send(cli->ses, cli->target, &p);

	if (err)
		return err;
	json_object_set_new(body, decide->names,
			    json_string(term_hex(hash, p.hash, sizeof(p.hash))));
	cli_printf(cli, _("The question is sent; she can see it from %s on.\n"),
		   term_hour(shown, p.hour ? p.hour : sync_hour(cli->ses)));
	return 0;
}

static int
decide(struct cli *cli, struct draft_step *step, const struct draft_plan *plan, bool alone)
{
	struct submit p = { .type = ENTRY_TRIAGE, .now = plan->cnt > 1 };
	bool propose = step->type == ENTRY_PROPOSE;
	json_t *said = json_incref(propose ? json_object_get(step->body, "body") : step->body);
	int err = 0;

	if (plan->refer && (!propose || !alone))
		err = referral_open(cli, cli->opened, said);
	if (err) {
		json_decref(said);
		return err;
	}
	if (propose && !alone) {
		err = case_propose_entry(cli, "triage", json_incref(said));
	} else {
		p.body = json_incref(said);
		err = case_write(cli, &p);
		if (!err)
			reply_tell(cli, said);
		if (!err && plan->duty)
			err = duty_call(cli->ses);
	}
	json_decref(said);
	return err;
}

int
triage_draft_write(struct cli *cli, const struct draft *d, bool whole, bool alone)
{
	char why[DRAFT_WHY_CAP];
	struct draft_plan plan;
	int err = 0;

	if (!draft_plan(d, whole, &plan, why))
		return cli_fail(cli, DAVY_REFUSED, "draft", _("Not written: %s"), cli_s(cli, why));
	if (plan.cnt > 1)
		err = ask_source(cli, &plan.step[0], &plan.step[1]);
	if (!err)
		err = decide(cli, &plan.step[plan.cnt - 1], &plan, alone);
	draft_plan_free(&plan);
	return err;
}

void
triage_draft_warn(struct cli *cli, const json_t *triage)
{
	struct draft_problem list[DRAFT_PROBLEMS];
	struct draft *d = NULL;
	size_t n, i;

	if (triage_draft(cli, &d) || triage_draft_body(cli, d, triage)) {
		cli_forgive(cli);
	} else {
		show_why(cli, d);
		n = draft_problems(d, list);
		for (i = 0; i < n; i++)
			if (list[i].field == DRAFT_INTO)
				cli_warn(cli, "%s", cli_s(cli, list[i].text));
	}
	draft_free(d);
}
