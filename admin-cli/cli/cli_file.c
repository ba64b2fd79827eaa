/* The terminal's questions, and files read and written whole. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <termios.h>
#include <unistd.h>

#include "admin-cli/base/cli_save.h"
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
	int fd = cli->tty_in ? open("/dev/tty", O_RDWR | O_CLOEXEC) : -1;

	if (fd < 0)
		return cli_fail(
			cli, CLI_REFUSED, "no-terminal",
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
	dprintf(fd, "%s: ", prompt);
	int err = read_line(fd, buf, cap);
	if (muted)
		(void)tcsetattr(fd, TCSAFLUSH, &was);
	if (err)
		dprintf(fd, "\n");
	close(fd);
	if (!err)
		return CLI_OK;
	sodium_memzero(buf, cap);
	return cli_fail(cli, CLI_REFUSED, "no-answer", _("%s: no answer."), prompt);
}

int
cli_ask_secret(struct cli *cli, const char *prompt, char *buf, size_t cap)
{
	return ask(cli, prompt, buf, cap, false);
}

int
cli_ask(struct cli *cli, const char *prompt, char *buf, size_t cap)
{
	return ask(cli, prompt, buf, cap, true);
}

int
cli_confirm(struct cli *cli, const char *fmt, ...)
{
	char *text = NULL, prompt[512], answer[16] = "";
	va_list ap;

	if (cli->yes)
		return CLI_OK;
	va_start(ap, fmt);
	int n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return cli_fail(cli, CLI_REFUSED, "memory", _("Out of memory."));
	snprintf(prompt, sizeof(prompt), "%s [y/N]", text);
	free(text);
	if (cli->json || !cli->tty_in)
		return cli_fail(cli, CLI_REFUSED, "unconfirmed",
				_("This wants a yes: answer on a terminal or give --yes."));
	int err = cli_ask(cli, prompt, answer, sizeof(answer));
	if (err)
		return err;
	if (answer[0] == 'y' || answer[0] == 'Y' || strncmp(answer, "是", strlen("是")) == 0)
		return CLI_OK;
	return cli_fail(cli, CLI_REFUSED, "unconfirmed", _("Nothing was done."));
}

static int
slurp(FILE *in, size_t max, uint8_t **out, size_t *len)
{
	size_t cap = 65536, n = 0;
	uint8_t *buf = malloc(cap);
	int bad = EIO;

	while (buf) {
		errno = 0;
		n += fread(buf + n, 1, cap - n - 1, in);
		bad = errno ? errno : EIO;
		if (n > max || n + 1 < cap)
			break;
		uint8_t *more = realloc(buf, 2 * cap);
		if (!more)
			free(buf);
		buf = more;
		cap *= 2;
	}
	if (!buf)
		return ENOMEM;
	int err = n > max ? EFBIG : ferror(in) ? bad : 0;
	if (err) {
		free(buf);
		return err;
	}
	buf[n] = 0;
	*out = buf; /* transferred */
	*len = n;
	return 0;
}

int
cli_read_file(struct cli *cli, const char *path, size_t max, uint8_t **out, size_t *len)
{
	bool std = strcmp(path, "-") == 0;
	FILE *in = std ? stdin : fopen(path, "rbe");

	*out = NULL;
	*len = 0;
	int err = in ? slurp(in, max, out, len) : errno;
	if (in && !std)
		fclose(in);
	if (!err)
		return CLI_OK;
	const char *shown = cli_s(cli, std ? _("standard input") : path);
	if (err == EFBIG)
		return cli_fail(cli, CLI_REFUSED, "too-long", _("%s is longer than %zu bytes."),
				shown, max);
	return cli_fail(cli, CLI_REFUSED, err == ENOENT ? "not-found" : "io",
			_("%s cannot be read: %s."), shown, strerror(err));
}

int
cli_read_text(struct cli *cli, const char *path, size_t max, char **out)
{
	uint8_t *bytes;
	size_t len;

	*out = NULL;
	int err = cli_read_file(cli, path, max, &bytes, &len);
	if (err)
		return err;
	if (text_utf8(bytes, len) != 0) {
		free(bytes);
		return cli_fail(cli, CLI_REFUSED, "utf8", _("%s is not UTF-8 text."),
				cli_s(cli, path));
	}
	*out = (char *)bytes;
	return CLI_OK;
}

int
cli_text_option(struct cli *cli, bool needed, size_t max, char **out)
{
	const char *text = cli_opt(cli, "text"), *file = cli_opt(cli, "file");

	*out = NULL;
	if (text && file)
		return cli_fail(cli, CLI_USAGE, "usage", _("Give --text or --file, not both."));
	if (file)
		return cli_read_text(cli, file, max, out);
	if (!text)
		return needed ? cli_fail(
					cli, CLI_USAGE, "usage",
					_("The text is missing: give --text TEXT or --file FILE (- reads "
					  "standard input)."))
			      : CLI_OK;
	if (strlen(text) > max)
		return cli_fail(cli, CLI_REFUSED, "too-long",
				_("The text is longer than %zu bytes."), max);
	if (text_utf8(text, strlen(text)) != 0)
		return cli_fail(cli, CLI_REFUSED, "utf8", _("The text is not UTF-8."));
	*out = strdup(text);
	return *out ? CLI_OK : cli_fail(cli, CLI_REFUSED, "memory", _("Out of memory."));
}

int
cli_write_file(struct cli *cli, const char *path, unsigned mode, const void *buf, size_t len)
{
	struct cli_save out;
	int err = cli_save_begin(cli, &out, path, mode);

	if (!err && cli_save_write(&out, buf, len) != 0)
		err = cli_save_failed(cli, path, errno);
	if (!err)
		err = cli_save_commit(cli, &out);
	cli_save_end(&out);
	return err;
}
