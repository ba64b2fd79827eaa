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

int
ui_run(struct ui *ui, const char *const *words, char **out)
{
	struct words w = { ui, words };

	return ui_call(ui, run, &w, out);
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

/* What this session must not run in itself. */
static bool
is_refused(struct ui *ui, const char *const *word)
{
	static const char *const other[] = { "ui", "unlock", "lock", "watch", "training", NULL };

	for (size_t i = 0; other[i]; i++)
		if (!strcmp(word[0], other[i])) {
			ui_notef(ui, _("davy %s is for a shell; L locks the desk."), other[i]);
			return true;
		}
	if (!strcmp(word[0], "tip") && word[1] && !strcmp(word[1], "take")) {
		ui_note(ui, _("davy tip take talks on a terminal of its own: use a shell."));
		return true;
	}
	return false;
}

void
ui_command(struct ui *ui, const uint8_t *id)
{
	const char *word[WORDS_MAX + 1];
	char line[1024] = "", hex[33], *out = NULL;
	size_t cnt, i;

	if (!ui_prompt(ui, "davy", line, sizeof(line), true) ||
	    !(cnt = split(line, word, WORDS_MAX)))
		return;
	if (!strcmp(word[0], "davy"))
		memmove(word, word + 1, cnt-- * sizeof(*word));
	for (i = 0; id && i < cnt; i++)
		if (!strcmp(word[i], "."))
			word[i] = term_hex(hex, id, 16);
	if (!cnt || is_refused(ui, word))
		return;
	/* what is shown there must count as shown only when its last line was on the screen */
	if (cnt > 2 && !strcmp(word[0], "case") && !strcmp(word[1], "show")) {
		struct workspace_case c;

		if (!workspace_case_find(ui->ses, FRAME_CASE, word[2], &c)) {
			ui_case_run(ui, c.rec.id);
			return;
		}
		ui_note(ui, session_failure(ui->ses));
		session_forgive(ui->ses);
		return;
	}
	(void)ui_run(ui, word, &out);
	if (out && *out)
		ui_pager(ui, word[0], out);
	free(out);
}
