/* Any command of the table as a form, by its arguments and options, and the list of all that can be
 * done with what is on the screen (see ui.h). No command has a screen of its own here: what a
 * command takes, and what each of it means, stands in its row of the table. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli_state.h"
#include "admin-cli/desk/books.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/printed.h"
#include "admin-cli/ui/ui_fields.h"
#include "crypto/frame.h"

#define WORDS_MAX 128
#define ARGS_MAX  8
#define MENU_MAX  128

/* What the form is about: the words before its fields, and how many of the fields are ARGS. */
struct doing {
	const struct command *cmd;
	char id[33]; /* the case, order or book; empty: none */
	uint16_t desk;
	size_t args;
	char arg[ARGS_MAX][16], dashed[UI_FIELDS][40];
	struct ui_fields form;
};

/* ---- what the fields are ---- */

/* What a capital word of ARGS stands for, for who does not know the manual. */
static const char *
arg_help(const char *word)
{
	static const char *const known[][2] = {
		{ "ID", N_("which one: the first signs of its id") },
		{ "ORDER", N_("which order: the first signs of its id") },
		{ "K", N_("the number of the finding") },
		{ "N", N_("its number") },
		{ "PAPER", N_("which paper") },
		{ "LAYER", N_("which layer: 0, 1 or 2") },
		{ "FILE", N_("the file, by its path") },
		{ "MEMBER", N_("the member, by name or handle") },
		{ "HANDLE", N_("the member, by name or handle") },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(word, known[i][0]))
			return known[i][1];
	return N_("as it stands in the command");
}

/* The words of a list "a b c"; a paper has a name of its own. */
static void
offer_words(struct ui_field *x, const char *words)
{
	char *copy = words && *words != '@' ? strdup(words) : NULL, *at = copy, *one;

	while (at && (one = strsep(&at, " "))) {
		const struct printed *p = printed_find(one);

		if (*one)
			ui_field_offer(x, one, p ? printed_text(p) : NULL);
	}
	free(copy);
}

/* The members of the desk that the order or case is at. */
static void
offer_members(struct ui *ui, struct ui_field *x, uint16_t desk)
{
	const struct trust *view;

	if (trust_get(ui->ses, false, &view)) {
		session_forgive(ui->ses);
		return;
	}
	if (!desk && view->me)
		desk = view->me->desk;
	for (size_t i = 0; view->members && i < view->members->cnt; i++)
		if (view->members->member[i].desk == desk)
			ui_field_offer(x, view->members->member[i].name, NULL);
}

static bool
offer_axis(struct ui_field *x, const char *axis)
{
	for (int i = 0; i < TAXONOMY__MAX; i++)
		if (!strcmp(taxonomy_axis_name((enum taxonomy_axis)i), axis)) {
			ui_field_axis(x, (enum taxonomy_axis)i);
			return true;
		}
	return false;
}

static void
add_args(struct doing *g)
{
	const char *at = g->cmd->args ? g->cmd->args : "";
	bool first = true;

	for (size_t n; *at && g->args < ARGS_MAX; at += n) {
		at += strspn(at, " []");
		n = strcspn(at, " []");
		if (!n)
			break;
		if (first && *g->id) {
			first = false;
			continue;
		}
		first = false;
		char *name = g->arg[g->args];
		snprintf(name, sizeof(g->arg[0]), "%.*s", (int)n, at);
		char *more = strstr(name, "…");
		if (more)
			*more = '\0';
		struct ui_field *x = ui_fields_add(&g->form, name, arg_help(name));
		if (!x)
			return;
		x->many = more != NULL;
		g->args++;
		if (!strcmp(name, "PAPER"))
			offer_words(x, g->cmd->words);
	}
}

/* What a form cannot use: whole forms in a file, and a text from a file beside the text itself. */
static bool
left_out(const struct command *cmd, const struct cli_option *o)
{
	return !o->help || !strcmp(o->name, "form") ||
	       (!strcmp(o->name, "file") && cmd->text != CLI_TEXT_NONE);
}

static void
add_options(struct ui *ui, struct doing *g)
{
	for (const struct cli_option *o = g->cmd->options; o && o->name; o++) {
		struct ui_field *x = left_out(g->cmd, o)
					     ? NULL
					     : ui_fields_add(&g->form, o->name, o->help);

		if (!x)
			continue;
		snprintf(g->dashed[g->form.cnt - 1], sizeof(g->dashed[0]), "--%s", o->name);
		x->many = o->many;
		x->is_switch = !o->arg;
		if (!o->axis || !offer_axis(x, o->axis))
			offer_words(x, o->words);
		if (o->arg && !strcmp(o->arg, "MEMBER"))
			offer_members(ui, x, g->desk);
	}
}

/* What was filled in, as words, and runs them. */
static int
run(struct ui *ui, const struct doing *g, char **out)
{
	const char *word[WORDS_MAX];
	size_t n = 0;

	word[n++] = g->cmd->noun;
	if (g->cmd->verb)
		word[n++] = g->cmd->verb;
	if (*g->id)
		word[n++] = g->id;
	for (size_t i = 0; i < g->form.cnt; i++) {
		const struct ui_field *x = &g->form.field[i];

		for (size_t k = 0; k < x->cnt && n + 3 < WORDS_MAX; k++) {
			if (i >= g->args)
				word[n++] = g->dashed[i];
			if (!x->is_switch)
				word[n++] = x->value[k];
		}
	}
	word[n] = NULL;
	return ui_run(ui, word, out);
}

/* What was typed behind the command goes into its fields; what has no field is dropped. */
static void
fill(struct doing *g, const char *const *word)
{
	size_t arg = 0;

	for (; *word; word++) {
		struct ui_field *x = NULL;
		bool option = !strncmp(*word, "--", 2);

		for (size_t i = g->args; option && i < g->form.cnt; i++)
			if (!strcmp(g->form.field[i].name, *word + 2))
				x = &g->form.field[i];
		if (!option && arg < g->args)
			x = &g->form.field[arg++];
		if (x && option && !x->is_switch && word[1])
			ui_field_put(x, *++word);
		else if (x && (!option || x->is_switch))
			ui_field_put(x, option ? "yes" : *word);
	}
}

/* One line is a note, more is a page. */
static void
say(struct ui *ui, const struct doing *g, char *out)
{
	const char *end = out ? strchr(out, '\n') : NULL;

	if (end && end[1])
		ui_pager(ui, _(g->cmd->help), out);
	else
		ui_say_last(ui, out);
}

static bool
show_form(struct ui *ui, struct doing *g)
{
	char *out = NULL;
	bool done = false;

	while (!done && ui_fields_run(ui, &g->form)) {
		done = !run(ui, g, &out);
		if (done)
			say(ui, g, out);
		if (out)
			sodium_memzero(out, strlen(out));
		free(out);
		out = NULL;
	}
	ui_fields_free(&g->form);
	ui->stale = true;
	return done;
}

static void
about(struct ui *ui, struct doing *g, const uint8_t *id)
{
	struct workspace_case c;

	if (!id)
		return;
	term_hex(g->id, id, 16);
	if (!workspace_case_get(ui->ses->workspace, id, &c))
		g->desk = c.rec.desk;
}

bool
ui_do(struct ui *ui, const struct command *cmd, const uint8_t *id, const char *const *words)
{
	struct doing *g = calloc(1, sizeof(*g));
	bool done = false;

	if (!g)
		return false;
	g->cmd = cmd;
	about(ui, g, id);
	g->form.more = cmd->more;
	snprintf(g->form.title, sizeof(g->form.title), "%s %s  %.8s%s%s", cmd->noun,
		 cmd->verb ? cmd->verb : "", g->id, *g->id ? "  " : "", _(cmd->help));
	add_args(g);
	add_options(ui, g);
	if (words)
		fill(g, words);
	done = show_form(ui, g);
	sodium_memzero(g, sizeof(*g));
	free(g);
	return done;
}

bool
ui_do_named(struct ui *ui, const char *noun, const char *verb, const uint8_t *id)
{
	const struct command *cmd = cli_command(noun, verb);

	return cmd && ui_do(ui, cmd, id, NULL);
}

/* ---- all that can be done ---- */

static enum cli_target
target_of(struct ui *ui, const uint8_t *id, const char **noun)
{
	struct workspace_case c;

	*noun = NULL;
	if (!id || workspace_case_get(ui->ses->workspace, id, &c))
		return CLI_TARGET_NONE;
	if (c.rec.kind == FRAME_CASE)
		return CLI_TARGET_CASE;
	if (c.rec.kind == FRAME_ORDER)
		return CLI_TARGET_ORDER;
	enum machine_id m = book_of_state(c.line.state);
	if (m != MACHINE__MAX)
		*noun = m == MACHINE_AWARD ? "reward" : machine_get(m)->name;
	return CLI_TARGET_BOOK;
}

/* Those of this thing first, then those that need none. */
static bool
fits(const struct command *c, enum cli_target target, const char *noun, bool second)
{
	if (!second)
		return target != CLI_TARGET_NONE && c->target == target &&
		       !ui_is_for_shell(c->noun, c->verb) &&
		       (target != CLI_TARGET_BOOK || !noun || !strcmp(c->noun, noun));
	return c->target == CLI_TARGET_NONE &&
	       (c->group == CLI_REVIEW || c->group == CLI_INSPECT) &&
	       !ui_is_for_shell(c->noun, c->verb);
}

void
ui_menu(struct ui *ui, const uint8_t *id)
{
	const struct command *all[MENU_MAX];
	char *item[MENU_MAX], words[40], hex[33];
	const char *noun;
	enum cli_target target = target_of(ui, id, &noun);
	size_t cnt = 0, of = 0, which;
	bool chosen;

	for (int second = 0; second < 2; second++) {
		for (size_t i = 0; command_table[i] && cnt < MENU_MAX; i++) {
			const struct command *c = command_table[i];

			if (!fits(c, target, noun, second))
				continue;
			snprintf(words, sizeof(words), "%s %s", c->noun, c->verb ? c->verb : "");
			if (asprintf(&item[cnt], "%-19s %s", words, _(c->help)) < 0)
				break;
			all[cnt++] = c;
		}
		of = second ? of : cnt;
	}
	chosen = ui_pick(ui, _("What is to be done? Type a piece of the word."), item, cnt, &which);
	while (cnt)
		free(item[--cnt]);
	if (chosen && all[which] == cli_command("order", "new"))
		(void)ui_draft(ui, NULL,
			       noun && !strcmp(noun, "need") ? term_hex(hex, id, 16) : NULL);
	else if (chosen)
		(void)ui_do(ui, all[which], which < of ? id : NULL, NULL);
}
