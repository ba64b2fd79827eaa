/* A case on the screen: its text page by page, and what is done with it (see ui.h). A tip counts as
 * read when its last line was on the screen, and not before. */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/shown.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/tray.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show.h"
#include "crypto/frame.h"

struct on_screen {
	uint8_t id[16];
	struct workspace_case c;
	struct ui_page page;
	bool marked;
	bool media; /* the source sent something that can be viewed */
};

static int
show(struct cli *cli, void *arg)
{
	struct on_screen *s = arg;
	struct opened *d;
	char hex[33];
	int err = submit_open(cli->ses, FRAME_CASE, term_hex(hex, s->id, 16), &d);

	if (err)
		return err;
	s->c = d->c;
	s->media = false;
	for (size_t i = 0; i < d->cnt; i++)
		s->media |= d->entry[i].by_source && d->x[i].body &&
			    json_array_size(schema_list(d->x[i].body, "media"));
	cli->titled = true;
	err = show_whole(cli, d);
	opened_free(d);
	return err;
}

/* Fetches and shows; false where that is refused. */
static bool
open_case(struct ui *ui, struct on_screen *s)
{
	char *out = NULL, *note = ui->note; /* what was done before is still worth saying */

	ui->note = NULL;
	int code = ui_call(ui, show, s, &out);
	if (ui->note)
		free(note);
	else
		ui->note = note;

	ui->stale = s->marked = false;
	if (!code)
		ui_page_set(&s->page, out);
	if (out)
		sodium_memzero(out, strlen(out));
	free(out);
	return !code;
}

/* Notes that the words of the source were on a screen. */
static void
mark(struct ui *ui, struct on_screen *s)
{
	struct opened *d;

	if (s->marked || !s->page.end)
		return;
	s->marked = true;
	if (!opened_load(ui->ses, &s->c, &d)) {
		if (shown_mark(ui->ses, d))
			ui_note(ui, session_failure(ui->ses));
		opened_free(d);
	}
	session_forgive(ui->ses);
}

static void
title(struct ui *ui, const struct on_screen *s, char *out, size_t cap)
{
	const struct frame_record *r = &s->c.rec;
	char id[33], due[TERM_DATE_CAP] = "", when[96] = "", place[48], severity[8] = "";
	uint32_t at = waiting_due(&s->c);

	if (at != UINT32_MAX)
		snprintf(when, sizeof(when),
			 r->read_due == at ? _("read by %s") : _("answer by %s"),
			 term_hour(due, at));
	if (s->c.line.severity)
		snprintf(severity, sizeof(severity), "S%u", s->c.line.severity % 10u);
	ui_list_place(ui, s->id, place, sizeof(place));
	snprintf(out, cap, "%.8s  %s  %s  %s  %s", term_hex(id, s->id, 16),
		 *s->c.line.state ? fold_state_text(MACHINE_TIP, s->c.line.state)
				  : show_record_state(r),
		 severity, when, place);
}

static const struct ui_keys keys[] = {
	{ ' ', "Space", N_("more"), N_("the next page; - and PgUp: the page before") },
	{ 'a', "a", N_("acknowledge"),
	  N_("say that you have read the tip; works when its last line was on the screen") },
	{ 't', "t", N_("triage"), N_("fill in the triage") },
	{ 'r', "r", N_("reply"), N_("tell the source a status") },
	{ 'i', "i", N_("ask"), N_("ask the source something") },
	{ 'w', "w", N_("note"), N_("write a note for the desks") },
	{ 'b', "b", N_("abstract"), N_("write what inspectors may know, beside the tip") },
	{ 'f', "f", N_("forward"), N_("hand the abstract to a planning desk, chosen by its name") },
	{ 's', "s", N_("sign"), N_("sign what another member proposed") },
	{ 'P', "P", N_("part"), N_("let one matter of the tip leave the case; the rest goes on") },
	{ 'R', "R", NULL, N_("on duty: say from whom of the desk it is hidden") },
	{ 'v', "v", N_("view"), N_("view an attachment: a clean copy, drawn in a sandbox") },
	{ 'm', "m", N_("mine"), N_("say that you work on it; others see it for 30 minutes") },
	{ 'n', "n", N_("next"), N_("open the next case of the list") },
	UI_USUAL_KEYS,
	{ ':', ":", N_("command"), N_("run any davy command; . is this case") },
	{ '?', "?", N_("help"), N_("this page") },
	{ 'q', "q", N_("back"), N_("back to the list; Esc, too") },
	{ 0 },
};

static void
acknowledge(struct ui *ui, struct on_screen *s)
{
	char hex[33];
	const char *words[] = { "case", "ack", term_hex(hex, s->id, 16), NULL };

	if (!s->page.end) {
		ui_note(ui, _("Its last line has not been on the screen: Space shows more."));
		return;
	}
	if (ui_run(ui, words, NULL))
		return;
	if (!ui->note)
		ui_note(ui, _("Acknowledged."));
	ui->stale = true;
}

static void
help(struct ui *ui)
{
	ui_help(ui, _("The case"), keys,
		_("Everything that is in the case. It was fetched when it was opened; its desks see "
		  "who read it."));
}

static void
on_key(struct ui *ui, struct on_screen *s, int key)
{
	char hex[33];
	const char *mine[] = { "case", "claim", term_hex(hex, s->id, 16), NULL };

	switch (key) {
	case 'a':
		acknowledge(ui, s);
		break;
	case 't':
		ui_triage(ui, s->id);
		break;
	case 'r':
		ui_reply(ui, s->id);
		break;
	case 'i':
		ui_ask(ui, s->id);
		break;
	case 'f':
		ui_forward(ui, s->id);
		break;
	case 'w':
		ui_write(ui, s->id);
		break;
	case 'P':
		(void)ui_split(ui, s->id, NULL);
		break;
	case 'b':
		(void)ui_abstract_of(ui, s->id, NULL);
		break;
	case 's':
		ui_sign(ui, s->id);
		break;
	case 'R':
		ui_readers(ui, s->id);
		break;
	case 'v':
		ui_view(ui, s->id);
		break;
	case 'm':
		(void)ui_run(ui, mine, NULL);
		break;
	case '?':
		help(ui);
		break;
	default:
		(void)ui_usual(ui, key, s->id);
		break;
	}
}

void
ui_send_others(struct ui *ui, const uint8_t id[static 16])
{
	size_t sent = 0, failed = 0;

	if (ui->waiting.tray && tray_run(ui->ses, (uint64_t)time(NULL), true, id, &sent, &failed))
		session_forgive(ui->ses);
	if (failed)
		ui_notef(ui, _("%zu did not leave: T shows why."), failed);
	if (sent || failed) {
		ui_list_stale(ui);
		ui_count(ui);
	}
}

/* The keys that have something to act on. */
static void
usable(const struct on_screen *s, struct ui_keys out[static sizeof(keys) / sizeof(*keys)])
{
	memcpy(out, keys, sizeof(keys));
	for (; out->name; out++)
		if (out->key == 'v' && !s->media)
			out->label = NULL;
}

/* Until the case is left; the key that left it. */
static int
on_one(struct ui *ui, struct on_screen *s)
{
	struct ui_keys shown[sizeof(keys) / sizeof(*keys)];
	char text[300];
	int key, foot;

	do {
		if (ui->stale && !open_case(ui, s))
			return 'q';
		title(ui, s, text, sizeof(text));
		ui_frame(ui, text);
		usable(s, shown);
		foot = ui_foot(ui, shown);
		ui_page_draw(&s->page, 2, foot);
		mark(ui, s);
		key = ui_key(ui);
		const struct ui_keys *k = ui_find(keys, key);
		if (k && key != 'T' && key != 'L')
			key = k->key;
		if (!ui_page_key(&s->page, key, foot - 2))
			on_key(ui, s, key);
	} while (!ui->leave && key != 'q' && key != UI_ESC && key != 'n');
	return key;
}

void
ui_case_run(struct ui *ui, const uint8_t id[static 16])
{
	struct on_screen s = { 0 };
	int key;

	memcpy(s.id, id, sizeof(s.id));
	ui_note(ui, NULL);
	do {
		s.page.top = 0;
		if (!open_case(ui, &s))
			break;
		key = on_one(ui, &s);
		if (key == 'n')
			ui_note(ui, NULL); /* it is about this case */
		ui_send_others(ui, s.id);
	} while (!ui->leave && key == 'n' && ui_list_next(ui, s.id));
	ui_page_free(&s.page);
	sodium_memzero(&s, sizeof(s));
}
