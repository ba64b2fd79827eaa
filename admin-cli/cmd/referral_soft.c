/*
 * davy referral soft: sites at which one unit found nothing twice, and a major hazard was plainly
 * there later (rules/soft.h). Which unit that is, nobody reads here before two have looked into it.
 */
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/finding_arg.h"
#include "admin-cli/cmd/order_write.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/desk/visits.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/soft.h"
#include "admin-cli/view/show.h"
#include "crypto/entry.h"
#include "crypto/err.h"
#include "crypto/frame.h"

/* All visits that have arrived, each with its first finding that was plainly there. */
struct soft {
	struct cli *cli;
	struct soft_visit *list;
	struct soft_case {
		uint8_t id[16];
		unsigned k;  /* the finding; 0: none */
		bool looked; /* two have said what they saw */
		bool holds;  /* and that the candidate stands */
	} * of;
	size_t cnt;
};

static int
add_visit(void *arg, const struct opened *d)
{
	struct soft *s = arg;
	const struct fold_visit *v = &d->fold.visit;
	struct visits_act act;
	struct soft_visit *list;
	struct soft_case *of;

	if (!visits_arrival(d, &act))
		return 0;
	list = reallocarray(s->list, s->cnt + 1, sizeof(*list));
	s->list = list ? list : s->list;
	of = reallocarray(s->of, s->cnt + 1, sizeof(*of));
	s->of = of ? of : s->of;
	if (!list || !of)
		return cli_fail_err(s->cli, ERR_MEM, "%s", _("The list cannot be made"));
	list += s->cnt;
	of += s->cnt++;
	*list = (struct soft_visit){
		.site = cli_keep(s->cli, strdup(schema_text(act.body, "site"))),
		.unit = d->c.rec.desk,
		.day = d->entry[act.at].day,
		.over = d->fold.state == ORDER_SIGNED_OFF || d->fold.state == ORDER_ARCHIVED,
		.found = v->declared,
	};
	*of = (struct soft_case){ 0 };
	memcpy(of->id, d->c.rec.id, sizeof(of->id));
	for (unsigned k = v->finding_cnt; k; k--)
		if (v->finding[k - 1].plain)
			of->k = k;
	if (of->k && visits_last(d, ENTRY_SOFT_LOOK, of->k, &act)) {
		of->looked = true;
		of->holds = schema_is(act.body, "holds");
	}
	return 0;
}

static void
soft_free(struct soft *s)
{
	free(s->list);
	free(s->of);
}

static void
list_row(struct cli *cli, struct cli_table *t, const struct trust *view, const struct soft *s,
	 size_t i, const size_t *dry, size_t cnt, json_t *all)
{
	const struct soft_case *of = &s->of[i];
	char id[33], no[12], visits[24];
	json_t *one = json_pack("{s:s,s:i,s:s,s:i,s:b}", "order", term_hex(id, of->id, 16), "k",
				(int)of->k, "site", s->list[i].site, "visits", (int)cnt, "looked",
				of->looked);

	if (of->looked && of->holds)
		json_object_set_new(one, "unit", json_integer(s->list[dry[0]].unit));
	snprintf(no, sizeof(no), "%u", of->k);
	snprintf(visits, sizeof(visits), "%zu", cnt);
	id[8] = '\0';
	cli_table_row(t, id, no, visits, cli_s(cli, s->list[i].site),
		      !of->looked ? _("two look first")
		      : of->holds ? show_desk(cli, view, s->list[dry[0]].unit)
				  : _("does not hold"));
	json_array_append_new(all, one);
}

static int
list(struct cli *cli, const struct trust *view, const struct soft *s)
{
	struct cli_table *t = cli_table_new(cli,
					    (const char *const[]){ _("ORDER"), ">#", _(">VISITS"),
								   _("WHERE"), _("UNIT"), NULL });
	json_t *all = json_array();
	size_t dry[SOFT_MOST], cnt, i;

	for (i = 0; i < s->cnt; i++) {
		cnt = s->of[i].k ? soft_find(dry, s->list, s->cnt, i) : 0;
		if (cnt)
			list_row(cli, t, view, s, i, dry, cnt, all);
	}
	cli_table_end(t, _("No visits that are to be looked into."));
	cli_data(cli, all);
	return 0;
}

static const struct visit_field look_fields[] = {
	{ "holds", "holds", VISIT_YES, true, TAXONOMY__MAX },
	{ "text", "text", VISIT_TEXT, true, TAXONOMY__MAX },
	{ 0 },
};

/* The body names the unit and its visits, so that whoever reads the log can look at them. */
static int
propose(struct cli *cli, const struct soft *s, size_t i, const size_t *dry, size_t cnt)
{
	json_t *body, *orders;
	char id[33];
	int err = visit_form_make(cli, look_fields, &body);

	if (err)
		return err;
	orders = json_array();
	for (size_t k = 0; k < cnt; k++)
		json_array_append_new(orders, json_string(term_hex(id, s->of[dry[k]].id, 16)));
	json_object_set_new(body, "k", json_integer(s->of[i].k));
	json_object_set_new(body, "unit", json_integer(s->list[dry[0]].unit));
	json_object_set_new(body, "orders", orders);
	return order_write(cli, ENTRY_SOFT_LOOK, body);
}

static int
look(struct cli *cli, const struct soft *s)
{
	size_t dry[SOFT_MOST], cnt = 0, i = 0;
	struct workspace_case c;
	int err = submit_open(cli->ses, FRAME_ORDER, cli->argv[0], &cli->opened);

	if (err)
		return err;
	while (i < s->cnt && memcmp(s->of[i].id, cli->opened->c.rec.id, 16) != 0)
		i++;
	if (i < s->cnt && s->of[i].k)
		cnt = soft_find(dry, s->list, s->cnt, i);
	if (!cnt)
		return cli_fail(cli, DAVY_REFUSED, "soft",
				_("Nothing in this order calls for a look at earlier visits."));
	c = cli->opened->c;
	cli->target = &c;
	if (visits_proposal(cli->opened, ENTRY_SOFT_LOOK, s->of[i].k) != FOLD_NONE &&
	    !visit_form_given(cli, look_fields))
		err = order_two(cli, &(struct order_two){ ENTRY_SOFT_LOOK, look_fields, s->of[i].k,
							  s->of[i].k });
	else
		err = propose(cli, s, i, dry, cnt);
	cli->target = NULL;
	return err;
}

static int
check(struct cli *cli)
{
	return visit_form_check(cli, look_fields);
}

static int
referral_soft(struct cli *cli)
{
	struct soft s = { .cli = cli };
	const struct trust *view;
	int err = trust_get(cli->ses, false, &view);

	if (!err && (!view->me || !(view->me->roles & ROSTER_SR)))
		err = cli_fail(cli, DAVY_REFUSED, "role",
			       _("This is for senior reviewers (SR) of the desks above."));
	if (!err)
		err = visits_each(cli->ses, add_visit, &s);
	if (!err)
		err = cli->argc ? look(cli, &s) : list(cli, view, &s);
	soft_free(&s);
	return err;
}

static const struct cli_option options[] = {
	{ .name = "holds",
	  .arg = "yes|no",
	  .words = "yes no",
	  .help = N_("whether the earlier visits could have seen it") },
	CLI_TEXT_OPTIONS(N_("what was seen in the papers of the earlier visits")),
	VISIT_FORM_OPTION,
	{ 0 },
};

const struct command cmd_referral_soft = {
	.noun = "referral",
	.verb = "soft",
	.args = "[ORDER]",
	.help = N_(
		"list sites where a unit found nothing twice and a major hazard was plainly there"),
	.more = N_(
		"Within two years. Which unit it is stands in the list only after two senior reviewers who "
		"neither planned nor went have looked into it: each gives the command with the ORDER, the "
		"first with --holds and a text. Then davy referral new --reason SOFT_ENF."),
	.group = CLI_REVIEW,
	.arg_max = 1,
	.options = options,
	.text = CLI_TEXT_MAY,
	.check = check,
	.exec = referral_soft,
};
