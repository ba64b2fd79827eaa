/* davy case search: the cases that were opened on this machine and say these words. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_list.h"
#include "admin-cli/desk/searched.h"
#include "admin-cli/home/search.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/view/show.h"
#include "crypto/err.h"

#include <stdlib.h>
#include <string.h>

#define HITS_USUAL 50
#define HITS_MAX   1000
#define BEFORE     24  /* bytes of a snippet that stand before what was found */
#define SNIPPET    160 /* bytes of it altogether */
#define MARKS_MAX  16

/* A piece of the text in which a case was found; the marks are bytes of it, in their order. */
struct snippet {
	char text[SNIPPET + 8];
	size_t at[MARKS_MAX], len[MARKS_MAX], cnt;
};

static const char *
place_text(enum search_place place)
{
	static const char *const text[SEARCH__MAX] = {
		[SEARCH_TIP] = N_("tip"),           [SEARCH_MESSAGE] = N_("message"),
		[SEARCH_REPLY] = N_("reply"),       [SEARCH_NOTE] = N_("note"),
		[SEARCH_ABSTRACT] = N_("abstract"), [SEARCH_TRIAGE] = N_("triage"),
		[SEARCH_AREA] = N_("area"),
	};

	return _(text[place]);
}

static bool
inside(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Adds what one term marks in the snippet, which is text[from..]; a mark that another one touches
 * is left away. */
static void
mark(struct snippet *s, const struct search_term *t)
{
	size_t at, len, from = 0, i;

	while (s->cnt < MARKS_MAX && search_term_find(t, s->text, from, &at, &len)) {
		from = at + len;
		for (i = 0; i < s->cnt && (s->at[i] + s->len[i] <= at || at + len <= s->at[i]);)
			i++;
		if (i < s->cnt)
			continue;
		for (i = s->cnt++; i > 0 && s->at[i - 1] > at; i--) {
			s->at[i] = s->at[i - 1];
			s->len[i] = s->len[i - 1];
		}
		s->at[i] = at;
		s->len[i] = len;
	}
}

static void
cut_snippet(struct snippet *s, const struct search_query *q, const char *text, size_t at)
{
	size_t from = at > BEFORE ? at - BEFORE : 0, end;

	memset(s, 0, sizeof(*s));
	while (from < at && inside(text[from]))
		from++;
	end = from + strnlen(text + from, SNIPPET);
	while (end > at && inside(text[end]))
		end--;
	for (size_t i = 0; i < end - from; i++)
		s->text[i] = text[from + i] == '\n' ? ' ' : text[from + i];
	for (size_t i = 0; i < q->cnt; i++)
		if (!q->term[i].without)
			mark(s, &q->term[i]);
}

/* With its marks in braces, harmless; the caller frees it. */
static char *
snippet_text(const struct snippet *s)
{
	char out[SNIPPET + 8 + 2 * MARKS_MAX];
	size_t n = 0, len = strlen(s->text), k = 0;

	for (size_t i = 0; i <= len; i++) {
		if (k < s->cnt && i == s->at[k] + s->len[k]) {
			out[n++] = '}';
			k++;
		}
		if (k < s->cnt && i == s->at[k])
			out[n++] = '{';
		out[n++] = s->text[i];
	}
	return term_safe(out, strlen(out), TERM_ONE_LINE);
}

static json_t *
snippet_json(const struct snippet *s, enum search_place place)
{
	json_t *marks = json_array();

	for (size_t i = 0; i < s->cnt; i++)
		json_array_append_new(marks, json_pack("{s:i,s:i}", "at", (int)s->at[i], "len",
						       (int)s->len[i]));
	return json_pack("{s:s,s:s,s:o}", "in", search_place_name[place], "text", s->text, "marks",
			 marks);
}

static int
print_hit(struct cli *cli, struct cli_table *t, json_t *all, const struct search_query *q,
	  const struct search_hit *hit)
{
	struct workspace_case c;
	struct search_text text;
	struct snippet s;
	enum search_place place = SEARCH_TIP;
	char id[33], severity[4] = "", date[TERM_DATE_CAP];
	size_t at = 0;
	int err = workspace_case_get(cli->ses->workspace, hit->id, &c);

	if (!err)
		err = search_text_get(cli->ses->workspace, hit->id, &text);
	if (err)
		return err;
	/* the words may stand in several places: then the piece shows where most of them do */
	if (search_best(q, &text, &place, &at))
		cut_snippet(&s, q, text.place[place], at);
	else
		memset(&s, 0, sizeof(s));
	search_text_free(&text);
	if (c.line.severity)
		snprintf(severity, sizeof(severity), "S%d", c.line.severity % 10);
	if (!cli->json) {
		char *shown = snippet_text(&s);

		cli_table_row(t, term_hex(id, c.rec.id, 4),
			      *c.line.state ? fold_state_text(MACHINE_TIP, c.line.state)
					    : show_record_state(&c.rec),
			      severity, term_date(date, c.rec.day), place_text(place), shown);
		free(shown);
	} else {
		json_t *one = case_list_json(&c);

		json_object_set_new(one, "found", snippet_json(&s, place));
		json_array_append_new(all, one);
	}
	return 0;
}

/* One text of all ARGS. An argument with blanks in it was quoted for the shell: a phrase. */
static char *
join(struct cli *cli)
{
	size_t cap = 1, n = 0;
	char *out;

	for (int i = 0; i < cli->argc; i++)
		cap += strlen(cli->argv[i]) + 3;
	out = malloc(cap);
	for (int i = 0; out && i < cli->argc; i++) {
		const char *word = cli->argv[i];
		bool row = strchr(word, ' ') && !strchr(word, '"') && cli->argc > 1;

		n += (size_t)snprintf(out + n, cap - n, row ? "\"%s\" " : "%s ", word);
	}
	return out;
}

static int
read_places(struct cli *cli, unsigned *places)
{
	const char *word;

	for (size_t i = 0; (word = cli_opt_at(cli, "in", i)) != NULL; i++) {
		unsigned k = 0;

		while (k < SEARCH__MAX && strcmp(word, search_place_name[k]))
			k++;
		if (k == SEARCH__MAX)
			return cli_fail(
				cli, DAVY_USAGE, "usage",
				_("--in %s: words are found in tip, message, reply, note, abstract, "
				  "triage or area."),
				cli_s(cli, word));
		*places |= 1u << k;
	}
	return 0;
}

static int
read_query(struct cli *cli, struct search_query *q)
{
	const char *since = cli_opt(cli, "since");
	uint64_t limit = HITS_USUAL;
	char *text = join(cli);
	uint32_t day = 0;
	int err = text ? searched_read(cli->ses, q, text) : ERR_MEM;

	free(text);
	q->places = 0;
	if (!err)
		err = cli_opt_number(cli, "limit", 1, HITS_MAX, &limit);
	if (!err && since && !term_parse_date(since, &day))
		err = cli_fail(cli, DAVY_USAGE, "usage",
			       _("--since %s is no day; write it like 2026-12-01."),
			       cli_s(cli, since));
	q->since = day;
	q->limit = limit;
	return err ? err : read_places(cli, &q->places);
}

static int
check_search(struct cli *cli)
{
	struct search_query *q = malloc(sizeof(*q));
	int err = q ? read_query(cli, q) : ERR_MEM;

	free(q);
	return err;
}

static int
case_search(struct cli *cli)
{
	struct search_query *q = malloc(sizeof(*q));
	struct search_hit *hit = NULL;
	json_t *all = json_array();
	size_t cnt = 0;
	int err = q ? read_query(cli, q) : ERR_MEM;

	if (!err)
		err = searched_find(cli->ses, q, &hit, &cnt);
	if (!err) {
		struct cli_table *t = cli_table_new(cli, (const char *const[]){ _("ID"), _("STATE"),
										_("SEVERITY"),
										_("DAY"), _("IN"),
										_("WHAT"), NULL });
		for (size_t i = 0; !err && i < cnt; i++)
			err = print_hit(cli, t, all, q, &hit[i]);
		cli_table_end(t, _("Nothing that was opened on this machine says that."));
	}
	cli_data(cli, all);
	free(hit);
	free(q);
	return err < 0 ? cli_fail_err(cli, err, "%s", _("The search failed")) : err;
}

static const struct cli_option options[] = {
	{ .name = "in",
	  .arg = N_("PLACE"),
	  .many = true,
	  .help = N_("only in tip, message, reply, note, abstract, triage or area (the county)"),
	  .words = "tip message reply note abstract triage area" },
	{ .name = "since",
	  .arg = N_("DAY"),
	  .help = N_("only cases that came on this day or later") },
	{ .name = "limit",
	  .arg = N_("COUNT"),
	  .help = N_("so many at most; usually 50, no more than 1000") },
	{ 0 },
};

const struct command cmd_case_search = {
	.noun = "case",
	.verb = "search",
	.args = "WORD…",
	.help = N_("find words in the cases that were opened on this machine"),
	.more = N_(
		"Looks in tips, messages, replies, notes, abstracts, triage (the names of hazards in "
		"Chinese and English) and counties; nothing is fetched, and no case that you have not "
		"opened. All words must fit; a word fits where another begins with it, Chinese anywhere. "
		"\"Several words\" must stand in a row. -word leaves out cases that say it: put -- before "
		"it. Full and half width and large and small letters are the same; traditional and "
		"simplified signs are not."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = -1,
	.options = options,
	.check = check_search,
	.exec = case_search,
};
