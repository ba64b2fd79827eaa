/* davy status: what waits for this member, and the next command for each. It reads the workspace
 * and asks nobody. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/desk/waiting.h"
#include "admin-cli/desk/workdays.h"
#include "admin-cli/rules/clock.h"
#include "admin-cli/view/show.h"
#include "admin-cli/view/show_clock.h"

/* The lines, in the order in which they matter. */
static const struct {
	const char *name; /* for programs */
	const char *text; /* N_() */
	const char *next; /* the command */
	size_t at;        /* the counter in struct waiting */
	const char *style;
} lines[] = {
#define AT(member) offsetof(struct waiting, member)
	{ "alarms", N_("proofs that the gateway hides something"), "davy log verify FILE",
	  AT(alarms), "red" },
	{ "late", N_("a clock has run out"), "davy case overdue", AT(late), "red" },
	{ "soon", N_("a clock runs out within 24 hours"), "davy case next", AT(soon), "yellow" },
	{ "unread", N_("tips that nobody has acknowledged"), "davy case list", AT(unread), "bold" },
	{ "readers_late", N_("a clock has run out, and nobody has said who reads them"),
	  "davy case readers ID", AT(readers_late), "red" },
	{ "readers", N_("you are on duty: nobody has said who reads them"), "davy case readers ID",
	  AT(readers), "yellow" },
	{ "readers_hours", N_("hours until the first of these is due"), "davy case readers ID",
	  AT(readers_hours), "yellow" },
	{ "gap", N_("of the next seven days have nobody on duty"), "davy rota set", AT(gap),
	  "red" },
	{ "rota_soon", N_("rota ends within three days"), "davy rota set", AT(rota_soon),
	  "yellow" },
	{ "alerts", N_("accidents that another desk has declared: look into your own cases"),
	  "davy referral looked ID", AT(alerts), "red" },
	{ "alerts_late", N_("accidents that were not looked into within a day"),
	  "davy referral list --overdue", AT(alerts_late), "red" },
	{ "referrals_late", N_("referrals whose next step is overdue"),
	  "davy referral list --overdue", AT(referrals_late), "red" },
	{ "needs_late", N_("needs whose next step is overdue"), "davy need list", AT(needs_late),
	  "red" },
	{ "needs_slot", N_("needs for which a slot comes too late"), "davy need list",
	  AT(needs_slot), "red" },
	{ "crowded", N_("plans of which needs take too much"), "davy plan slots PLAN", AT(crowded),
	  "yellow" },
	{ "referrals_soon", N_("referrals whose next step is due soon"), "davy referral list",
	  AT(referrals_soon), "yellow" },
	{ "needs_soon", N_("needs whose next step is due soon"), "davy need list", AT(needs_soon),
	  "yellow" },
	{ "books_sign", N_("books with a proposal of another to sign"), "davy ui", AT(books_sign),
	  "bold" },
	{ "campaigns", N_("campaigns that are not approved"), "davy campaign list", AT(campaigns),
	  "bold" },
	{ "seconds_late", N_("where one acted alone, and after a day no second has signed"),
	  "davy order list", AT(seconds_late), "red" },
	{ "seconds", N_("measures of a colleague on a visit to sign"), "davy order agenda",
	  AT(seconds), "bold" },
	{ "stoppers", N_("people below who have stopped three visits or more in a quarter"),
	  "davy order list", AT(stoppers), "red" },
	{ "confirm", N_("rotas wait for your signature"), "davy rota confirm ID", AT(confirm),
	  "bold" },
	{ "said", N_("sources who said something since"), "davy case list", AT(said), "bold" },
	{ "sign", N_("proposals of others to sign"), "davy case cosign ID", AT(sign), "bold" },
	{ "above", N_("cases that came up to this desk"), "davy case list", AT(above), "off" },
	{ "her", N_("wait for an answer of the source"), "davy case list", AT(her), "off" },
	{ "settled", N_("settled, and two have not closed them"), "davy case close ID", AT(settled),
	  "off" },
	{ "held", N_("replies that are held until their hour"), "davy case show ID", AT(held),
	  "off" },
	{ "tray", N_("written, and leave in some seconds"), "davy outbox list", AT(tray), "off" },
	{ "offline", N_("written without a network"), "davy sync", AT(offline), "yellow" },
	{ "drafts", N_("drafts that were begun"), "davy ui", AT(drafts), "off" },
	{ "duty", N_("days of duty of yours to come"), "davy rota show", AT(duty), "off" },
	{ "books_else", N_("referrals and needs that are overdue at other desks"),
	  "davy referral list --overdue", AT(books_else), "off" },
	{ "referrals", N_("referrals under way"), "davy referral list", AT(referrals), "off" },
	{ "needs", N_("needs at your desk"), "davy need list", AT(needs), "off" },
	{ "orders", N_("orders of your desk"), "davy order list", AT(orders), "off" },
#undef AT
};

#define LINES (sizeof(lines) / sizeof(*lines))

static size_t
count(const struct waiting *w, size_t i)
{
	return *(const size_t *)((const char *)w + lines[i].at);
}

/* Who this is, and how many cases the desk has. */
static void
head(struct cli *cli, const struct trust *view, const struct waiting *w)
{
	if (view->desk)
		cli_printf(cli, _("%s / %s: %zu open, %zu closed\n"),
			   show_desk(cli, view, view->desk->number),
			   view->me ? cli_s(cli, view->me->name) : "?", w->open, w->closed);
}

static int
status(struct cli *cli)
{
	const struct trust *view;
	struct waiting w;
	char holidays[SHOW_HOLIDAYS_CAP];
	json_t *data = json_object();
	size_t i, any = 0, width = 0, n;
	int err = trust_get(cli->ses, false, &view);

	if (!err)
		err = waiting_count(cli->ses, sync_hour(cli->ses), &w);
	if (err) {
		json_decref(data);
		return err;
	}
	head(cli, view, &w);
	for (i = 0; i < LINES; i++)
		if (count(&w, i) && (n = (size_t)term_width(_(lines[i].text))) > width)
			width = n;
	for (i = 0; i < LINES; i++) {
		n = count(&w, i);
		json_object_set_new(data, lines[i].name, json_integer((json_int_t)n));
		any += n;
		if (n)
			cli_printf(cli, "  %s%5zu  %s%s%*s%s\n", cli_style(cli, lines[i].style), n,
				   _(lines[i].text), cli_style(cli, "off"),
				   (int)(width - (size_t)term_width(_(lines[i].text)) + 3), "",
				   lines[i].next);
	}
	if (!any)
		cli_printf(cli, _("Nothing waits. davy sync fetches what is new.\n"));
	if (show_clock_holidays(holidays, cli->ses, sync_hour(cli->ses)))
		cli_wrap(cli, 0, holidays);
	json_object_set_new(data, "holidays_missing",
			    json_integer(clock_holidays_missing(workdays_known(cli->ses),
								sync_hour(cli->ses) / 24)));
	json_object_set_new(data, "urgent", json_integer((json_int_t)w.urgent));
	json_object_set_new(data, "open", json_integer((json_int_t)w.open));
	json_object_set_new(data, "closed", json_integer((json_int_t)w.closed));
	cli_data(cli, data);
	return 0;
}

const struct command cmd_status = {
	.noun = "status",
	.help = N_("say what waits for you, and the next command"),
	.more = N_(
		"Counts what the last davy sync brought, what was written here and has not left, and "
		"drafts. Asks nobody and opens no case."),
	.group = CLI_REVIEW,
	.exec = status,
};
