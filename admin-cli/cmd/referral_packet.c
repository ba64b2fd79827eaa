/* davy referral packet: the counties in which illegal mining came back, and the command that drafts
 * a packet for each. */
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/county.h"
#include "admin-cli/desk/found.h"
#include "admin-cli/desk/packets.h"
#include "admin-cli/desk/trust.h"

static json_t *
packet_json(const struct packets *p, size_t i)
{
	const struct packet *one = &p->packet[i];
	char a[33], b[33];

	return json_pack("{s:s,s:s,s:[s,s]}", "county", p->list[one->second].county, "why",
			 one->site ? "site" : "county", "cases",
			 term_hex(a, p->list[one->first].id, 16),
			 term_hex(b, p->list[one->second].id, 16));
}

/* What to do about them: a desk below level 3 hands the cases up, another drafts the packet. */
static void
advise(struct cli *cli, const struct trust *view)
{
	if (view->desk && view->desk->level < PACKET_LEVEL)
		cli_printf(
			cli, "%s",
			_("A packet takes a desk of level 3. Open the cases to the desk above, each with "
			  "another member: davy case above ID\n"));
	else
		cli_printf(
			cli, "%s",
			_("Draft one: davy referral new --kind PACKET --county CODE --case ID --case ID "
			  "--to OFFICE --posts \"L0 POST\" --posts \"L1 POST\" --posts \"REG POST\" "
			  "--evidence PAPERS --text TEXT\n"));
}

/* The findings of illegal mining of the visits that are here: a packet names them by their hashes.
 */
static int
list_findings(struct cli *cli)
{
	struct found *list;
	char hex[65], date[TERM_DATE_CAP];
	size_t cnt, i;
	int err = found_all(cli->ses, &list, &cnt);

	if (err)
		return err;
	for (i = 0; i < cnt; i++)
		if (list[i].mining && list[i].signed_off)
			cli_printf(cli, _("finding %s, signed off on %s: %s\n"),
				   term_hex(hex, list[i].hash, sizeof(list[i].hash)),
				   term_date(date, list[i].signed_off), cli_s(cli, list[i].site));
	free(list);
	return 0;
}

static int
referral_packet(struct cli *cli)
{
	const struct trust *view;
	struct packets p;
	json_t *all = json_array();
	struct cli_table *t;
	size_t i;
	int err = trust_get(cli->ses, false, &view);

	if (!err)
		err = packets_find(cli->ses, &p);
	if (err) {
		json_decref(all);
		return err;
	}
	t = cli_table_new(cli,
			  (const char *const[]){ _("COUNTY"), _("CASES"), "", _("WHY"), NULL });
	for (i = 0; i < p.cnt; i++) {
		const struct packet *one = &p.packet[i];
		char a[9], b[9];

		cli_table_row(t, county_text(cli->ses, p.list[one->second].county),
			      term_hex(a, p.list[one->first].id, 4),
			      term_hex(b, p.list[one->second].id, 4),
			      one->site ? _("the same site") : _("one county within 30 days"));
		json_array_append_new(all, packet_json(&p, i));
	}
	cli_table_end(t, _("No county calls for a packet."));
	if (p.cnt)
		advise(cli, view);
	cli_data(cli, all);
	packets_free(&p);
	return list_findings(cli);
}

const struct command cmd_referral_packet = {
	.noun = "referral",
	.verb = "packet",
	.help = N_("list the counties in which illegal mining came back"),
	.more = N_(
		"A second confirmed case at one site, or in one county within 30 days, calls for a packet: "
		"a referral that names posts of the township, the county and the regulator. It lies at a "
		"desk of level 3, so that it never passes through that county. Cases that this desk has "
		"not opened do not count."),
	.group = CLI_REVIEW,
	.exec = referral_packet,
};
