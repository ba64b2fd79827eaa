/* davy age open: what age sealed, whoever made it. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin-cli/cli/age_io.h"
#include "crypto/err.h"
#include "crypto/secret.h"

#define IDENTITY_FILES 32

struct keys {
	struct age_identity *ids;
	size_t cnt;
	char *passphrase;
};

/* Adds what one file held to what there is. */
static int
join(struct keys *keys, const struct age_identity *ids, size_t cnt)
{
	struct age_identity *all = secret_realloc(
		keys->ids, keys->cnt * sizeof *all, (keys->cnt + cnt) * sizeof *all);

	if (!all)
		return ERR_MEM;
	memcpy(all + keys->cnt, ids, cnt * sizeof *all);
	keys->ids = all;
	keys->cnt += cnt;
	return 0;
}

static int
load(struct cli *cli, struct keys *keys, const char *path)
{
	struct age_identity *ids = NULL;
	size_t cnt = 0, line = 0;
	struct stat st;
	FILE *f = fopen(path, "re");
	int r;

	if (!f)
		return cli_fail(cli, CLI_REFUSED, "io", _("%s cannot be read: %s."),
			cli_s(cli, path), strerror(errno));
	if (fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077))
		cli_warn(cli, _("Others may read %s; run \"chmod 600\" on it."),
			cli_s(cli, path));
	setvbuf(f, NULL, _IONBF, 0); /* stdio's buffer would keep the secret */
	r = age_key_load(f, &ids, &cnt, &line);
	fclose(f);
	if (r == 0)
		r = join(keys, ids, cnt);
	age_key_free(ids);
	if (r == ERR_KEY)
		return cli_fail(cli, CLI_REFUSED, "key", _("Line %zu of %s is not an age identity."),
			line, cli_s(cli, path));
	if (r == ERR_NOT_FOUND)
		return cli_fail(cli, CLI_REFUSED, "key", _("%s holds no age identity."),
			cli_s(cli, path));
	return r ? cli_fail_err(cli, r, "%s", cli_s(cli, path)) : CLI_OK;
}

static int
load_all(struct cli *cli, struct keys *keys)
{
	const char *path;
	uint8_t *text;
	size_t len;
	int r = CLI_OK;

	for (size_t i = 0; r == CLI_OK && (path = cli_opt_at(cli, "identity", i)); i++)
		r = i < IDENTITY_FILES ? load(cli, keys, path)
				       : cli_fail(cli, CLI_USAGE, "usage",
						 _("There are too many options."));
	if (r == CLI_OK && cli->passphrase_file) {
		r = cli_read_file(cli, cli->passphrase_file, 4096, &text, &len);
		if (r == CLI_OK) {
			keys->passphrase = (char *)text;
			keys->passphrase[strcspn(keys->passphrase, "\n")] = '\0';
		}
	}
	if (r == CLI_OK && keys->cnt == 0 && !keys->passphrase)
		r = cli_fail(cli, CLI_USAGE, "usage",
			_("Say with which key: -i FILE, or --passphrase-file FILE."));
	return r;
}

static int
open_file(struct cli *cli)
{
	const char *path = cli->argc > 0 ? cli->argv[0] : NULL;
	struct keys keys = {0};
	struct age_out out = {.file = {.fd = -1}};
	uint64_t work = AGE_STANZA_WORK_MAX;
	int fd = -1, r, e;

	r = cli_opt_number(cli, "max-work", 1, 30, &work);
	if (r == CLI_OK)
		r = load_all(cli, &keys);
	if (r == CLI_OK && (fd = age_io_input(cli, path)) < 0)
		r = CLI_REFUSED;
	if (r == CLI_OK)
		r = age_io_begin(&out, cli, cli_opt(cli, "output"));
	if (r == CLI_OK) {
		struct age_opener who = {.ids = keys.ids, .id_cnt = keys.cnt,
			.passphrase = keys.passphrase,
			.passphrase_len = keys.passphrase ? strlen(keys.passphrase) : 0,
			.max_work = (unsigned)work};

		e = age_stream_open(&who, age_io_source(&fd), age_io_sink(&out), NULL);
		r = e ? age_io_fail(cli, e, path) : age_io_commit(&out);
	}
	if (r == CLI_OK)
		cli_data(cli, json_pack("{s:I}", "bytes", (json_int_t)out.written));
	age_io_end(&out);
	if (fd >= 0)
		close(fd);
	age_key_free(keys.ids);
	if (keys.passphrase)
		sodium_memzero(keys.passphrase, strlen(keys.passphrase));
	free(keys.passphrase);
	return r;
}

static const struct cli_option options[] = {
	{.name = "identity", .letter = 'i', .many = true, .arg = N_("FILE"), .words = "@file",
		.help = N_("a file with age identities (AGE-SECRET-KEY-…)")},
	{.name = "output", .letter = 'o', .arg = N_("FILE"), .words = "@file",
		.help = N_("where the content goes, else standard output")},
	{.name = "max-work", .arg = "N",
		.help = N_("highest passphrase work factor that is accepted (20)")},
	{0},
};

const struct command cmd_age_open = {
	.noun = "age",
	.verb = "open",
	.args = "[FILE]",
	.help = N_("open an age file"),
	.more = N_("With -o nothing is left behind unless the whole file is sound. On standard "
		   "output only sound parts appear, but a damaged file is noticed at its damage: "
		   "look at the exit code. A file sealed with a passphrase opens with "
		   "--passphrase-file."),
	.group = CLI_TOOLS,
	.arg_max = 1,
	.options = options,
	.exec = open_file,
	.words = "@file",
};
