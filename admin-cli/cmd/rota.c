/*
 * davy rota set, confirm, show, swap, end: who is on duty. Two members on duty see a tip that
 * nobody has read, and say from whom of the desk it is hidden; the others see it when they have.
 * The lead draws a rota up, and one of its pair puts it in force; the lead of the desk above does
 * both. Who stands in gets a copy, since a book is sealed to four members at most.
 */
#include <string.h>
#include <sodium.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/book.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/member_arg.h"
#include "admin-cli/desk/duty_book.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show.h"
#include "crypto/entry.h"
#include "crypto/frame.h"
#include "crypto/text.h"

/* One conflict, as a row of the sheet. */
static json_t *
row_of(const json_t *from, const char *member)
{
	static const char *const parts[] = { "kind", "area", "body", "site" };
	json_t *row = json_pack("{s:s}", "member", member);

	for (size_t k = 0; k < sizeof(parts) / sizeof(*parts); k++)
		if (json_object_get(from, parts[k]))
			json_object_set(row, parts[k], json_object_get(from, parts[k]));
	return row;
}

static bool
is_of(const struct trust *view, uint16_t desk, const char *member)
{
	uint8_t handle[8];
	const struct roster_member *m;

	if (text_unhex(handle, 8, member, strlen(member)))
		return false;
	m = roster_member_by_handle(view->members, handle);
	return m && m->desk == desk;
}

/* The names of a group, as the rota carries them. */
static json_t *
names_of(const json_t *from, const char *member)
{
	(void)member;
	return json_incref(json_object_get(from, "body"));
}

/* What members of the desk have declared under `what`, as the rota carries it in `list`: as far as
 * it is sealed to us; of a desk below also what its newest rota carries. */
static json_t *
declared(const struct trust *view, const json_t *books, uint16_t desk, const char *what,
	 const char *list, json_t *(*row)(const json_t *from, const char *member))
{
	json_t *out = json_array();
	const json_t *old = NULL;
	size_t i;

	for (i = 0; i < json_array_size(books); i++) {
		const json_t *one = json_array_get(books, i), *body = json_object_get(one, "body");
		const char *owner = schema_text(one, "owner");

		if (duty_is(one, "rota") && schema_number(one, "desk") == desk)
			old = json_object_get(body, list);
		if (duty_is(one, what) && is_of(view, desk, owner) &&
		    !strcmp(schema_text(one, "state"), "declared"))
			json_array_append_new(out, row(body, owner));
	}
	for (i = 0; view->me->desk != desk && i < json_array_size(old); i++)
		json_array_append(out, json_array_get(old, i));
	return out;
}

static json_t *
handles(const struct roster_member *const *m, size_t cnt)
{
	json_t *list = json_array();
	char hex[17];

	for (size_t i = 0; i < cnt; i++)
		json_array_append_new(list, json_string(term_hex(hex, m[i]->handle, 8)));
	return list;
}

/* A rota with those who stand in: who has put it in force gives them a copy, with what they need to
 * say from whom a case is hidden. The day is that on which its seed begins to count. */
static int
copy_for_deputies(struct cli *cli, const json_t *rota, const char *id)
{
	const struct trust *view;
	char day[TEXT_DAY_LEN + 1];
	uint8_t book[16];
	json_t *body;
	int err = trust_get(cli->ses, false, &view);

	if (err)
		return err;
	body = json_deep_copy(rota);
	text_day_print(day, view->today);
	json_object_set_new(body, "what", json_string("standin"));
	json_object_set_new(body, "book", json_string(id));
	json_object_set_new(body, "day", json_string(day));
	return duty_open(cli->ses, view, body, book);
}

static int
put_in_force(struct cli *cli, const char *id, bool over)
{
	json_t *move = json_pack("{s:i,s:s}", "v", 1, "move", "in_force");
	struct submit p = { .type = over ? ENTRY_BOOK_MOVE : ENTRY_PROPOSE, .now = true };
	struct workspace_case c;
	int err = submit_find(cli->ses, FRAME_BOOK, id, &c);

	p.body = over ? move
		      : json_pack("{s:i,s:s,s:o}", "v", 1, "type", "book-move", "body", move);
	if (!err)
		err = submit_send(cli->ses, &c, &p);
	json_decref(p.body);
	return err;
}

/* Whom it names, and for which days. */
struct plan {
	const char *from, *until;
	const struct roster_member *m[CONFLICT_DUTY]; /* the pair, then who stands in */
	size_t cnt;
	uint16_t desk;
};

static json_t *
rota_body(const struct trust *view, const json_t *books, const struct plan *r)
{
	char hex[2 * CONFLICT_SEED + 1];
	uint8_t seed[CONFLICT_SEED];
	json_t *body;

	randombytes_buf(seed, sizeof(seed));
	body = json_pack("{s:i,s:s,s:I,s:s,s:s,s:o,s:o,s:s,s:o,s:o}", "v", 1, "what", "rota", "nth",
			 (json_int_t)duty_next(books, r->desk), "from", r->from, "until", r->until,
			 "pair", handles(r->m, 2), "deputy", handles(r->m + 2, r->cnt - 2), "seed",
			 term_hex(hex, seed, sizeof(seed)), "sheet",
			 declared(view, books, r->desk, "conflict", "sheet", row_of), "groups",
			 declared(view, books, r->desk, "group", "groups", names_of));
	sodium_memzero(seed, sizeof(seed));
	sodium_memzero(hex, sizeof(hex));
	return body;
}

/* Opens the book of a rota and signs first that it is in force; the lead of the desk above signs
 * alone. */
static int
draw_up(struct cli *cli, const struct trust *view, const struct plan *r)
{
	bool over = r->desk != view->me->desk;
	/* kept, since sending may make the view anew */
	const char *one = cli_s(cli, r->m[0]->name), *other = cli_s(cli, r->m[1]->name);
	json_t *books, *body;
	uint8_t id[16];
	char hex[33];
	int err = duty_list(cli->ses, &books);

	if (err)
		return err;
	body = rota_body(view, books, r);
	json_decref(books);
	err = duty_open(cli->ses, view, json_incref(body), id);
	term_hex(hex, id, 16);
	if (!err)
		err = put_in_force(cli, hex, over);
	if (!err && over && r->cnt > 2)
		err = copy_for_deputies(cli, body, hex);
	json_decref(body);
	if (err)
		return err;
	if (over)
		cli_printf(cli, _("%s  %s to %s: %s, %s. It is in force.\n"), hex, r->from,
			   r->until, one, other);
	else
		cli_printf(
			cli,
			_("%s  %s to %s: %s, %s. It is in force when one of them signs: davy rota "
			  "confirm %.8s\n"),
			hex, r->from, r->until, one, other, hex);
	cli_data(cli, json_pack("{s:s}", "id", hex));
	return 0;
}

static int
check_set(struct cli *cli)
{
	const char *from = cli_opt(cli, "from"), *until = cli_opt(cli, "until");
	uint32_t first, last;

	if (!from || !until || text_day(&first, from, strlen(from)) ||
	    text_day(&last, until, strlen(until)) || last < first || last - first >= CONFLICT_AHEAD)
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("Say for which days: --from 2026-12-01 --until 2026-12-07, at most %u."),
			CONFLICT_AHEAD);
	return cli_opt_at(cli, "deputy", 2)
		       ? cli_fail(cli, DAVY_USAGE, "usage", _("At most two members stand in."))
		       : 0;
}

/* The desk whose rota it is: our own, or the one that --desk names. */
static int
desk_named(struct cli *cli, const struct trust **view, uint16_t *out)
{
	uint64_t desk = 0;
	int err = trust_get(cli->ses, false, view);

	if (!err && !(*view)->me)
		err = cli_fail(cli, DAVY_REFUSED, "denied", _("You are in no desk."));
	if (!err && cli_opt(cli, "desk"))
		err = cli_opt_number(cli, "desk", 1, 65535, &desk);
	if (!err)
		*out = desk ? (uint16_t)desk : (*view)->me->desk;
	return err;
}

static int
rota_set(struct cli *cli)
{
	struct plan r = { .from = cli_opt(cli, "from"), .until = cli_opt(cli, "until") };
	const struct trust *view;
	uint32_t last;
	size_t i;
	int err = desk_named(cli, &view, &r.desk);

	if (err)
		return err;
	if (text_day(&last, r.until, strlen(r.until)) || last > view->today + CONFLICT_AHEAD)
		return cli_fail(cli, DAVY_REFUSED, "ahead",
				_("A rota reaches at most %u days ahead."), CONFLICT_AHEAD);
	for (i = 0; !err && i < 2; i++)
		err = member_arg_at(cli, view, r.desk, cli->argv[i], &r.m[r.cnt++]);
	for (i = 0; !err && cli_opt_at(cli, "deputy", i); i++)
		err = member_arg_at(cli, view, r.desk, cli_opt_at(cli, "deputy", i), &r.m[r.cnt++]);
	return err ? err : draw_up(cli, view, &r);
}

static int
check_swap(struct cli *cli)
{
	uint32_t day;

	return text_day(&day, cli->argv[0], strlen(cli->argv[0]))
		       ? cli_fail(cli, DAVY_USAGE, "usage", _("%s is no day such as 2026-12-01."),
				  cli_s(cli, cli->argv[0]))
		       : 0;
}

/* One takes the place of another for one day: a rota of that day alone. */
static int
rota_swap(struct cli *cli)
{
	struct plan r = { .from = cli->argv[0], .until = cli->argv[0], .cnt = 2 };
	const struct roster_member *out, *in;
	uint8_t duty[CONFLICT_DUTY][8];
	const struct trust *view;
	const json_t *rota;
	json_t *books = NULL;
	uint32_t day;
	int i, err = desk_named(cli, &view, &r.desk);

	if (!err)
		err = member_arg_at(cli, view, r.desk, cli->argv[1], &out);
	if (!err)
		err = member_arg_at(cli, view, r.desk, cli->argv[2], &in);
	if (!err)
		err = duty_list(cli->ses, &books);
	if (err)
		return err;
	if (text_day(&day, cli->argv[0], strlen(cli->argv[0])))
		day = 0;
	rota = duty_on(books, r.desk, day);
	if (rota && conflict_duty(duty, json_object_get(rota, "body")))
		for (i = 0; i < 2; i++)
			r.m[i] = !memcmp(duty[i], out->handle, 8)
					 ? in
					 : roster_member_by_handle(view->members, duty[i]);
	json_decref(books);
	if (!r.m[0] || !r.m[1] || (r.m[0] != in && r.m[1] != in))
		return cli_fail(cli, DAVY_REFUSED, "not-found",
				_("By the rota %s is not on duty on that day: davy rota show."),
				cli_s(cli, out->name));
	return draw_up(cli, view, &r);
}

static int
check_rota(struct cli *cli)
{
	return cli->opened->in.machine == MACHINE_ROTA && cli->opened->fold.book
		       ? 0
		       : cli_fail(cli, DAVY_REFUSED, "not-found",
				  _("There is no such rota: davy rota show."));
}

/* Both signatures name the same days, and the gateway takes none that is over. */
static int
check_days(struct cli *cli)
{
	const char *from = schema_text(cli->opened->fold.book, "from");
	char today[TEXT_DAY_LEN + 1];
	uint32_t first;

	if (text_day(&first, from, strlen(from)) || first >= cli->opened->view->today)
		return 0;
	text_day_print(today, cli->opened->view->today);
	return cli_fail(cli, DAVY_REFUSED, "begun",
			_("This rota began on %s, and nobody signed it before. The lead draws up "
			  "another one for the days that are left: davy rota set … --from %s."),
			from, today);
}

static int
rota_confirm(struct cli *cli)
{
	const struct opened *d = cli->opened;
	bool deputies = json_array_size(schema_list(d->fold.book, "deputy")) > 0;
	json_t *rota = NULL;
	char id[33];
	int err = check_rota(cli);

	if (!err)
		err = check_days(cli);
	if (err)
		return err;
	rota = json_deep_copy(d->fold.book);
	term_hex(id, d->c.rec.id, 16);
	err = book_step(cli, json_pack("{s:i,s:s}", "v", 1, "move", "in_force"), false);
	if (!err && deputies && copy_for_deputies(cli, rota, id)) {
		cli_warn(cli,
			 _("It is in force, but who stands in has no copy of it and does not know "
			   "what members have declared: %s"),
			 cli_failure(cli));
		cli_forgive(cli);
	}
	json_decref(rota);
	return err;
}

/* Both sign on one day, from which on nobody is on duty. */
static int
rota_end(struct cli *cli)
{
	char today[TEXT_DAY_LEN + 1];
	int err = check_rota(cli);

	if (err)
		return err;
	text_day_print(today, cli->opened->view->today);
	return book_step(cli, json_pack("{s:i,s:s,s:s}", "v", 1, "move", "ended", "until", today),
			 0);
}

/* The rota of which this is the copy, where it opens here, too; NULL. */
static const json_t *
copied(const json_t *books, const json_t *copy)
{
	const char *id = schema_text(json_object_get(copy, "body"), "book");

	for (size_t i = 0; i < json_array_size(books); i++)
		if (!strcmp(schema_text(json_array_get(books, i), "id"), id))
			return json_array_get(books, i);
	return NULL;
}

/* Whether a copy says anything else than its rota. */
static bool
differs(const json_t *rota, const json_t *copy)
{
	static const char *const parts[] = { "from", "until", "pair",  "deputy",
					     "seed", "sheet", "groups" };
	const json_t *a = json_object_get(rota, "body"), *b = json_object_get(copy, "body");

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (!json_equal(json_object_get(a, parts[i]), json_object_get(b, parts[i])))
			return true;
	return false;
}

/* What is said of one book in the list; NULL: it is not listed. Who reads the rota itself is told
 * of a copy where it differs. */
static const char *
state_of(const json_t *books, const json_t *one)
{
	const char *state = schema_text(one, "state");
	const json_t *rota;

	if (duty_is(one, "rota"))
		return fold_state_text(MACHINE_ROTA, state);
	if (!duty_is(one, "standin"))
		return NULL;
	rota = copied(books, one);
	if (rota)
		return differs(rota, one) ? _("a copy that says something else") : NULL;
	return _("in force: you stand in");
}

static int
rota_show(struct cli *cli)
{
	const struct trust *view;
	struct cli_table *t;
	json_t *books, *all = json_array();
	size_t i;
	int err = trust_get(cli->ses, false, &view);

	if (!err)
		err = duty_list(cli->ses, &books);
	if (err) {
		json_decref(all);
		return err;
	}
	t = cli_table_new(cli, (const char *const[]){ _("ID"), _("FROM"), _("UNTIL"), _("STATE"),
						      _("PAIR"), "", NULL });
	for (i = 0; i < json_array_size(books); i++) {
		const json_t *one = json_array_get(books, i), *body = json_object_get(one, "body");
		const char *state = state_of(books, one);
		uint8_t duty[CONFLICT_DUTY][8];

		if (!state || conflict_duty(duty, body) < 2)
			continue;
		cli_table_row(t, cli_keep(cli, strndup(schema_text(one, "id"), 8)),
			      schema_text(body, "from"), schema_text(body, "until"), state,
			      show_member(cli, view, duty[0]), show_member(cli, view, duty[1]));
		json_array_append_new(all, json_deep_copy(one));
	}
	cli_table_end(t, _("No rota that you can read. The lead draws one up: davy rota set."));
	cli_data(cli, all);
	json_decref(books);
	return 0;
}

static const struct cli_option set_options[] = {
	{ .name = "from", .arg = N_("DATE"), .help = N_("its first day") },
	{ .name = "until", .arg = N_("DATE"), .help = N_("its last day, at most 31 days ahead") },
	{ .name = "deputy",
	  .arg = N_("MEMBER"),
	  .many = true,
	  .help = N_("who stands in for one of them; at most two") },
	{ .name = "desk",
	  .arg = N_("NUMBER"),
	  .help = N_("a desk below, as the lead of the desk above; then it is in force at once") },
	{ 0 },
};

static const struct cli_option swap_options[] = {
	{ .name = "desk",
	  .arg = N_("NUMBER"),
	  .help = N_("a desk below, as the lead of the desk above; then it is in force at once") },
	{ 0 },
};

const struct command cmd_rota_set = {
	.noun = "rota",
	.verb = "set",
	.args = "MEMBER MEMBER",
	.help = N_("draw up who is on duty, as the lead"),
	.more = N_(
		"The two see tips that nobody has read. They and the lead of the desk above get the "
		"conflicts that members have declared, and so do those who stand in."),
	.group = CLI_REVIEW,
	.arg_min = 2,
	.arg_max = 2,
	.options = set_options,
	.check = check_set,
	.exec = rota_set,
};

const struct command cmd_rota_confirm = {
	.noun = "rota",
	.verb = "confirm",
	.args = "ID",
	.help = N_("put a rota in force, as one of its pair"),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.target = CLI_TARGET_BOOK,
	.opened = true,
	.exec = rota_confirm,
};

const struct command cmd_rota_end = {
	.noun = "rota",
	.verb = "end",
	.args = "ID",
	.help = N_("end a rota that is in force"),
	.more = N_(
		"The lead and another, both on one day; or the lead of the desk above. From that day on "
		"nobody is on duty by it: the whole desk sees what comes, until another one is set."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.target = CLI_TARGET_BOOK,
	.opened = true,
	.exec = rota_end,
};

const struct command cmd_rota_show = {
	.noun = "rota",
	.verb = "show",
	.help = N_("show who is on duty, where you are or lead"),
	.group = CLI_REVIEW,
	.exec = rota_show,
};

const struct command cmd_rota_swap = {
	.noun = "rota",
	.verb = "swap",
	.args = "DATE MEMBER MEMBER",
	.help = N_("put the second member in place of the first, for one day"),
	.more = N_("One of the new pair confirms it."),
	.group = CLI_REVIEW,
	.arg_min = 3,
	.arg_max = 3,
	.options = swap_options,
	.check = check_swap,
	.exec = rota_swap,
};
