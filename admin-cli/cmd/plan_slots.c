/*
 * davy plan slots: when which order is to be sealed. What goes into a slot is not shown: whoever
 * looks over the planner's shoulder must not see which visits a tip has caused.
 */
#include "admin-cli/cmd/plan_slots.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/desk/need_taken.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/plan/draw.h"
#include "admin-cli/rules/schema.h"
#include "crypto/err.h"
#include "crypto/text.h"

void
plan_week_end(struct plan_week *w)
{
	free(w->slot);
	free(w->need);
	plan_step_end(w->step);
	memset(w, 0, sizeof(*w));
}

static int
fill(struct cli *cli, struct plan_week *w)
{
	const struct plan_step *s = w->step;
	struct plan_slots in = { .plan = s->plan,
				 .order = s->seen->order,
				 .hour = s->seen->hour,
				 .threshold = s->threshold,
				 .sites = s->sites,
				 .need = w->need,
				 .needs = w->needs };
	uint8_t seed[32];

	if (!schema_hex(s->book->fold.book, "seed", seed, sizeof(seed)))
		return cli_fail(cli, DAVY_REFUSED, "not-found", _("There is no such plan."));
	in.seed = seed;
	free(w->slot);
	w->cnt = plan_slots_cnt(s->plan);
	w->slot = calloc(w->cnt, sizeof(*w->slot));
	int err = w->slot ? plan_slots_fill(w->slot, &in) : ERR_MEM;
	sodium_memzero(seed, sizeof(seed));
	return err ? cli_fail_err(cli, err, "%s", _("The slots were not filled")) : 0;
}

int
plan_week(struct cli *cli, struct plan_week *w, const char *plan)
{
	memset(w, 0, sizeof(*w));
	int err = plan_step_book(cli, &w->step, plan, true);

	if (!err && (!w->step->seen->order || !w->step->seen->reg))
		err = cli_fail(
			cli, DAVY_REFUSED, "not-found",
			_("The list of this plan is not there: both reveal (davy plan reveal), and "
			  "this home has the register (davy plan sites-import)."));
	if (!err)
		err = plan_step_table(cli, w->step);
	if (!err)
		err = need_taken(cli->ses, w->step->plan->plan, w->step->seen->reg, &w->need,
				 &w->needs);
	return err ? err : fill(cli, w);
}

int
plan_week_take(struct cli *cli, const struct plan_take *take, const uint8_t id[static 16],
	       json_t *body, uint32_t *visit)
{
	struct plan_week w;
	struct plan_need need = { .taken = sync_hour(cli->ses), .urgent = take->urgent };
	struct plan_need *mine = NULL;
	char hash[65];
	int err = plan_week(cli, &w, take->plan);

	memcpy(need.id, id, sizeof(need.id));
	need.due = need.taken + NEED_TAKEN_DAYS * 24;
	*visit = 0;
	if (!err && !need_site(w.step->seen->reg, take->site, &need.site))
		err = cli_fail(cli, DAVY_REFUSED, "not-found", _("There is no site %s."),
			       cli_s(cli, take->site));
	if (!err) {
		w.need[w.needs++] = need;
		err = fill(cli, &w);
	}
	for (size_t i = 0; i < w.needs && !err; i++)
		if (!memcmp(w.need[i].id, id, sizeof(need.id)))
			mine = &w.need[i];
	if (!err && !take->urgent && mine->slot == SIZE_MAX)
		err = cli_fail(cli, DAVY_REFUSED, "range",
			       _("This plan has no slot left for it; name the next plan."));
	if (!err && mine->rides)
		cli_printf(cli, "%s\n", _("The site is drawn anyway; this rides on that visit."));
	if (!err) {
		json_object_set_new(body, "plan",
				    json_string(term_hex(hash, w.step->plan->plan, 32)));
		json_object_set_new(body, "site", json_string(take->site));
		if (take->urgent)
			json_object_set_new(body, "urgent", json_true());
		else
			*visit = w.slot[mine->slot].depart;
	}
	plan_week_end(&w);
	return err;
}

int
plan_week_sealed(struct cli *cli, const struct plan_week *w, size_t slot, bool *sealed)
{
	struct workspace_case *list;
	size_t cnt = 0, slots = 0, orders = 0;
	uint32_t hour0 = w->slot[slot].hour0;

	*sealed = false;
	if (workspace_case_list(cli->ses->workspace, FRAME_ORDER, &list, &cnt))
		return cli_fail(cli, DAVY_REFUSED, "workspace", _("The orders were not read."));
	for (size_t i = 0; i < cnt; i++)
		orders += list[i].rec.read_due == hour0 &&
			  list[i].rec.desk == w->step->plan->desk &&
			  !(list[i].rec.flags & FRAME_R_CLOSED);
	if (cnt)
		workspace_free(list, cnt * sizeof(*list));
	for (size_t k = 0; k < w->cnt; k++)
		slots += w->slot[k].hour0 == hour0;
	*sealed = orders >= slots;
	return 0;
}

/* Site, operator, county and a companion nearby, drawn by the plan's seed. */
static int
draft_site(struct cli *cli, const struct plan_week *w, size_t k, json_t *draft)
{
	const struct plan_register *reg = w->step->seen->reg;
	const struct plan_site *site = &reg->site[w->slot[k].site];
	bool *taken = calloc(reg->cnt, sizeof(*taken));
	uint8_t key[32], seed[32];
	char what[32];
	struct plan_stream st;
	uint32_t other;
	size_t len = (size_t)snprintf(what, sizeof(what), "companion %zu", k);
	int err = taken && schema_hex(w->step->book->fold.book, "seed", seed, sizeof(seed))
			  ? plan_slots_key(key, seed, w->step->plan->plan, what, len)
			  : ERR_MEM;

	for (size_t i = 0; i < w->cnt && !err; i++)
		if (w->slot[i].filling != SLOT_STANDBY)
			taken[w->slot[i].site] = true;
	if (!err) {
		plan_stream_init(&st, key);
		err = plan_companion(&st, reg, w->slot[k].site, taken, &other);
		sodium_memzero(&st, sizeof(st));
	}
	if (!err)
		json_object_set_new(draft, "companion",
				    json_string(reg->site[other].text[PLAN_NAME]));
	json_object_set_new(draft, "site", json_string(site->text[PLAN_NAME]));
	json_object_set_new(draft, "operator", json_pack("[s]", site->text[PLAN_OPERATOR]));
	json_object_set_new(draft, "county", json_string(site->text[PLAN_AREA]));
	sodium_memzero(key, sizeof(key));
	sodium_memzero(seed, sizeof(seed));
	free(taken);
	if (err == ERR_NOT_FOUND) /* the planner writes one himself */
		return 0;
	return err ? cli_fail_err(cli, err, "%s", _("The slots were not filled")) : 0;
}

static int
draft_slot(struct cli *cli, const struct plan_week *w, size_t k, json_t *draft)
{
	const struct plan_slot *x = &w->slot[k];
	char hash[65];
	bool sealed;
	int err = plan_week_sealed(cli, w, k, &sealed);

	if (!err && sealed)
		err = cli_fail(cli, DAVY_REFUSED, "exists",
			       _("An order for this slot is sealed already."));
	if (err)
		return err;
	json_object_set_new(draft, "desk", json_integer(w->step->plan->desk));
	if (x->drill) {
		json_object_set_new(draft, "urgent", json_true());
	} else {
		json_object_set_new(draft, "from", json_integer(x->hour0));
		json_object_set_new(draft, "depart", json_integer(x->depart));
		json_object_set_new(draft, "seal", json_integer(x->seal));
	}
	if (x->filling == SLOT_STANDBY) {
		json_object_set_new(draft, "kind", json_string("STANDBY"));
		return 0;
	}
	json_object_set_new(draft, "plan", json_string(term_hex(hash, w->step->plan->plan, 32)));
	return draft_site(cli, w, k, draft);
}

int
plan_slot_draft(struct cli *cli, const char *plan, size_t slot, json_t *draft, char need[static 33])
{
	struct plan_week w;
	int err = plan_week(cli, &w, plan);

	*need = '\0';
	if (!err && slot >= w.cnt)
		err = cli_fail(cli, DAVY_REFUSED, "range", _("The plan has %zu slots."), w.cnt);
	if (!err)
		err = draft_slot(cli, &w, slot, draft);
	if (!err && w.slot[slot].need != SIZE_MAX)
		term_hex(need, w.need[w.slot[slot].need].id, 16);
	plan_week_end(&w);
	return err;
}

static const char *
state_of(const struct plan_slot *x, bool sealed, uint32_t hour)
{
	if (sealed)
		return N_("sealed");
	if (hour >= x->hour0)
		return N_("not sealed in time");
	return hour >= x->seal ? N_("seal it now") : "";
}

/* To planners of the desk alone, and without a number: how many needs there are is for nobody who
 * looks over a shoulder. NULL: not for this member. */
static json_t *
say_crowded(struct cli *cli, const struct plan_week *w)
{
	const struct trust *view = w->step->book->view;
	bool crowded = plan_slots_crowded(w->step->plan, w->need, w->needs);

	if (!view->me || !(view->me->roles & ROSTER_PL) ||
	    view->me->desk != w->step->book->c.rec.desk)
		return NULL;
	if (crowded)
		cli_wrap(
			cli, 0,
			_("Needs take more than a third of the discretionary visits of this plan, so a visit that "
			  "was not drawn is likely for a tip. Give the next plan a greater discretionary share: "
			  "davy plan draw --discretionary N."));
	return json_boolean(crowded);
}

static int
print_slots(struct cli *cli, const struct plan_week *w)
{
	const char *const heads[] = { _(">SLOT"), _("DAY"), _("SEAL FROM"), _("STATE"), NULL };
	struct cli_table *t = cli_table_new(cli, heads);
	uint32_t now = sync_hour(cli->ses);
	size_t placed = 0, rides = 0, none = 0;
	json_t *list = json_array();
	int err = 0;

	for (size_t k = 0; k < w->cnt && !err; k++) {
		const struct plan_slot *x = &w->slot[k];
		char day[TEXT_DAY_LEN + 1], seal[TERM_DATE_CAP], no[24];
		bool sealed;
		err = plan_week_sealed(cli, w, k, &sealed);
		text_day_print(day, x->day);
		snprintf(no, sizeof(no), "%zu", k);
		const char *state = state_of(x, sealed, now);
		cli_table_row(t, no, day, term_hour(seal, x->seal), *state ? gettext(state) : "");
		json_array_append_new(list,
				      json_pack("{s:I,s:s,s:I,s:I,s:s}", "slot", (json_int_t)k,
						"day", day, "hour0", (json_int_t)x->hour0, "seal",
						(json_int_t)x->seal, "state", state));
	}
	cli_table_end(t, NULL);
	for (size_t i = 0; i < w->needs; i++) {
		placed += w->need[i].slot != SIZE_MAX && !w->need[i].rides;
		rides += w->need[i].rides;
		none += w->need[i].slot == SIZE_MAX && !w->need[i].urgent && !w->need[i].gone;
	}
	if (w->needs)
		cli_printf(
			cli,
			_("%zu needs have a slot, %zu ride on a drawn visit, %zu find none here.\n"),
			placed, rides, none);
	cli_data(cli, json_pack("{s:o,s:I,s:I,s:I,s:o*}", "slots", list, "needs",
				(json_int_t)placed, "rides", (json_int_t)rides, "without",
				(json_int_t)none, "crowded", say_crowded(cli, w)));
	return err;
}

static int
slots_exec(struct cli *cli)
{
	struct plan_week w;
	int err = plan_week(cli, &w, cli->argv[0]);

	if (!err)
		err = print_slots(cli, &w);
	plan_week_end(&w);
	return err;
}

const struct command cmd_plan_slots = {
	.noun = "plan",
	.verb = "slots",
	.args = "PLAN",
	.help = N_("list the slots of a drawn plan: when which order is sealed"),
	.more = N_(
		"Every slot gets an order, whatever it says; davy order new fills it in. A need that was taken "
		"with its site gets the next free slot of which nobody can have sealed the order. What goes into a "
		"slot is not shown."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.exec = slots_exec,
};
