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
	struct plan_slot *slot;
	size_t slots;
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
	free(w->slot);
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

/* The slots of the plan, with another seed: which days they have then says nothing of those that it
 * had. Counts the visits that are not drawn. */
static int
make_slots(struct work *w, const uint8_t seed[static 32], size_t *open)
{
	struct plan_slots s = { .plan = &w->plan->body,
				.order = w->plan->order,
				.hour = w->plan->hour,
				.threshold = w->threshold,
				.sites = w->sites,
				.seed = seed };

	w->slots = plan_slots_cnt(s.plan);
	w->slot = calloc(w->slots, sizeof(*w->slot));
	int err = w->slot ? plan_slots_fill(w->slot, &s) : ERR_MEM;
	for (size_t k = 0; k < w->slots && !err; k++)
		*open += !w->slot[k].drawn && w->slot[k].filling != SLOT_STANDBY;
	return err;
}

/* The visits of all slots. The discretionary sites go to random ones of them, so that their order
 * says nothing. */
static int
make_visits(struct work *w, uint32_t *open, size_t cnt, const uint8_t key[static PLAN_KEY_LEN])
{
	struct plan_body *r = &w->result;
	struct plan_stream st;
	size_t at = 0;

	r->visit = calloc(w->slots, sizeof(*r->visit));
	if (!r->visit)
		return ERR_MEM;
	plan_stream_init(&st, key);
	plan_shuffle(&st, open, cnt);
	for (size_t k = 0; k < w->slots; k++) {
		const struct plan_slot *x = &w->slot[k];
		if (x->filling == SLOT_STANDBY)
			continue;
		r->visit[r->visits++] = (struct plan_visit){ .site = x->drawn ? x->site
									      : open[at++],
							     .day = x->day,
							     .hour = plan_slot_hour(x),
							     .drawn = x->drawn };
	}
	sodium_memzero(&st, sizeof(st));
	return 0;
}

static int
fill_sites(struct cli *cli, struct work *w, const uint8_t key[3][PLAN_KEY_LEN])
{
	size_t cnt = 0, given = 0;
	int err = make_slots(w, key[0], &cnt);
	bool *taken = calloc(w->sites, sizeof(*taken));
	uint32_t *open = calloc(cnt + 1, sizeof(*open));

	if (!err && (!taken || !open))
		err = ERR_MEM;
	for (size_t k = 0; k < w->plan->body.drawn && !err; k++)
		taken[w->plan->order[k]] = true;
	int refused = err ? 0 : take_sites(cli, w, taken, open, &given);
	if (!err && !refused)
		err = plan_fill(key[1], w->threshold, w->sites, taken, cnt - given, open + given);
	if (!err && !refused)
		err = make_visits(w, open, cnt, key[2]);
	free(taken);
	free(open);
	if (err == ERR_ARG)
		return cli_fail(cli, DAVY_REFUSED, "range",
				_("The register has too few sites for so many visits."));
	return err ? cli_fail_err(cli, err, "%s", _("The result was not made")) : refused;
}

static int
make_result(struct cli *cli, struct work *w)
{
	uint8_t key[3][PLAN_KEY_LEN];

	randombytes_buf(key, sizeof(key));
	int err = fill_sites(cli, w, key);
	sodium_memzero(key, sizeof(key));
	w->result.kind = PLAN_RESULT;
	memcpy(w->result.plan, w->plan->body.plan, sizeof(w->result.plan));
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
