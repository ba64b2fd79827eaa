/* The books of the desk (referrals, needs, campaigns, rotas, conflicts) as a tab of the list, and
 * one of them opened, with the steps that this member may take (see ui.h). Which those are, and
 * what each asks for, follows from the table of its machine (desk/books.h, rules/book.h). */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/book.h"
#include "admin-cli/desk/books.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/view/show.h"
#include "crypto/frame.h"

/* -- one book -- */

struct book {
	uint8_t id[16];
	struct ui_page page;
	enum machine_id machine;
	struct books_step step[BOOKS_STEPS];
	size_t step_cnt;
	char state[64];
	json_t *first; /* its first entry */
	/* while a step is taken */
	size_t which;
	json_t *body;
	const char *note;
};

static int
open_book(struct cli *cli, void *arg)
{
	struct book *b = arg;
	struct opened *d;
	char hex[33];
	int err = submit_open(cli->ses, FRAME_BOOK, term_hex(hex, b->id, 16), &d);

	if (err)
		return err;
	b->machine = d->fold.machine;
	b->step_cnt = books_steps(d, b->step);
	json_decref(b->first);
	b->first = json_deep_copy(d->fold.book);
	snprintf(b->state, sizeof(b->state), "%s",
		 fold_state_text(d->fold.machine,
				 machine_state_name(d->fold.machine, d->fold.state)));
	cli->opened = d;
	cli->titled = true;
	err = book_show(cli);
	cli->opened = NULL;
	opened_free(d);
	return err;
}

static bool
show(struct ui *ui, struct book *b)
{
	char *out = NULL, *note = ui->note;

	ui->note = NULL;
	int code = ui_call(ui, open_book, b, &out);
	if (ui->note)
		free(note);
	else
		ui->note = note;
	ui->stale = false;
	if (!code)
		ui_page_set(&b->page, out);
	if (out)
		sodium_memzero(out, strlen(out));
	free(out);
	return !code;
}

/* Does something with the book as it is now. */
static int
with_book(struct cli *cli, struct book *b, int (*act)(struct cli *cli, struct book *b))
{
	struct workspace_case c;
	struct opened *d;
	char hex[33];
	int err = submit_open(cli->ses, FRAME_BOOK, term_hex(hex, b->id, 16), &d);

	if (err)
		return err;
	c = d->c;
	cli->opened = d;
	cli->target = &c;
	err = act(cli, b);
	cli->opened = NULL;
	cli->target = NULL;
	opened_free(d);
	return err;
}

static int
act_step(struct cli *cli, struct book *b)
{
	const struct machine_move *move = b->step[b->which].move;
	size_t i = books_proposal(cli->opened, machine_state_name(b->machine, move->to), NULL);

	if (b->body)
		return book_move(cli, json_incref(b->body));
	return i != FOLD_NONE ? book_sign(cli, i)
			      : cli_fail(cli, DAVY_REFUSED, "proposal", "%s",
					 fold_reason_text(FOLD_PROPOSAL));
}

static int
take(struct cli *cli, void *arg)
{
	return with_book(cli, arg, act_step);
}

static int
act_note(struct cli *cli, struct book *b)
{
	cli->text = b->note;
	return book_note(cli);
}

static int
note(struct cli *cli, void *arg)
{
	return with_book(cli, arg, act_note);
}

static bool
pick_result(struct ui *ui, const struct book_ask *ask, json_t *body)
{
	size_t all, cnt = 0, which;
	const struct taxonomy_word *w = taxonomy_all(TAXONOMY_RESULT, &all);
	const char *code[16];
	char *item[16];

	for (size_t i = 0; i < all && cnt < 16; i++)
		if (book_ask_allows(ask, w[i].code)) {
			code[cnt] = w[i].code;
			item[cnt] = (char *)(uintptr_t)taxonomy_name(&w[i]);
			cnt++;
		}
	return ui_pick(ui, _(ask->label), item, cnt, &which) &&
	       !json_object_set_new(body, ask->member, json_string(code[which]));
}

/* Asks for one member of the step; false: it was left. */
static bool
ask_one(struct ui *ui, const struct book_ask *ask, json_t *body)
{
	char text[1024] = "";

	if (ask->kind == BOOK_ASK_RESULT)
		return pick_result(ui, ask, body);
	if (ask->kind == BOOK_ASK_YES)
		return !json_object_set_new(body, ask->member,
					    json_boolean(ui_confirm(ui, _(ask->label), NULL)));
	if (!ui_prompt(ui, _(ask->label), text, sizeof(text), true) || (ask->needed && !*text))
		return false;
	if (ask->kind == BOOK_ASK_NUMBER) {
		char *end;
		unsigned long n = strtoul(text, &end, 10);

		return !*end && n < 100 &&
		       !json_object_set_new(body, ask->member, json_integer((json_int_t)n));
	}
	return !*text || !json_object_set_new(body, ask->member, json_string(text));
}

static bool
ask_all(struct ui *ui, struct book *b)
{
	const struct books_step *step = &b->step[b->which];
	const struct book_ask *ask[BOOK_ASKS];
	size_t cnt = book_asks(step->move, b->first, ask);

	b->body = json_pack("{s:i,s:s}", "v", 1, "move",
			    machine_state_name(b->machine, step->move->to));
	for (size_t i = 0; b->body && i < cnt; i++)
		if (!ask_one(ui, ask[i], b->body))
			return false;
	return b->body != NULL;
}

static void
run(struct ui *ui, struct book *b, int (*call)(struct cli *cli, void *arg))
{
	char *out = NULL;

	if (!ui_call(ui, call, b, &out)) {
		ui_say_last(ui, out);
		ui->stale = true;
	}
	free(out);
}

/* A step that another has proposed is signed; any other is taken or proposed. */
static void
take_step(struct ui *ui, struct book *b, size_t which)
{
	const struct books_step *step = &b->step[which];

	if (which >= b->step_cnt)
		return;
	if (!step->persons) {
		ui_note(ui, fold_reason_text(step->why));
		return;
	}
	if (step->persons == 2 && step->mine && step->proposal == FOLD_NONE) {
		ui_note(ui, _("You have proposed it: another member signs it here."));
		return;
	}
	b->which = which;
	b->body = NULL;
	if ((step->persons == 2 && step->proposal != FOLD_NONE) || ask_all(ui, b))
		run(ui, b, take);
	json_decref(b->body);
	b->body = NULL;
}

static void
write_note(struct ui *ui, struct book *b)
{
	char text[1024] = "";

	if (!ui_prompt(ui, _("note"), text, sizeof(text), true) || !*text)
		return;
	b->note = text;
	run(ui, b, note);
	b->note = NULL;
	sodium_memzero(text, sizeof(text));
}

static const struct ui_keys book_keys[] = {
	{ 0, "1-9", N_("step"), N_("take the step with this digit, or sign it") },
	{ ' ', "Space", N_("more"), N_("the next page; - and PgUp: the page before") },
	{ 'w', "w", N_("note"), N_("write a note into the book") },
	UI_USUAL_KEYS,
	{ ':', ":", N_("command"), N_("run any davy command; . is this book") },
	{ '?', "?", N_("help"), N_("this page") },
	{ 'q', "q", N_("back"), N_("back to the list; Esc, too") },
	{ 0 },
};

/* "1 approved  two members", a line each; what is not possible now says why. */
static void
draw_steps(const struct book *b, int y)
{
	char line[400], more[300];

	for (size_t i = 0; i < b->step_cnt; i++) {
		const struct books_step *s = &b->step[i];
		const char *to = machine_state_name(b->machine, s->move->to);

		snprintf(more, sizeof(more), "%s",
			 !s->persons                ? fold_reason_text(s->why)
			 : s->persons == 1          ? ""
			 : s->proposal != FOLD_NONE ? _("proposed: you sign it")
			 : s->mine                  ? _("proposed: another signs it")
						    : _("two members"));
		snprintf(line, sizeof(line), "%zu %s%s%s", i + 1, fold_state_text(b->machine, to),
			 *more ? "   " : "", more);
		ui_put_style(y + (int)i, 0, COLS, line, s->persons ? A_BOLD : A_DIM);
	}
}

static int
draw_book(struct ui *ui, struct book *b)
{
	char id[33], title[160];
	int foot, to;

	snprintf(title, sizeof(title), "%.8s  %s  %s", term_hex(id, b->id, 16),
		 _(book_machine_text(b->machine)), b->state);
	ui_frame(ui, title);
	foot = ui_foot(ui, book_keys);
	to = foot - (int)b->step_cnt - (b->step_cnt > 0);
	ui_page_draw(&b->page, 2, to);
	if (b->step_cnt)
		ui_put_style(to, 0, COLS, _("Steps that you may take:"), A_UNDERLINE);
	draw_steps(b, to + 1);
	return to;
}

static void
on_book_key(struct ui *ui, struct book *b, int key)
{
	const struct ui_keys *k = ui_find(book_keys, key);

	if (key >= '1' && key <= '9')
		take_step(ui, b, (size_t)(key - '1'));
	else if (key == '?')
		ui_help(ui, _("A book"), book_keys,
			_("Every step of it, and below the steps that the rules allow you: each says whether it "
			  "takes two members. What another has proposed is shown before you sign it."));
	else if (!ui_usual(ui, key, b->id) && k && k->key == 'w')
		write_note(ui, b);
}

void
ui_book_run(struct ui *ui, const uint8_t id[static 16])
{
	struct book b = { 0 };
	int key = 0, to;

	memcpy(b.id, id, sizeof(b.id));
	ui->stale = true;
	do {
		if (ui->stale && !show(ui, &b))
			break;
		to = draw_book(ui, &b);
		key = ui_key(ui);
		if (key > 0 && !ui_page_key(&b.page, key, to - 2))
			on_book_key(ui, &b, key);
	} while (!ui->leave && key != 'q' && key != UI_ESC);
	ui_page_free(&b.page);
	json_decref(b.first);
	ui_list_stale(ui);
}

/* -- the list -- */

struct books {
	struct workspace_case *list;
	size_t cnt, at, top;
	const struct trust *view;
	struct cli *cli; /* for names */
};

static const struct ui_keys keys[] = {
	{ 'o', "o", N_("open"),
	  N_("open the book: every step of it, and those that you may take") },
	{ 'n', "n", N_("next"), N_("the next line") },
	{ 'g', "g", N_("sync"), N_("fetch what is new and send what waits") },
	UI_USUAL_KEYS,
	{ ':', ":", N_("command"), N_("run any davy command; . is the book under the cursor") },
	{ '?', "?", N_("help"), N_("this page") },
	{ 'q', "q", N_("back"), N_("back to the first tab; 1 to 7: the tabs") },
	{ 0 },
};

static void
load(struct ui *ui, struct books *b)
{
	uint8_t id[16] = { 0 };

	if (b->cnt)
		memcpy(id, b->list[b->at].rec.id, sizeof(id));
	workspace_free(b->list, b->cnt * sizeof(*b->list));
	b->list = NULL;
	b->cnt = 0;
	if (trust_get(ui->ses, false, &b->view) ||
	    books_list(ui->ses, b->view->today, &b->list, &b->cnt)) {
		ui_note(ui, session_failure(ui->ses));
		session_forgive(ui->ses);
	}
	for (size_t i = 0; i < b->cnt; i++)
		if (!memcmp(b->list[i].rec.id, id, sizeof(id)))
			b->at = i;
	if (b->at >= b->cnt)
		b->at = b->cnt ? b->cnt - 1 : 0;
}

static void
draw_row(struct ui *ui, const struct books *b, size_t i, int y)
{
	const struct workspace_case *c = &b->list[i];
	enum machine_id machine = book_of_state(c->line.state);
	enum book_late late = books_late(c, b->view->today);
	char when[TERM_DATE_CAP] = "", left[16] = "", lead[8], what[300];
	bool ended = books_ended(c);
	unsigned style = (i == b->at ? A_REVERSE : A_NORMAL) | (late == BOOK_LATE     ? A_BOLD
								: ended && i != b->at ? A_DIM
										      : 0);
	int mark = 10;

	if (c->line.date && !ended)
		ui_due(c->line.date * 24, sync_hour(ui->ses), when, sizeof(when), left,
		       sizeof(left));
	if (machine != MACHINE__MAX && !machine_get(machine)->terms)
		left[0] = '\0'; /* the last day of a window is no clock */
	snprintf(lead, sizeof(lead), "%c %c", i == b->at ? '>' : ' ', late ? '!' : ' ');
	ui_put_style(y, 0, COLS, lead, style);
	ui_put_style(y, 4, 6, when, style);
	ui_put_style(y, 10, 6, left, style);
	ui_put_style(y, 17, 9, _(book_machine_text(machine)), style);
	ui_put_style(y, 27, 14, fold_state_text(machine, c->line.state), style);
	snprintf(what, sizeof(what), "%s%s%s", c->line.title,
		 c->rec.desk != b->view->me->desk ? "  " : "",
		 c->rec.desk != b->view->me->desk ? show_desk(b->cli, b->view, c->rec.desk) : "");
	ui_put_style(y, 42, COLS - 42 - mark - 1, what, style);
	ui_put_style(y, COLS - mark, mark, c->line.sign ? _("to sign") : "", style);
}

static void
draw(struct ui *ui, struct books *b)
{
	int foot;

	ui_frame(ui, NULL);
	ui_list_tabs(ui);
	foot = ui_foot(ui, keys);
	size_t rows = foot > 3 ? (size_t)(foot - 2) : 1;
	if (b->at < b->top)
		b->top = b->at;
	if (b->at >= b->top + rows)
		b->top = b->at - rows + 1;
	for (size_t i = 0; i < rows && b->top + i < b->cnt; i++)
		draw_row(ui, b, b->top + i, 2 + (int)i);
	if (!b->cnt)
		ui_put(3, 2, COLS - 2, _("Nothing stands here. g fetches what is new."));
}

static void
on_key(struct ui *ui, struct books *b, int key)
{
	const struct ui_keys *k = ui_find(keys, key);

	if (key == '?')
		ui_help(ui, _("The books"), keys,
			_("Referrals, needs, campaigns, rotas and conflicts that you can read, what is late "
			  "first; ! is late or soon. A state is that of today."));
	else if (k && k->key == 'g')
		ui_sync(ui);
	else if (b->cnt && (key == '\n' || (k && k->key == 'o')))
		ui_book_run(ui, b->list[b->at].rec.id);
	else if (!ui_usual(ui, key, b->cnt ? b->list[b->at].rec.id : NULL))
		(void)ui_moves(&b->at, b->cnt, key);
}

int
ui_books_run(struct ui *ui)
{
	struct cli cli = { .ses = ui->ses };
	struct books b = { .cli = &cli };
	int key = 0;

	do {
		if (key != UI_TICK)
			load(ui, &b);
		draw(ui, &b);
		key = ui_key(ui);
		if (key == 'q' || key == UI_ESC)
			key = '1';
		if (key > 0 && !ui_is_tab(key))
			on_key(ui, &b, key);
	} while (!ui->leave && !ui_is_tab(key));
	workspace_free(b.list, b.cnt * sizeof(*b.list));
	return ui->leave ? UI_LEAVE : key;
}
