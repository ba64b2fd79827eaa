/*
 * davy gateway connect: writes down where a gateway is and pins the keys of its card. Sends
 * nothing.
 */
#include <limits.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/veil_arg.h"
#include "admin-cli/home/home.h"
#include "admin-cli/net/net.h"

static int
check_url(struct cli *cli, const char *url)
{
	const char *host = strncmp(url, "http://", 7) == 0    ? url + 7
			   : strncmp(url, "https://", 8) == 0 ? url + 8
							      : NULL;

	if (strncmp(url, "unix:/", 6) == 0 && strlen(url) < 100)
		return DAVY_OK;
	if (!host || !*host || strpbrk(host, " @?#") || strlen(url) > 1000)
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("An address is https://HOST[:PORT], http://HOST[:PORT] or unix:/PATH, not \"%s\"."),
			cli_s(cli, url));
	size_t len = strcspn(host, ":/");
	bool local = strncmp(host, "127.", 4) == 0 ||
		     (len == 9 && strncmp(host, "localhost", len) == 0) || *host == '[' ||
		     (len > 6 && strncmp(host + len - 6, ".onion", 6) == 0);
	if (strncmp(url, "http://", 7) == 0 && !local)
		cli_warn(
			cli, "%s",
			_("Plain http shows others that you talk to a gateway; prefer https or an onion "
			  "address."));
	return DAVY_OK;
}

/* Makes a path absolute, since later runs may start in other folders. */
static int
whole_path(struct cli *cli, const char *path, char *out)
{
	if (!path || realpath(path, out))
		return DAVY_OK;
	return cli_fail(cli, DAVY_REFUSED, "not-found", _("The file %s cannot be found."),
			cli_s(cli, path));
}

static int
read_card(struct cli *cli, const char *path, struct card_gateway *card)
{
	uint8_t *bytes;
	size_t len;
	int err = file_read(cli->ses, path, CARD_MAX, &bytes, &len);

	if (err)
		return err;
	err = card_gateway_parse(card, bytes, len);
	free(bytes);
	return err ? cli_fail_err(cli, err, _("%s is not a gateway's card"), cli_s(cli, path))
		   : DAVY_OK;
}

/* Keeps what was pinned before: for the same gateway at a new address, a roster older than the one
 * that this home has seen is still refused. A key that succeeds the old one by --succeed must be
 * named by the next roster, so that an old roster cannot bring the old key back. */
static int
keep_floor(struct cli *cli, struct home_gateway *g)
{
	const struct home_gateway *old;
	const char *selected = cli->ses->gateway;
	char hex[33];

	cli->ses->gateway = term_hex(hex, g->card.id, 16);
	int err = home_gateway(cli->ses, &old);
	cli->ses->gateway = selected;
	if (err) {
		cli_forgive(cli);
		return DAVY_OK;
	}
	bool same = memcmp(old->key, g->key, sizeof(old->key)) == 0;
	if (!same && !cli_flag(cli, "succeed"))
		return cli_fail(
			cli, DAVY_REFUSED, "changed",
			_("This home knows the gateway under another key than the card's. Run davy sync: it "
			  "takes a new key that the roots have signed. If the registrar confirms in person "
			  "that the card is the newest, add --succeed."));
	g->key_named = same && old->key_named;
	g->min_version = old->min_version;
	memcpy(g->min_hash, old->min_hash, sizeof(g->min_hash));
	g->name = old->name;
	return DAVY_OK;
}

static int
gateway_connect_exec(struct cli *cli)
{
	const char *card = cli_opt(cli, "card"), *proxy = cli_opt(cli, "proxy");
	const char *cacert = cli_opt(cli, "cacert"), *veil = cli_opt(cli, "veil");
	struct home_gateway g = { .url = (char *)(uintptr_t)cli->argv[0] };
	struct ohttp_config config;
	char ca[PATH_MAX], hex[33];

	if (!card)
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("A gateway is known by its card: give --card FILE, as you got it from the "
			  "registrar."));
	if (proxy && strncmp(proxy, "socks5h://", 10) != 0)
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("A proxy is socks5h://HOST:PORT, so that names are not looked up here."));
	int err = check_url(cli, g.url);
	if (!err)
		err = whole_path(cli, cacert, ca);
	if (!err)
		err = read_card(cli, card, &g.card);
	if (!err)
		err = home_open(cli->ses, true);
	if (!err)
		memcpy(g.key, g.card.key, sizeof(g.key));
	if (!err)
		err = keep_floor(cli, &g);
	if (!err && veil)
		err = veil_arg(cli, veil, g.card.id, g.key, &config);
	if (err)
		return err;
	g.veil = veil ? &config : NULL;
	g.proxy = (char *)(uintptr_t)proxy;
	g.cacert = cacert ? ca : NULL;
	err = home_gateway_save(cli->ses, &g, true);
	if (err)
		return err;
	term_hex(hex, g.card.id, 16);
	cli_printf(cli, _("Gateway %.8s is at %s. Next: davy sync.\n"), hex, cli_s(cli, g.url));
	cli_data(cli, json_pack("{s:s, s:s}", "gateway", hex, "url", g.url));
	return DAVY_OK;
}

static const struct cli_option options[] = {
	{ .name = "card",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("the gateway's card: its id and key and the roots of the roster") },
	{ .name = "proxy",
	  .arg = N_("URL"),
	  .help = N_("go through socks5h://HOST:PORT, for example tor's") },
	{ .name = "cacert",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("trust this authority for https") },
	{ .name = "veil",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_(
		  "the card of the gateway's veil: ADDRESS is a relay's, and what is sent is sealed "
		  "through it") },
	{ .name = "succeed",
	  .help = N_("take the card's key in the place of the one that this home knows") },
	{ 0 },
};

const struct command cmd_gateway_connect = {
	.noun = "gateway",
	.verb = "connect",
	.args = "ADDRESS",
	.help = N_("remember a gateway and pin its keys"),
	.more = N_("ADDRESS is https://HOST, http://HOST or unix:/PATH. Nothing is sent."),
	.group = CLI_KEYS,
	.arg_min = 1,
	.arg_max = 1,
	.options = options,
	.exec = gateway_connect_exec,
};
