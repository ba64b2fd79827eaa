/* The texts of the page (see site_texts.h). */
#include "admin-cli/cmd/site_texts.h"

#include <string.h>

#include "admin-cli/base/term.h"
#include "admin-cli/cli/cli.h"
#include "crypto/text.h"

#define BLOCK     "<script type=\"application/json\" id=\"texts\">"
#define BLOCK_END "</script>"
#define EACH      "<!--each:"
#define EACH_END  "<!--/each-->"
#define FILE_MAX  (512 * 1024)
#define KEY_MAX   64
#define CODE_MAX  8
#define NONE      SIZE_MAX
#define FAULT_MAX 12 /* so many are named; a translator mends them and tries again */
/* Of what begins so, no script knows: it is for who has none. */
#define PLAIN "plain."
/* Of one edition alone: a page without it passes them over. */
static const char *const editions[] = { "codes.", "voice." };
/* The text about addresses, behind which the page says who runs the relay. */
#define ADDRESS   "safe.7"
#define RELAY_MAX 60

/* Languages that are written from right to left. */
static const char *const leftward[] = { "ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi" };

struct check {
	struct cli *cli;
	const char *path;
	unsigned faults;
};

static const char *
text_at(const json_t *texts, const char *lang, size_t i)
{
	const char *s = json_string_value(
		json_array_get(json_object_get(json_object_get(texts, "texts"), lang), i));

	return s ? s : "";
}

/* Where the texts of a key stand; NONE where the page has no such key. */
static size_t
place_of(const json_t *texts, const char *key)
{
	const json_t *keys = json_object_get(texts, "keys");

	for (size_t i = 0; i < json_array_size(keys); i++)
		if (!strcmp(json_string_value(json_array_get(keys, i)), key))
			return i;
	return NONE;
}

static const char *
text_of(const json_t *texts, const char *lang, const char *key)
{
	size_t i = place_of(texts, key);

	return i == NONE ? NULL : text_at(texts, lang, i);
}

static void
fault(struct check *c, const char *key, const char *what)
{
	if (++c->faults <= FAULT_MAX)
		cli_warn(c->cli, "%s: %s: %s", cli_s(c->cli, c->path), cli_s(c->cli, key), what);
}

/* The gaps of a text that are in it and not in the other. */
static bool
gaps_in(const char *text, const char *other)
{
	for (const char *p = strchr(text, '{'); p; p = strchr(p + 1, '{')) {
		char gap[KEY_MAX];
		size_t n = strcspn(p, "}") + 1;

		if (n >= sizeof(gap))
			return false;
		memcpy(gap, p, n);
		gap[n] = '\0';
		if (!strstr(other, gap))
			return false;
	}
	return true;
}

/* Twice as wide as the wider of the two that are known to fit, and a word more. */
static bool
fits(const char *text, const char *zh, const char *en)
{
	int a = term_width(zh), b = term_width(en);

	return term_width(text) <= 2 * (a > b ? a : b) + 16;
}

static void
check_text(struct check *c, const char *key, const char *text, const char *zh, const char *en)
{
	if (!text || !*text)
		fault(c, key, _("is missing"));
	else if (text_printable(text, strlen(text), 0))
		fault(c, key, _("has control characters"));
	else if (!gaps_in(zh, text) || !gaps_in(text, zh))
		fault(c, key, _("needs the same {…} as the Chinese text"));
	else if (!fits(text, zh, en))
		fault(c, key, _("is too long for the screen of a phone"));
}

/* The first part of the tag: "ug" of ug-Arab. */
static bool
code_of(const char *tag, char code[static CODE_MAX + 1])
{
	size_t n = strspn(tag, "abcdefghijklmnopqrstuvwxyz");

	if (n < 2 || n > CODE_MAX || (tag[n] && tag[n] != '-') ||
	    strspn(tag, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") !=
		    strlen(tag))
		return false;
	memcpy(code, tag, n);
	code[n] = '\0';
	return true;
}

static void
check_direction(struct check *c, const char *code, const char *dir)
{
	bool left = false;

	for (size_t i = 0; i < sizeof(leftward) / sizeof(*leftward); i++)
		left |= !strcmp(code, leftward[i]);
	if (strcmp(dir, left ? "rtl" : "ltr") != 0)
		fault(c, "lang.dir",
		      left ? _("must be rtl: the language is written from right to left")
			   : _("must be ltr: the language is written from left to right"));
}

static bool
of_edition(const char *key)
{
	for (size_t i = 0; i < sizeof(editions) / sizeof(*editions); i++)
		if (!strncmp(key, editions[i], strlen(editions[i])))
			return true;
	return false;
}

/* A file of a language beside the template's; its texts in the order of the keys. */
static int
check_file(struct check *c, json_t *texts, const json_t *file)
{
	char code[CODE_MAX + 1] = "";
	const char *tag = json_string_value(json_object_get(file, "lang.tag"));
	const char *dir = json_string_value(json_object_get(file, "lang.dir"));
	json_t *list = json_array(), *k;
	const char *key;
	size_t i;

	json_array_foreach(json_object_get(texts, "keys"), i, k)
	{
		const json_t *v = json_object_get(file, json_string_value(k));
		check_text(c, json_string_value(k), json_string_value(v), text_at(texts, "zh", i),
			   text_at(texts, "en", i));
		json_array_append(list, (json_t *)(uintptr_t)v);
	}
	json_object_foreach((json_t *)(uintptr_t)file, key, k)
	{
		if (place_of(texts, key) == NONE && !of_edition(key))
			fault(c, key, _("is no text of this page"));
	}
	if (!tag || !code_of(tag, code))
		fault(c, "lang.tag", _("must be a tag of a language: mn, ug"));
	else if (dir)
		check_direction(c, code, dir);
	if (!c->faults)
		json_object_set(json_object_get(texts, "texts"), code, list);
	json_decref(list);
	if (!c->faults)
		return DAVY_OK;
	return cli_fail(c->cli, DAVY_REFUSED, "texts",
			_("%s has %u faults; begin with share/davylamp/texts/en.json and change "
			  "its words only."),
			cli_s(c->cli, c->path), c->faults);
}

static int
take_file(struct cli *cli, json_t *texts, const char *path)
{
	struct check c = { .cli = cli, .path = path };
	char *text = NULL;
	int err = file_read_text(cli->ses, path, FILE_MAX, &text);

	if (err)
		return err;
	json_t *file = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	err = json_is_object(file)
		      ? check_file(&c, texts, file)
		      : cli_fail(cli, DAVY_REFUSED, "format",
				 _("%s is no file of texts: JSON, one text for each key, as in "
				   "share/davylamp/texts/en.json."),
				 cli_s(cli, path));
	json_decref(file);
	return err;
}

/* The languages that are wanted, in that order. */
static int
choose(struct cli *cli, json_t *texts, const char *wanted)
{
	json_t *all = json_incref(json_object_get(texts, "texts")), *kept = json_object();
	char code[CODE_MAX + 1];
	int err = DAVY_OK;

	for (const char *p = wanted; !err; p += strcspn(p, ",") + 1) {
		size_t n = strcspn(p, ",");
		snprintf(code, sizeof(code), "%.*s", (int)(n < sizeof(code) ? n : 0), p);
		json_t *list = json_object_get(all, code);
		if (!list || json_object_get(kept, code))
			err = cli_fail(cli, DAVY_USAGE, "usage",
				       _("--lang names each language once, as zh,en; one that is "
					 "neither comes from a file: --texts mn.json."));
		else
			json_object_set(kept, code, list);
		if (!p[n])
			break;
	}
	json_object_set_new(texts, "texts", kept);
	json_decref(all);
	return err;
}

int
site_texts_take(struct cli *cli, const char *page, json_t **out)
{
	const char *at = strstr(page, BLOCK), *wanted = cli_opt(cli, "lang"), *path;
	const char *end = at ? strstr(at, BLOCK_END) : NULL;
	int err = DAVY_OK;

	*out = end ? json_loadb(at + strlen(BLOCK), (size_t)(end - at) - strlen(BLOCK), 0, NULL)
		   : NULL;
	if (!*out)
		return cli_fail(
			cli, DAVY_REFUSED, "format",
			_("The template has not exactly one place for %s; build it with make page."),
			"texts");
	for (size_t i = 0; !err && (path = cli_opt_at(cli, "texts", i)) != NULL; i++)
		err = take_file(cli, *out, path);
	return !err && wanted ? choose(cli, *out, wanted) : err;
}

char *
site_html(const char *text)
{
	char *out = malloc(6 * strlen(text) + 1);
	size_t n = 0;

	for (const char *p = text; out && *p; p++)
		if (strchr("<>&\"'", *p))
			n += (size_t)snprintf(out + n, 7, "&#%d;", *p);
		else
			out[n++] = *p;
	if (out)
		out[n] = '\0';
	return out;
}

char *
site_json(const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT), *out = NULL;

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

int
site_between(struct cli *cli, char **page, const char *begin, const char *end, const char *value)
{
	char *at = strstr(*page, begin), *to = at ? strstr(at + strlen(begin), end) : NULL, *out;

	if (!value)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	if (!to || strstr(at + 1, begin))
		return cli_fail(
			cli, DAVY_REFUSED, "format",
			_("The template has not exactly one place for %s; build it with make page."),
			begin);
	if (asprintf(&out, "%.*s%s%s", (int)(at - *page) + (int)strlen(begin), *page, value, to) <
	    0)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	free(*page);
	*page = out;
	return DAVY_OK;
}

/* One part of the page in one language: {key} becomes its text. */
static void
put_part(FILE *out, const char *part, size_t len, const json_t *texts, const char *lang)
{
	for (const char *p = part; p < part + len; p++) {
		char key[KEY_MAX];
		size_t n = *p == '{' ? strcspn(p, "}") : 0;
		if (n && n < sizeof(key)) {
			snprintf(key, sizeof(key), "%.*s", (int)n - 1, p + 1);
			const char *text = text_of(texts, lang, key);
			char *html = site_html(text ? text : "");
			fputs(html ? html : "", out);
			free(html);
			p += n;
		} else {
			fputc(*p, out);
		}
	}
}

/* The parts for who has no scripts stand once for each language. */
static char *
each_language(const char *page, const json_t *texts)
{
	char *whole = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&whole, &len);
	const char *begin, *end;

	while (out && (begin = strstr(page, EACH)) && (end = strstr(begin, EACH_END))) {
		const char *between = begin + strlen(EACH), *part = strstr(between, "-->") + 3;
		const char *lang;
		json_t *list;
		bool first = true;
		fwrite(page, 1, (size_t)(begin - page), out);
		json_object_foreach(json_object_get(texts, "texts"), lang, list)
		{
			if (!first)
				fwrite(between, 1, (size_t)(part - 3 - between), out);
			first = false;
			put_part(out, part, (size_t)(end - part), texts, lang);
		}
		page = end + strlen(EACH_END);
	}
	if (!out)
		return NULL;
	fputs(page, out);
	return fclose(out) == 0 ? whole : NULL;
}

/* The block without what no script reads. */
static json_t *
for_script(const json_t *texts)
{
	json_t *out = json_deep_copy(texts), *list;
	json_t *keys = json_object_get(out, "keys");
	const char *lang;

	for (size_t i = json_array_size(keys); i-- > 0;) {
		if (strncmp(json_string_value(json_array_get(keys, i)), PLAIN, strlen(PLAIN)) != 0)
			continue;
		json_array_remove(keys, i);
		json_object_foreach(json_object_get(out, "texts"), lang, list)
			json_array_remove(list, i);
	}
	return out;
}

static void
set_title(json_t *texts, const char *title)
{
	json_t *list;
	const char *lang;
	size_t i = place_of(texts, "page.title");

	json_object_foreach(json_object_get(texts, "texts"), lang, list)
		json_array_set_new(list, i, json_string(title));
}

/* The line in the page's language, not in that of who builds it. */
static int
add_relay(struct cli *cli, json_t *texts, const char *lang, const char *name)
{
	bool zh = !strcmp(lang, "zh");
	json_t *list = json_object_get(json_object_get(texts, "texts"), lang);
	size_t at = place_of(texts, ADDRESS);

	if (!*name || text_printable(name, strlen(name), 0) || term_width(name) > RELAY_MAX)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("The name of who runs the relay is one short line of text."));
	if (!list)
		return DAVY_OK;
	if (at == NONE)
		return cli_fail(cli, DAVY_REFUSED, "format",
				_("The template has no place for %s; build it with make page."),
				ADDRESS);
	json_t *line = json_sprintf(
		"%s%s%s%s", text_at(texts, lang, at), zh ? "" : " ", name,
		zh ? "把你发的转给我们：看得到你的网络地址，看不到你写的，也不把地址告诉我们。"
		   : " passes on to us what you send. It sees your network address, not your words, "
		     "and does not tell us the address.");
	return json_array_set_new(list, at, line)
		       ? cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."))
		       : DAVY_OK;
}

int
site_texts_relay(struct cli *cli, json_t *texts)
{
	const char *zh = cli_opt(cli, "relay"), *en = cli_opt(cli, "relay-en"), *lang;
	json_t *list;

	if (!zh && !en)
		return DAVY_OK;
	if (!zh || !en)
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("Say who runs the relay in both languages: --relay NAME --relay-en NAME."));
	int err = add_relay(cli, texts, "zh", zh);
	if (!err)
		err = add_relay(cli, texts, "en", en);
	json_object_foreach(json_object_get(texts, "texts"), lang, list)
	{
		if (strcmp(lang, "zh") != 0 && strcmp(lang, "en") != 0)
			cli_warn(cli,
				 _("%s: who runs the relay is not said; write it into the text %s"),
				 lang, ADDRESS);
	}
	return err;
}

int
site_texts_put(struct cli *cli, char **page, json_t *texts, const char *title)
{
	const char *first = json_object_iter_key(json_object_iter(json_object_get(texts, "texts")));
	char *html = NULL, *whole = NULL, root[128];

	if (title)
		set_title(texts, title);
	snprintf(root, sizeof(root), "\"%s\" dir=\"%s\" translate=\"no\"",
		 text_of(texts, first, "lang.tag"), text_of(texts, first, "lang.dir"));
	html = site_html(text_of(texts, first, "page.title"));
	int err = site_between(cli, page, "<html lang=", ">", root);
	if (!err)
		err = site_between(cli, page, "<title>", "</title>", html);
	free(html);
	whole = err ? NULL : each_language(*page, texts);
	if (!err && !whole)
		err = cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	if (err)
		return err;
	free(*page);
	*page = whole;
	json_t *script = for_script(texts);
	char *block = site_json(script);
	json_decref(script);
	err = site_between(cli, page, BLOCK, BLOCK_END, block);
	free(block);
	return err;
}
