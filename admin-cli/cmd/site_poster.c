/*
 * davy site poster: a poster with the page's address as a code to scan. It says nothing of reports
 * by itself: what hangs on a wall is seen by everybody who passes.
 */
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/site_words.h"
#include "admin-cli/view/dossier.h"
#include "crypto/key.h"
#include "crypto/text.h"

#define PAGE_MAX    (4 * 1024 * 1024)
#define ADDRESS_MAX 120 /* a longer one makes a code that a slip has no room for */
#define LINE_MAX    60

/* In the language of the poster, and not of davy. */
static const struct {
	const char *title, *lines[2];
} said[2] = {
	{ "Good to know",
	  { "Scan with your phone.", "On your own phone, not on a company network." } },
	{ "平时用得上的", { "用手机扫一扫。", "用自己的手机，别用单位的网。" } },
};

static bool
is_address(const char *s)
{
	size_t scheme = strncmp(s, "https://", 8) == 0 ? 8 : strncmp(s, "http://", 7) == 0 ? 7 : 0;
	size_t host = strspn(s + scheme, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]");

	return scheme && host && !strcmp(s + scheme + host, "/") && strlen(s) <= ADDRESS_MAX;
}

static bool
is_line(const char *s)
{
	return *s && !text_printable(s, strlen(s), 0) && term_width(s) <= LINE_MAX;
}

static int
check(struct cli *cli)
{
	const char *path = cli_opt(cli, "output"), *title = cli_opt(cli, "title"), *line;
	const char *kind = cli_opt(cli, "size"), *lang = cli_opt(cli, "lang");
	bool ok = !title || is_line(title);

	if (!path || !cli_opt(cli, "page") || !is_address(cli->argv[0]))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("A poster needs the address, as https://gateway.example/, --page "
				  "FILE and -o FILE.pdf or FILE.svg."));
	if (kind && strcmp(kind, "a4") && strcmp(kind, "a6") && strcmp(kind, "slips") &&
	    strcmp(kind, "board"))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("--size is a4, a6, slips (to tear off) or board (A3)."));
	if (lang && strcmp(lang, "zh") && strcmp(lang, "en"))
		return cli_fail(cli, DAVY_USAGE, "usage", _("--lang must be zh or en."));
	for (size_t i = 0; (line = cli_opt_at(cli, "line", i)) != NULL; i++)
		ok &= is_line(line) && i < 4;
	return ok ? DAVY_OK
		  : cli_fail(cli, DAVY_USAGE, "usage",
			     _("A title and up to four lines have at most 60 columns each."));
}

static json_t *
poster(struct cli *cli, const uint8_t hash[static 32])
{
	const char *lang = cli_opt(cli, "lang"), *title = cli_opt(cli, "title");
	const char *kind = cli_opt(cli, "size"), *path = cli_opt(cli, "output");
	bool zh = !lang || !strcmp(lang, "zh");
	char words[SITE_WORDS_CAP];
	json_t *lines = cli_opt_list(cli, "line");
	size_t len = strlen(path);

	site_words(words, hash, zh);
	for (size_t i = 0; !cli_opt(cli, "line") && i < 2; i++)
		json_array_append_new(lines, json_string(said[zh].lines[i]));
	return json_pack("{s:s, s:s, s:o, s:s, s:s, s:b, s:I}", "kind", kind ? kind : "a4", "title",
			 title ? title : said[zh].title, "lines", lines, "address", cli->argv[0],
			 "words", words, "svg", len > 4 && !strcmp(path + len - 4, ".svg"), "day",
			 (json_int_t)term_today());
}

static int
site_poster_exec(struct cli *cli)
{
	uint8_t *page, hash[32];
	size_t len;
	int err = file_read(cli->ses, cli_opt(cli, "page"), PAGE_MAX, &page, &len);

	if (err)
		return err;
	key_sha256(hash, page, len);
	free(page);
	json_t *what = poster(cli, hash);
	err = paper_make(cli, what, "poster", cli_opt(cli, "output"));
	if (!err) {
		cli_printf(cli, _("%s. The page's words: %s\n"), cli_s(cli, cli_opt(cli, "output")),
			   json_string_value(json_object_get(what, "words")));
		cli_data(cli, json_pack("{s:s, s:O}", "file", cli_opt(cli, "output"), "words",
					json_object_get(what, "words")));
	}
	json_decref(what);
	return err;
}

static const struct cli_option options[] = {
	{ .name = "page",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("the page as site build wrote it, for its words") },
	{ .name = "size",
	  .arg = "a4|a6|slips|board",
	  .words = "a4 a6 slips board",
	  .help = N_("the sheet: slips has eight to tear off, board is A3 (a4)") },
	{ .name = "lang",
	  .arg = "zh|en",
	  .words = "zh en",
	  .help = N_("the poster's language (zh)") },
	{ .name = "title", .arg = N_("TEXT"), .help = N_("what stands on top") },
	{ .name = "line",
	  .many = true,
	  .arg = N_("TEXT"),
	  .help = N_("a line below it; up to four") },
	{ .name = "output",
	  .letter = 'o',
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("the PDF or SVG to write") },
	{ 0 },
};

const struct command cmd_site_poster = {
	.noun = "site",
	.verb = "poster",
	.args = "URL",
	.help = N_("make a poster of the page to print"),
	.more = N_(
		"The poster looks like any notice. The words at its foot stand for the page's SHA-256: "
		"whoever prints it and whoever built the page read them to each other."),
	.group = CLI_REGISTRAR,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.check = check,
	.exec = site_poster_exec,
};
