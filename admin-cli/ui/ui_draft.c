/* The draft of a sealed order as a form (see ui.h): the members that desk/order_draft.h names, each
 * with what it means, and people, desks, needs and codes chosen from lists. It goes from the fields
 * into the encrypted workspace and lies in no file. */
#include <curses.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/order_new.h"
#include "admin-cli/desk/books.h"
#include "admin-cli/desk/order_draft.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/order_part.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/ui/ui_fields.h"
#include "admin-cli/view/show.h"

enum kind { TEXT, NUMBER, LIST, SWITCH, HOUR, DESK, SIDE_A, SIDE_B, KIND, COVER, HAZARDS };

static const struct member {
	const char *name, *help;
	enum kind kind;
} members[] = {
	{ "desk", N_("the inspection desk that goes"), DESK },
	{ "urgent", N_("at once, in place of the two hours below"), SWITCH },
	{ "from", N_("the first hour, such as 2026-12-01 08:00"), HOUR },
	{ "depart", N_("the hour of departure, 24 to 47 hours after that"), HOUR },
	{ "a", N_("side A: two to four who release it"), SIDE_A },
	{ "b", N_("side B: two to four who lead it"), SIDE_B },
	{ "kind", N_("what kind of visit; layer 0"), KIND },
	{ "region", N_("where roughly; layer 0"), TEXT },
	{ "kit", N_("what to pack; layer 0"), TEXT },
	{ "persons", N_("how many people; layer 0"), NUMBER },
	{ "days", N_("how many days; layer 0"), NUMBER },
	{ "muster", N_("where they muster; layer 1"), TEXT },
	{ "vehicles", N_("which vehicles; layer 1"), TEXT },
	{ "papers", N_("papers to bring, by their codes; layer 1"), LIST },
	{ "turn", N_("who is asked, in the drawn order; layer 1"), LIST },
	{ "site", N_("the site; layer 2"), TEXT },
	{ "companion", N_("another site that is visited, too; layer 2"), TEXT },
	{ "operator", N_("who runs it, and the group; layer 2"), LIST },
	{ "county", N_("its county, by the code of six digits; layer 2"), TEXT },
	{ "cover", N_("what the visit seems to be about; layer 2"), COVER },
	{ "route", N_("5 to 9 checkpoints in their order; layer 2"), LIST },
	{ "at", N_("which of them is the true one: neither the first nor the last; layer 2"),
	  NUMBER },
	{ "questions", N_("what everybody is asked; layer 2"), LIST },
	{ "checklist", N_("what to look at; layer 2"), HAZARDS },
	{ "abstract", N_("what the need says; layer 2"), TEXT },
	{ "excluded", N_("offices that must not know; layer 2"), LIST },
	{ "agencies", N_("other agencies, each \"name: its part\"; layer 2"), LIST },
	{ "safety", N_("what keeps people safe; layer 2"), LIST },
};

#define MEMBERS (sizeof(members) / sizeof(*members))
#define FIRST   3 /* need, plan and slot stand before them */

struct drafting {
	struct ui *ui;
	const struct trust *view;
	uint8_t id[16];
	json_t *draft;
	struct ui_fields form;
	char had[64]; /* the need or slot that is filled in already */
};

/* ---- what may be chosen ---- */

static void
offer_desks(struct drafting *w, struct ui_field *x)
{
	const struct roster *r = w->view->bundle.roster;
	struct cli cli = { .ses = w->ui->ses };
	char number[8];

	for (size_t i = 0; i < r->desk_cnt; i++) {
		if (r->desk[i].kind != ROSTER_INSPECTION)
			continue;
		snprintf(number, sizeof(number), "%u", r->desk[i].number);
		ui_field_offer(x, number, show_desk(&cli, w->view, r->desk[i].number));
	}
}

/* Members with that role who can stand on that side, each with the name of the desk. */
static void
offer_side(struct drafting *w, struct ui_field *x, uint16_t role)
{
	const struct roster_members *all = w->view->members;
	struct cli cli = { .ses = w->ui->ses };
	char hex[17], text[300];

	for (size_t i = 0; all && i < all->cnt; i++) {
		const struct roster_member *m = &all->member[i];
		const struct roster_desk *at = roster_find(w->view->bundle.roster, m->desk);
		bool ours = w->view->desk &&
			    (m->desk == w->view->desk->number || m->desk == w->view->desk->above);

		if (!(m->roles & role) || m == w->view->me || !at ||
		    (role == ROSTER_SR ? !ours : at->kind != ROSTER_INSPECTION))
			continue;
		snprintf(text, sizeof(text), "%s  %s", m->name, show_desk(&cli, w->view, m->desk));
		ui_field_offer(x, term_hex(hex, m->handle, 8), text);
	}
}

static void
offer_needs(struct drafting *w, struct ui_field *x)
{
	struct workspace_case *list;
	char hex[33], text[300];
	size_t cnt = 0;

	if (books_list(w->ui->ses, w->view->today, &list, &cnt)) {
		session_forgive(w->ui->ses);
		return;
	}
	for (size_t i = 0; i < cnt; i++) {
		if (strcmp(list[i].line.state, "taken") != 0)
			continue;
		term_hex(hex, list[i].rec.id, 16);
		snprintf(text, sizeof(text), "%.8s  %s", hex, list[i].line.title);
		ui_field_offer(x, hex, text);
	}
	workspace_free(list, cnt * sizeof(*list));
}

static void
add_members(struct drafting *w)
{
	struct ui_field *x = ui_fields_add(&w->form, "need", N_("the need that it answers"));

	offer_needs(w, x);
	ui_fields_add(&w->form, "plan", N_("or of a plan, by its number,"));
	ui_fields_add(&w->form, "slot", N_("what goes into this slot"));
	for (size_t i = 0; i < MEMBERS; i++) {
		enum kind kind = members[i].kind;

		x = ui_fields_add(&w->form, members[i].name, members[i].help);
		x->is_switch = kind == SWITCH;
		x->many = kind == LIST || kind == HAZARDS || kind == SIDE_A || kind == SIDE_B;
		if (kind == DESK)
			offer_desks(w, x);
		else if (kind == SIDE_A || kind == SIDE_B)
			offer_side(w, x, kind == SIDE_A ? ROSTER_SR : ROSTER_TL);
		else if (kind == KIND || kind == COVER || kind == HAZARDS)
			ui_field_axis(x, kind == KIND    ? TAXONOMY_ORDER_KIND
					 : kind == COVER ? TAXONOMY_COVER
							 : TAXONOMY_HAZARD);
		if (kind == KIND)
			ui_field_offer(x, ORDER_STANDBY, _("nobody goes"));
	}
}

/* ---- fields and draft ---- */

/* One value of the draft as it is typed. */
static void
show_value(struct ui_field *x, enum kind kind, const json_t *v)
{
	char text[TERM_DATE_CAP > 24 ? TERM_DATE_CAP : 24];

	if (json_is_string(v))
		ui_field_put(x, json_string_value(v));
	else if (kind == HOUR && json_integer_value(v))
		ui_field_put(x, term_hour(text, (uint32_t)json_integer_value(v)));
	else if (json_is_true(v))
		ui_field_put(x, "yes");
	else if (json_is_integer(v) && json_integer_value(v)) {
		snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(v));
		ui_field_put(x, text);
	}
}

static void
from_draft(struct drafting *w)
{
	for (size_t i = 0; i < MEMBERS; i++) {
		struct ui_field *x = &w->form.field[FIRST + i];
		const json_t *v = json_object_get(w->draft, members[i].name), *one;
		size_t k;

		ui_field_clear(x);
		if (!json_is_array(v))
			show_value(x, members[i].kind, v);
		json_array_foreach(v, k, one) show_value(x, members[i].kind, one);
	}
}

static json_t *
value_of(const struct ui_field *x, enum kind kind)
{
	json_t *list;

	if (kind == SWITCH)
		return json_true();
	if (!x->many)
		return kind == NUMBER || kind == DESK ? json_integer(strtol(x->value[0], NULL, 10))
						      : json_string(x->value[0]);
	list = json_array();
	for (size_t i = 0; i < x->cnt; i++)
		json_array_append_new(list, json_string(x->value[i]));
	return list;
}

static void
to_draft(struct drafting *w)
{
	for (size_t i = 0; i < MEMBERS; i++) {
		const struct ui_field *x = &w->form.field[FIRST + i];

		if (x->cnt)
			json_object_set_new(w->draft, members[i].name,
					    value_of(x, members[i].kind));
		else
			json_object_del(w->draft, members[i].name);
	}
	json_object_del(w->draft, "seal"); /* it is drawn anew */
}

/* ---- the screen ---- */

static const char *
filled(const struct drafting *w, size_t i)
{
	return w->form.field[i].cnt ? w->form.field[i].value[0] : "";
}

/* What the need or the slot says, over what stands there. */
static int
fetch(struct cli *cli, void *arg)
{
	struct drafting *w = arg;
	uint64_t slot = 0;
	int err;

	if (*filled(w, 0))
		return order_new_need(cli, filled(w, 0), w->draft);
	err = cli_number(cli, "slot", filled(w, 2), 0, 9999, &slot);
	return err ? err : order_new_slot(cli, filled(w, 1), (size_t)slot, w->draft);
}

static int
keep(struct cli *cli, void *arg)
{
	struct drafting *w = arg;

	return order_new_keep(cli, w->draft, w->id);
}

/* Whether a need or a slot was named that is not filled in yet. */
static bool
names_more(const struct drafting *w, char want[static 64])
{
	snprintf(want, 64, "%.32s/%.16s/%.8s", filled(w, 0), filled(w, 1), filled(w, 2));
	return strcmp(want, "//") != 0 && strcmp(want, w->had) != 0;
}

/* True: it is kept. */
static bool
once(struct drafting *w)
{
	char want[64], *out = NULL;
	bool more = names_more(w, want), done;

	to_draft(w);
	done = !ui_call(w->ui, more ? fetch : keep, w, &out);
	if (done && more) {
		memcpy(w->had, want, sizeof(w->had));
		from_draft(w);
		ui_note(w->ui, _("What it says is filled in; s again keeps the draft."));
	} else if (done) {
		ui_say_last(w->ui, out);
	}
	free(out);
	return done && !more;
}

static bool
begin(struct drafting *w, const uint8_t *id, const char *need)
{
	char hex[33];
	int err = trust_get(w->ui->ses, false, &w->view);

	if (!err && id)
		err = order_draft_find(w->ui->ses, term_hex(hex, id, 16), w->id, &w->draft);
	if (!err && !w->draft)
		w->draft = json_object();
	if (err) {
		ui_note(w->ui, session_failure(w->ui->ses));
		session_forgive(w->ui->ses);
		return false;
	}
	snprintf(w->form.title, sizeof(w->form.title), "%s", _("the draft of a sealed order"));
	add_members(w);
	from_draft(w);
	if (need)
		ui_field_put(&w->form.field[0], need);
	return true;
}

bool
ui_draft(struct ui *ui, const uint8_t *id, const char *need)
{
	struct drafting *w = calloc(1, sizeof(*w));
	bool kept = false;

	if (!w)
		return false;
	w->ui = ui;
	ui_note(ui, NULL);
	if (begin(w, id, need))
		while (!kept && ui_fields_run(ui, &w->form))
			kept = once(w);
	ui_fields_free(&w->form);
	json_decref(w->draft);
	sodium_memzero(w, sizeof(*w));
	free(w);
	ui_list_stale(ui);
	return kept;
}

void
ui_draft_steps(struct ui *ui, const uint8_t id[static 16])
{
	char *ways[] = { (char *)(uintptr_t)_("seal it and send it"),
			 (char *)(uintptr_t)_("change it"), (char *)(uintptr_t)_("remove it") };
	char hex[33], *out = NULL;
	const char *seal[] = { "order", "seal", term_hex(hex, id, 16), NULL };
	const char *remove[] = { "order", "draft", hex, "--drop", NULL };
	size_t which;

	if (!ui_pick(ui, _("the draft of a sealed order"), ways, 3, &which))
		return;
	if (which == 1) {
		(void)ui_draft(ui, id, NULL);
		return;
	}
	if (!ui_run(ui, which ? remove : seal, &out))
		ui_say_last(ui, out);
	free(out);
	ui_list_stale(ui);
}
