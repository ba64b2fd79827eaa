/* The tray on the screen: what was written and has not left, what waits for a network, and the
 * replies that the gateway holds, with the hour at which the source will see them (see ui.h). */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/term.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/tray.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"

struct tray {
	struct workspace_out *out;
	struct tray_held *held;
	size_t out_cnt, held_cnt, at;
};

static const struct ui_keys keys[] = {
	{ 'u', "u", N_("undo"), N_("take back what was written last; words become a draft again") },
	{ 'e', "e", N_("edit"), N_("take this one back into its draft, to write it anew") },
	{ '!', "!", N_("now"), N_("let it leave at once") },
	{ 'D', "D", N_("drop"), N_("discard it; asks first") },
	{ '?', "?", N_("help"), N_("this page") },
	{ 'q', "q", N_("back"), N_("back; Esc, too") },
	{ 0 },
};

static void
load(struct ui *ui, struct tray *t)
{
	workspace_out_free(t->out, t->out_cnt);
	tray_held_free(t->held, t->held_cnt);
	t->out = NULL;
	t->held = NULL;
	t->out_cnt = t->held_cnt = 0;
	if (workspace_out_list(ui->ses->workspace, &t->out, &t->out_cnt) ||
	    tray_held_list(ui->ses, sync_hour(ui->ses), &t->held, &t->held_cnt)) {
		ui_note(ui, session_failure(ui->ses));
		session_forgive(ui->ses);
	}
	if (t->at >= t->out_cnt)
		t->at = t->out_cnt ? t->out_cnt - 1 : 0;
}

/* "9 s", or that it waits for a network. */
static void
when_text(const struct workspace_out *o, char *out, size_t cap)
{
	uint64_t now = (uint64_t)time(NULL);

	if (!o->leaves)
		snprintf(out, cap, "%s", o->error ? _("stays") : _("offline"));
	else
		snprintf(out, cap, _("%u s"), o->leaves > now ? (unsigned)(o->leaves - now) : 0);
}

/* When the source sees a reply, and whether that misses her clock. */
static void
seen_text(struct ui *ui, const uint8_t *id, uint32_t hour, char *out, size_t cap)
{
	char text[TERM_DATE_CAP];

	if (!hour)
		out[0] = '\0';
	else
		snprintf(out, cap,
			 tray_misses(ui->ses, id, hour) ? _("shown %s, MISSES HER CLOCK")
							: _("shown %s"),
			 term_hour(text, hour));
}

static void
draw_out(struct ui *ui, const struct tray *t, size_t i, int y)
{
	const struct workspace_out *o = &t->out[i];
	json_t *body = json_loads(o->json, 0, NULL);
	char when[32], seen[96], id[33], what[64], line[400];
	const char *type = fold_type_text(o->type);
	unsigned style = i == t->at ? A_REVERSE : A_NORMAL;

	when_text(o, when, sizeof(when));
	seen_text(ui, o->id, o->hour, seen, sizeof(seen));
	snprintf(what, sizeof(what), "%s %s", type ? type : "?", schema_text(body, "status"));
	snprintf(line, sizeof(line), "%s%s%.240s", seen, *seen ? "  " : "",
		 o->error ? o->error : schema_text(body, "text"));
	for (char *c = line; *c; c++) /* words of several lines stand in one */
		*c = *c == '\n' ? ' ' : *c;
	ui_put_style(y, 0, COLS, i == t->at ? ">" : "", style);
	ui_put_style(y, 2, 8, when, style);
	ui_put_style(y, 10, 13, what, style);
	ui_put_style(y, 24, 8, term_hex(id, o->id, 4), style);
	ui_put_style(y, 34, COLS - 34, line, style);
	json_decref(body);
}

static int
draw(struct ui *ui, const struct tray *t)
{
	char seen[96], id[33], line[400];
	int foot, y = 2;

	ui_frame(ui, _("Tray"));
	foot = ui_foot(ui, keys);
	for (size_t i = t->at > 10 ? t->at - 10 : 0; i < t->out_cnt && y < foot; i++, y++)
		draw_out(ui, t, i, y);
	if (!t->out_cnt)
		ui_put(y++, 2, COLS - 2, _("Nothing lies here."));
	y++;
	for (size_t i = 0; i < t->held_cnt && y < foot; i++, y++) {
		json_t *body = json_loads(t->held[i].json, 0, NULL);

		seen_text(ui, t->held[i].id, t->held[i].hour, seen, sizeof(seen));
		snprintf(line, sizeof(line), _("held by the gateway: reply %s  %.8s  %s"),
			 schema_text(body, "status"), term_hex(id, t->held[i].id, 16), seen);
		ui_put(y, 2, COLS - 2, line);
		json_decref(body);
	}
	return foot;
}

static void
drop(struct ui *ui, const struct workspace_out *o)
{
	if (!ui_confirm(ui, _("Discard it? Nobody has seen it, and it is lost."), NULL))
		return;
	if (tray_drop(ui->ses, o->seq)) {
		ui_note(ui, session_failure(ui->ses));
		session_forgive(ui->ses);
	}
}

/* Back into the draft, and to the editor. */
static void
edit(struct ui *ui, const struct workspace_out *o)
{
	json_t *body = json_loads(o->json, 0, NULL);
	uint8_t id[16];
	uint16_t type = o->type;
	bool question = schema_is(body, "question");

	json_decref(body);
	memcpy(id, o->id, sizeof(id));
	if (type != ENTRY_NOTE && type != ENTRY_REPLY && type != ENTRY_ABSTRACT) {
		ui_note(ui, _("This one is dropped with D and done anew."));
		return;
	}
	ui_keep(ui, o);
	if (tray_drop(ui->ses, o->seq)) {
		session_forgive(ui->ses);
		return;
	}
	ui_count(ui);
	if (type == ENTRY_NOTE)
		ui_write(ui, id);
	else if (type == ENTRY_ABSTRACT)
		(void)ui_abstract_of(ui, id, NULL);
	else if (question)
		ui_ask(ui, id);
	else
		ui_reply(ui, id);
}

static void
on_key(struct ui *ui, const struct tray *t, int key)
{
	const struct workspace_out *o = t->out_cnt ? &t->out[t->at] : NULL;

	if (key == 'u')
		ui_undo(ui);
	else if (key == '?')
		ui_help(ui, _("Tray"), keys,
			_("What is written leaves after ten seconds, or when the next case is left. What "
			  "waits for a network leaves with the next sync. A reply that the gateway has "
			  "cannot be taken back."));
	else if (o && key == 'e')
		edit(ui, o);
	else if (o && key == 'D')
		drop(ui, o);
	else if (o && key == '!' && tray_hurry(ui->ses, o->seq))
		session_forgive(ui->ses);
	ui_list_stale(ui);
	ui_count(ui);
}

void
ui_tray_run(struct ui *ui)
{
	struct tray t = { 0 };
	int key;

	do {
		load(ui, &t);
		(void)draw(ui, &t);
		key = ui_key(ui);
		if (key == UI_FUNCTION + KEY_DOWN || key == 'j')
			t.at++;
		else if (key == UI_FUNCTION + KEY_UP || key == 'k')
			t.at -= t.at > 0;
		else if (key == 'u' || key == 'e' || key == '!' || key == 'D' || key == '?')
			on_key(ui, &t, key);
	} while (!ui->leave && key != 'q' && key != UI_ESC);
	workspace_out_free(t.out, t.out_cnt);
	tray_held_free(t.held, t.held_cnt);
}
