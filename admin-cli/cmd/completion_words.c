/*
 * davy completion words: what could stand at the end of a command line, a line for each, for the
 * shells. The scripts of all shells ask here, so that they know no command themselves.
 *
 * The ids of cases come from the workspace of whoever has run davy unlock, and desks from its
 * roster: nothing is asked for, and without the agent there are none. A case that this member may
 * not open is not among them.
 */
#include "admin-cli/cmd/completion_words.h"

#include "admin-cli/cli/cli_state.h"
#include "admin-cli/desk/county.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/workspace.h"
#include "admin-cli/rules/fold.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/view/show.h"
#include "crypto/frame.h"

/* The line so far. */
struct line {
	struct cli *cli;
	const char *noun, *verb, *before; /* the word before the last one */
	const char *word;                 /* the last one, which is completed */
	const struct command *command;
	const char *home, *gateway;
	int args; /* how many ARGS stand before the word */
};

/* A candidate, where it begins like the word; the shell shows `help` beside it. */
static void
offer(const struct line *l, const char *prefix, const char *text, const char *help)
{
	size_t n = strlen(l->word), p = strlen(prefix);

	if (n < p || strncmp(l->word + p, text, n - p) != 0)
		return;
	printf("%s%s\t%s\n", prefix, text, help ? help : "");
}

/* What stands before the last comma of the word stays. */
static const char *
before_comma(const struct line *l)
{
	const char *comma = strrchr(l->word, ',');

	return comma ? cli_keep(l->cli, strndup(l->word, (size_t)(comma + 1 - l->word))) : "";
}

static void
offer_list(const struct line *l, const char *words)
{
	char *copy = strdup(words), *at = NULL, *w;

	for (w = copy ? strtok_r(copy, " ", &at) : NULL; w; w = strtok_r(NULL, " ", &at))
		offer(l, "", w, NULL);
	free(copy);
}

static void
offer_nouns(const struct line *l)
{
	for (size_t i = 0; command_table[i]; i++) {
		bool again = false;

		for (size_t k = 0; k < i; k++)
			again |= !strcmp(command_table[k]->noun, command_table[i]->noun);
		if (!again)
			offer(l, "", command_table[i]->noun,
			      command_table[i]->verb ? NULL : _(command_table[i]->help));
	}
}

static void
offer_verbs(const struct line *l)
{
	for (size_t i = 0; command_table[i]; i++)
		if (!strcmp(command_table[i]->noun, l->noun) && command_table[i]->verb)
			offer(l, "", command_table[i]->verb, _(command_table[i]->help));
}

static void
offer_options(const struct line *l, const struct cli_option *o)
{
	char name[64];

	for (; o && (o = cli_option_shown(o)) != NULL; o++) {
		snprintf(name, sizeof(name), "--%s", o->name);
		offer(l, "", name, _(o->help));
	}
}

static void
offer_axis(const struct line *l, const char *name)
{
	enum taxonomy_axis axis = 0;
	size_t cnt;

	while (axis < TAXONOMY__MAX && strcmp(taxonomy_axis_name(axis), name) != 0)
		axis++;
	if (axis == TAXONOMY__MAX)
		return;
	const struct taxonomy_word *all = taxonomy_all(axis, &cnt);
	for (size_t i = 0; i < cnt; i++)
		offer(l, before_comma(l), all[i].code, taxonomy_name(&all[i]));
}

/* Counties by their code and by their names, from the list beside the card. */
static void
offer_counties(const struct line *l)
{
	json_t *list, *c;
	size_t i;

	if (county_list(l->cli->ses, &list))
		return;
	json_array_foreach(list, i, c)
	{
		const char *name = session_s(l->cli->ses, county_name(c));
		const char *code = session_s(l->cli->ses,
					     json_string_value(json_object_get(c, "code")));

		offer(l, "", code, name);
		offer(l, "", name, code);
	}
	json_decref(list);
}

static void
offer_desks(const struct line *l)
{
	const struct trust *view;
	char number[8];

	if (workspace_open(l->cli->ses) || trust_get(l->cli->ses, false, &view))
		return;
	for (unsigned i = 0; i < view->bundle.roster->desk_cnt; i++) {
		uint16_t desk = view->bundle.roster->desk[i].number;

		snprintf(number, sizeof(number), "%u", desk);
		offer(l, "", number, show_desk(l->cli, view, desk));
	}
}

/* Whether the member may open it; the words of a tip are never offered. */
static void
offer_ids(const struct line *l, int kind)
{
	struct workspace_case *list;
	size_t cnt;
	char id[33], help[64];

	if (workspace_open(l->cli->ses) ||
	    workspace_case_list(l->cli->ses->workspace, kind, &list, &cnt))
		return;
	for (size_t i = 0; i < cnt; i++) {
		const struct workspace_case *c = &list[i];

		if (!sync_may_fetch(c) || (c->rec.flags & FRAME_R_CLOSED))
			continue;
		snprintf(help, sizeof(help), "%s",
			 kind == FRAME_CASE && *c->line.state
				 ? fold_state_text(MACHINE_TIP, c->line.state)
				 : show_record_state(&c->rec));
		offer(l, "", term_hex(id, c->rec.id, 4), help);
	}
	workspace_free(list, cnt * sizeof(*list));
}

static const struct cli_option *
find_option(const struct cli_option *o, const char *word)
{
	for (; o && o->name; o++)
		if ((!strncmp(word, "--", 2) && !strcmp(word + 2, o->name)) ||
		    (o->letter && word[0] == '-' && word[1] == o->letter && !word[2]))
			return o;
	return NULL;
}

/* The option of this word, of the command or of every command. */
static const struct cli_option *
option_of(const struct line *l, const char *word)
{
	const struct cli_option *o = l->command ? find_option(l->command->options, word) : NULL;

	return o ? o : find_option(cli_globals, word);
}

/* "@file" and "@dir" are the shell's own: a line of that word alone. */
static void
offer_words(const struct line *l, const char *words)
{
	if (!strcmp(words, "@noun"))
		offer_nouns(l);
	else if (*words == '@')
		printf("%s\n", words);
	else
		offer_list(l, words);
}

static void
offer_value(const struct line *l, const struct cli_option *o)
{
	if (!strcmp(o->name, "desk"))
		offer_desks(l);
	else if (!strcmp(o->name, "county"))
		offer_counties(l);
	else if (!strcmp(o->name, "into"))
		offer_ids(l, FRAME_CASE);
	else if (o->axis)
		offer_axis(l, o->axis);
	else if (o->words)
		offer_words(l, o->words);
}

static void
offer_args(const struct line *l)
{
	static const int kinds[] = { [CLI_TARGET_CASE] = FRAME_CASE,
				     [CLI_TARGET_ORDER] = FRAME_ORDER,
				     [CLI_TARGET_BOOK] = FRAME_BOOK };

	if (l->command->target != CLI_TARGET_NONE && !l->args)
		offer_ids(l, kinds[l->command->target]);
	else if (l->command->words)
		offer_words(l, l->command->words);
}

/* Reads the words of the line: noun and verb, and what belongs to options. */
static void
read_line(struct line *l, int argc, char *const *argv)
{
	for (int i = 0; i < argc - 1; i++) {
		const char *w = argv[i];
		const struct cli_option *o = option_of(l, w);

		if (o && o->arg) {
			if (i + 1 < argc - 1 && !strcmp(o->name, "home"))
				l->home = argv[i + 1];
			if (i + 1 < argc - 1 && !strcmp(o->name, "gateway"))
				l->gateway = argv[i + 1];
			i++;
		} else if (*w == '-') {
			continue;
		} else if (!l->noun) {
			l->noun = w;
			l->command = cli_command(w, NULL);
		} else if (!l->verb && !l->args && cli_command(l->noun, w)) {
			l->verb = w;
			l->command = cli_command(l->noun, w);
		} else {
			l->args++;
		}
	}
	l->word = argc ? argv[argc - 1] : "";
	l->before = argc > 1 ? argv[argc - 2] : "";
}

int
completion_words(struct cli *cli, int argc, char *const *argv)
{
	static const struct session_face nobody = { .stop_fd = -1 };
	const struct session_face *face = cli->ses->face;
	struct line l = { .cli = cli };
	const struct cli_option *o;

	read_line(&l, argc, argv);
	/* No question, no passphrase from a file, no sentence: what cannot be known is left out. */
	cli->ses->face = &nobody;
	cli->ses->passphrase_file = NULL;
	if (l.home)
		cli->ses->home_dir = l.home;
	if (l.gateway)
		cli->ses->gateway = l.gateway;
	o = option_of(&l, l.before);
	if (o && o->arg) {
		offer_value(&l, o);
	} else if (l.word[0] == '-') {
		offer_options(&l, l.command ? l.command->options : NULL);
		offer_options(&l, cli_globals);
	} else if (!l.noun) {
		offer_nouns(&l);
	} else {
		if (!l.verb && !l.args)
			offer_verbs(&l);
		if (l.command)
			offer_args(&l);
	}
	cli_forgive(cli);
	cli->ses->face = face;
	return DAVY_OK;
}
