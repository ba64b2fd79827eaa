/*
 * davy site verify: fetches the page as phones do, several times, from the addresses that are named
 * and by the ways that are named, and compares each copy with the page that was built.
 */
#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/leads.h"
#include "admin-cli/cmd/site_veil.h"
#include "crypto/key.h"

#define PAGE_MAX  (4 * 1024 * 1024)
#define FETCH_S   60L
#define CONNECT_S 20L
#define TIMES_MAX 100

static const struct {
	const char *name, *agent;
} phones[] = {
	{ "Android", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
		     "Chrome/138.0.0.0 Mobile Safari/537.36" },
	{ "iPhone", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
		    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1" },
	{ "WeChat", "Mozilla/5.0 (Linux; Android 13; K) AppleWebKit/537.36 (KHTML, like Gecko) "
		    "Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.50 "
		    "NetType/4G Language/zh_CN" },
};
#define PHONE_CNT (sizeof(phones) / sizeof(phones[0]))

struct fetch {
	const char *url, *via;
	size_t phone;
	uint8_t *bytes;
	size_t len;
	bool over, marks; /* too long; a header that the gateway never sends */
	long status;
	char error[CURL_ERROR_SIZE];
};

struct tally {
	uint8_t want[32];
	unsigned same, other, none;
	json_t *list;
};

static size_t
take(char *data, size_t one, size_t n, void *arg)
{
	struct fetch *f = arg;

	if (n > PAGE_MAX - f->len) {
		f->over = true;
		return 0;
	}
	memcpy(f->bytes + f->len, data, n);
	f->len += n;
	return one * n;
}

/* What would know a phone again, or lead it elsewhere. */
static size_t
take_head(char *line, size_t one, size_t n, void *arg)
{
	static const char *const marks[] = { "set-cookie:", "refresh:", "etag:", "link:" };
	struct fetch *f = arg;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (n > strlen(marks[i]) && strncasecmp(line, marks[i], strlen(marks[i])) == 0)
			f->marks = true;
	return one * n;
}

/* True where an answer came, whatever it is. */
static bool
get(struct fetch *f)
{
	CURL *c = curl_easy_init();
	struct curl_slist *head = curl_slist_append(
		NULL, "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
	CURLcode code = c && head ? CURLE_OK : CURLE_OUT_OF_MEMORY;

	f->len = 0;
	if (head)
		curl_slist_append(head, "Accept-Language: zh-CN,zh;q=0.9");
	if (!code) {
		curl_easy_setopt(c, CURLOPT_URL, f->url);
		curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
		curl_easy_setopt(c, CURLOPT_PROXY, f->via ? f->via : "");
		curl_easy_setopt(c, CURLOPT_USERAGENT, phones[f->phone].agent);
		curl_easy_setopt(c, CURLOPT_HTTPHEADER, head);
		curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, ""); /* all that libcurl unpacks */
		curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
		curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
		curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
		curl_easy_setopt(c, CURLOPT_TIMEOUT, FETCH_S);
		curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
		curl_easy_setopt(c, CURLOPT_WRITEDATA, f);
		curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_head);
		curl_easy_setopt(c, CURLOPT_HEADERDATA, f);
		curl_easy_setopt(c, CURLOPT_ERRORBUFFER, f->error);
		code = curl_easy_perform(c);
		curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &f->status);
	}
	if (code && !*f->error)
		snprintf(f->error, sizeof(f->error), "%s", curl_easy_strerror(code));
	curl_slist_free_all(head);
	curl_easy_cleanup(c);
	return code == CURLE_OK || f->over;
}

static void
judge(struct cli *cli, struct fetch *f, struct tally *t)
{
	bool came = get(f);
	uint8_t hash[32];
	char hex[65] = "";
	const char *what = "none";

	if (came) {
		key_sha256(hash, f->bytes, f->len);
		term_hex(hex, hash, sizeof(hash));
		what = f->status == 200 && !f->over && !f->marks &&
				       memcmp(hash, t->want, sizeof(hash)) == 0
			       ? "same"
			       : "other";
	}
	t->same += *what == 's';
	t->other += *what == 'o';
	t->none += *what == 'n';
	json_array_append_new(t->list,
			      json_pack("{s:s, s:s?, s:s, s:s, s:s, s:i}", "url", f->url, "via",
					f->via, "phone", phones[f->phone].name, "result", what,
					"sha256", hex, "status", (int)f->status));
	cli_printf(cli, "%s · %s%s%s · ", cli_s(cli, f->url), phones[f->phone].name,
		   f->via ? " · " : "", f->via ? cli_s(cli, f->via) : "");
	if (*what == 's')
		cli_printf(cli, _("this page\n"));
	else if (*what == 'n')
		cli_printf(cli, _("no answer: %s\n"), cli_s(cli, f->error));
	else if (f->over)
		cli_printf(cli, _("ANOTHER: longer than a page can be\n"));
	else if (f->marks && memcmp(hash, t->want, sizeof(hash)) == 0)
		cli_printf(cli, _("this page, with a header that knows a phone again or leads "
				  "elsewhere\n"));
	else
		cli_printf(cli, _("ANOTHER: HTTP %ld, %zu bytes, SHA-256 %s\n"), f->status, f->len,
			   hex);
}

static int
take_page(struct cli *cli, struct tally *t)
{
	const char *path = cli_opt(cli, "page");
	uint8_t *bytes;
	size_t len;

	if (!path)
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("Say what the page should be: --page FILE, as davy site build wrote it."));
	int err = file_read(cli->ses, path, PAGE_MAX, &bytes, &len);
	if (err)
		return err;
	key_sha256(t->want, bytes, len);
	err = site_veil_verify(cli, bytes, len);
	free(bytes);
	return err;
}

static int
verdict(struct cli *cli, const struct tally *t)
{
	if (t->other)
		return cli_fail(
			cli, DAVY_REFUSED, "page",
			_("%u of %u copies are not the page that was built. Take the address off the "
			  "posters until it is known who changed them."),
			t->other, t->same + t->other + t->none);
	if (t->none)
		return cli_fail(
			cli, DAVY_AGAIN, "network",
			_("%u of %u times no page came; the others were the page that was built."),
			t->none, t->same + t->none);
	cli_printf(cli, _("All %u copies are the page that was built.\n"), t->same);
	return DAVY_OK;
}

/* The names are looked up here, so not where a proxy does that. */
static int
look_up_all(struct cli *cli)
{
	char text[LEADS_CAP];
	int err = DAVY_OK;

	if (!leads_asked(cli))
		return DAVY_OK;
	if (cli_opt(cli, "via"))
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("--relay looks the name up on this machine, --via does not: use one "
			  "of them at a time."));
	for (int u = 0; !err && u < cli->argc; u++) {
		err = leads_check(cli, cli->argv[u], text);
		if (!err)
			cli_printf(cli, _("%s · leads to the relay: %s\n"),
				   cli_s(cli, cli->argv[u]), text);
	}
	return err;
}

static int
site_verify_exec(struct cli *cli)
{
	struct tally t = { 0 };
	struct fetch f = { 0 };
	uint64_t times = 1;
	int err = cli_opt_number(cli, "times", 1, TIMES_MAX, &times);

	if (!err)
		err = take_page(cli, &t);
	if (!err)
		err = look_up_all(cli);
	if (err)
		return err;
	t.list = json_array();
	f.bytes = malloc(PAGE_MAX);
	if (!f.bytes || !t.list) {
		free(f.bytes);
		json_decref(t.list);
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	}
	for (uint64_t n = 0; n < times; n++)
		for (int u = 0; u < cli->argc; u++)
			for (size_t v = 0; v == 0 || cli_opt_at(cli, "via", v); v++)
				for (size_t p = 0; p < PHONE_CNT; p++) {
					uint8_t *bytes = f.bytes;
					f = (struct fetch){ .url = cli->argv[u],
							    .via = cli_opt_at(cli, "via", v),
							    .phone = p,
							    .bytes = bytes };
					judge(cli, &f, &t);
				}
	free(f.bytes);
	cli_data(cli, json_pack("{s:i, s:i, s:i, s:o}", "same", (int)t.same, "other", (int)t.other,
				"none", (int)t.none, "fetches", t.list));
	return verdict(cli, &t);
}

static const struct cli_option options[] = {
	{ .name = "page",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("the page as davy site build wrote it") },
	{ .name = "via",
	  .many = true,
	  .arg = N_("PROXY"),
	  .help = N_("fetch through socks5h://HOST:PORT; several are all used; none: straight") },
	LEADS_OPTIONS,
	{ .name = "veil",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("the card of the gateway's veil: whether the page seals to its key") },
	{ .name = "card", .arg = N_("FILE"), .words = "@file", .help = N_("the gateway's card") },
	{ .name = "times", .arg = N_("N"), .help = N_("how often each (1)") },
	{ 0 },
};

const struct command cmd_site_verify = {
	.noun = "site",
	.verb = "verify",
	.args = "URL…",
	.help = N_("fetch the page as phones do, and compare it with the one that was built"),
	.more = N_(
		"It says whether this machine, by these ways, gets the page that was built. Who serves "
		"another page to one phone alone may still serve the right one here: fetch from many "
		"places, at times that nobody can guess. Behind a relay (docs/relay.md), --relay and "
		"--behind look first whether the name leads there; for a page through a veil, --veil and "
		"--card look whether it seals to the veil's key of now."),
	.group = CLI_REGISTRAR,
	.arg_min = 1,
	.arg_max = -1,
	.options = options,
	.exec = site_verify_exec,
};
