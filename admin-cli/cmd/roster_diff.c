/* davy roster diff: the lines by which a draft differs from the published roster. */
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/roster_edit.h"
#include "admin-cli/roster/roster_keeps.h"
#include "crypto/err.h"
#include "crypto/note.h"

#define FILE_MAX (4 * 1024 * 1024)
#define SIDE_MAX 2000 /* lines that differ: more are shown as all old, all new */

struct side {
	const char **line;
	int *len;
	size_t cnt;
};

struct report {
	struct cli *cli;
	json_t *added, *removed;
	char head[64]; /* the last line without a blank in front: whose line this is */
};

static int
split(const char *text, size_t len, struct side *s)
{
	size_t lines = 0;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	s->line = calloc(lines + 1, sizeof(*s->line));
	s->len = calloc(lines + 1, sizeof(*s->len));
	if (!s->line || !s->len)
		return ERR_MEM;
	for (const char *p = text, *end = text + len; p < end && s->cnt < lines;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		s->line[s->cnt] = p;
		s->len[s->cnt++] = (int)(nl - p);
		p = nl + 1;
	}
	return 0;
}

static bool
same(const struct side *a, size_t i, const struct side *b, size_t j)
{
	return a->len[i] == b->len[j] && memcmp(a->line[i], b->line[j], (size_t)a->len[i]) == 0;
}

static void
say(struct report *rp, char sign, const char *line, int len)
{
	struct cli *cli = rp->cli;
	char *safe = term_safe(line, (size_t)len, TERM_ONE_LINE);
	char *cut = term_cut(safe, cli->columns > 4 ? cli->columns - 2 : 76);

	json_array_append_new(sign == '+' ? rp->added : rp->removed,
			      json_stringn(line, (size_t)len));
	if (*line == ' ' && *rp->head) {
		cli_printf(cli, "  %s%s%s\n", cli_style(cli, "dim"), rp->head,
			   cli_style(cli, "off"));
		*rp->head = '\0';
	}
	cli_printf(cli, "%s%c %s%s\n", cli_style(cli, sign == '+' ? "green" : "red"), sign, cut,
		   cli_style(cli, "off"));
	free(cut);
	free(safe);
}

/* Remembers the line of a desk or member, to which the indented lines below it belong. */
static void
keep_head(struct report *rp, const char *line, int len)
{
	if (len && *line != ' ')
		snprintf(rp->head, sizeof(rp->head), "%.*s", len < 60 ? len : 60, line);
}

static void
diff(struct report *rp, const struct side *a, const struct side *b)
{
	size_t i = 0, j = 0, ea = a->cnt, eb = b->cnt;

	while (i < ea && i < eb && same(a, i, b, i)) {
		keep_head(rp, a->line[i], a->len[i]);
		i++;
	}
	while (ea > i && eb > i && same(a, ea - 1, b, eb - 1)) {
		ea--;
		eb--;
	}
	j = i;
	size_t n = ea - i, m = eb - j, w = m + 1;
	uint16_t *lcs = n <= SIDE_MAX && m <= SIDE_MAX ? calloc((n + 1) * w, sizeof(*lcs)) : NULL;
	for (size_t x = lcs ? n : 0; x-- > 0;)
		for (size_t y = m; y-- > 0;) {
			uint16_t down = lcs[(x + 1) * w + y], right = lcs[x * w + y + 1];
			lcs[x * w + y] = same(a, i + x, b, j + y)
						 ? (uint16_t)(lcs[(x + 1) * w + y + 1] + 1)
						 : (down > right ? down : right);
		}
	size_t x = 0, y = 0;
	while (x < n || y < m) {
		if (lcs && x < n && y < m && same(a, i + x, b, j + y)) {
			keep_head(rp, a->line[i + x], a->len[i + x]);
			x++;
			y++;
		} else if (x < n &&
			   (!lcs || y == m || lcs[(x + 1) * w + y] >= lcs[x * w + y + 1])) {
			say(rp, '-', a->line[i + x], a->len[i + x]);
			x++;
		} else {
			say(rp, '+', b->line[j + y], b->len[j + y]);
			y++;
		}
	}
	free(lcs);
}

static int
compare(struct report *rp, const char *old, size_t old_len, const char *new, size_t new_len)
{
	struct side a = { 0 }, b = { 0 };
	int err = split(old, old_len, &a);

	if (!err)
		err = split(new, new_len, &b);
	if (!err)
		diff(rp, &a, &b);
	free(a.line);
	free(a.len);
	free(b.line);
	free(b.len);
	return err ? cli_fail(rp->cli, DAVY_REFUSED, "memory", _("Out of memory.")) : DAVY_OK;
}

static int
roster_diff(struct cli *cli, struct roster_draft *d)
{
	struct report rp = { .cli = cli, .added = json_array(), .removed = json_array() };
	struct roster_texts t = { 0 };
	struct note note = { 0 };
	uint8_t *old = NULL, *members = NULL;
	size_t old_len = 0, members_len = 0;
	bool first = d->r.version == 1 && !d->published;
	int err = roster_draft_texts(cli->ses, d, &t);

	if (!err && !first)
		err = file_read(cli->ses, roster_draft_path(cli->ses, d, "published"), FILE_MAX,
				&old, &old_len);
	if (!err && !first)
		err = file_read(cli->ses, roster_draft_path(cli->ses, d, "published-members"),
				FILE_MAX, &members, &members_len);
	if (!err && !first && note_parse(&note, old, old_len) != 0)
		err = cli_fail(cli, DAVY_REFUSED, "format",
			       _("The published roster in the draft is damaged."));
	if (!err)
		err = compare(&rp, first ? "" : note.text, note.text_len, t.roster, t.roster_len);
	if (!err)
		err = compare(&rp, first ? "" : (char *)members, members_len, t.members,
			      t.members_len);
	if (!err && json_array_size(rp.added) + json_array_size(rp.removed) == 0)
		cli_printf(cli, "%s\n", _("The draft does not differ from the published roster."));
	if (!err)
		err = roster_keeps_warn(cli->ses, d);
	cli_data(cli, json_pack("{s:I, s:o, s:o}", "version", (json_int_t)d->r.version, "added",
				rp.added, "removed", rp.removed));
	free(old);
	free(members);
	roster_draft_texts_free(&t);
	return err;
}

static int
roster_diff_exec(struct cli *cli)
{
	return roster_edit_with(cli, roster_diff);
}

static const struct cli_option options[] = { ROSTER_EDIT_DIR, { 0 } };

const struct command cmd_roster_diff = {
	.noun = "roster",
	.verb = "diff",
	.help = N_("show what the draft changes"),
	.group = CLI_REGISTRAR,
	.options = options,
	.exec = roster_diff_exec,
};
