/*
 * davy plan result: the visits of a plan whose list is known, and which of them were missed and
 * why. In a plan's book they follow from its slots and orders, after the period. With --files it
 * adds the discretionary ones to a folder: those that tips need, and sites from a private draw
 * where tips need fewer.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cmd/plan_files.h"
#include "admin-cli/cmd/plan_settle.h"
#include "admin-cli/plan/draw.h"
#include "admin-cli/plan/slots.h"
#include "crypto/err.h"
#include "crypto/text.h"

/* The folder, and what was found in it. */
struct work {
	struct plan_files files;
	struct plan_report report;
	const struct plan_seen *plan;
	uint64_t *threshold;
	size_t sites;
	struct plan_body result;
};

/* The table of the plan, and a result that is there already. */
static int
find(struct cli *cli, struct work *w)
{
	for (size_t i = 0; i < w->files.cnt; i++) {
		const struct plan_file *f = &w->files.file[i];
		uint8_t hash[32];
		crypto_hash_sha256(hash, f->bytes, f->len);
		if (!w->threshold && !memcmp(hash, w->plan->body.table, 32) &&
		    plan_table_read(&w->threshold, &w->sites, f->bytes, f->len))
			w->threshold = NULL;
		if (w->result.visits)
			continue;
		if (plan_body_read(&w->result, f->bytes, f->len) || w->result.kind != PLAN_RESULT)
			plan_body_free(&w->result);
	}
	return w->threshold ? 0
			    : cli_fail(cli, DAVY_REFUSED, "not-found",
				       _("The table of the plan is not there."));
}

static int
begin(struct cli *cli, struct work *w)
{
	int err = plan_files_add(cli, &w->files, cli->argv[0]);

	if (!err)
		err = plan_files_verify(cli, &w->files, &w->report);
	if (!err && (w->report.plans != 1 || !w->report.plan[0].order))
		err = cli_fail(
			cli, DAVY_REFUSED, "not-found",
			_("%s is not a plan whose two shares are revealed; davy plan verify says what is missing."),
			cli_s(cli, cli->argv[0]));
	if (err)
		return err;
	w->plan = &w->report.plan[0];
	return find(cli, w);
}

static void
end(struct work *w)
{
	plan_body_free(&w->result);
	free(w->threshold);
	plan_report_free(&w->report);
	plan_files_free(&w->files);
	free(w);
}

/* The sites that tips need; each must be in the table, and not drawn. */
static int
take_sites(struct cli *cli, const struct work *w, bool *taken, uint32_t *out, size_t *cnt)
{
	const char *text;

	for (*cnt = 0; (text = cli_opt_at(cli, "site", *cnt)) != NULL; ++*cnt) {
		uint64_t site = 0;
		int err = cli_number(cli, "--site", text, 0, w->sites - 1, &site);
		if (err)
			return err;
		if (*cnt == plan_discretionary(&w->plan->body))
			return cli_fail(cli, DAVY_REFUSED, "range",
					_("The plan has %zu discretionary visits."),
					plan_discretionary(&w->plan->body));
		if (taken[site])
			return cli_fail(
				cli, DAVY_REFUSED, "exists",
				_("Site %u is visited anyway: what its tip needs goes with that visit."),
				(unsigned)site);
		taken[out[*cnt] = (uint32_t)site] = true;
	}
	return 0;
}

/* The visits of all slots. The discretionary sites go to random ones of the free slots, so that
 * their order says nothing. */
static int
make_visits(struct plan_body *r, const struct work *w, uint32_t *open,
	    const uint8_t key[2][PLAN_KEY_LEN])
{
	const struct plan_body *p = &w->plan->body;
	size_t cnt = p->drawn + p->free, at = 0;
	struct plan_slots s = { .plan = p,
				.order = w->plan->order,
				.hour = w->plan->hour,
				.threshold = w->threshold,
				.sites = w->sites,
				.seed = key[0] };
	struct plan_slot *slot = calloc(cnt, sizeof(*slot));
	struct plan_stream st;

	r->visit = calloc(cnt, sizeof(*r->visit));
	int err = slot && r->visit ? plan_slots_fill(slot, &s) : ERR_MEM;
	plan_stream_init(&st, key[1]);
	plan_shuffle(&st, open, plan_discretionary(p));
	for (size_t k = 0; k < cnt && !err; k++) {
		if (slot[k].filling == SLOT_STANDBY)
			continue;
		r->visit[r->visits++] = (struct plan_visit){
			.site = slot[k].drawn ? slot[k].site : open[at++],
			.day = slot[k].day,
			.hour = plan_slot_hour(&slot[k]),
			.drawn = slot[k].drawn,
		};
	}
	sodium_memzero(&st, sizeof(st));
	free(slot);
	return err;
}

static int
make_result(struct cli *cli, struct work *w)
{
	size_t d = plan_discretionary(&w->plan->body), given = 0;
	bool *taken = calloc(w->sites, sizeof(*taken));
	uint32_t *open = calloc(d ? d : 1, sizeof(*open));
	uint8_t key[3][PLAN_KEY_LEN];
	int err = taken && open ? 0 : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));

	for (size_t k = 0; k < w->plan->body.drawn && !err; k++)
		taken[w->plan->order[k]] = true;
	if (!err)
		err = take_sites(cli, w, taken, open, &given);
	if (!err) {
		randombytes_buf(key, sizeof(key));
		err = plan_fill(key[0], w->threshold, w->sites, taken, d - given, open + given);
		if (!err)
			err = make_visits(&w->result, w, open, key + 1);
		if (err == ERR_ARG)
			err = cli_fail(cli, DAVY_REFUSED, "range",
				       _("The register has too few sites for so many visits."));
		else if (err)
			err = cli_fail_err(cli, err, "%s", _("The result was not made"));
		sodium_memzero(key, sizeof(key));
	}
	w->result.kind = PLAN_RESULT;
	memcpy(w->result.plan, w->plan->body.plan, sizeof(w->result.plan));
	free(taken);
	free(open);
	return err;
}

/* "12=the road was closed": that visit was missed. */
int
plan_missed(struct cli *cli, struct plan_body *r)
{
	const char *text;

	for (size_t i = 0; (text = cli_opt_at(cli, "missed", i)) != NULL; i++) {
		const char *why = strchr(text, '=');
		struct plan_visit *v = NULL;
		uint64_t site;
		if (!why || !why[1] || strlen(why) > 400 ||
		    text_u64(&site, text, (size_t)(why - text), PLAN_SITES_MAX) ||
		    text_printable(why, strlen(why), 0))
			return cli_fail(
				cli, DAVY_USAGE, "usage",
				_("--missed is the number of a site and the reason: 12=\"the road was closed\"."));
		for (size_t k = 0; k < r->visits && !v; k++)
			v = r->visit[k].site == site ? &r->visit[k] : NULL;
		if (!v)
			return cli_fail(cli, DAVY_REFUSED, "not-found",
					_("The result has no visit to site %u."), (unsigned)site);
		v->why = why + 1;
	}
	return 0;
}

void
plan_print_visits(struct cli *cli, const struct plan_body *r)
{
	const char *const heads[] = { _("DAY"), _(">HOUR"), _(">SITE"), _("WHY"), NULL };
	struct cli_table *t = cli_table_new(cli, heads);
	json_t *missed = json_array();

	for (size_t i = 0; i < r->visits; i++) {
		const struct plan_visit *v = &r->visit[i];
		char day[TEXT_DAY_LEN + 1], hour[8], site[16];
		text_day_print(day, v->day);
		snprintf(hour, sizeof(hour), "%02u:00", v->hour);
		snprintf(site, sizeof(site), "%u", v->site);
		cli_table_row(t, day, v->why ? _("missed") : hour, site, v->why ? v->why : "");
		if (v->why)
			json_array_append_new(missed, json_pack("{s:I,s:s,s:s}", "site",
								(json_int_t)v->site, "day", day,
								"why", v->why));
	}
	cli_table_end(t, NULL);
	cli_data(cli, json_pack("{s:I,s:o}", "visits", (json_int_t)r->visits, "missed", missed));
}

static int
result_files(struct cli *cli)
{
	struct work *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	err = begin(cli, w);
	if (!err && !w->result.visits)
		err = make_result(cli, w);
	else if (!err && cli_opt_at(cli, "site", 0))
		err = cli_fail(
			cli, DAVY_REFUSED, "exists",
			_("The discretionary visits stand already; a second choice would throw the first away."));
	if (!err)
		err = plan_missed(cli, &w->result);
	if (!err)
		err = plan_files_write(cli, cli->argv[0], "result.json", &w->result);
	if (!err)
		plan_print_visits(cli, &w->result);
	end(w);
	return err;
}

static int
result_check(struct cli *cli)
{
	if (cli_opt_at(cli, "site", 0) && !cli_flag(cli, "files"))
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("--site goes with --files; in a plan's book a need takes its slot "
			  "when it is taken: davy need take."));
	return 0;
}

static int
result_exec(struct cli *cli)
{
	return cli_flag(cli, "files") ? result_files(cli) : plan_settle(cli, cli->argv[0]);
}

static const struct cli_option options[] = {
	{ .name = "files", .help = N_("without the gateway: the folder goes from hand to hand") },
	{ .name = "site",
	  .arg = N_("N"),
	  .many = true,
	  .help = N_("a discretionary visit that a tip needs, by its line in the table") },
	{ .name = "missed",
	  .arg = N_("N=WHY"),
	  .many = true,
	  .help = N_("a visit that did not take place, and why") },
	{ 0 },
};

const struct command cmd_plan_result = {
	.noun = "plan",
	.verb = "result",
	.args = "PLAN",
	.help = N_("say after its period which visits of a plan took place"),
	.more = N_(
		"A visit took place where an order of its hour has arrived; the others are missed, for the "
		"reason that their order gives or that --missed says. With --files: adds the discretionary "
		"visits to a plan's folder; sites that no tip needs are drawn privately with the same odds, and "
		"the result does not say which are which."),
	.group = CLI_INSPECT,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.words = "@dir",
	.check = result_check,
	.exec = result_exec,
};
