/* davy age seal: writes an ordinary age file for one or many recipients. */
#include <unistd.h>

#include "admin-cli/cli/age_io.h"
#include "admin-cli/cli/cli.h"
#include "crypto/err.h"

#define RECIPIENT_MAX   128
#define RECIPIENTS_FILE (RECIPIENT_MAX * 4096)

struct list {
	struct age_recipient *to;
	size_t cnt;
};

static int
add(struct cli *cli, struct list *list, const char *text, size_t len)
{
	if (list->cnt == RECIPIENT_MAX)
		return cli_fail(cli, DAVY_REFUSED, "range", _("There are more than %d recipients."),
				RECIPIENT_MAX);
	if (age_key_parse_recipient(&list->to[list->cnt], text, len) != 0)
		return cli_fail(cli, DAVY_REFUSED, "key",
				_("Recipient %zu is not an age public key (age1… or age1pq1…)."),
				list->cnt + 1);
	list->cnt++;
	return DAVY_OK;
}

/* A file of recipients, one a line, with # comments. */
static int
add_file(struct cli *cli, struct list *list, const char *path)
{
	char *text = NULL, *line, *next;
	int err = file_read_text(cli->ses, path, RECIPIENTS_FILE, &text);

	for (line = text; !err && *line; line = next) {
		size_t len = strcspn(line, "\n");

		next = line + len + (line[len] == '\n');
		if (len > 0 && line[len - 1] == '\r')
			len--;
		if (len > 0 && line[0] != '#')
			err = add(cli, list, line, len);
	}
	free(text);
	return err;
}

static int
collect(struct cli *cli, struct list *list)
{
	const char *text;
	int err = DAVY_OK;

	for (size_t i = 0; !err && (text = cli_opt_at(cli, "recipient", i)); i++)
		err = add(cli, list, text, strlen(text));
	for (size_t i = 0; !err && (text = cli_opt_at(cli, "recipients-file", i)); i++)
		err = add_file(cli, list, text);
	if (!err && list->cnt == 0)
		err = cli_fail(cli, DAVY_USAGE, "usage", _("Say for whom: -r RECIPIENT."));
	return err;
}

static int
seal(struct cli *cli)
{
	const char *path = cli->argc > 0 ? cli->argv[0] : NULL;
	struct list list = { .to = calloc(RECIPIENT_MAX, sizeof(*list.to)) };
	struct age_out out = { .file = { .fd = -1 } };
	int fd = -1, err, e;

	if (!list.to)
		return cli_fail_err(cli, ERR_MEM, "%s", _("Sealing"));
	err = collect(cli, &list);
	if (!err && (fd = age_io_input(cli, path)) < 0)
		err = DAVY_REFUSED;
	if (!err)
		err = age_io_begin(&out, cli, cli_opt(cli, "output"));
	if (!err) {
		struct age_sealing how = { .to = list.to, .to_cnt = list.cnt };

		e = age_stream_seal(&how, age_io_source(&fd), age_io_sink(&out));
		err = e ? age_io_fail(cli, e, path) : age_io_commit(&out);
	}
	if (!err)
		cli_data(cli, json_pack("{s:I, s:I}", "bytes", (json_int_t)out.written,
					"recipients", (json_int_t)list.cnt));
	age_io_end(&out);
	if (fd >= 0)
		close(fd);
	free(list.to);
	return err;
}

static const struct cli_option options[] = {
	{ .name = "recipient",
	  .letter = 'r',
	  .many = true,
	  .arg = N_("RECIPIENT"),
	  .help = N_("a public key, age1… or age1pq1…") },
	{ .name = "recipients-file",
	  .letter = 'R',
	  .many = true,
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("public keys, one a line") },
	{ .name = "output",
	  .letter = 'o',
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("where the age file goes, else standard output") },
	{ 0 },
};

const struct command cmd_age_seal = {
	.noun = "age",
	.verb = "seal",
	.args = "[FILE]",
	.help = N_("seal a file for age recipients"),
	.more = N_("Post-quantum and classic recipients are not mixed: the file would be as "
		   "weak as the weaker kind."),
	.group = CLI_TOOLS,
	.arg_max = 1,
	.options = options,
	.exec = seal,
	.words = "@file",
};
