/*
 * davy case abstract: writes down in the reviewer's own words what inspectors may know. The tip
 * itself never leaves the case, so the abstract is all that travels towards the site.
 */
#include "admin-cli/cmd/case_abstract.h"

#include "admin-cli/rules/class.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/mark.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/rules/variant.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/said.h"
#include "admin-cli/desk/same_site.h"
#include "admin-cli/cmd/area.h"
#include "admin-cli/cmd/case_edit.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/triage.h"
#include "crypto/frame.h"

#include <sodium.h>

static const struct {
	const char *option;
	int axis; /* -1: free words */
} fields[] = {
	{ "sector", TAXONOMY_SECTOR },
	{ "knower", TAXONOMY_KNOWER },
	{ "window", -1 },
	{ "access", -1 },
	{ "cover", -1 },
	{ "county", -1 },
};

/* The body as the options give it; its text comes from the frame or the editor. */
static int
build(struct cli *cli, json_t **out)
{
	json_t *body = json_pack("{s:i,s:s*}", "v", 1, "text", cli->text), *hazard = NULL;
	const char *v = cli_opt(cli, "hazard");
	size_t i;
	int err = 0;

	*out = NULL;
	if (!v)
		err = cli_fail(cli, DAVY_USAGE, "usage",
			       _("Say which hazards: --hazard CODE,CODE."));
	else
		err = triage_hazards(cli, ENTRY_ABSTRACT, v, &hazard);
	if (!err)
		json_object_set_new(body, "hazard", hazard);
	for (i = 0; !err && i < sizeof(fields) / sizeof(*fields); i++) {
		v = cli_opt(cli, fields[i].option);
		if (!v)
			continue;
		if (fields[i].axis >= 0)
			err = triage_code(cli, fields[i].axis, fields[i].option, &v);
		else if (!strcmp(fields[i].option, "county"))
			err = area_take(cli, "county", &v);
		if (!err && json_object_set_new(body, fields[i].option, json_string(v)))
			err = cli_fail(cli, DAVY_USAGE, "utf-8", _("--%s is not valid UTF-8."),
				       fields[i].option);
	}
	if (err)
		json_decref(body);
	else
		*out = body;
	return err;
}

static int
check(struct cli *cli)
{
	if (!cli_opt(cli, "text") && !cli_opt(cli, "file") && (!cli->tty_in || cli->json))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("The text is missing: give --text TEXT or --file FILE (- reads "
				  "standard input)."));
	return case_body_check(cli, build);
}

/* They travel with the abstract, so that whoever receives it checks them as well. */
void
case_abstract_bounds(const struct opened *d, json_t *body)
{
	size_t tip = opened_first(d);
	const json_t *said = tip == FOLD_NONE ? NULL : d->x[tip].body;
	const json_t *keep = schema_list(said, "keep_from");

	json_object_set_new(body, "level",
			    json_integer(level_start(&d->fold, said, schema_list(body, "hazard"))));
	if (json_array_size(keep))
		json_object_set_new(body, "keep_from", json_deep_copy(keep));
	if (!json_object_get(body, "county") && *schema_text(said, "county"))
		json_object_set_new(body, "county", json_string(schema_text(said, "county")));
}

/* Says where each mark stands and what it is. */
static void
show_marks(struct cli *cli, const json_t *body, const struct marks *m)
{
	static const char *const texts[] = { "text", "window", "access", "cover" };
	size_t i, k;
	char name[MARK_NAMED];

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		char *shown = mark_shown(m, texts[i], schema_text(body, texts[i]));

		for (k = 0; shown && k < m->cnt && strcmp(m->mark[k].field, texts[i]);)
			k++;
		if (shown && k < m->cnt)
			cli_warn(cli, "--%s: %s", texts[i], cli_s(cli, shown));
		free(shown);
	}
	for (k = 0; k < m->cnt; k++)
		cli_warn(cli, "%s: %s", mark_name(name, &m->mark[k]),
			 _(mark_kind_text(m->mark[k].kind)));
}

/* Notes which marks a list of names waives ("run:1,time:2"); refused where there is no such mark.
 */
static int
waive(struct cli *cli, const struct marks *m, const char *list, bool waived[static MARKS])
{
	char name[MARK_NAMED];
	size_t len, i;

	for (; *list; list += len) {
		list += strspn(list, ", ");
		len = strcspn(list, ", ");
		for (i = 0; len && i < m->cnt; i++)
			if (strlen(mark_name(name, &m->mark[i])) == len && !memcmp(name, list, len))
				break;
		if (len && i == m->cnt)
			return cli_fail(cli, DAVY_REFUSED, "no-mark",
					_("There is no mark %.*s in this text."), (int)len, list);
		if (len)
			waived[i] = true;
	}
	return 0;
}

/* All at once, each named to who does it: one reason is given for each of them. */
static void
waive_all(struct cli *cli, const json_t *way, const struct marks *m, bool waived[static MARKS])
{
	show_marks(cli, way, m);
	for (size_t i = 0; i < m->cnt; i++)
		waived[i] = true;
}

/* The marks that are not waived, as names for the refusal: "run:1 time:1". */
static const char *
left_over(struct cli *cli, const struct marks *m, const bool waived[static MARKS])
{
	char *out = strdup(""), *more, name[MARK_NAMED];
	size_t i;

	for (i = 0; out && i < m->cnt; i++) {
		if (waived[i])
			continue;
		if (asprintf(&more, "%s%s%s", out, *out ? " " : "", mark_name(name, &m->mark[i])) <
		    0)
			more = NULL;
		free(out);
		out = more;
	}
	return cli_keep(cli, out);
}

static int
refuse(struct cli *cli, const struct marks *m, const char *names)
{
	if (m->more)
		return cli_fail(cli, DAVY_REFUSED, "marked",
				_("More than %d places may point at the source: write it in your "
				  "own words."),
				MARKS);
	return cli_fail(
		cli, DAVY_REFUSED, "marked",
		_("These may point at the source: %s. Change the text, or waive each by name "
		  "with --waive %s."),
		names, names);
}

/* On a terminal: edits again (*again), or waives by name. */
static int
ask(struct cli *cli, const struct marks *m, bool waived[static MARKS], bool *again)
{
	char answer[512];
	const char *names;
	int err = 0;

	while (!err && *(names = left_over(cli, m, waived))) {
		err = cli_ask(cli, _("Names to waive (run:1 …, or all), e to edit, q to leave"),
			      answer, sizeof(answer));
		if (err || !strcmp(answer, "q") || !*answer)
			return err ? err : refuse(cli, m, names);
		*again = !strcmp(answer, "e");
		if (*again)
			return 0;
		if (!strcmp(answer, "all"))
			memset(waived, true, m->cnt * sizeof(*waived));
		else if (waive(cli, m, answer, waived)) {
			cli_warn(cli, "%s", cli_failure(cli));
			cli_forgive(cli);
		}
	}
	return err;
}

/* The body with way `k` (or the last) at each place of its text; NULL where no place has so many.
 */
static json_t *
one_way(const json_t *body, const struct variant_text *t, unsigned k)
{
	uint8_t choice[VARIANT_PLACES] = { 0 };
	bool any = k == 0;
	char *text;
	json_t *out;
	size_t i;

	for (i = 0; i < t->cnt; i++) {
		any = any || t->place[i].ways > k;
		choice[i] = (uint8_t)(k < t->place[i].ways ? k : t->place[i].ways - 1);
	}
	text = any ? variant_render(t, choice) : NULL;
	out = text ? json_copy((json_t *)body) : NULL;
	if (out)
		json_object_set_new(out, "text", json_string(text));
	free(text);
	return out;
}

/* Marks one way of the text; how many could know it is what the abstract says, or the triage. */
static void
mark_way(const struct opened *d, const json_t *way, struct marks *m)
{
	const json_t **said = said_all(d);
	json_t *whole = json_copy((json_t *)(uintptr_t)way);

	if (!json_object_get(whole, "knower") && d->fold.said[CLASS_KNOWER])
		json_object_set(whole, "knower", (json_t *)(uintptr_t)d->fold.said[CLASS_KNOWER]);
	mark_all(whole, said, said ? d->cnt : 0, m);
	json_decref(whole);
	free(said);
}

void
case_abstract_marks(const struct opened *d, const json_t *body, struct marks *out)
{
	struct variant_text t;
	json_t *way = variant_parse(&t, schema_text(body, "text")) ? NULL : one_way(body, &t, 0);

	mark_way(d, way ? way : body, out);
	json_decref(way);
}

/* Whoever lets a mark stand says why; the desks read it, the order does not have it. */
static int
ask_why(struct cli *cli, json_t *body, const bool waived[static MARKS])
{
	const char *all = cli_opt(cli, "waive-all"), *why = all ? all : cli_opt(cli, "why");
	char answer[401] = "";
	size_t i = 0;
	int err = 0;

	while (i < MARKS && !waived[i])
		i++;
	if (i == MARKS)
		return 0;
	if (!why && !cli->text)
		err = cli_ask(cli, _("Why may they stay"), answer, sizeof(answer));
	if (!why)
		why = answer;
	if (!err && !*why)
		err = cli_fail(cli, DAVY_REFUSED, "why",
			       _("Say why the waived marks may stay: --why TEXT."));
	if (!err)
		json_object_set_new(body, "why", json_string(why));
	return err;
}

/* Marks the text and lets through what is not marked or waived; *again: the person edits it. */
static int
judge(struct cli *cli, json_t *body, const json_t *way, struct marks *m, bool *again)
{
	bool waived[MARKS] = { false }, editor = !cli->text;
	const char *names, *list;
	int err = 0;
	size_t i;

	mark_way(cli->opened, way, m);
	for (i = 0; !err && (list = cli_opt_at(cli, "waive", i)); i++)
		err = waive(cli, m, list, waived);
	if (!err && cli_opt(cli, "waive-all") && m->cnt && !m->more)
		waive_all(cli, way, m, waived);
	names = left_over(cli, m, waived);
	if (!err && (m->more || *names)) {
		show_marks(cli, way, m);
		err = editor && !m->more ? ask(cli, m, waived, again) : refuse(cli, m, names);
	}
	return err || *again ? err : ask_why(cli, body, waived);
}

/* The other ways to say it must not say more of her than the first, which was judged. */
static int
judge_others(struct cli *cli, const json_t *body, const struct variant_text *t,
	     const struct marks *first)
{
	struct marks m;
	json_t *way;
	unsigned k;
	int err = 0;

	for (k = 1; !err && k < VARIANT_WAYS && (way = one_way(body, t, k)); k++) {
		mark_way(cli->opened, way, &m);
		if (m.more || m.cnt > first->cnt) {
			show_marks(cli, way, &m);
			err = cli_fail(
				cli, DAVY_REFUSED, "marked",
				_("Another way to say it, in a place {a|b}, may point at the "
				  "source. Change that place."));
		}
		json_decref(way);
	}
	return err;
}

/* Gives the text its places, with --vary or where the person wants those that davy offers. */
static int
vary(struct cli *cli, json_t *body)
{
	char *offer = variant_offer(schema_text(body, "text"));
	int err = 0;

	if (!offer)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	if (!cli->text && !cli_flag(cli, "vary") && strcmp(offer, schema_text(body, "text")) != 0) {
		cli_wrap(cli, 2, cli_s(cli, offer));
		err = cli_confirm(cli, _("Let each reader's copy differ at these places?"));
		if (err)
			cli_forgive(cli);
	}
	if (!err && (!cli->text || cli_flag(cli, "vary")))
		json_object_set_new(body, "text", json_string(offer));
	free(offer);
	return 0;
}

/* Warns where the places that can be told in a copy are too few to name its reader. A place is told
 * by the signs beside it, so two that touch are lost. */
static void
warn_few(struct cli *cli, const struct variant_text *t, const char *copy)
{
	size_t readers = cli->opened->view->members ? cli->opened->view->members->cnt : 1, i, told;
	int8_t seen[VARIANT_PLACES];
	double all = (double)readers;

	told = variant_seen(seen, t, copy);
	for (i = 0; i < t->cnt; i++)
		all /= seen[i] < 0 ? 1 : t->place[i].ways;
	if (all > VARIANT_CHANCE)
		cli_warn(
			cli,
			ngettext(
				"%zu place can be told in a reader's copy: too few to name one of %zu readers.",
				"%zu places can be told in a reader's copy: too few to name one of %zu readers.",
				told),
			told, readers);
}

/* Judges the text in all its ways; adds what the entry keeps of it: the seed of the copies, the
 * marks waived. */
static int
finish(struct cli *cli, json_t *body, bool *again)
{
	uint8_t seed[VARIANT_SEED_LEN];
	struct variant_text t;
	struct marks m;
	char hex[2 * VARIANT_SEED_LEN + 1];
	json_t *way, *counts;
	int err = vary(cli, body);

	*again = false;
	if (err)
		return err;
	if (variant_parse(&t, schema_text(body, "text")))
		return cli_fail(
			cli, DAVY_REFUSED, "places",
			_("A place that differs for each reader is written {this|that}, with two to "
			  "%d ways, and there are at most %d places."),
			VARIANT_WAYS, VARIANT_PLACES);
	way = one_way(body, &t, 0);
	err = way ? judge(cli, body, way, &m, again)
		  : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	if (!err && !*again)
		err = judge_others(cli, body, &t, &m);
	if (!err && !*again && t.cnt) {
		randombytes_buf(seed, sizeof(seed));
		json_object_set_new(body, "seed", json_string(term_hex(hex, seed, sizeof(seed))));
		warn_few(cli, &t, schema_text(way, "text"));
	}
	counts = err || *again ? NULL : mark_counts(&m);
	if (counts)
		json_object_set_new(body, "waived", counts);
	json_decref(way);
	return err;
}

static int
case_abstract(struct cli *cli)
{
	struct submit p = { .type = ENTRY_ABSTRACT };
	char *edited = NULL;
	bool again = true;
	int err = build(cli, &p.body);

	if (err)
		return err;
	case_abstract_bounds(cli->opened, p.body);
	err = same_site_heed(cli->ses, cli->opened, p.body);
	while (!err && again) {
		if (!cli->text)
			err = case_edit(cli, &edited);
		if (!err && edited && json_object_set_new(p.body, "text", json_string(edited)))
			err = cli_fail(cli, DAVY_REFUSED, "utf8", _("The text is not UTF-8."));
		if (!err)
			err = finish(cli, p.body, &again);
	}
	if (edited)
		sodium_memzero(edited, strlen(edited));
	free(edited);
	if (!err)
		return case_write(cli, &p);
	json_decref(p.body);
	return err;
}

static const struct cli_option options[] = {
	CLI_TEXT_OPTIONS(N_("the abstract, in your own words")),
	{ .name = "hazard",
	  .arg = N_("CODES"),
	  .axis = "hazard",
	  .help = N_("hazard codes, separated by commas") },
	{ .name = "sector",
	  .arg = N_("CODE"),
	  .words = "COAL NCM HAZ FIRE OTH",
	  .axis = "sector",
	  .help = N_("the sector") },
	{ .name = "knower",
	  .arg = N_("BAND"),
	  .words = "<=5 6-20 21-100 >100",
	  .axis = "knower",
	  .help = N_("how many people could know this") },
	{ .name = "window", .arg = N_("TEXT"), .help = N_("when it can be seen") },
	{ .name = "access", .arg = N_("TEXT"), .help = N_("how to get there unseen") },
	{ .name = "cover", .arg = N_("TEXT"), .help = N_("a cover reason for the visit") },
	{ .name = "county",
	  .arg = N_("COUNTY"),
	  .help = N_("its code of six digits, or its name") },
	{ .name = "waive",
	  .arg = N_("NAMES"),
	  .many = true,
	  .help = N_("marks that stay, by name: run:1,time:2") },
	{ .name = "why",
	  .arg = N_("TEXT"),
	  .help = N_("why the waived marks may stay; the desks read it, inspectors do not") },
	{ .name = "waive-all",
	  .arg = N_("REASON"),
	  .help = N_("let all marks stay, each of them for this reason; they are named") },
	{ .name = "vary",
	  .help = N_("let each reader's copy differ where davy knows another word") },
	{ 0 },
};

const struct command cmd_case_abstract = {
	.noun = "case",
	.verb = "abstract",
	.args = "ID",
	.help = N_("write the abstract that inspectors will read"),
	.more = N_(
		"The tip itself never leaves the case. Words in a row that are the source's own, times, "
		"shifts, numbers of people, names, numbers and unusual words of hers are marked, more of "
		"them where at most five people could know it or nobody said how many. Each mark is taken "
		"out or waived by its name; the entry keeps how many of each kind were waived. Without a "
		"text $EDITOR opens beside the tip. At a place {this|that} each reader's copy has one of the "
		"ways, so that a copy which is found names its reader (davy case trace)."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.text = CLI_TEXT_MAY,
	.check = check,
	.exec = case_abstract,
};
