/*
 * The terminal as the session's face, which warns and asks, and the text that a command is given
 * by an option, a file or an argument.
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <termios.h>
#include <unistd.h>

#include "admin-cli/base/file.h"
#include "admin-cli/cli/cli_state.h"
#include "crypto/text.h"

#define CTRL_C 3

/* A line from /dev/tty, so that a pipe on standard input keeps its data. */
static int
read_line(int fd, char *buf, size_t cap)
{
	size_t n = 0;

	for (;;) {
		char c;
		ssize_t got = read(fd, &c, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || c == CTRL_C)
			break;
		if (c == '\n') {
			buf[n] = '\0';
			return 0;
		}
		if (n + 1 >= cap)
			break;
		buf[n++] = c;
	}
	sodium_memzero(buf, cap);
	return -1;
}

static int
ask(struct cli *cli, const char *prompt, char *buf, size_t cap, bool echo)
{
	struct termios was, mute;
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return cli_fail(
			cli, DAVY_REFUSED, "no-terminal",
			_("%s: there is no terminal to ask on; give it by an option or a file."),
			prompt);
	bool muted = !echo && tcgetattr(fd, &was) == 0;
	if (muted) {
		mute = was;
		mute.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
		mute.c_lflag |= ECHONL;
		/* Ctrl-C must not leave the terminal mute: it ends the line and the question */
		mute.c_cc[VEOL] = CTRL_C;
		(void)tcsetattr(fd, TCSAFLUSH, &mute);
	}
	dprintf(fd, "%s%s: ", cli->state->training ? "[TRAINING 练习] " : "", prompt);
	int err = read_line(fd, buf, cap);
	if (muted)
		(void)tcsetattr(fd, TCSAFLUSH, &was);
	if (err)
		dprintf(fd, "\n");
	close(fd);
	if (!err)
		return DAVY_OK;
	sodium_memzero(buf, cap);
	return cli_fail(cli, DAVY_REFUSED, "no-answer", _("%s: no answer."), prompt);
}

int
cli_ask(struct cli *cli, const char *prompt, char *buf, size_t cap)
{
	return session_ask(cli->ses, prompt, buf, cap);
}

static int
face_ask(struct session *ses, const char *prompt, char *buf, size_t cap)
{
	return ask(ses->face_arg, prompt, buf, cap, true);
}

static int
face_secret(struct session *ses, const char *prompt, char *buf, size_t cap)
{
	return ask(ses->face_arg, prompt, buf, cap, false);
}

static int
face_confirm(struct session *ses, const char *question)
{
	struct cli *cli = ses->face_arg;
	char prompt[512], answer[16] = "";

	if (cli->yes)
		return DAVY_OK;
	if (cli->json || !cli->tty_in)
		return cli_fail(
			cli, DAVY_REFUSED, "unconfirmed",
			_("This needs a confirmation: answer on a terminal or give --yes."));
	snprintf(prompt, sizeof(prompt), "%s [y/N]", question);
	int err = ask(cli, prompt, answer, sizeof(answer), true);
	if (err)
		return err;
	if (answer[0] == 'y' || answer[0] == 'Y' || strncmp(answer, "是", strlen("是")) == 0)
		return DAVY_OK;
	return cli_fail(cli, DAVY_REFUSED, "unconfirmed", _("Nothing was done."));
}

static void
face_warn(void *arg, const char *text)
{
	struct cli *cli = arg;

	if (cli->json) {
		if (!cli->state->warnings)
			cli->state->warnings = json_array();
		json_array_append_new(cli->state->warnings, json_string(text));
	} else {
		fflush(stdout);
		fprintf(stderr, "davy: %s\n", text);
	}
}

void
cli_ask_init(struct cli *cli)
{
	static const struct session_face terminal = {
		.warn = face_warn, .secret = face_secret, .ask = face_ask, .confirm = face_confirm
	};
	/* The keystore then tells what to do without a terminal. */
	static const struct session_face pipe = { .warn = face_warn, .confirm = face_confirm };

	cli->ses->face = cli->tty_in ? &terminal : &pipe;
	cli->ses->face_arg = cli;
}

/* A text that stands on the command line. */
static int
copy_text(struct cli *cli, const char *text, size_t max, char **out)
{
	if (strlen(text) > max)
		return cli_fail(cli, DAVY_REFUSED, "too-long",
				_("The text is longer than %zu bytes."), max);
	if (text_utf8(text, strlen(text)) != 0)
		return cli_fail(cli, DAVY_REFUSED, "utf8", _("The text is not UTF-8."));
	*out = strdup(text);
	return *out ? DAVY_OK : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
}

/* A note without a word would stand in the case for ever, and tell its readers nothing. */
static int
refuse_blank(struct cli *cli, char **text)
{
	if ((*text)[strspn(*text, " \t\r\n")])
		return DAVY_OK;
	free(*text);
	*text = NULL;
	return cli_fail(cli, DAVY_USAGE, "usage",
			_("The text is empty: there is nothing to say in it."));
}

int
cli_text_read(struct cli *cli, size_t max, char **out)
{
	enum cli_text how = cli->command->text;
	const char *arg = how == CLI_TEXT_ARG && cli->argc ? cli->argv[0] : NULL;
	const char *text, *file;
	int err;

	*out = NULL;
	if (how == CLI_TEXT_NONE)
		return DAVY_OK;
	text = cli_opt(cli, "text");
	file = cli_opt(cli, "file");
	if (arg && (text || file))
		return cli_fail(cli, DAVY_USAGE, "usage", _("Give the text once."));
	if (text && file)
		return cli_fail(cli, DAVY_USAGE, "usage", _("Give --text or --file, not both."));
	if (!arg && !text && !file)
		return how == CLI_TEXT_MAY
			       ? DAVY_OK
			       : cli_fail(
					 cli, DAVY_USAGE, "usage",
					 _("The text is missing: give --text TEXT or --file FILE (- reads "
					   "standard input)."));
	err = file ? file_read_text(cli->ses, file, max, out)
		   : copy_text(cli, arg ? arg : text, max, out);
	return err || how == CLI_TEXT_MAY ? err : refuse_blank(cli, out);
}
