/* davy case trace: whose copy of an abstract a photograph or a retyped text shows. */
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/variant.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/view/show.h"
#include "crypto/entry.h"

/* The abstract that is compared, and what the copy shows of it. */
struct trace {
	struct variant_text t;
	uint8_t seed[VARIANT_SEED_LEN];
	int8_t seen[VARIANT_PLACES];
	size_t told;  /* how many places can be told */
	size_t entry; /* of the case; FOLD_NONE: no abstract has places */
	const struct roster_members *members;
	uint8_t (*choice)[VARIANT_PLACES]; /* of each member */
};

/* Takes the abstract of which most places can be told. */
static void
find_abstract(const struct opened *d, const char *copy, struct trace *out)
{
	struct trace one = *out;
	size_t i;

	out->entry = FOLD_NONE;
	for (i = 0; i < d->cnt; i++) {
		if (d->entry[i].type != ENTRY_ABSTRACT || !d->x[i].body ||
		    !schema_hex(d->x[i].body, "seed", one.seed, sizeof(one.seed)) ||
		    variant_parse(&one.t, schema_text(d->x[i].body, "text")))
			continue;
		one.told = variant_seen(one.seen, &one.t, copy);
		one.entry = i;
		if (out->entry == FOLD_NONE || one.told > out->told)
			*out = one;
	}
}

/* The chance that any of the readers (or pairs of them) matches so often and has nothing to do with
 * it. */
static double
chance(const struct trace *x, size_t a, size_t b)
{
	double n = (double)x->members->cnt, all = b == FOLD_NONE ? n : n * (n - 1) / 2;
	size_t match = variant_match(&x->t, x->seen, x->choice[a],
				     b == FOLD_NONE ? NULL : x->choice[b]);
	double p = all * variant_chance(&x->t, x->seen, match, b != FOLD_NONE);

	return p < 1 ? p : 1;
}

/* How many places must be told to name one of these readers, of two ways each. */
static unsigned
needed(size_t readers)
{
	double p = (double)readers;
	unsigned n = 0;

	for (; p > VARIANT_CHANCE; n++)
		p /= 2;
	return n;
}

/* The reader, or the two, whose copies fit and by chance would not; FOLD_NONE: none. */
static void
find_readers(const struct trace *x, size_t *one, size_t *two)
{
	double best = VARIANT_CHANCE;
	size_t a, b;

	*one = *two = FOLD_NONE;
	for (a = 0; a < x->members->cnt; a++)
		if (chance(x, a, FOLD_NONE) <= best) {
			best = chance(x, a, FOLD_NONE);
			*one = a;
		}
	for (a = 0; a < x->members->cnt; a++)
		for (b = a + 1; b < x->members->cnt; b++)
			if (chance(x, a, b) < best) {
				best = chance(x, a, b);
				*one = a;
				*two = b;
			}
}

static void
show_readers(struct cli *cli, const struct trace *x, json_t *out)
{
	struct cli_table *t = cli_table_new(cli, (const char *const[]){ _("READER"), _(">SAME"),
									_(">CHANCE"), NULL });
	char hex[2 * KEY_HANDLE_LEN + 1], same[32], p[32];
	size_t i;

	for (i = 0; i < x->members->cnt; i++) {
		const struct roster_member *m = &x->members->member[i];
		size_t match = variant_match(&x->t, x->seen, x->choice[i], NULL);

		snprintf(same, sizeof(same), "%zu/%zu", match, x->told);
		snprintf(p, sizeof(p), "%.2g", chance(x, i, FOLD_NONE));
		cli_table_row(t, cli_s(cli, m->name), same, p);
		json_array_append_new(out, json_pack("{s:s,s:s,s:I,s:f}", "handle",
						     term_hex(hex, m->handle, sizeof(m->handle)),
						     "name", m->name, "same", (json_int_t)match,
						     "chance", chance(x, i, FOLD_NONE)));
	}
	cli_table_end(t, NULL);
}

static void
show_verdict(struct cli *cli, const struct trace *x, size_t one, size_t two)
{
	const struct roster_member *m = x->members->member;
	unsigned need = needed(x->members->cnt);

	if (two != FOLD_NONE)
		cli_printf(
			cli,
			_("\nThe copies of %s and %s together fit; by chance two of %zu readers would fit "
			  "so well with probability %.1g. Ask; this is no proof.\n"),
			cli_s(cli, m[one].name), cli_s(cli, m[two].name), x->members->cnt,
			chance(x, one, two));
	else if (one != FOLD_NONE)
		cli_printf(
			cli,
			_("\nThis is the copy of %s; by chance one of %zu readers would fit so well "
			  "with probability %.1g. Ask; this is no proof.\n"),
			cli_s(cli, m[one].name), x->members->cnt, chance(x, one, FOLD_NONE));
	else if (x->told < need)
		cli_printf(
			cli,
			_("\nNot enough marks: %zu can be told, and of %zu readers one is named from %u "
			  "on. Nobody is named.\n"),
			x->told, x->members->cnt, need);
	else
		cli_printf(cli, _("\nNo reader's copy fits. Nobody is named.\n"));
}

static json_t *
as_json(const struct opened *d, const struct trace *x, size_t one, size_t two, json_t *readers)
{
	const struct roster_member *m = x->members->member;
	char hash[65];
	json_t *named = json_array();

	if (one != FOLD_NONE)
		json_array_append_new(named, json_string(m[one].name));
	if (two != FOLD_NONE)
		json_array_append_new(named, json_string(m[two].name));
	return json_pack("{s:s,s:I,s:I,s:I,s:o,s:o}", "abstract",
			 term_hex(hash, d->entry[x->entry].hash, 32), "places",
			 (json_int_t)x->t.cnt, "told", (json_int_t)x->told, "needed",
			 (json_int_t)needed(x->members->cnt), "readers", readers, "named", named);
}

static int
trace(struct cli *cli, struct trace *x)
{
	const struct opened *d = cli->opened;
	json_t *readers;
	size_t i, one, two;

	x->members = d->view->members;
	find_abstract(d, cli->text, x);
	if (x->entry == FOLD_NONE)
		return cli_fail(
			cli, DAVY_REFUSED, "no-copies",
			_("No abstract of this case has places that differ for each reader."));
	x->choice = x->members ? calloc(x->members->cnt + 1, sizeof(*x->choice)) : NULL;
	if (!x->choice)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	for (i = 0; i < x->members->cnt; i++)
		if (variant_choose(x->choice[i], &x->t, x->seed, x->members->member[i].handle))
			return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	cli_printf(cli, _("%zu places, %zu of them can be told in this copy.\n"), x->t.cnt,
		   x->told);
	find_readers(x, &one, &two);
	readers = json_array();
	show_readers(cli, x, readers);
	show_verdict(cli, x, one, two);
	cli_data(cli, as_json(d, x, one, two, readers));
	return 0;
}

static int
case_trace(struct cli *cli)
{
	struct trace *x = calloc(1, sizeof(*x));
	int err = x ? trace(cli, x) : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));

	if (x)
		free(x->choice);
	free(x);
	return err;
}

static const struct cli_option options[] = {
	CLI_TEXT_OPTIONS(N_("the copy that was found, as far as it can be read")),
	{ 0 },
};

const struct command cmd_case_trace = {
	.noun = "case",
	.verb = "trace",
	.args = "ID",
	.help = N_("tell whose copy of an abstract was found"),
	.more = N_(
		"Each reader's copy of an abstract differs at its places {a|b}. Compares a copy, cropped or "
		"retyped, with those of all members, and names one, or two who mixed theirs, only where "
		"chance would do so less than once in a thousand times. A reader with a changed davy can "
		"show another's copy: it is a reason to ask, no proof."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.text = CLI_TEXT_NEEDED,
	.exec = case_trace,
};
