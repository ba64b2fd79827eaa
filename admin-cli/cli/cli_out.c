/* What is printed: for people, for programs, and why it failed. */
#include <langinfo.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "admin-cli/cli/cli_state.h"
#include "crypto/err.h"

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
cli_keep(struct cli *cli, char *text)
{
	struct cli_state *s = cli->state;

	if (!text)
		return _("(out of memory)");
	if (s->pool_cnt % 64 == 0) {
		char **more = realloc(s->pool, (s->pool_cnt + 64) * sizeof(*more));
		if (!more) {
			free(text);
			return _("(out of memory)");
		}
		s->pool = more;
	}
	return s->pool[s->pool_cnt++] = text;
}

const char *
cli_s(struct cli *cli, const char *text)
{
	return cli_keep(cli, text ? cli_safe(text, strlen(text), CLI_ONE_LINE) : NULL);
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
		size_t n = cli_break(text, room, &next);
		printf("%*s%.*s\n", n ? indent : 0, "", (int)n, text);
		text += next;
	} while (*text);
}

int
cli_write(struct cli *cli, const void *buf, size_t len)
{
	cli->state->wrote_raw = true;
	if (fwrite(buf, 1, len, stdout) == len)
		return CLI_OK;
	return cli_fail(cli, CLI_REFUSED, "io", _("The output could not be written."));
}

void
cli_warn(struct cli *cli, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	int n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if (cli->json) {
		if (!cli->state->warnings)
			cli->state->warnings = json_array();
		json_array_append_new(cli->state->warnings, json_string(text));
	} else {
		fflush(stdout);
		fprintf(stderr, "davy: %s\n", text);
	}
	free(text);
}

static int
record(struct cli *cli, int code, const char *name, char *text)
{
	struct cli_state *s = cli->state;

	if (s->failure) {
		free(text);
		return code;
	}
	s->failure = text;
	s->failure_name = strdup(name);
	return code;
}

int
cli_fail(struct cli *cli, enum cli_exit code, const char *name, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	return record(cli, (int)code, name, text);
}

/* How an enum err looks from the shell. */
static const struct {
	int err;
	enum cli_exit code;
	const char *name;
} errors[] = {
	{ ERR_ARG, CLI_REFUSED, "invalid" },     { ERR_MEM, CLI_REFUSED, "memory" },
	{ ERR_IO, CLI_REFUSED, "io" },           { ERR_FORMAT, CLI_REFUSED, "format" },
	{ ERR_NO_MATCH, CLI_REFUSED, "no-key" }, { ERR_AUTH, CLI_REFUSED, "forged" },
	{ ERR_RANGE, CLI_REFUSED, "range" },     { ERR_STALE, CLI_REFUSED, "stale" },
	{ ERR_DUP, CLI_REFUSED, "exists" },      { ERR_NOT_FOUND, CLI_REFUSED, "not-found" },
	{ ERR_FULL, CLI_REFUSED, "full" },       { ERR_BUSY, CLI_AGAIN, "busy" },
	{ ERR_BEHIND, CLI_AGAIN, "behind" },     { ERR_DENIED, CLI_REFUSED, "denied" },
	{ ERR_KEY, CLI_REFUSED, "key" },         { ERR_ROSTER, CLI_REFUSED, "roster" },
	{ ERR_UTF8, CLI_REFUSED, "utf8" },       { ERR_NET, CLI_AGAIN, "network" },
};

int
cli_fail_err(struct cli *cli, int err, const char *fmt, ...)
{
	enum cli_exit code = CLI_REFUSED;
	const char *name = "internal";
	char *what = NULL, *text = NULL;
	va_list ap;

	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (errors[i].err == err) {
			code = errors[i].code;
			name = errors[i].name;
		}
	va_start(ap, fmt);
	if (vasprintf(&what, fmt, ap) < 0)
		what = NULL;
	va_end(ap);
	if (asprintf(&text, _("%s: %s."), what ? what : "", gettext(err_text(err))) < 0)
		text = NULL;
	free(what);
	return record(cli, (int)code, name, text);
}

void
cli_forgive(struct cli *cli)
{
	free(cli->state->failure);
	free(cli->state->failure_name);
	cli->state->failure = cli->state->failure_name = NULL;
}

const char *
cli_failure(const struct cli *cli)
{
	return cli->state->failure;
}

static int
put_json(const char *piece, size_t len, void *out)
{
	return cli_safe_json(out, piece, len);
}

static void
print_envelope(struct cli *cli, int code)
{
	struct cli_state *s = cli->state;
	json_t *error = json_null();

	if (code)
		error = json_pack("{s:s, s:s}", "code",
				  s->failure_name ? s->failure_name : "failed", "text",
				  s->failure ? s->failure : _("It did not work."));
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

	for (size_t i = 0; i < s->pool_cnt; i++)
		free(s->pool[i]);
	free(s->pool);
	free(s->args);
	json_decref(s->data);
	json_decref(s->warnings);
	free(s->failure);
	free(s->failure_name);
}

int
cli_out_end(struct cli *cli, int code)
{
	struct cli_state *s = cli->state;

	if (cli->json && !s->wrote_raw)
		print_envelope(cli, code);
	fflush(stdout);
	if (code && s->failure && (!cli->json || s->wrote_raw))
		fprintf(stderr, "davy: %s\n", s->failure);
	if (ferror(stdout) && code == CLI_OK) {
		fprintf(stderr, "davy: %s\n", _("The output could not be written."));
		code = CLI_REFUSED;
	}
	state_free(cli);
	return code;
}
