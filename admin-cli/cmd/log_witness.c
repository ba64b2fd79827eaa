/* davy log witness: a witness of public logs, for a union or a newspaper. It needs no home. */
#include <stdio.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/mirror.h"
#include "admin-cli/witness/witness.h"

#define LISTEN "127.0.0.1:8470"

/* The key, as the registrar needs it. */
static void
print_key(struct cli *cli, const struct witness *w)
{
	char line[256];
	struct bufw b;

	bufw_init(&b, line, sizeof(line) - 1);
	bufw_printf(&b, "%s ", w->as.name);
	bufw_base64(&b, w->as.key, sizeof(w->as.key));
	line[b.len] = '\0';
	cli_printf(cli, _("For the registrar, with a number for your organisation before it:\n"));
	cli_printf(cli, "    davy roster log --witness 'N %s'\n", line);
	cli_data(cli, json_pack("{s:s, s:s, s:I}", "name", w->as.name, "witness", line, "logs",
				(json_int_t)w->log_cnt));
}

static void
ready(void *arg, const char *address)
{
	cli_printf(arg, _("The witness answers at %s.\n"), address);
	fflush(stdout);
}

static int
add_logs(struct cli *cli, struct witness *w)
{
	const char *text;
	int err = DAVY_OK;

	for (size_t i = 0; !err && (text = cli_opt_at(cli, "log", i)); i++) {
		struct note_key key;
		err = mirror_verifier(cli->ses, text, &key);
		if (!err)
			err = witness_add(cli->ses, w, &key);
	}
	return err;
}

static int
log_witness_exec(struct cli *cli)
{
	static struct witness w;
	const char *at = cli_opt(cli, "listen");

	w = (struct witness){ .dir = cli->argv[0] };
	int err = witness_open(cli->ses, &w, cli_opt(cli, "name"));
	if (!err)
		err = witness_lock(cli->ses, &w);
	if (!err)
		err = add_logs(cli, &w);
	if (!err)
		print_key(cli, &w);
	if (!err && !cli_flag(cli, "show") && !w.log_cnt)
		err = cli_fail(cli, DAVY_USAGE, "usage",
			       _("Name a log with --log: the line that davyd log prints behind the "
				 "word verifier."));
	if (!err && !cli_flag(cli, "show"))
		err = witness_run(cli->ses, &w, at ? at : LISTEN, ready, cli);
	witness_close(&w);
	return err;
}

static const struct cli_option options[] = {
	{ .name = "name",
	  .arg = N_("NAME"),
	  .help = N_("under which it signs, as union.example/w1; the first run makes its key") },
	{ .name = "log",
	  .many = true,
	  .arg = N_("KEY"),
	  .help = N_("a log to witness, as davyd log prints its key; kept in the folder") },
	{ .name = "listen",
	  .arg = N_("ADDRESS:PORT"),
	  .help = N_("where it answers; otherwise 127.0.0.1:8470") },
	{ .name = "show", .help = N_("print the key for the registrar and end") },
	{ 0 },
};

const struct command cmd_log_witness = {
	.noun = "log",
	.verb = "witness",
	.args = "DIR",
	.help = N_("witness public logs for others: cosign what only grows"),
	.more = N_(
		"Speaks C2SP tlog-witness (add-checkpoint) over HTTP and keeps in DIR its key and the "
		"last checkpoint of each log. Put a web server with HTTPS before it. See docs/witness.md."),
	.group = CLI_TOOLS,
	.arg_min = 1,
	.arg_max = 1,
	.words = "@dir",
	.options = options,
	.exec = log_witness_exec,
};
