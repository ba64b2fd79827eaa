/*
 * davy rota set, confirm, show, swap: who is on duty. Two members on duty see a tip that nobody has
 * read, and say from whom of the desk it is hidden; the others see it when they have. The lead
 * draws a rota up, and one of its pair (or the lead of the desk above) puts it in force.
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

/* What members have declared, as the rota carries it. */
static json_t *
sheet_of(const json_t *books)
{
	static const char *const parts[] = { "kind", "area", "body", "site" };
	json_t *sheet = json_array();
	size_t i, k;

	for (i = 0; i < json_array_size(books); i++) {
		const json_t *one = json_array_get(books, i), *body = json_object_get(one, "body");
		json_t *row;

		if (strcmp(schema_text(one, "state"), "declared") != 0 ||
		    strcmp(schema_text(body, "what"), "conflict") != 0)
			continue;
		row = json_pack("{s:s}", "member", schema_text(one, "owner"));
		for (k = 0; k < sizeof(parts) / sizeof(*parts); k++)
			if (json_object_get(body, parts[k]))
				json_object_set(row, parts[k], json_object_get(body, parts[k]));
		json_array_append_new(sheet, row);
	}
	return sheet;
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

/* Opens the book of a rota and signs first that it is in force. m: the pair, then who stands in. */
static int
draw_up(struct cli *cli, const struct trust *view, const char *from, const char *until,
	const struct roster_member *const *m, size_t cnt)
{
	struct submit p = { .type = ENTRY_PROPOSE, .now = true };
	struct workspace_case c;
	uint8_t id[16], seed[CONFLICT_SEED];
	json_t *books, *body;
	char hex[2 * CONFLICT_SEED + 1];
	int err = duty_list(cli->ses, &books);

	if (err)
		return err;
	randombytes_buf(seed, sizeof(seed));
	body = json_pack("{s:i,s:s,s:s,s:s,s:o,s:o,s:s,s:o}", "v", 1, "what", "rota", "from", from,
			 "until", until, "pair", handles(m, 2), "deputy", handles(m + 2, cnt - 2),
			 "seed", term_hex(hex, seed, sizeof(seed)), "sheet", sheet_of(books));
	sodium_memzero(seed, sizeof(seed));
	sodium_memzero(hex, sizeof(hex));
	json_decref(books);
	err = duty_open(cli->ses, view, body, id);
	if (err)
		return err;
	term_hex(hex, id, 16);
	p.body = json_pack("{s:i,s:s,s:{s:i,s:s}}", "v", 1, "type", "book-move", "body", "v", 1,
			   "move", "in_force");
	err = submit_find(cli->ses, FRAME_BOOK, hex, &c);
	if (!err)
		err = submit_send(cli->ses, &c, &p);
	json_decref(p.body);
	if (err)
		return err;
	cli_printf(
		cli,
		_("%s  %s to %s: %s, %s. It is in force when one of them signs: davy rota confirm "
		  "%.8s\n"),
		hex, from, until, cli_s(cli, m[0]->name), cli_s(cli, m[1]->name), hex);
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

static int
rota_set(struct cli *cli)
{
	const struct roster_member *m[CONFLICT_DUTY];
	const struct trust *view;
	size_t cnt = 0, i;
	const char *until = cli_opt(cli, "until");
	uint32_t last;
	int err = trust_get(cli->ses, false, &view);

	if (!err && (text_day(&last, until, strlen(until)) || last > view->today + CONFLICT_AHEAD))
		err = cli_fail(cli, DAVY_REFUSED, "ahead",
			       _("A rota reaches at most %u days ahead."), CONFLICT_AHEAD);
	for (i = 0; !err && i < 2; i++)
		err = member_arg(cli, view, cli->argv[i], &m[cnt++]);
	for (i = 0; !err && cli_opt_at(cli, "deputy", i); i++)
		err = member_arg(cli, view, cli_opt_at(cli, "deputy", i), &m[cnt++]);
	return err ? err : draw_up(cli, view, cli_opt(cli, "from"), until, m, cnt);
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
	const struct roster_member *out, *in, *m[2] = { NULL, NULL };
	uint8_t duty[CONFLICT_DUTY][8];
	const struct trust *view;
	const json_t *rota;
	json_t *books = NULL;
	uint32_t day;
	int i, err = trust_get(cli->ses, false, &view);

	if (!err)
		err = member_arg(cli, view, cli->argv[1], &out);
	if (!err)
		err = member_arg(cli, view, cli->argv[2], &in);
	if (!err)
		err = duty_list(cli->ses, &books);
	if (err)
		return err;
	if (text_day(&day, cli->argv[0], strlen(cli->argv[0])))
		day = 0;
	rota = duty_on(books, day);
	if (rota && conflict_duty(duty, json_object_get(rota, "body")))
		for (i = 0; i < 2; i++)
			m[i] = !memcmp(duty[i], out->handle, 8)
				       ? in
				       : roster_member_by_handle(view->members, duty[i]);
	json_decref(books);
	if (!m[0] || !m[1] || (m[0] != in && m[1] != in))
		return cli_fail(cli, DAVY_REFUSED, "not-found",
				_("By the rota %s is not on duty on that day: davy rota show."),
				cli_s(cli, out->name));
	return draw_up(cli, view, cli->argv[0], cli->argv[0], m, 2);
}

static int
rota_confirm(struct cli *cli)
{
	if (cli->opened->in.machine != MACHINE_ROTA || !cli->opened->fold.book)
		return cli_fail(cli, DAVY_REFUSED, "not-found",
				_("There is no such rota: davy rota show."));
	return book_step(cli, json_pack("{s:i,s:s}", "v", 1, "move", "in_force"));
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
		uint8_t duty[CONFLICT_DUTY][8];

		if (machine_state(MACHINE_ROTA, schema_text(one, "state")) < 0 ||
		    conflict_duty(duty, body) < 2)
			continue;
		cli_table_row(t, cli_keep(cli, strndup(schema_text(one, "id"), 8)),
			      schema_text(body, "from"), schema_text(body, "until"),
			      fold_state_text(MACHINE_ROTA, schema_text(one, "state")),
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
	{ 0 },
};

const struct command cmd_rota_set = {
	.noun = "rota",
	.verb = "set",
	.args = "MEMBER MEMBER",
	.help = N_("draw up who is on duty, as the lead"),
	.more = N_(
		"The two see tips that nobody has read. They and the lead of the desk above get the "
		"conflicts that members have declared, and nobody else."),
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
	.check = check_swap,
	.exec = rota_swap,
};
