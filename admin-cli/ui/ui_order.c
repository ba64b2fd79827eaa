/* A sealed order on the screen: how far it is, what the layers say that were opened here, and the
 * step that this member may take now (see ui.h). Each step is a command of the table. */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/cmd/order_open.h"
#include "admin-cli/cmd/order_step.h"
#include "admin-cli/cmd/sealed_site.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/order.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/rules/fold_visit.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/view/show.h"
#include "admin-cli/view/show_agenda.h"
#include "admin-cli/view/show_layer.h"
#include "admin-cli/view/show_visit.h"

#define SIGN_MAX 12

struct visit {
	uint8_t id[16];
	struct ui_page page;
	char side[32], state[64], next[VISITS_NEXT_CAP];
	unsigned turn; /* side B: the layer that is opened next; ORDER_LAYERS: none */
	/* what others have proposed and this member may sign: the entry, and what it is */
	size_t sign[SIGN_MAX], sign_cnt;
	char what[SIGN_MAX][96];
	bool approval[SIGN_MAX]; /* `order approve` signs it, after looking at the keys and the
				    parts */
	size_t which;            /* while one is signed */
	/* while a layer is opened */
	unsigned layer;
	const char *spoken;
};

/* What the layers say that were opened on this machine; nobody else is asked. */
static void
show_layers(struct cli *cli, const struct opened *d)
{
	struct order o;
	json_t *body = NULL;

	if (visits_side(d) != VISITS_B || order_load(cli->ses, d, &o)) {
		cli_forgive(cli);
		return;
	}
	for (unsigned layer = 0; layer < ORDER_LAYERS; layer++) {
		if (order_layer_get(cli->ses, &o, layer, &body) || !body)
			break;
		cli_printf(cli, "\n");
		cli_printf(cli, _("Layer %u"), layer);
		cli_printf(cli, "\n");
		show_layer(cli, body);
		json_decref(body);
		body = NULL;
	}
	cli_forgive(cli);
}

/* Puts the order behind the id into cli->target, as for a command. */
static int
find(struct cli *cli, const struct visit *v, struct workspace_case *c)
{
	cli->target = c;
	return workspace_case_get(cli->ses->workspace, v->id, c)
		       ? cli_fail(cli, DAVY_REFUSED, "not-found", _("There is no such order."))
		       : 0;
}

/* "a finding (1): …" for each that waits for a signature. */
static void
look_sign(struct cli *cli, const struct opened *d, struct visit *v)
{
	v->sign_cnt = visits_to_sign(d, v->sign, SIGN_MAX);
	for (size_t i = 0; i < v->sign_cnt; i++) {
		const json_t *said = d->x[v->sign[i]].body, *body = json_object_get(said, "body");
		uint16_t type = schema_proposed(said);

		v->approval[i] = type == ENTRY_ORDER_APPROVE;
		snprintf(v->what[i], sizeof(v->what[i]), "%s %.60s", show_type(cli, type),
			 schema_text(body, "text"));
	}
}

/* Does something with the order as the target of a command; what that has opened is freed. */
static int
at_visit(struct cli *cli, struct visit *v, int (*what)(struct cli *cli, struct visit *v))
{
	struct workspace_case c;
	int err = find(cli, v, &c);

	if (!err)
		err = what(cli, v);
	opened_free(cli->opened);
	cli->opened = NULL;
	cli->target = NULL;
	return err;
}

static int
show_it(struct cli *cli, struct visit *v)
{
	int err = order_step_open(cli);

	if (err)
		return err;
	const struct opened *d = cli->opened;
	visits_next(d, sync_hour(cli->ses), v->next);
	look_sign(cli, d, v);
	v->turn = visits_side(d) == VISITS_B ? fold_visit_turn(&d->fold) : ORDER_LAYERS;
	snprintf(v->side, sizeof(v->side), "%s", show_visit_side(d));
	snprintf(v->state, sizeof(v->state), "%s",
		 fold_state_text(d->fold.machine, opened_state(d)));
	cli->titled = true;
	show_layers(cli, d);
	if (*v->side)
		cli_printf(cli, "\n");
	return sealed_site_show(cli, d);
}

static int
open_visit(struct cli *cli, void *arg)
{
	return at_visit(cli, arg, show_it);
}

static void
wipe(char *text)
{
	if (text)
		sodium_memzero(text, strlen(text));
	free(text);
}

static bool
show(struct ui *ui, struct visit *v)
{
	char *out = NULL, *note = ui->note;

	ui->note = NULL;
	int code = ui_call(ui, open_visit, v, &out);
	if (ui->note)
		free(note);
	else
		ui->note = note;
	ui->stale = false;
	if (!code)
		ui_page_set(&v->page, out);
	wipe(out);
	return !code;
}

static int
open_it(struct cli *cli, struct visit *v)
{
	return order_open_layer(cli, v->layer, v->spoken);
}

static int
open_layer(struct cli *cli, void *arg)
{
	return at_visit(cli, arg, open_it);
}

/* A take does not wait in the tray: bytes must not be wanted before its entry is there. */
static int
open_at_once(struct ui *ui, struct visit *v, char **out)
{
	unsigned tray = ui->ses->tray;
	int code;

	ui->ses->tray = 0;
	code = ui_call(ui, open_layer, v, out);
	ui->ses->tray = tray;
	return code;
}

static void
page_of(struct ui *ui, const char *title, char *out)
{
	if (out && *out)
		ui_pager(ui, title, out);
	wipe(out);
	ui->stale = true;
}

static void
open_with(struct ui *ui, struct visit *v, bool voice)
{
	char text[160] = "", title[64], *out = NULL;

	if (voice &&
	    !ui_prompt(ui, _("the five digits that are said first, and the code of 30 digits"),
		       text, sizeof(text), true))
		return;
	v->spoken = voice ? text : NULL;
	snprintf(title, sizeof(title), _("Layer %u"), v->layer);
	if (!open_at_once(ui, v, &out))
		page_of(ui, title, out);
	else
		wipe(out);
	v->spoken = NULL;
	sodium_memzero(text, sizeof(text));
}

static bool
pick_way(struct ui *ui, const char *title, const char *sealed, const char *voice, bool *by_voice)
{
	char *ways[] = { (char *)(uintptr_t)sealed, (char *)(uintptr_t)voice };
	size_t which;

	if (!ui_pick(ui, title, ways, 2, &which))
		return false;
	*by_voice = which == 1;
	return true;
}

static void
release(struct ui *ui, struct visit *v, unsigned layer)
{
	char hex[33], number[4], *out = NULL;
	const char *words[] = { "order", "release", term_hex(hex, v->id, 16), number, NULL, NULL };
	bool voice;

	snprintf(number, sizeof(number), "%u", layer % 10);
	if (!pick_way(ui, _("How the code goes"), _("sealed, over the gateway"),
		      _("spoken, by telephone"), &voice))
		return;
	if (voice)
		words[4] = "--say";
	if (ui_run(ui, words, &out)) {
		wipe(out);
	} else if (voice) {
		page_of(ui, _("spoken, by telephone"), out);
	} else {
		ui_say_last(ui, out);
		wipe(out);
	}
	ui->stale = true;
}

/* Runs a step; what it says last becomes the note. */
static void
step(struct ui *ui, const char *const *words)
{
	char *out = NULL;

	if (!ui_run(ui, words, &out))
		ui_say_last(ui, out);
	wipe(out);
	ui->stale = true;
}

static int
sign_it(struct cli *cli, struct visit *v)
{
	int err = order_step_open(cli);

	return err ? err : case_write_sign(cli, v->sign[v->which], &(struct submit){ 0 });
}

static int
sign_one(struct cli *cli, void *arg)
{
	return at_visit(cli, arg, sign_it);
}

/* What is signed is shown before, by the question of the command. */
static void
sign(struct ui *ui, struct visit *v)
{
	char *item[SIGN_MAX], *out = NULL, hex[33];
	const char *approve[] = { "order", "approve", term_hex(hex, v->id, 16), NULL };

	for (size_t i = 0; i < v->sign_cnt; i++)
		item[i] = v->what[i];
	v->which = 0;
	if (!v->sign_cnt) {
		ui_note(ui, _("Nothing here waits for your signature."));
		return;
	}
	if (v->sign_cnt > 1 && !ui_pick(ui, _("Which do you sign?"), item, v->sign_cnt, &v->which))
		return;
	if (v->approval[v->which] ? !ui_run(ui, approve, &out) : !ui_call(ui, sign_one, v, &out))
		ui_say_last(ui, out);
	wipe(out);
	ui->stale = true;
}

/* The bytes of a layer are taken before its code is there, and a code that was spoken opens them
 * before its release has arrived here: on the road there is no network. */
static void
open_turn(struct ui *ui, struct visit *v)
{
	bool voice;

	v->layer = v->turn;
	if (pick_way(ui, _("How the code came"), _("with the code that was sealed"),
		     _("with a code that was spoken"), &voice))
		open_with(ui, v, voice);
}

static void
next_step(struct ui *ui, struct visit *v)
{
	char hex[33];
	const char *words[] = { "order", v->next, term_hex(hex, v->id, 16), NULL };
	unsigned layer;

	if (v->sign_cnt)
		sign(ui, v);
	else if (!*v->next && v->turn < ORDER_LAYERS)
		open_turn(ui, v);
	else if (!*v->next)
		ui_note(ui, _("There is no step for you now."));
	else if (sscanf(v->next, "release %u", &layer) == 1)
		release(ui, v, layer);
	else if (!strncmp(v->next, "open ", 5))
		open_turn(ui, v);
	else if (!strcmp(v->next, "finding add"))
		(void)ui_do_named(ui, "finding", "add", v->id);
	else if (!strcmp(v->next, "depart") || !strcmp(v->next, "arrive") ||
		 !strcmp(v->next, "file") || !strcmp(v->next, "replan"))
		(void)ui_do_named(ui, "order", v->next, v->id);
	else
		step(ui, words);
}

static void
stop(struct ui *ui, const struct visit *v)
{
	static const char *const verbs[] = { "cancel", "abort", "compromise" };
	char *ways[] = { (char *)(uintptr_t)_("cancel: two members"),
			 (char *)(uintptr_t)_("abort: somebody is in danger"),
			 (char *)(uintptr_t)_("compromised: they know of it") };
	char hex[33], why[400] = "";
	const char *words[] = { "order", NULL, term_hex(hex, v->id, 16), "--text", why, NULL };
	size_t which;

	if (!ui_pick(ui, _("stop"), ways, 3, &which) ||
	    !ui_prompt(ui, _("the reason"), why, sizeof(why), true) || !*why)
		return;
	words[1] = verbs[which];
	step(ui, words);
}

static const struct ui_keys keys[] = {
	{ '\n', "Enter", N_("next step"), N_("take the step that the rules allow you now") },
	{ 's', "s", N_("sign"), N_("sign what another member proposed") },
	{ 'c', "c", N_("a code by voice"),
	  N_("type a code that was spoken, and open the layer with it") },
	{ ' ', "Space", N_("more"), N_("the next page; - and PgUp: the page before") },
	{ 'x', "x", N_("stop"), N_("stop it: cancel, abort, or it is known") },
	UI_USUAL_KEYS,
	{ ':', ":", N_("command"), N_("run any davy command; . is this order") },
	{ '?', "?", N_("help"), N_("this page") },
	{ 'q', "q", N_("back"), N_("back to the list; Esc, too") },
	{ 0 },
};

static void
on_key(struct ui *ui, struct visit *v, int key)
{
	const struct ui_keys *k = ui_find(keys, key);

	if (key == '\n')
		next_step(ui, v);
	else if (key == '?')
		ui_help(ui, _("A sealed order"), keys,
			_("Who releases and who goes, how far each layer is, what the layers say that were "
			  "opened on this machine, and every entry. Enter takes the next step."));
	else if (ui_usual(ui, key, v->id))
		return;
	else if (k && k->key == 'x')
		stop(ui, v);
	else if (k && k->key == 's')
		sign(ui, v);
	else if (k && k->key == 'c' && v->turn < ORDER_LAYERS) {
		v->layer = v->turn;
		open_with(ui, v, true);
	}
}

static int
draw(struct ui *ui, struct visit *v)
{
	char id[33], title[300], next[160];
	int foot;

	if (v->sign_cnt)
		snprintf(next, sizeof(next), _("sign: %s"), v->what[0]);
	else if (!*v->next && v->turn < ORDER_LAYERS)
		snprintf(next, sizeof(next), _("open layer %u"), v->turn);
	else
		show_agenda_next(v->next, next, sizeof(next));
	snprintf(title, sizeof(title), "%.8s  %s  %s  %s%s%s", term_hex(id, v->id, 16), v->side,
		 v->state, *next ? "[Enter: " : "", next, *next ? "]" : "");
	ui_frame(ui, title);
	foot = ui_foot(ui, keys);
	ui_page_draw(&v->page, 2, foot);
	return foot;
}

void
ui_order_run(struct ui *ui, const uint8_t id[static 16])
{
	struct visit v = { 0 };
	int key = 0, foot;

	memcpy(v.id, id, sizeof(v.id));
	ui_note(ui, NULL);
	ui->stale = true;
	do {
		if (ui->stale && !show(ui, &v))
			break;
		foot = draw(ui, &v);
		key = ui_key(ui);
		if (key > 0 && !ui_page_key(&v.page, key, foot - 2))
			on_key(ui, &v, key);
	} while (!ui->leave && key != 'q' && key != UI_ESC);
	ui_page_free(&v.page);
	sodium_memzero(&v, sizeof(v));
	ui_list_stale(ui);
}
