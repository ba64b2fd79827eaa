/* davy referral packet: the counties in which illegal mining came back, and the command that drafts
 * a packet for each. */
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cmd/referral_packet.h"

#include "admin-cli/cli/cli.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/county.h"
#include "admin-cli/desk/found.h"
#include "admin-cli/desk/packets.h"
#include "admin-cli/desk/trust.h"

/* The i-th --finding among what the visits have found; NULL: it is none. */
static const struct found *
named(const struct cli *cli, const struct found *list, size_t cnt, size_t i)
{
	uint8_t hash[32];
	const struct found *f = term_unhex(hash, sizeof(hash), cli_opt_at(cli, "finding", i))
					? found_find(list, cnt, hash)
					: NULL;

	return f && f->mining && f->signed_off && !f->reported ? f : NULL;
}

static int
check_named(struct cli *cli, const struct found *list, size_t cnt)
{
	for (size_t i = 0; cli_opt_at(cli, "finding", i); i++) {
		const struct found *f = named(cli, list, cnt, i);
		if (!f)
			return cli_fail(
				cli, DAVY_REFUSED, "finding",
				_("%.8s is no finding of illegal mining of a visit that is signed "
				  "off and that this desk sees: davy referral packet."),
				cli_s(cli, cli_opt_at(cli, "finding", i)));
		for (size_t k = 0; k < i; k++)
			if (!memcmp(named(cli, list, cnt, k)->order, f->order, sizeof(f->order)))
				return cli_fail(
					cli, DAVY_REFUSED, "finding",
					_("Two of these findings are of one visit: it takes two visits."));
	}
	return 0;
}

int
referral_packet_findings(struct cli *cli)
{
	struct found *list;
	size_t cnt;
	int err = found_all(cli->ses, &list, &cnt);

	if (!err)
		err = check_named(cli, list, cnt);
	free(list);
	return err;
}

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
			  "(or --finding HASH --finding HASH) --to OFFICE --posts \"L0 POST\" "
			  "--posts \"L1 POST\" --posts \"REG POST\" --evidence PAPERS --text TEXT\n"));
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
		if (list[i].mining && list[i].signed_off && !list[i].reported)
			cli_printf(cli, _("finding %s, signed off on %s: %s\n"),
				   term_hex(hex, list[i].hash, sizeof(list[i].hash)),
				   term_date(date, list[i].signed_off), cli_s(cli, list[i].site));
	free(list);
	return 0;
}

/* A pair of visits: named by what they found, because a packet names no order. */
static void
visit_row(struct cli *cli, struct cli_table *t, const struct packets *p, const struct packet *one,
	  json_t *all)
{
	const struct packet_case *last = &p->visit[one->second];
	const struct found *x = packets_found(p, p->visit[one->first].id);
	const struct found *y = packets_found(p, last->id);
	char a[65], b[65];

	cli_table_row(t, county_text(cli->ses, last->county), term_hex(a, x->hash, 4),
		      term_hex(b, y->hash, 4),
		      one->site ? _("two visits of the same site")
				: _("two visits in one county within 30 days"));
	json_array_append_new(all, json_pack("{s:s,s:s,s:[s,s]}", "county", last->county, "why",
					     one->site ? "site" : "county", "findings",
					     term_hex(a, x->hash, 32), term_hex(b, y->hash, 32)));
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
	for (i = 0; i < p.visit_cnt; i++)
		visit_row(cli, t, &p, &p.by_visit[i], all);
	cli_table_end(t, _("No county calls for a packet."));
	if (p.cnt || p.visit_cnt)
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
		"A second confirmed case at one site, or in one county within 30 days, or a second visit that is "
		"signed off with a finding of illegal mining, calls for a packet: "
		"a referral that names posts of the township, the county and the regulator. It lies at a "
		"desk of level 3, so that it never passes through that county. Cases that this desk has "
		"not opened, and visits that it does not see, do not count."),
	.group = CLI_REVIEW,
	.exec = referral_packet,
};
