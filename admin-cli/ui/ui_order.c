/* A sealed order on the screen: how far it is, what the layers say that were opened here, and the
 * step that this member may take now (see ui.h). Each step is a command of the table. */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/order_open.h"
#include "admin-cli/cmd/order_step.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/order.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/rules/fold_visit.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/view/show_agenda.h"
#include "admin-cli/view/show_layer.h"
#include "admin-cli/view/show_visit.h"

#define PEOPLE_MAX 12

struct visit {
	uint8_t id[16];
	struct ui_page page;
	char side[32], state[64], next[VISITS_NEXT_CAP];
	unsigned turn; /* side B: the layer that is opened next; ORDER_LAYERS: none */
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

static int
open_visit(struct cli *cli, void *arg)
{
	struct visit *v = arg;
	struct workspace_case c;
	int err = find(cli, v, &c);

	if (!err)
		err = order_step_open(cli);
	if (!err) {
		const struct opened *d = cli->opened;

		visits_next(d, sync_hour(cli->ses), v->next);
		v->turn = visits_side(d) == VISITS_B ? fold_visit_turn(&d->fold) : ORDER_LAYERS;
		snprintf(v->side, sizeof(v->side), "%s", show_visit_side(d));
		snprintf(v->state, sizeof(v->state), "%s",
			 fold_state_text(d->fold.machine,
					 machine_state_name(d->fold.machine, d->fold.state)));
		cli->titled = true;
		show_layers(cli, d);
		if (*v->side)
			cli_printf(cli, "\n");
		err = show_visit(cli, d);
	}
	opened_free(cli->opened);
	cli->opened = NULL;
	cli->target = NULL;
	return err;
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
open_layer(struct cli *cli, void *arg)
{
	struct visit *v = arg;
	struct workspace_case c;
	int err = find(cli, v, &c);

	if (!err)
		err = order_open_layer(cli, v->layer, v->spoken);
	opened_free(cli->opened);
	cli->opened = NULL;
	cli->target = NULL;
	return err;
}

/* Neither a release nor a take waits in the tray: a code must not be shown, nor bytes be wanted,
 * before its entry is at the gateway. */
static int
at_once(struct ui *ui, int (*call)(struct ui *ui, void *arg, char **out), void *arg, char **out)
{
	unsigned tray = ui->ses->tray;
	int code;

	ui->ses->tray = 0;
	code = call(ui, arg, out);
	ui->ses->tray = tray;
	return code;
}

static int
call_open(struct ui *ui, void *arg, char **out)
{
	return ui_call(ui, open_layer, arg, out);
}

static int
call_words(struct ui *ui, void *arg, char **out)
{
	return ui_run(ui, arg, out);
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
	if (!at_once(ui, call_open, v, &out))
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
	if (at_once(ui, call_words, words, &out)) {
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

static void
depart(struct ui *ui, const char *hex)
{
	const char *words[6 + 2 * PEOPLE_MAX] = { "order", "depart", hex, "--bagged" };
	char bagged[8] = "", people[400] = "";
	size_t n = 5;

	if (!ui_prompt(ui, _("how many phones are in the bag"), bagged, sizeof(bagged), true) ||
	    !*bagged ||
	    !ui_prompt(ui, _("who goes, by name, with blanks between"), people, sizeof(people),
		       true))
		return;
	words[4] = bagged;
	for (char *at = people, *one;
	     n + 2 < sizeof(words) / sizeof(*words) && (one = strtok_r(at, " ,", &at));) {
		words[n++] = "--people";
		words[n++] = one;
	}
	step(ui, words);
}

static void
arrive(struct ui *ui, const char *hex)
{
	const char *words[] = { "order", "arrive", hex, "--as", NULL, NULL, NULL, NULL };
	char *item[16], site[200] = "";
	size_t all, cnt = 0, which;
	const struct taxonomy_word *w = taxonomy_all(TAXONOMY_ORDER_KIND, &all);

	for (; cnt < all && cnt < 16; cnt++)
		item[cnt] = (char *)(uintptr_t)taxonomy_name(&w[cnt]);
	if (!ui_pick(ui, _("as what kind of visit you arrive"), item, cnt, &which) ||
	    !ui_prompt(ui, _("the site"), site, sizeof(site), true))
		return;
	words[4] = w[which].code;
	if (*site) {
		words[5] = "--site";
		words[6] = site;
	}
	step(ui, words);
}

static void
file(struct ui *ui, const char *hex)
{
	char count[8] = "";
	const char *words[] = { "order", "file", hex, "--count", count, NULL };

	/* where another has announced them, nothing is asked: it is shown and signed */
	if (ui_prompt(ui, _("how many findings there are"), count, sizeof(count), true)) {
		if (!*count)
			words[3] = NULL;
		step(ui, words);
	}
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

	if (!*v->next && v->turn < ORDER_LAYERS)
		open_turn(ui, v);
	else if (!*v->next)
		ui_note(ui, _("There is no step for you now."));
	else if (sscanf(v->next, "release %u", &layer) == 1)
		release(ui, v, layer);
	else if (!strncmp(v->next, "open ", 5))
		open_turn(ui, v);
	else if (!strcmp(v->next, "depart"))
		depart(ui, hex);
	else if (!strcmp(v->next, "arrive"))
		arrive(ui, hex);
	else if (!strcmp(v->next, "file"))
		file(ui, hex);
	else if (!strcmp(v->next, "finding add"))
		ui_note(ui, _("Findings are written down with davy finding add: press : for the "
			      "command."));
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
	else if (key == ':') {
		ui_command(ui, v->id);
		ui->stale = true;
	} else if (key == '?')
		ui_help(ui, _("A sealed order"), keys,
			_("Who releases and who goes, how far each layer is, what the layers say that were "
			  "opened on this machine, and every entry. Enter takes the next step."));
	else if (ui_usual(ui, key))
		return;
	else if (k && k->key == 'x')
		stop(ui, v);
	else if (k && k->key == 'c' && v->turn < ORDER_LAYERS) {
		v->layer = v->turn;
		open_with(ui, v, true);
	}
}

static int
draw(struct ui *ui, struct visit *v)
{
	char id[33], title[300], next[120];
	int foot;

	if (!*v->next && v->turn < ORDER_LAYERS)
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
