/* What is printed: for people, for programs, and why it failed. */
#include <langinfo.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "admin-cli/cli/cli_state.h"

void
cli_out_init(struct cli *cli)
{
	const char *term = getenv("TERM"), *none = getenv("NO_COLOR"), *cols = getenv("COLUMNS");
	struct winsize size;

	cli->tty_in = isatty(STDIN_FILENO);
	cli->tty_out = isatty(STDOUT_FILENO);
	cli->colour = cli->tty_out && !(none && *none) && !(term && strcmp(term, "dumb") == 0);
	if (!cli->tty_out)
		return;
	cli->columns = 80;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		cli->columns = size.ws_col;
	else if (cols && strtol(cols, NULL, 10) > 0)
		cli->columns = (int)strtol(cols, NULL, 10);
	if (cli->columns < 20)
		cli->columns = 20;
}

const char *
cli_style(const struct cli *cli, const char *name)
{
	static const struct {
		const char *name, *code;
	} styles[] = { { "off", "\033[0m" },  { "bold", "\033[1m" },   { "dim", "\033[2m" },
		       { "red", "\033[31m" }, { "green", "\033[32m" }, { "yellow", "\033[33m" },
		       { "blue", "\033[34m" } };

	for (size_t i = 0; cli->colour && i < sizeof(styles) / sizeof(*styles); i++)
		if (strcmp(styles[i].name, name) == 0)
			return styles[i].code;
	return "";
}

void
cli_data(struct cli *cli, json_t *data)
{
	json_decref(cli->state->data);
	cli->state->data = data;
}

void
cli_printf(struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (cli->json)
		return;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
}

void
cli_wrap(struct cli *cli, int indent, const char *text)
{
	size_t next;

	if (cli->json)
		return;
	int room = cli->columns > indent + 8 ? cli->columns - indent : 1 << 20;
	do {
		size_t n = term_break(text, room, &next);
		printf("%*s%.*s\n", n ? indent : 0, "", (int)n, text);
		text += next;
	} while (*text);
}

int
cli_write(struct cli *cli, const void *buf, size_t len)
{
	cli->state->wrote_raw = true;
	if (fwrite(buf, 1, len, stdout) == len)
		return DAVY_OK;
	return cli_fail(cli, DAVY_REFUSED, "io", _("The output could not be written."));
}

static int
put_json(const char *piece, size_t len, void *out)
{
	return term_safe_json(out, piece, len);
}

static const char *
failure(const struct cli *cli)
{
	const char *text = session_failure(cli->ses);

	return text ? text : _("It did not work.");
}

static const char *
failure_name(const struct cli *cli)
{
	const char *name = session_failure_name(cli->ses);

	return name ? name : "failed";
}

static void
print_envelope(struct cli *cli, int code)
{
	struct cli_state *s = cli->state;
	json_t *error = json_null();

	if (code)
		error = json_pack("{s:s, s:s}", "code", failure_name(cli), "text", failure(cli));
	json_t *e = json_pack("{s:i, s:b, s:O?, s:o}", "v", 1, "ok", code == 0, "data", s->data,
			      "error", error);
	if (e && s->warnings)
		json_object_set(e, "warnings", s->warnings);
	if (e)
		json_dump_callback(e, put_json, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(e);
}

static void
state_free(struct cli *cli)
{
	struct cli_state *s = cli->state;

	free(s->args);
	json_decref(s->data);
	json_decref(s->warnings);
}

int
cli_out_end(struct cli *cli, int code)
{
	struct cli_state *s = cli->state;

	if (cli->json && !s->wrote_raw)
		print_envelope(cli, code);
	fflush(stdout);
	if (code && session_failure(cli->ses) && (!cli->json || s->wrote_raw))
		fprintf(stderr, "davy: %s\n", session_failure(cli->ses));
	if (ferror(stdout) && code == DAVY_OK) {
		fprintf(stderr, "davy: %s\n", _("The output could not be written."));
		code = DAVY_REFUSED;
	}
	state_free(cli);
	return code;
}
