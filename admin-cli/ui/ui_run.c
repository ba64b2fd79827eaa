/*
 * Runs the commands of the table in this session while the screen is on. What they print goes to
 * memory: standard output and standard error are turned there for the time of the command, since a
 * command prints with printf. Their warnings and questions reach the person through the face.
 */
#include "admin-cli/ui/ui.h"

#include <curses.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin-cli/cli/cli_state.h"
#include "admin-cli/cmd/run.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/visits.h"

#define WORDS_MAX 64

static void
face_warn(void *arg, const char *text)
{
	struct ui *ui = arg;
	char *all = NULL;

	if (asprintf(&all, "%s%s%s", ui->warned ? ui->warned : "", ui->warned ? "  " : "", text) <
	    0)
		return;
	free(ui->warned);
	ui->warned = all;
	ui_note(ui, all);
}

static int
face_secret(struct session *ses, const char *prompt, char *buf, size_t cap)
{
	struct ui *ui = ses->face_arg;
	static const struct ui_keys none[] = { { 0 } };

	buf[0] = '\0';
	ui_frame(ui, NULL);
	erase();
	ui_foot(ui, none);
	ui_put_style(LINES / 2, 0, COLS, _("The desk is locked. Ctrl-C leaves it."), A_BOLD);
	if (ui_prompt(ui, prompt, buf, cap, false))
		return 0;
	return session_fail(ses, DAVY_REFUSED, "no-answer", _("%s: no answer."), prompt);
}

/* What the command has said so far stands above the question. */
static int
face_ask(struct session *ses, const char *prompt, char *buf, size_t cap)
{
	static const struct ui_keys none[] = {
		{ '\n', "Enter", N_("go on"), N_("go on with this answer") },
		{ UI_ESC, "Esc", N_("leave"), N_("leave; what was answered is not kept") },
		{ 0 },
	};
	struct ui *ui = ses->face_arg;
	struct ui_page said = { 0 }, asked = { 0 };
	int foot;

	fflush(stdout);
	ui_page_set(&said, ui->captured && *ui->captured ? *ui->captured : "");
	ui_page_set(&asked, prompt);
	ui_frame(ui, NULL);
	foot = ui_foot(ui, none) - 1 - (int)asked.cnt;
	if (said.cnt > (size_t)(foot - 2))
		said.top = said.cnt - (size_t)(foot - 2);
	ui_page_draw(&said, 2, foot);
	ui_page_draw(&asked, foot, foot + (int)asked.cnt);
	ui_page_free(&said);
	ui_page_free(&asked);
	buf[0] = '\0';
	if (ui_prompt(ui, ">", buf, cap, true))
		return 0;
	return session_fail(ses, DAVY_REFUSED, "no-answer", _("%s: no answer."), prompt);
}

static int
face_confirm(struct session *ses, const char *question)
{
	struct ui *ui = ses->face_arg;
	char *above = NULL;

	fflush(stdout);
	if (asprintf(&above, "%s\n%s", ui->captured && *ui->captured ? *ui->captured : "",
		     ui->warned ? ui->warned : "") < 0)
		above = NULL;
	bool yes = ui_confirm(ui, question, above);
	free(above);
	return yes ? 0
		   : session_fail(ses, DAVY_REFUSED, "unconfirmed", "%s", _("Nothing was done."));
}

void
ui_face(struct ui *ui)
{
	static const struct session_face face = { .warn = face_warn,
						  .secret = face_secret,
						  .ask = face_ask,
						  .confirm = face_confirm,
						  .stop = ui_stop,
						  .stop_fd = STDIN_FILENO };

	ui->ses->face = &face;
	ui->ses->face_arg = ui;
}

/* After a command: the failure's sentence is the note, and what changed is counted again. */
static void
settle(struct ui *ui, int code)
{
	if (code && session_failure(ui->ses))
		ui_note(ui, session_failure(ui->ses));
	session_forgive(ui->ses);
	free(ui->warned);
	ui->warned = NULL;
	ui->ses->home_dir = ui->home;
	ui->ses->gateway = ui->gateway;
	ui->ses->passphrase_file = ui->passphrase_file;
	ui_list_stale(ui);
	ui_count(ui);
}

int
ui_call(struct ui *ui, int (*call)(struct cli *cli, void *arg), void *arg, char **out)
{
	struct cli_state state = { 0 };
	struct cli cli = {
		.state = &state, .ses = ui->ses, .tty_in = true, .tty_out = true, .columns = COLS
	};
	char *text = NULL;
	size_t len = 0;
	FILE *mem = open_memstream(&text, &len), *was_out = stdout, *was_err = stderr;
	int code;

	if (!mem)
		return DAVY_REFUSED;
	ui_note(ui, NULL);
	ui->group += !ui->together;
	ui->ses->tray_group = ui->group;
	ui->captured = &text;
	stdout = stderr = mem;
	code = call(&cli, arg);
	if (code < 0)
		code = session_fail_err(ui->ses, code, "davy");
	code = cli_out_end(&cli, code);
	stdout = was_out;
	stderr = was_err;
	ui->captured = NULL;
	fclose(mem);
	settle(ui, code);
	if (out) {
		*out = text;
	} else if (text) {
		sodium_memzero(text, len);
		free(text);
	}
	return code;
}

struct words {
	struct ui *ui;
	const char *const *word;
};

static int
run(struct cli *cli, void *arg)
{
	const struct words *w = arg;
	static char davy[] = "davy", home[] = "--home", gateway[] = "--gateway";
	char *argv[WORDS_MAX + 6];
	int argc = 0;

	argv[argc++] = davy;
	argv[argc++] = home;
	argv[argc++] = w->ui->home;
	if (w->ui->gateway) {
		argv[argc++] = gateway;
		argv[argc++] = w->ui->gateway;
	}
	for (size_t i = 0; w->word[i] && i < WORDS_MAX; i++)
		argv[argc++] = (char *)(uintptr_t)w->word[i];
	argv[argc] = NULL;
	return run_words(cli, argc, argv);
}

/* Neither a release nor a take waits in the tray: a code must not be shown, nor bytes be wanted,
 * before its entry is at the gateway. */
static bool
is_at_once(const char *const *words)
{
	static const char *const verbs[] = { "release", "open", "seal", "photo" };

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (!strcmp(words[0], "order") && words[1] && !strcmp(words[1], verbs[i]))
			return true;
	return false;
}

int
ui_run(struct ui *ui, const char *const *words, char **out)
{
	struct words w = { ui, words };
	unsigned tray = ui->ses->tray;
	int code;

	if (is_at_once(words))
		ui->ses->tray = 0;
	code = ui_call(ui, run, &w, out);
	ui->ses->tray = tray;
	return code;
}

/* Splits a line into words at blanks; '…' and "…" keep blanks together. Changes the line. */
static size_t
split(char *line, const char **word, size_t max)
{
	size_t cnt = 0;
	char *from = line, *to = line;

	while (*from && cnt < max) {
		char quote = 0;

		from += strspn(from, " \t");
		if (!*from)
			break;
		word[cnt++] = to;
		for (; *from && (quote || (*from != ' ' && *from != '\t')); from++) {
			if (quote ? *from == quote : *from == '\'' || *from == '"')
				quote = quote ? 0 : *from;
			else
				*to++ = *from;
		}
		from += *from != '\0';
		*to++ = '\0';
	}
	word[cnt] = NULL;
	return cnt;
}

bool
ui_is_for_shell(const char *noun, const char *verb)
{
	static const char *const other[] = { "ui", "unlock", "lock", "watch", "training" };

	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
		if (!strcmp(noun, other[i]))
			return true;
	return !strcmp(noun, "tip") && verb && !strcmp(verb, "take");
}

static bool
is_refused(struct ui *ui, const char *const *word)
{
	if (!ui_is_for_shell(word[0], word[1]))
		return false;
	if (!strcmp(word[0], "tip"))
		ui_note(ui, _("davy tip take talks on a terminal of its own: use a shell."));
	else
		ui_notef(ui, _("davy %s is for a shell; L locks the desk."), word[0]);
	return true;
}

/* What is shown there must count as shown only when its last line was on the screen. */
static void
show_case(struct ui *ui, const char *id)
{
	struct workspace_case c;

	if (!workspace_case_find(ui->ses, FRAME_CASE, id, &c)) {
		ui_case_run(ui, c.rec.id);
		return;
	}
	ui_note(ui, session_failure(ui->ses));
	session_forgive(ui->ses);
}

/* A visit under seal has a screen of its own; false: it is none. */
static bool
show_visit(struct ui *ui, const char *id)
{
	struct workspace_case c;

	if (workspace_case_find(ui->ses, FRAME_ORDER, id, &c)) {
		session_forgive(ui->ses);
		return false;
	}
	if (!visits_hour(&c.rec))
		return false;
	ui_order_run(ui, c.rec.id);
	return true;
}

/* What lacks something, or has a slip, becomes a form with what was typed. */
static void
run_typed(struct ui *ui, const char *const *word)
{
	const struct command *cmd = word[1] ? cli_command(word[0], word[1]) : NULL;
	size_t skip = cmd ? 2 : 1;
	char *out = NULL;
	int code;

	if (!cmd)
		cmd = cli_command(word[0], NULL);
	code = ui_run(ui, word, &out);
	if (out && *out)
		ui_pager(ui, word[0], out);
	if (out)
		sodium_memzero(out, strlen(out));
	free(out);
	if (code == DAVY_USAGE && cmd)
		(void)ui_do(ui, cmd, NULL, word + skip);
}

void
ui_command(struct ui *ui, const uint8_t *id)
{
	const char *word[WORDS_MAX + 1];
	char line[1024] = "", hex[33];
	size_t cnt, i;

	if (!ui_prompt(ui, "davy", line, sizeof(line), true))
		return;
	cnt = split(line, word, WORDS_MAX);
	if (cnt && !strcmp(word[0], "davy"))
		memmove(word, word + 1, cnt-- * sizeof(*word));
	for (i = 0; id && i < cnt; i++)
		if (!strcmp(word[i], "."))
			word[i] = term_hex(hex, id, 16);
	if (!cnt)
		ui_menu(ui, id);
	else if (is_refused(ui, word))
		return;
	else if (cnt == 2 && !strcmp(word[0], "order") && !strcmp(word[1], "new"))
		(void)ui_draft(ui, NULL, NULL);
	else if (cnt > 2 && !strcmp(word[0], "case") && !strcmp(word[1], "show"))
		show_case(ui, word[2]);
	else if (cnt != 3 || strcmp(word[0], "order") || strcmp(word[1], "show") ||
		 !show_visit(ui, word[2]))
		run_typed(ui, word);
}
