/*
 * davy site build: puts the facts of a deployment into the page as it was built, which gives one
 * HTML file, and prints its SHA-256.
 */
#include "admin-cli/desk/county.h"
#include "admin-cli/cli/cli_state.h"
#include "admin-cli/cmd/site_texts.h"
#include "admin-cli/cmd/site_veil.h"
#include "admin-cli/cmd/site_write.h"
#include "crypto/b64.h"
#include "crypto/bundle.h"
#include "crypto/card.h"
#include "crypto/err.h"
#include "crypto/text.h"

#define TEMPLATE_MAX (4 * 1024 * 1024)
#define FILE_NAME    "notes.dat" /* of what she saves, if the deployer names no other */
#define FILE_MAX     40
#define ICON_MAX     4096
#define READING_MAX  (256 * 1024)
#define FORM_PATH    "/form" /* of the gateway: takes a locked file from who has no scripts */

struct site {
	struct card_gateway card;
	json_t *counties;
	json_t *origins;
	uint32_t min_version;
	unsigned beat[2];
	bool cover; /* decoys leave while a visitor sends nothing */
	char built[TERM_DATE_CAP];
	const char *name, *name_en, *exit, *file;
	json_t *texts, *reading;
	char *icon;   /* the address of the icon, which is all of it */
	char *veil;   /* the key of the gateway's veil as base64; or NULL */
	char *roster; /* the bundle as base64, for an edition that needs no network; or NULL */
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

/* A name that says nothing, and that every phone can write. */
static bool
is_file_name(const char *s)
{
	size_t len = strlen(s);

	return len > 0 && len <= FILE_MAX && *s != '.' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789._-") == len;
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

/* A small picture, which the page carries itself. */
static int
take_icon(struct cli *cli, struct site *s)
{
	static const char head[] = "data:image/png;base64,";
	const char *path = cli_opt(cli, "icon");
	uint8_t *bytes;
	size_t len;

	if (!path)
		return DAVY_OK;
	int err = file_read(cli->ses, path, ICON_MAX, &bytes, &len);
	if (err)
		return err;
	size_t cap = sizeof(head) + 4 * (len + 2) / 3 + 4;
	if (len < 8 || memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) != 0)
		err = cli_fail(cli, DAVY_REFUSED, "format",
			       _("%s is no icon: a PNG of at most 4 KiB."), cli_s(cli, path));
	else if (!(s->icon = malloc(cap)))
		err = cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	if (!err) {
		memcpy(s->icon, head, sizeof(head));
		(void)b64_encode(s->icon + sizeof(head) - 1, cap - sizeof(head) + 1, bytes, len,
				 B64_PADDED);
	}
	free(bytes);
	return err;
}

/* A piece to read in one language. */
static bool
is_piece(const json_t *v)
{
	const char *title = json_string_value(json_object_get(v, "title"));
	const char *text = json_string_value(json_object_get(v, "text"));

	return title && text && *title && *text && !text_printable(title, strlen(title), 0) &&
	       !text_printable(text, strlen(text), 1);
}

/* What is there to read, so that a long stay on the page is ordinary: rights, wages, safety. */
static int
take_reading(struct cli *cli, struct site *s)
{
	const char *path = cli_opt(cli, "reading"), *lang;
	json_t *piece, *said;
	char *text;
	size_t i;

	if (!path)
		return DAVY_OK;
	int err = file_read_text(cli->ses, path, READING_MAX, &text);
	if (err)
		return err;
	s->reading = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	bool ok = json_array_size(s->reading) > 0;
	json_array_foreach(s->reading, i, piece)
	{
		ok &= json_object_get(piece, "zh") != NULL;
		json_object_foreach(piece, lang, said) ok &= is_piece(said);
	}
	return ok ? DAVY_OK
		  : cli_fail(cli, DAVY_REFUSED, "format",
			     _("%s is no list of texts to read: "
			       "[{\"zh\":{\"title\":\"…\",\"text\":\"…\"},\"en\":{…}}, …]."),
			     cli_s(cli, path));
}

static int
take_options(struct cli *cli, struct site *s)
{
	const char *beat = cli_opt(cli, "beat"), *built = cli_opt(cli, "built");
	const char *cover = cli_opt(cli, "cover");
	uint32_t day = term_today();
	char rest;

	s->name = cli_opt(cli, "name");
	s->name_en = cli_opt(cli, "name-en");
	s->exit = cli_opt(cli, "exit");
	s->file = cli_opt(cli, "file") ? cli_opt(cli, "file") : FILE_NAME;
	s->beat[0] = 2000;
	s->beat[1] = 6000;
	if (!s->name || !s->name_en || !cli_opt(cli, "template") || !cli_opt(cli, "output") ||
	    !cli_opt(cli, "roster"))
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("A page needs --template, --card, --roster, --name, --name-en and -o FILE."));
	if (!s->exit)
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("Say where Leave leads: --exit URL, an https page that people there open "
			  "every day (weather, news) and that fits the title of this page."));
	if (text_printable(s->name, strlen(s->name), 0) ||
	    text_printable(s->name_en, strlen(s->name_en), 0))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("A name is UTF-8 without control characters."));
	if (beat && (sscanf(beat, "%u,%u%c", &s->beat[0], &s->beat[1], &rest) != 2 ||
		     s->beat[0] < 100 || s->beat[1] < s->beat[0] || s->beat[1] > 600000))
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("A beat is two numbers of milliseconds, the smaller first: --beat 2000,6000."));
	s->cover = !cover || strcmp(cover, "on") == 0;
	if (!s->cover && strcmp(cover, "off") != 0)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("The cover is on or off: --cover off, not \"%s\"."),
				cli_s(cli, cover));
	if (built && !term_parse_date(built, &day))
		return cli_fail(cli, DAVY_USAGE, "usage", _("A date is written 2026-11-23."));
	if (!is_file_name(s->file))
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("The name of the saved file has small letters, digits, dots and dashes: notes.dat."));
	if (strncmp(s->exit, "https://", 8) != 0 || strpbrk(s->exit, "\"'<>& "))
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

/* The edition that can lock without a network has the roster and its certificates inside. */
static int
keep_roster(struct cli *cli, struct site *s, const uint8_t *bytes, const struct bundle *b)
{
	if (!b->epoch_cnt)
		return cli_fail(
			cli, DAVY_REFUSED, "roster",
			_("This roster has no keys of desks: take what the gateway answers to GET /roster."));
	if (!b->logged)
		return cli_fail(
			cli, DAVY_REFUSED, "unlogged",
			_("The page would refuse this roster: no proof that it is in the public log stands behind "
			  "it. Take what the gateway answers to GET /roster."));
	size_t cap = 4 * (b->whole_len + 2) / 3 + 4;
	s->roster = malloc(cap);
	if (!s->roster)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	(void)b64_encode(s->roster, cap, bytes, b->whole_len, B64_PADDED);
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
	if (!err && cli_flag(cli, "offline"))
		err = keep_roster(cli, s, bytes, &b);
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

/* The facts as JSON (FORMATS §13). */
static char *
deployment(const struct site *s)
{
	char hex[33];
	json_t *roots = json_array();

	for (size_t i = 0; i < s->card.roots.cnt; i++)
		json_array_append_new(roots, b64_json(s->card.roots.key[i], KEY_SIGN_PUBLIC_LEN));
	json_t *j = json_pack(
		"{s:i, s:s, s:o, s:o, s:I, s:I, s:{s:s, s:s}, s:O, s:O, s:[i,i], s:s, s:s}", "v", 1,
		"gateway", term_hex(hex, s->card.id, 16), "key",
		b64_json(s->card.key, KEY_SIGN_PUBLIC_LEN), "roots", roots, "threshold",
		(json_int_t)s->card.roots.threshold, "min_version", (json_int_t)s->min_version,
		"name", "zh", s->name, "en", s->name_en, "origins", s->origins, "counties",
		s->counties, "beat_ms", (int)s->beat[0], (int)s->beat[1], "built", s->built, "exit",
		s->exit);
	if (j && s->reading)
		json_object_set(j, "reading", s->reading);
	if (j)
		json_object_set_new(j, "file", json_string(s->file));
	if (j && !s->cover)
		json_object_set_new(j, "cover", json_false());
	if (j && s->roster)
		json_object_set_new(j, "roster", json_string(s->roster));
	if (j && s->veil)
		json_object_set_new(j, "veil", json_string(s->veil));
	char *out = j ? site_json(j) : NULL;
	json_decref(j);
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

/* Replaces `mark` in each place of the template. */
static int
put(struct cli *cli, char **page, const char *mark, const char *value)
{
	char *at = strstr(*page, mark), *out;

	if (!at)
		return cli_fail(cli, DAVY_REFUSED, "format",
				_("The template has no place for %s; build it with make page."),
				mark);
	for (size_t done = 0; at; at = strstr(*page + done, mark)) {
		done = (size_t)(at - *page) + strlen(value);
		if (asprintf(&out, "%.*s%s%s", (int)(at - *page), *page, value, at + strlen(mark)) <
		    0)
			return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
		free(*page);
		*page = out;
	}
	return DAVY_OK;
}

static int
put_form(struct cli *cli, char **page, const struct site *s)
{
	const char *origin = json_string_value(json_array_get(s->origins, 0));
	char *to = NULL;

	if (asprintf(&to, "%s" FORM_PATH, origin ? origin : "") < 0)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	int err = put(cli, page, "__FORM__", to);
	free(to);
	return err;
}

/* A page that can record is one that the deployer asked for, and the other way about. */
static int
check_voice(struct cli *cli, const char *page)
{
	bool has = strstr(page, "media-src blob:") != NULL;

	if (has == cli_flag(cli, "voice"))
		return DAVY_OK;
	return cli_fail(
		cli, DAVY_USAGE, "usage", "%s",
		has ? _("This template can record a voice. Whoever hears it knows who speaks: say --voice if "
			"the deployment wants that, or take the ordinary template.")
		    : _("This template has no voice note: take share/davylamp/voice.html."));
}

/* The template with all that the deployment says. */
static int
fill(struct cli *cli, char **page, const struct site *s)
{
	char *facts = deployment(s), *connect = connect_list(s);
	int err = facts && connect ? DAVY_OK
				   : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));

	if (!err)
		err = put(cli, page, "__CONNECT__", connect);
	if (!err)
		err = put(cli, page, "__EXIT__", s->exit);
	if (!err && !s->veil)
		err = put_form(cli, page, s);
	if (!err && s->icon)
		err = site_between(cli, page, "<link rel=\"icon\" href=\"", "\"", s->icon);
	/* last, since texts and names may say anything */
	if (!err)
		err = site_between(cli, page, "id=\"deployment\">", "</script>", facts);
	if (!err)
		err = site_texts_put(cli, page, s->texts, cli_opt(cli, "title"));
	free(facts);
	free(connect);
	return err;
}

static int
site_build_exec(struct cli *cli)
{
	struct site s = { 0 };
	char *page = NULL;
	int err = take_options(cli, &s);

	if (!err)
		err = site_card_take(cli, &s.card);
	if (!err)
		err = site_veil_take(cli, &s.card, &s.veil);
	if (!err)
		err = take_roster(cli, &s);
	if (!err)
		err = take_counties(cli, &s);
	if (!err)
		err = take_icon(cli, &s);
	if (!err)
		err = take_reading(cli, &s);
	if (!err)
		err = file_read_text(cli->ses, cli_opt(cli, "template"), TEMPLATE_MAX, &page);
	if (!err)
		err = check_voice(cli, page);
	if (!err)
		err = site_veil_check(cli, page);
	if (!err)
		err = site_texts_take(cli, page, &s.texts);
	if (!err)
		err = site_texts_relay(cli, s.texts);
	if (!err)
		err = fill(cli, &page, &s);
	if (!err)
		err = site_write(cli, page);
	free(page);
	free(s.roster);
	free(s.veil);
	free(s.icon);
	json_decref(s.texts);
	json_decref(s.reading);
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
	{ .name = "cover",
	  .arg = N_("on|off"),
	  .words = "on off",
	  .help = N_("off: no decoys while a visitor sends nothing, and the page says so (on)") },
	{ .name = "exit",
	  .arg = N_("URL"),
	  .help = N_("where Leave leads: an ordinary page, as of the weather") },
	{ .name = "lang",
	  .arg = N_("LIST"),
	  .words = "zh,en zh en",
	  .help = N_("the page's languages in their order, the first one first shown (zh,en)") },
	{ .name = "texts",
	  .many = true,
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("the texts of a further language for --lang; they are checked") },
	{ .name = "title",
	  .arg = N_("TEXT"),
	  .help = N_("what the browser's list of pages says (Home)") },
	{ .name = "icon",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("a small PNG beside the title (none)") },
	{ .name = "reading",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("something useful to read on the page: JSON list of title and text") },
	{ .name = "relay",
	  .arg = N_("NAME"),
	  .help = N_(
		  "who runs the relay before the gateway, in Chinese: the page says it (none)") },
	{ .name = "relay-en", .arg = N_("NAME"), .help = N_("and in English") },
	{ .name = "file",
	  .arg = N_("NAME"),
	  .help = N_(
		  "what a locked file is called that is saved for somebody to carry (notes.dat)") },
	{ .name = "offline",
	  .help = N_(
		  "an edition to hand over as a file: the roster is inside, so it locks without a "
		  "network") },
	{ .name = "voice",
	  .help = N_(
		  "an edition that can record a voice note, of the template voice.html; a voice is a name, so "
		  "only where people who cannot type need it") },
	{ .name = "veil",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_(
		  "the card of the gateway's veil, for an edition of the template veil.html that sends "
		  "everything through the relays that --origin names") },
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
