/* davy gateway list: the gateways that this home knows, with the one in use. */
#include <dirent.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/home/home.h"
#include "admin-cli/home/home_state.h"

static int
one(struct cli *cli, struct cli_table *t, json_t *list, const char *hex, const char *current)
{
	const struct home_gateway *g;
	struct home *was = cli->ses->home;
	bool used = strcmp(hex, current) == 0;

	/* A home has one gateway in use, so each gateway is read through a home that is opened for
	 * it. */
	cli->ses->home = NULL;
	cli->ses->gateway = hex;
	int err = home_gateway(cli->ses, &g);
	if (!err) {
		cli_table_row(t, used ? "*" : "", hex, g->name ? g->name : "", g->url,
			      g->proxy ? g->proxy : "");
		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:b, s:b}", "gateway",
						hex, "url", g->url, "name", g->name, "proxy",
						g->proxy, "cacert", g->cacert, "veil",
						g->veil != NULL, "used", used));
	}
	home_close(cli->ses);
	cli->ses->home = was;
	return err;
}

static int
gateway_list_exec(struct cli *cli)
{
	const char *const heads[] = { "", _("GATEWAY"), _("NAME"), _("ADDRESS"), _("PROXY"), NULL };
	const struct home_gateway *g;
	char current[33] = "";
	int err = home_open(cli->ses, false);

	if (err)
		return err;
	if (home_gateway(cli->ses, &g) == DAVY_OK)
		term_hex(current, g->card.id, 16);
	else
		cli_forgive(cli);
	struct cli_table *t = cli_table_new(cli, heads);
	json_t *list = json_array();
	DIR *dir = opendir(home_path(cli->ses, "gateways"));
	for (struct dirent *e; !err && dir && (e = readdir(dir));)
		if (strlen(e->d_name) == 32)
			err = one(cli, t, list, e->d_name, current);
	if (dir)
		closedir(dir);
	cli_table_end(t, _("No gateway yet: davy gateway connect ADDRESS --card FILE."));
	cli_data(cli, list);
	return err;
}

const struct command cmd_gateway_list = {
	.noun = "gateway",
	.verb = "list",
	.help = N_("list the gateways of this home"),
	.group = CLI_KEYS,
	.exec = gateway_list_exec,
};
