/* The abstract for inspectors beside the tip (see ui.h): what may point at the source is marked
 * while one writes, each mark is taken out or waived with a reason, and a desk is chosen by its
 * name. Marks and bounds are those of davy case abstract, which also writes it. */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/term.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_abstract.h"
#include "admin-cli/desk/county.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/same_site.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/kept.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show.h"
#include "admin-cli/view/show_suggest.h"
#include "crypto/frame.h"

#define BELOW 4
#define DESKS 64

struct pane {
	uint8_t id[16];
	const char *sort; /* of the draft */
	struct opened *d;
	json_t *site;    /* what cases of the same site ask for, or NULL */
	struct cli *cli; /* for names */
	/* What it is about, codes with commas: all of the case, or the part that leaves it. */
	char hazards[FOLD_HAZARDS * 9 + 1];
	char county[8], why[400];
	char *text; /* as it stands */
	struct marks marks;
	/* A mark is waived by its words: its number changes when the text before it does. */
	char *waived[MARKS];
	size_t waived_cnt;
	size_t at; /* the mark that F2 went to */
	const struct roster_desk *desk;
};

static const struct ui_keys keys[] = {
	{ UI_FUNCTION + KEY_F(2), "F2", N_("next mark"),
	  N_("go to the next place that may point at the source; Ctrl-N, too") },
	{ UI_CTRL('w'), "Ctrl-W", N_("waive it"),
	  N_("let this mark stand, with a reason that the desks read") },
	{ UI_CTRL('t'), "Ctrl-T", N_("desk"),
	  N_("choose the planning desk to see whether it may get this") },
	{ UI_CTRL('y'), "Ctrl-Y", N_("county"), N_("where the site is: a name or a code") },
	{ UI_CTRL('s'), "Ctrl-S", N_("to the tray"), N_("done: it goes to the tray") },
	{ UI_ESC, "Esc", N_("keep the draft"),
	  N_("back; the draft stays until it is sent or emptied") },
	{ UI_CTRL('u'), "Ctrl-U", N_("empty"), N_("takes all of it away") },
	{ 0 },
};

/* The body as it stands; new reference. */
static json_t *
body_of(const struct pane *p, const char *text)
{
	json_t *hazard = json_array(), *body;

	for (const char *code = p->hazards; *code; code += strspn(code, ",")) {
		size_t n = strcspn(code, ",");

		json_array_append_new(hazard, json_stringn(code, n));
		code += n;
	}
	body = json_pack("{s:i,s:s,s:o}", "v", 1, "text", text, "hazard", hazard);
	if (*p->county)
		json_object_set_new(body, "county", json_string(p->county));
	return body;
}

static void
forget(char **text)
{
	if (*text)
		sodium_memzero(*text, strlen(*text));
	free(*text);
	*text = NULL;
}

static void
on_change(void *arg, const char *text)
{
	struct pane *p = arg;
	json_t *body = body_of(p, text);

	case_abstract_marks(p->d, body, &p->marks);
	json_decref(body);
	forget(&p->text);
	p->text = strdup(text);
	if (!p->text)
		p->marks.cnt = 0;
	if (p->at >= p->marks.cnt)
		p->at = 0;
}

static bool
is_waived(const struct pane *p, size_t i)
{
	const struct mark *m = &p->marks.mark[i];

	for (size_t k = 0; k < p->waived_cnt; k++)
		if (strlen(p->waived[k]) == m->len &&
		    !memcmp(p->waived[k], p->text + m->at, m->len))
			return true;
	return false;
}

static unsigned
style(void *arg, size_t byte)
{
	const struct pane *p = arg;

	for (size_t i = 0; i < p->marks.cnt; i++) {
		const struct mark *m = &p->marks.mark[i];

		if (byte >= m->at && byte < m->at + m->len)
			return is_waived(p, i) ? A_UNDERLINE
			       : i == p->at    ? A_REVERSE | A_BOLD
					       : A_REVERSE;
	}
	return A_NORMAL;
}

static size_t
count(const struct pane *p, bool copies)
{
	size_t n = 0;

	for (size_t i = 0; i < p->marks.cnt; i++) {
		enum mark_kind kind = p->marks.mark[i].kind;

		n += (kind == MARK_RUN || kind == MARK_RARE) == copies && !is_waived(p, i);
	}
	return n;
}

/* Whether the chosen desk may get it, in words. */
static void
desk_text(const struct pane *p, const struct roster_desk *to, char *out, size_t cap)
{
	json_t *body = body_of(p, "");
	const char *county, *may;

	case_abstract_bounds(p->d, body);
	(void)same_site_raise(p->site, body);
	county = schema_text(body, "county");
	may = level_allows(body, to->level, to->area) ? _("may get it") : _("MAY NOT GET IT");
	snprintf(out, cap, _("%u %s  level L%u  covers county: %s  %s"), to->number,
		 show_desk(p->cli, p->d->view, to->number), to->level,
		 !*county                         ? _("not known")
		 : level_covers(to->area, county) ? _("yes")
						  : _("no"),
		 may);
	json_decref(body);
}

static void
draw(void *arg, int y)
{
	const struct pane *p = arg;
	char line[600], desk[400], name[MARK_NAMED];
	const struct mark *m = p->marks.cnt ? &p->marks.mark[p->at] : NULL;

	mvhline(y, 0, '-', COLS);
	snprintf(line, sizeof(line), _("copy %zu  risk %zu  %s"), count(p, true), count(p, false),
		 p->marks.coarse ? _("at most five could know it, or nobody said: coarse")
				 : _("more than five could know it"));
	ui_put_style(y + 1, 0, COLS, line, A_BOLD);
	line[0] = '\0';
	if (m)
		snprintf(line, sizeof(line), "%s %s: %s", is_waived(p, p->at) ? "-" : "!",
			 mark_name(name, m), _(mark_kind_text(m->kind)));
	ui_put(y + 2, 0, COLS, line);
	snprintf(line, sizeof(line), "%s", _("to: Ctrl-T chooses a desk"));
	if (p->desk) {
		desk_text(p, p->desk, desk, sizeof(desk));
		snprintf(line, sizeof(line), _("to %s"), desk);
	}
	ui_put(y + 3, 0, COLS, line);
}

static void
waive(struct ui *ui, struct pane *p)
{
	const struct mark *m = &p->marks.mark[p->at];
	char why[400];

	if (!p->marks.cnt || is_waived(p, p->at) || p->waived_cnt == MARKS)
		return;
	snprintf(why, sizeof(why), "%s", p->why);
	if (!ui_prompt(ui, _("why may it stay"), why, sizeof(why), true) || !*why)
		return;
	snprintf(p->why, sizeof(p->why), "%s", why);
	p->waived[p->waived_cnt] = strndup(p->text + m->at, m->len);
	p->waived_cnt += p->waived[p->waived_cnt] != NULL;
}

static void
choose_desk(struct ui *ui, struct pane *p)
{
	const struct roster *r = p->d->view->bundle.roster;
	const struct roster_desk *desk[DESKS] = { 0 };
	char *item[DESKS], text[400];
	size_t cnt = 0, which;

	for (unsigned i = 0; i < r->desk_cnt && cnt < DESKS; i++) {
		if (r->desk[i].kind != ROSTER_PLANNING)
			continue;
		desk_text(p, &r->desk[i], text, sizeof(text));
		item[cnt] = strdup(text);
		desk[cnt] = &r->desk[i];
		cnt += item[cnt] != NULL;
	}
	if (ui_pick(ui, _("Which planning desk"), item, cnt, &which))
		p->desk = desk[which];
	while (cnt)
		free(item[--cnt]);
}

static void
choose_county(struct ui *ui, struct pane *p)
{
	char text[96] = "";
	const char *code;

	if (!ui_prompt(ui, _("county"), text, sizeof(text), true))
		return;
	code = strspn(text, "0123456789") == 6 && strlen(text) == 6 ? text
								    : county_code(ui->ses, text);
	if (!code && *text)
		ui_note(ui, _("No county has this name: davy county list."));
	else
		snprintf(p->county, sizeof(p->county), "%.6s", code ? code : "");
}

static bool
on_key(struct ui *ui, void *arg, int key, size_t *byte)
{
	struct pane *p = arg;

	if (key == UI_FUNCTION + KEY_F(2) || key == UI_CTRL('n')) {
		p->at = p->at + 1 < p->marks.cnt ? p->at + 1 : 0;
		if (p->marks.cnt)
			*byte = p->marks.mark[p->at].at;
	} else if (key == UI_CTRL('w')) {
		waive(ui, p);
	} else if (key == UI_CTRL('t')) {
		choose_desk(ui, p);
	} else if (key == UI_CTRL('y')) {
		choose_county(ui, p);
	} else {
		return false;
	}
	return true;
}

/* The names of the waived marks, "run:1,time:2". */
static void
waived_names(const struct pane *p, char *out, size_t cap)
{
	char name[MARK_NAMED];
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < p->marks.cnt && n < cap; i++)
		if (is_waived(p, i))
			n += (size_t)snprintf(out + n, cap - n, "%s%s", n ? "," : "",
					      mark_name(name, &p->marks.mark[i]));
}

/* Writes it with davy case abstract; true: it lies in the tray. */
static bool
send(struct ui *ui, const struct pane *p, const char *text)
{
	char hex[33], waived[MARKS * MARK_NAMED], *out = NULL;
	const char *words[16] = { "case", "abstract", term_hex(hex, p->id, 16), "--text", text };
	size_t n = 5;
	const struct {
		const char *option, *value;
	} more[] = { { "--hazard", p->hazards },
		     { "--county", p->county },
		     { "--waive", waived },
		     { "--why", p->why } };

	waived_names(p, waived, sizeof(waived));
	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++) {
		if (!*more[i].value || (i == 3 && !*waived))
			continue;
		words[n++] = more[i].option;
		words[n++] = more[i].value;
	}
	words[n] = NULL;
	bool done = !ui_run(ui, words, &out);
	if (done) {
		ui_say_last(ui, out);
		if (kept_drop(ui->ses->workspace, p->id, p->sort))
			ui_note(ui, _("The draft cannot be dropped."));
		ui_count(ui);
	}
	free(out);
	return done;
}

/* The county of the abstract before this one. */
static void
known_county(struct pane *p)
{
	if (p->d->fold.abstract != FOLD_NONE)
		snprintf(p->county, sizeof(p->county), "%.6s",
			 schema_text(p->d->x[p->d->fold.abstract].body, "county"));
}

static void
all_hazards(struct pane *p)
{
	p->hazards[0] = '\0';
	for (unsigned i = 0; i < p->d->fold.hazard_cnt; i++) {
		size_t n = strlen(p->hazards);

		snprintf(p->hazards + n, sizeof(p->hazards) - n, "%s%s", n ? "," : "",
			 p->d->fold.hazard[i]);
	}
}

static int
open_pane(struct cli *cli, void *arg)
{
	struct pane *p = arg;
	char hex[33];
	struct suggest *s;
	int err = submit_open(cli->ses, FRAME_CASE, term_hex(hex, p->id, 16), &p->d);

	if (!err)
		err = same_site(cli->ses, p->d, &p->site);
	if (err)
		return err;
	known_county(p);
	s = show_suggest(p->d);
	for (size_t i = 0; s && i < p->d->cnt; i++)
		if (p->d->entry[i].by_source)
			show_entry_marked(cli, p->d, i, s);
	free(s);
	if (!*p->hazards)
		all_hazards(p);
	return 0;
}

/* What is written of a part has a draft of its own. */
bool
ui_abstract_of(struct ui *ui, const uint8_t id[static 16], const char *hazards)
{
	struct cli cli = { .ses = ui->ses };
	struct pane p = { .cli = &cli, .sort = hazards ? "abstract-part" : "abstract" };
	struct ui_edit how = { .title = hazards ? _("Abstract of what leaves, in your own words")
						: _("Abstract for inspectors, in your own words"),
			       .id = id,
			       .sort = p.sort,
			       .keys = keys,
			       .below = BELOW,
			       .arg = &p,
			       .changed = on_change,
			       .style = style,
			       .draw = draw,
			       .key = on_key };
	char *tip = NULL, *text = NULL;
	bool done = false;

	memcpy(p.id, id, sizeof(p.id));
	snprintf(p.hazards, sizeof(p.hazards), "%s", hazards ? hazards : "");
	if (!ui_call(ui, open_pane, &p, &tip)) {
		how.above = tip;
		while (!done && ui_edit_with(ui, &how, &text)) {
			done = send(ui, &p, text);
			workspace_free(text, strlen(text));
		}
	}
	if (tip)
		sodium_memzero(tip, strlen(tip));
	free(tip);
	opened_free(p.d);
	json_decref(p.site);
	forget(&p.text);
	while (p.waived_cnt)
		forget(&p.waived[--p.waived_cnt]);
	sodium_memzero(&p, sizeof(p));
	ui->stale = true;
	return done;
}

static int
open_case(struct cli *cli, void *arg)
{
	struct pane *p = arg;
	char hex[33];
	int err = submit_open(cli->ses, FRAME_CASE, term_hex(hex, p->id, 16), &p->d);

	if (!err && !*p->hazards && p->d->fold.abstract == FOLD_NONE)
		err = cli_fail(cli, DAVY_REFUSED, "abstract",
			       _("There is no abstract yet: davy case abstract."));
	if (!err)
		err = same_site(cli->ses, p->d, &p->site);
	if (!err)
		known_county(p);
	if (!err && !*p->hazards)
		all_hazards(p);
	return err;
}

bool
ui_desk(struct ui *ui, const uint8_t id[static 16], const char *hazards, uint16_t *number,
	char *name, size_t cap)
{
	struct cli cli = { .ses = ui->ses };
	struct pane p = { .cli = &cli };

	memcpy(p.id, id, sizeof(p.id));
	snprintf(p.hazards, sizeof(p.hazards), "%s", hazards ? hazards : "");
	if (!ui_call(ui, open_case, &p, NULL))
		choose_desk(ui, &p);
	if (p.desk) {
		*number = p.desk->number;
		desk_text(&p, p.desk, name, cap);
	}
	opened_free(p.d);
	json_decref(p.site);
	return p.desk != NULL && !ui->leave;
}

void
ui_forward(struct ui *ui, const uint8_t id[static 16])
{
	char hex[33], number[8], name[200], *out = NULL;
	const char *words[] = { "case", "forward", term_hex(hex, id, 16), "--desk", number, NULL };
	uint16_t desk;

	if (!ui_desk(ui, id, NULL, &desk, name, sizeof(name)))
		return;
	snprintf(number, sizeof(number), "%u", desk);
	if (!ui_run(ui, words, &out))
		ui_say_last(ui, out);
	free(out);
	ui->stale = true;
}
