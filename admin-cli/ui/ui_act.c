/* What is done with a case from the list and from the case: reply, question, note, abstract,
 * signature, undo (see ui.h). Each is a command of the table; the words that were written stay a
 * draft until the command has taken them. */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/term.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/tray.h"
#include "admin-cli/home/kept.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "crypto/entry.h"
#include "crypto/frame.h"

static void
wipe(char *text)
{
	if (text)
		sodium_memzero(text, strlen(text));
	free(text);
}

/* The tip in the words of the source, for who writes about it; NULL where it is not here. */
static char *
tip_text(struct ui *ui, const uint8_t *id)
{
	struct workspace_case c;
	struct opened *d;
	char *text = NULL;
	size_t tip;

	if (workspace_case_get(ui->ses->workspace, id, &c) || !c.have_source ||
	    opened_load(ui->ses, &c, &d)) {
		session_forgive(ui->ses);
		return NULL;
	}
	tip = opened_find(d, FRAME_SOURCE, 0);
	if (tip != FOLD_NONE && d->x[tip].body &&
	    asprintf(&text, "%s\n%s", schema_text(d->x[tip].body, "where"),
		     schema_text(d->x[tip].body, "what")) < 0)
		text = NULL;
	opened_free(d);
	return text;
}

/* Says what the command said last, where it has not said anything else. */
void
ui_say_last(struct ui *ui, char *out)
{
	size_t n = out ? strlen(out) : 0;

	while (n && out[n - 1] == '\n')
		out[--n] = '\0';
	char *last = n ? strrchr(out, '\n') : NULL;
	if (n && !ui->note)
		ui_note(ui, last ? last + 1 : out);
}

/* Runs a command that takes the text of a draft; then the draft is not needed any more. */
static void
run_text(struct ui *ui, const char *const *words, const uint8_t *id, const char *sort)
{
	char *out = NULL;

	if (!ui_run(ui, words, &out)) {
		ui_say_last(ui, out);
		if (kept_drop(ui->ses->workspace, id, sort))
			ui_note(ui, _("The draft cannot be dropped."));
		ui_count(ui);
	}
	wipe(out);
}

static void
write_text(struct ui *ui, const char *title, const uint8_t *id, const char *sort,
	   const char *const *words, size_t cnt)
{
	const char *all[16];
	char *above = tip_text(ui, id), *text = NULL;

	if (ui_edit(ui, title, above, id, sort, &text)) {
		memcpy(all, words, cnt * sizeof(*all));
		all[cnt] = "--text";
		all[cnt + 1] = text;
		all[cnt + 2] = NULL;
		run_text(ui, all, id, sort);
	}
	wipe(text);
	wipe(above);
}

void
ui_ask(struct ui *ui, const uint8_t id[static 16])
{
	char hex[33];
	const char *words[] = { "case", "reply", term_hex(hex, id, 16), "--question" };

	write_text(ui, _("Question to the source"), id, "ask", words, 4);
}

void
ui_write(struct ui *ui, const uint8_t id[static 16])
{
	char hex[33];
	const char *words[] = { "case", "note", term_hex(hex, id, 16) };

	write_text(ui, _("Note for the desks"), id, "note", words, 3);
}

/* The words that are ready, then the statuses; freed by free_items(). */
static size_t
reply_items(char **item, const char **code, bool *template, size_t max)
{
	static const enum taxonomy_axis axes[] = { TAXONOMY_TEMPLATE, TAXONOMY_STATUS };
	size_t cnt = 0, n;

	for (int a = 0; a < 2; a++) {
		const struct taxonomy_word *w = taxonomy_all(axes[a], &n);

		for (size_t i = 0; i < n && cnt < max; i++) {
			if (asprintf(&item[cnt], "%s  %s", w[i].code, taxonomy_name(&w[i])) < 0)
				continue;
			template[cnt] = a == 0;
			code[cnt++] = w[i].code;
		}
	}
	return cnt;
}

static void
reply_status(struct ui *ui, const uint8_t *id, const char *code)
{
	char hex[33], sort[KEPT_SORT_MAX], *out = NULL;
	const char *words[] = { "case", "reply", term_hex(hex, id, 16), "--status", code, NULL };
	char *how[] = { (char *)(uintptr_t)_("without words"),
			(char *)(uintptr_t)_("with words of your own") };
	size_t which;

	if (!ui_pick(ui, code, how, 2, &which))
		return;
	snprintf(sort, sizeof(sort), "reply-%s", code);
	if (which == 1) {
		write_text(ui, _("Reply to the source"), id, sort, words, 5);
		return;
	}
	if (!ui_run(ui, words, &out))
		ui_say_last(ui, out);
	free(out);
}

void
ui_reply(struct ui *ui, const uint8_t id[static 16])
{
	enum { MAX = 48 };
	char *item[MAX] = { 0 }, hex[33], *out = NULL;
	const char *code[MAX];
	bool template[MAX];
	size_t cnt = reply_items(item, code, template, MAX), which;

	if (ui_pick(ui, _("What the source is told"), item, cnt, &which)) {
		const char *words[] = { "case",       "reply",     term_hex(hex, id, 16),
					"--template", code[which], NULL };

		if (!template[which])
			reply_status(ui, id, code[which]);
		else if (!ui_run(ui, words, &out))
			ui_say_last(ui, out);
		free(out);
	}
	while (cnt)
		free(item[--cnt]);
}

void
ui_readers(struct ui *ui, const uint8_t id[static 16])
{
	char hex[33], *out = NULL;
	const char *words[] = { "case", "readers", term_hex(hex, id, 16), NULL };

	if (!ui_run(ui, words, &out))
		ui_say_last(ui, out);
	free(out);
}

/* Where several proposals wait, the command lists them and wants a number. */
void
ui_sign(struct ui *ui, const uint8_t id[static 16])
{
	char hex[33], number[16] = "", *out = NULL;
	const char *words[] = { "case", "cosign", term_hex(hex, id, 16), NULL, NULL };
	int code = ui_run(ui, words, &out);

	if (!code) {
		ui_say_last(ui, out);
		ui->stale = true;
	} else if (out && strstr(out, "(")) {
		ui_pager(ui, _("Proposals"), out);
		if (!ui->leave &&
		    ui_prompt(ui, _("the number in brackets, or nothing"), number, sizeof(number),
			      true) &&
		    *number) {
			words[3] = number;
			ui->stale = !ui_run(ui, words, NULL);
		}
	}
	wipe(out);
}

/* The sort of draft that an item of the tray was; NULL: none. */
static const char *
sort_of(const struct workspace_out *o, const json_t *body, char *buf, size_t cap)
{
	if (o->type == ENTRY_NOTE)
		return "note";
	if (o->type == ENTRY_ABSTRACT)
		return "abstract";
	if (o->type != ENTRY_REPLY)
		return NULL;
	if (schema_is(body, "question"))
		return "ask";
	snprintf(buf, cap, "reply-%s", schema_text(body, "status"));
	return buf;
}

/* What is taken back is a draft again. */
void
ui_keep(struct ui *ui, const struct workspace_out *o)
{
	json_t *body = json_loads(o->json, 0, NULL);
	char buf[KEPT_SORT_MAX];
	const char *sort = sort_of(o, body, buf, sizeof(buf));

	if (sort && *schema_text(body, "text") &&
	    kept_put(ui->ses->workspace, o->id, sort, schema_text(body, "text")))
		ui_note(ui, _("The draft cannot be kept on this machine."));
	json_decref(body);
}

void
ui_undo(struct ui *ui)
{
	struct workspace_out *list = NULL;
	size_t cnt = 0, undone = 0;

	if (workspace_out_list(ui->ses->workspace, &list, &cnt))
		return;
	for (size_t i = cnt; i-- > 0;)
		if (list[i].leaves && list[i].group == ui->ses->tray_group)
			ui_keep(ui, &list[i]);
	workspace_out_free(list, cnt);
	if (tray_undo(ui->ses, &undone)) {
		ui_note(ui, session_failure(ui->ses));
		session_forgive(ui->ses);
	} else if (undone) {
		ui_note(ui, _("Taken back: nobody has seen it. Words are kept as a draft."));
	} else {
		ui_note(ui, _("The tray is empty: what has left cannot be taken back."));
	}
	ui->stale |= undone > 0;
	ui_list_stale(ui);
	ui_count(ui);
}

bool
ui_usual(struct ui *ui, int key, const uint8_t *id)
{
	switch (key) {
	case 'u':
	case 'U':
		ui_undo(ui);
		return true;
	case 'T':
		ui_tray_run(ui);
		return true;
	case 'L':
		ui->leave = true;
		return true;
	case ':':
		ui_command(ui, id);
		return true;
	case 'd':
		ui_menu(ui, id);
		return true;
	default:
		return false;
	}
}

bool
ui_moves(size_t *at, size_t cnt, int key)
{
	if (key == UI_FUNCTION + KEY_DOWN || key == 'j' || key == 'n')
		*at += *at + 1 < cnt;
	else if (key == UI_FUNCTION + KEY_UP || key == 'k')
		*at -= *at > 0;
	else if (key == UI_FUNCTION + KEY_HOME)
		*at = 0;
	else if (key == UI_FUNCTION + KEY_END)
		*at = cnt ? cnt - 1 : 0;
	else
		return false;
	return true;
}
