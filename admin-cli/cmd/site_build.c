/*
 * davy site build: puts the facts of a deployment into the page as it was built, which gives one
 * HTML file, and prints its SHA-256.
 */
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "admin-cli/desk/county.h"
#include "admin-cli/cli/cli_state.h"
#include "crypto/b64.h"
#include "crypto/bundle.h"
#include "crypto/card.h"
#include "crypto/err.h"
#include "crypto/text.h"

#define TEMPLATE_MAX (4 * 1024 * 1024)

extern char **environ;

struct site {
	struct card_gateway card;
	json_t *counties;
	json_t *origins;
	uint32_t min_version;
	unsigned beat[2];
	char built[TERM_DATE_CAP];
	const char *name, *name_en, *exit;
};

/* Whether a text holds nothing that could end an attribute of HTML or a directive of the content
 * security policy. */
static bool
is_origin(const char *s)
{
	size_t scheme = strncmp(s, "https://", 8) == 0 ? 8 : strncmp(s, "http://", 7) == 0 ? 7 : 0;
	size_t len = strspn(s + scheme, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]");

	return scheme && len > 0 && s[scheme + len] == '\0';
}

static int
take_counties(struct cli *cli, struct site *s)
{
	const char *path = cli_opt(cli, "counties");
	int err = path ? county_read(cli->ses, path, &s->counties) : DAVY_OK;

	if (err || !path)
		s->counties = json_array();
	return err;
}

static int
take_card(struct cli *cli, struct site *s)
{
	const char *path = cli_opt(cli, "card");
	uint8_t *bytes;
	size_t len;

	if (!path)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Say for which gateway the page is: --card FILE, its card."));
	int err = file_read(cli->ses, path, CARD_MAX, &bytes, &len);
	if (err)
		return err;
	err = card_gateway_parse(&s->card, bytes, len);
	free(bytes);
	return err ? cli_fail_err(cli, err, _("%s is not a gateway's card"), cli_s(cli, path))
		   : DAVY_OK;
}

static int
take_options(struct cli *cli, struct site *s)
{
	const char *beat = cli_opt(cli, "beat"), *built = cli_opt(cli, "built");
	uint32_t day = term_today();
	char rest;

	s->name = cli_opt(cli, "name");
	s->name_en = cli_opt(cli, "name-en");
	s->exit = cli_opt(cli, "exit");
	s->beat[0] = 2000;
	s->beat[1] = 6000;
	if (!s->name || !s->name_en || !cli_opt(cli, "template") || !cli_opt(cli, "output") ||
	    !cli_opt(cli, "roster"))
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("A page needs --template, --card, --roster, --name, --name-en and -o FILE."));
	if (text_printable(s->name, strlen(s->name), 0) ||
	    text_printable(s->name_en, strlen(s->name_en), 0))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("A name is UTF-8 without control characters."));
	if (beat && (sscanf(beat, "%u,%u%c", &s->beat[0], &s->beat[1], &rest) != 2 ||
		     s->beat[0] < 100 || s->beat[1] < s->beat[0] || s->beat[1] > 600000))
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("A beat is two numbers of milliseconds, the smaller first: --beat 2000,6000."));
	if (built && !term_parse_date(built, &day))
		return cli_fail(cli, DAVY_USAGE, "usage", _("A date is written 2026-11-23."));
	if (s->exit && (strncmp(s->exit, "https://", 8) != 0 || strpbrk(s->exit, "\"'<> ")))
		return cli_fail(cli, DAVY_USAGE, "usage", _("--exit is an https address."));
	term_date(s->built, day);
	s->origins = json_array();
	for (size_t i = 0; cli_opt_at(cli, "origin", i); i++) {
		const char *o = cli_opt_at(cli, "origin", i);
		if (!is_origin(o))
			return cli_fail(
				cli, DAVY_USAGE, "usage",
				_("An origin is http(s)://HOST[:PORT] in lower case, not \"%s\"."),
				cli_s(cli, o));
		json_array_append_new(s->origins, json_string(o));
	}
	return DAVY_OK;
}

/* The page takes no roster that is older than this one, and this one must name the key of the card:
 * so an old roster cannot bring back a key that was succeeded. */
static int
take_roster(struct cli *cli, struct site *s)
{
	const char *path = cli_opt(cli, "roster");
	struct roster *r = malloc(sizeof(*r));
	struct bundle b = { 0 };
	uint8_t *bytes = NULL;
	size_t len;
	int err = r ? DAVY_OK : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));

	if (!err)
		err = file_read(cli->ses, path, BUNDLE_MAX, &bytes, &len);
	if (!err) {
		int e = roster_verify(r, bytes, len, &s->card.roots);
		if (e && bundle_parse(&b, bytes, len, &s->card.roots) == 0) {
			*r = *b.roster;
			e = 0;
		}
		if (e)
			err = cli_fail_err(cli, e, _("%s is not a roster of this card's roots"),
					   cli_s(cli, path));
	}
	if (!err && (memcmp(r->gateway, s->card.id, sizeof(r->gateway)) != 0 ||
		     memcmp(r->gateway_key, s->card.key, sizeof(r->gateway_key)) != 0))
		err = cli_fail(
			cli, DAVY_REFUSED, "key",
			_("Roster %u does not name the key of this card: take the gateway's newest card "
			  "and the roster that is published for it."),
			r->version);
	if (!err)
		s->min_version = r->version;
	bundle_free(&b);
	free(bytes);
	free(r);
	return err;
}

static json_t *
b64_json(const void *bytes, size_t len)
{
	char text[64];

	(void)b64_encode(text, sizeof(text), bytes, len, B64_PADDED);
	return json_string(text);
}

/* The facts as JSON (FORMATS §13). "<" is written \u003c so that no name can end the script
 * element. */
static char *
deployment(const struct site *s)
{
	char hex[33];
	json_t *roots = json_array();

	for (size_t i = 0; i < s->card.roots.cnt; i++)
		json_array_append_new(roots, b64_json(s->card.roots.key[i], KEY_SIGN_PUBLIC_LEN));
	json_t *j =
		json_pack("{s:i, s:s, s:o, s:o, s:I, s:I, s:{s:s, s:s}, s:O, s:O, s:[i,i], s:s}",
			  "v", 1, "gateway", term_hex(hex, s->card.id, 16), "key",
			  b64_json(s->card.key, KEY_SIGN_PUBLIC_LEN), "roots", roots, "threshold",
			  (json_int_t)s->card.roots.threshold, "min_version",
			  (json_int_t)s->min_version, "name", "zh", s->name, "en", s->name_en,
			  "origins", s->origins, "counties", s->counties, "beat_ms",
			  (int)s->beat[0], (int)s->beat[1], "built", s->built);
	if (j && s->exit)
		json_object_set_new(j, "exit", json_string(s->exit));
	char *text = j ? json_dumps(j, JSON_COMPACT) : NULL, *out = NULL;
	json_decref(j);
	if (text && (out = malloc(6 * strlen(text) + 1))) {
		size_t n = 0;
		for (const char *p = text; *p; p++)
			if (*p == '<' || *p == '>' || *p == '&')
				n += (size_t)snprintf(out + n, 7, "\\u%04x", (unsigned char)*p);
			else
				out[n++] = *p;
		out[n] = '\0';
	}
	free(text);
	return out;
}

static char *
connect_list(const struct site *s)
{
	size_t cap = 16, i;
	json_t *o;
	char *out;

	json_array_foreach(s->origins, i, o) cap += json_string_length(o) + 1;
	out = calloc(1, cap);
	if (out && i == 0)
		snprintf(out, cap, "'self'");
	json_array_foreach(s->origins, i, o) if (out)
		snprintf(out + strlen(out), cap - strlen(out), "%s%s", i ? " " : "",
			 json_string_value(o));
	return out;
}

/* Replaces `mark`, which must stand in exactly one place. */
static int
put(struct cli *cli, char **page, const char *mark, const char *value)
{
	char *at = strstr(*page, mark), *out = NULL;

	if (!at || strstr(at + 1, mark))
		return cli_fail(
			cli, DAVY_REFUSED, "format",
			_("The template has not exactly one place for %s; build it with make page."),
			mark);
	if (asprintf(&out, "%.*s%s%s", (int)(at - *page), *page, value, at + strlen(mark)) < 0)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	free(*page);
	*page = out;
	return DAVY_OK;
}

static int
write_gz(struct cli *cli, const char *path, const char *page)
{
	size_t len = strlen(page), cap = compressBound(len) + 64;
	uint8_t *out = malloc(cap);
	z_stream z = { 0 };
	/* 16: a gzip header, which zlib leaves without name and time */
	int err = out && deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) == Z_OK
			  ? DAVY_OK
			  : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));

	if (!err) {
		z.next_in = (Bytef *)(uintptr_t)page;
		z.avail_in = (uInt)len;
		z.next_out = out;
		z.avail_out = (uInt)cap;
		bool ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
		size_t n = z.total_out;
		deflateEnd(&z);
		err = ok ? file_write(cli->ses, path, 0644, out, n)
			 : cli_fail(cli, DAVY_REFUSED, "internal",
				    _("The page cannot be compressed."));
	}
	free(out);
	return err;
}

/* Runs a program, where it is installed, that writes this file. */
static bool
made_by(char *const argv[], const char *out)
{
	pid_t pid;
	int status;

	(void)unlink(out);
	if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) != 0)
		return false;
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
	       chmod(out, 0644) == 0;
}

static bool
write_br(const char *html, const char *br)
{
	char *const argv[] = { (char[]){ "brotli" }, (char[]){ "-f" },        (char[]){ "-q" },
			       (char[]){ "11" },     (char[]){ "-o" },        (char *)(uintptr_t)br,
			       (char[]){ "--" },     (char *)(uintptr_t)html, NULL };

	return made_by(argv, br);
}

/* zopfli writes beside its file, and knows no "--". */
static bool
write_zopfli(const char *html, const char *gz)
{
	char path[PATH_MAX];
	char *const argv[] = { (char[]){ "zopfli" }, path, NULL };

	snprintf(path, sizeof(path), "%s%s", *html == '/' ? "" : "./", html);
	return made_by(argv, gz);
}

static int
write_all(struct cli *cli, const char *page)
{
	const char *path = cli_opt(cli, "output");
	char gz[PATH_MAX], br[PATH_MAX], hex[65];
	uint8_t hash[32];
	struct stat st = { 0 }, sz = { 0 }, sb = { 0 };

	snprintf(gz, sizeof(gz), "%s.gz", path);
	snprintf(br, sizeof(br), "%s.br", path);
	int err = file_write(cli->ses, path, 0644, page, strlen(page));
	if (!err && !write_zopfli(path, gz))
		err = write_gz(cli, gz, page);
	if (err)
		return err;
	bool brotli = write_br(path, br);
	key_sha256(hash, page, strlen(page));
	term_hex(hex, hash, sizeof(hash));
	(void)stat(path, &st);
	(void)stat(gz, &sz);
	if (brotli)
		(void)stat(br, &sb);
	cli_printf(cli, "SHA-256 %s\n", hex);
	cli_printf(cli, _("%s: %lld bytes, %lld with gzip"), cli_s(cli, path),
		   (long long)st.st_size, (long long)sz.st_size);
	if (brotli)
		cli_printf(cli, _(", %lld with brotli"), (long long)sb.st_size);
	cli_printf(cli, "\n");
	cli_data(cli, json_pack("{s:s, s:s, s:I, s:I, s:I}", "file", path, "sha256", hex, "bytes",
				(json_int_t)st.st_size, "gzip", (json_int_t)sz.st_size, "brotli",
				(json_int_t)sb.st_size));
	return DAVY_OK;
}

static int
site_build_exec(struct cli *cli)
{
	struct site s = { 0 };
	char *page = NULL, *facts = NULL, *connect = NULL;
	int err = take_options(cli, &s);

	if (!err)
		err = take_card(cli, &s);
	if (!err)
		err = take_roster(cli, &s);
	if (!err)
		err = take_counties(cli, &s);
	if (!err)
		err = file_read_text(cli->ses, cli_opt(cli, "template"), TEMPLATE_MAX, &page);
	if (!err) {
		facts = deployment(&s);
		connect = connect_list(&s);
		if (!facts || !connect)
			err = cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	}
	if (!err)
		err = put(cli, &page, "__CONNECT__", connect);
	/* last, since a name may say anything */
	if (!err)
		err = put(cli, &page, "__DEPLOYMENT__", facts);
	if (!err)
		err = write_all(cli, page);
	free(page);
	free(facts);
	free(connect);
	json_decref(s.counties);
	json_decref(s.origins);
	return err;
}

static const struct cli_option options[] = {
	{ .name = "template",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("the page as make built it") },
	{ .name = "card", .arg = N_("FILE"), .words = "@file", .help = N_("the gateway's card") },
	{ .name = "roster",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("the published roster (DRAFT/published); the page takes no older one") },
	{ .name = "name", .arg = N_("NAME"), .help = N_("the deployment's name, in Chinese") },
	{ .name = "name-en", .arg = N_("NAME"), .help = N_("and in English") },
	{ .name = "counties",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("JSON list of code, zh and en") },
	{ .name = "origin",
	  .many = true,
	  .arg = N_("URL"),
	  .help = N_(
		  "where the gateway answers; several are tried in turn; none: the page's own") },
	{ .name = "beat",
	  .arg = N_("MS,MS"),
	  .help = N_("the beat of frames: shortest, longest (2000,6000)") },
	{ .name = "exit", .arg = N_("URL"), .help = N_("where the quick exit leads") },
	{ .name = "built", .arg = N_("DATE"), .help = N_("the date in the page (today)") },
	{ .name = "output",
	  .letter = 'o',
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("page.html; page.html.gz and .br are written beside it") },
	{ 0 },
};

const struct command cmd_site_build = {
	.noun = "site",
	.verb = "build",
	.help = N_("put a deployment's facts into the page"),
	.group = CLI_REGISTRAR,
	.options = options,
	.exec = site_build_exec,
};
