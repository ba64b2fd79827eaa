/* Lets one matter of a tip leave its case (see ui.h): which hazards leave, where they go, why, and
 * the abstract that travels with them. It is done by davy case correct, davy case abstract and davy
 * case split, one after the other. The first two leave at once, since the third names them; what
 * takes two members lies in the tray as a proposal. */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/term.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/tray.h"
#include "admin-cli/rules/draft.h"
#include "admin-cli/rules/taxonomy.h"
#include "crypto/frame.h"

#define CODES_CAP (FOLD_HAZARDS * 9 + 1)

struct split {
	uint8_t id[16];
	struct {
		char code[8];
		bool leaves;
	} hazard[FOLD_HAZARDS];
	size_t cnt;
	char severity[4]; /* of the draft where the case has another one; else empty */
	bool known;       /* the case has these hazards and this severity */
	const char *to;   /* of the axis split_to; NULL: by what leaves */
	uint16_t desk;    /* 0: not chosen */
	char desk_name[200], into[33], why[400];
};

static const struct ui_keys keys[] = {
	{ 0, "1-4", N_("leaves"), N_("this hazard leaves the case, or stays") },
	{ 'i', "i", N_("integrity desk"), N_("to the integrity desk: misconduct of officials") },
	{ 'd', "d", N_("desk"), N_("to a planning desk, chosen by its name") },
	{ 'c', "c", N_("other case"), N_("into another case, named by the beginning of its id") },
	{ '\n', "Enter", N_("go on"),
	  N_("then the reason, then the abstract of what leaves beside the tip; Ctrl-S there writes it") },
	{ UI_ESC, "Esc", N_("back"), N_("back; nothing has left") },
	{ '?', "?", N_("help"), N_("this page") },
	{ 0 },
};

/* Where it goes when nobody has said: what only the integrity desk may handle goes there. */
static const char *
to_of(const struct split *s)
{
	bool sealed = false;

	for (size_t i = 0; i < s->cnt; i++)
		sealed |= s->hazard[i].leaves && taxonomy_sealed(s->hazard[i].code);
	return s->to ? s->to : sealed ? "integrity" : "need";
}

/* The codes of what leaves, or of all. */
static const char *
codes(const struct split *s, bool all, char out[static CODES_CAP])
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < s->cnt; i++)
		if (all || s->hazard[i].leaves)
			n += (size_t)snprintf(out + n, CODES_CAP - n, "%s%s", n ? "," : "",
					      s->hazard[i].code);
	return out;
}

static void
take(struct split *s, const char *code)
{
	if (s->cnt == FOLD_HAZARDS)
		return;
	snprintf(s->hazard[s->cnt].code, sizeof(s->hazard[0].code), "%s", code);
	s->hazard[s->cnt++].leaves = taxonomy_sealed(code);
}

/* The hazards of the form, else those of the case. */
static void
look(struct split *s, const struct opened *d, const struct draft *draft)
{
	const char *severity = draft ? json_string_value(draft_get(draft, CLASS_SEVERITY)) : NULL;
	const struct fold *f = &d->fold;
	const json_t *all = draft ? draft_get(draft, CLASS_HAZARD) : NULL;
	size_t same = 0;

	for (size_t i = 0; i < json_array_size(all); i++)
		take(s, json_string_value(json_array_get(all, i)));
	for (unsigned k = 0; !draft && k < f->hazard_cnt; k++)
		take(s, f->hazard[k]);
	for (size_t i = 0; i < s->cnt; i++)
		for (unsigned k = 0; k < f->hazard_cnt; k++)
			same += !strcmp(f->hazard[k], s->hazard[i].code);
	s->known = same == s->cnt && s->cnt == f->hazard_cnt;
	if (severity && severity[1] - '0' != f->severity) {
		snprintf(s->severity, sizeof(s->severity), "%s", severity);
		s->known = false;
	}
}

static bool
begin(struct ui *ui, struct split *s, const struct draft *draft)
{
	struct workspace_case c;
	struct opened *d;

	if (workspace_case_get(ui->ses->workspace, s->id, &c) || opened_load(ui->ses, &c, &d)) {
		session_forgive(ui->ses);
		return false;
	}
	look(s, d, draft);
	opened_free(d);
	if (s->cnt > 1)
		return true;
	ui_note(ui, _("A part leaves a case that has two hazards or more: t, then h."));
	return false;
}

static void
draw(struct ui *ui, const struct split *s)
{
	char id[33], line[512];
	const struct taxonomy_word *to = taxonomy_find(TAXONOMY_SPLIT_TO, to_of(s));

	snprintf(line, sizeof(line), _("Part of %.8s: what leaves the case"),
		 term_hex(id, s->id, sizeof(s->id)));
	ui_frame(ui, line);
	(void)ui_foot(ui, keys);
	for (size_t i = 0; i < s->cnt; i++) {
		const struct taxonomy_word *w = taxonomy_find(TAXONOMY_HAZARD, s->hazard[i].code);

		snprintf(line, sizeof(line), "%zu [%c] %s  %s%s%s", i + 1,
			 s->hazard[i].leaves ? 'x' : ' ', s->hazard[i].code,
			 w ? taxonomy_name(w) : "", taxonomy_sealed(s->hazard[i].code) ? "  " : "",
			 taxonomy_sealed(s->hazard[i].code) ? _("integrity desk alone") : "");
		ui_put_style(3 + (int)i, 1, COLS - 1, line,
			     s->hazard[i].leaves ? A_BOLD : A_NORMAL);
	}
	snprintf(line, sizeof(line), _("goes to: %s  %s%s"), to ? taxonomy_name(to) : "",
		 !strcmp(to_of(s), "need") ? s->desk_name : "",
		 !strcmp(to_of(s), "case") ? s->into : "");
	ui_put(4 + FOLD_HAZARDS, 1, COLS - 1, line);
	ui_put(6 + FOLD_HAZARDS, 1, COLS - 1,
	       _("The rest stays and goes on. What leaves has an abstract of its own."));
}

static void
choose_desk(struct ui *ui, struct split *s)
{
	char part[CODES_CAP];

	if (!ui_desk(ui, s->id, codes(s, false, part), &s->desk, s->desk_name,
		     sizeof(s->desk_name)))
		return;
	s->to = "need";
}

static void
choose_case(struct ui *ui, struct split *s)
{
	char text[33] = "";
	struct workspace_case c;

	if (!ui_prompt(ui, _("into which case"), text, sizeof(text), true) || !*text)
		return;
	if (workspace_case_find(ui->ses, FRAME_CASE, text, &c)) {
		ui_note(ui, session_failure(ui->ses));
		session_forgive(ui->ses);
		return;
	}
	term_hex(s->into, c.rec.id, sizeof(c.rec.id));
	s->to = "case";
}

/* The hazards of the form are those of the case from here on. */
static bool
correct(struct ui *ui, const struct split *s)
{
	char hex[33], all[CODES_CAP];
	const char *words[11] = { "case",
				  "correct",
				  term_hex(hex, s->id, sizeof(s->id)),
				  "--text",
				  s->why,
				  "--hazard",
				  codes(s, true, all),
				  *s->severity ? "--severity" : NULL,
				  s->severity,
				  NULL };

	return s->known || !ui_run(ui, words, NULL);
}

static bool
leave(struct ui *ui, const struct split *s)
{
	char hex[33], part[CODES_CAP], number[8], *out = NULL;
	const char *to = to_of(s), *words[13] = { "case",
						  "split",
						  term_hex(hex, s->id, sizeof(s->id)),
						  "--part",
						  codes(s, false, part),
						  "--to",
						  to,
						  "--text",
						  s->why };

	snprintf(number, sizeof(number), "%u", s->desk);
	if (!strcmp(to, "case")) {
		words[9] = "--into";
		words[10] = s->into;
	} else if (!strcmp(to, "need")) {
		words[9] = "--desk";
		words[10] = number;
	}
	bool done = !ui_run(ui, words, &out);
	if (done)
		ui_say_last(ui, out);
	free(out);
	return done;
}

/* The three commands. The case must have what the next one names, so nothing of it may still lie
 * in the tray. */
static bool
do_it(struct ui *ui, struct split *s)
{
	unsigned tray = ui->ses->tray;
	char part[CODES_CAP];
	size_t sent, failed = 0;
	bool done;

	if (tray_run(ui->ses, (uint64_t)time(NULL), true, NULL, &sent, &failed) || failed) {
		session_forgive(ui->ses);
		ui_notef(ui, _("%zu did not leave: T shows why."), failed);
		return false;
	}
	ui->ses->tray = 0;
	done = correct(ui, s);
	s->known |= done;
	if (done && strcmp(to_of(s), "case") != 0)
		done = ui_abstract_of(ui, s->id, codes(s, false, part));
	ui->ses->tray = tray;
	return done && !ui->leave && leave(ui, s);
}

static bool
go_on(struct ui *ui, struct split *s)
{
	size_t leaves = 0;

	for (size_t i = 0; i < s->cnt; i++)
		leaves += s->hazard[i].leaves;
	if (!leaves || leaves == s->cnt) {
		ui_note(ui, _("Something leaves and something stays: a digit chooses."));
		return false;
	}
	if (!strcmp(to_of(s), "need") && !s->desk)
		choose_desk(ui, s);
	if (!strcmp(to_of(s), "need") && !s->desk)
		return false;
	if (!ui_prompt(ui, _("why does it leave"), s->why, sizeof(s->why), true) || !*s->why)
		return false;
	return do_it(ui, s);
}

/* Whether it is done. */
static bool
on_key(struct ui *ui, struct split *s, int key)
{
	const struct ui_keys *k = ui_find(keys, key);

	if (key >= '1' && key < '1' + (int)s->cnt)
		s->hazard[key - '1'].leaves = !s->hazard[key - '1'].leaves;
	else if (key == '?')
		ui_help(ui, _("A part of a tip"), keys,
			_("Misconduct of officials goes to the integrity desk alone, by two members; so does "
			  "whatever leaves the rest less grave. Another matter goes to planners, "
			  "or into the case that is about it."));
	else if (k && k->key == 'i')
		s->to = "integrity";
	else if (k && k->key == 'd')
		choose_desk(ui, s);
	else if (k && k->key == 'c')
		choose_case(ui, s);
	else if (key == '\n')
		return go_on(ui, s);
	return false;
}

bool
ui_split(struct ui *ui, const uint8_t id[static 16], const struct draft *draft)
{
	struct split s = { 0 };
	bool done = false;
	int key;

	memcpy(s.id, id, sizeof(s.id));
	if (!begin(ui, &s, draft))
		return false;
	do {
		draw(ui, &s);
		key = ui_key(ui);
		if (key > 0)
			done = on_key(ui, &s, key);
	} while (!ui->leave && key != UI_ESC && !done);
	sodium_memzero(&s, sizeof(s));
	ui->stale = true;
	return done;
}
