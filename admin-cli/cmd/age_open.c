/* davy age open: opens a file in the age format, whichever program made it. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin-cli/cli/age_io.h"
#include "admin-cli/cli/cli.h"
#include "crypto/err.h"
#include "crypto/secret.h"

#define IDENTITY_FILES 32

struct keys {
	struct age_identity *ids;
	size_t cnt;
	char *passphrase;
};

/* Adds the identities of one file to the list. */
static int
join(struct keys *keys, const struct age_identity *ids, size_t cnt)
{
	struct age_identity *all = secret_realloc(keys->ids, keys->cnt * sizeof(*all),
						  (keys->cnt + cnt) * sizeof(*all));

	if (!all)
		return ERR_MEM;
	memcpy(all + keys->cnt, ids, cnt * sizeof(*all));
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
	int err;

	if (!f)
		return cli_fail(cli, DAVY_REFUSED, "io", _("%s cannot be read: %s."),
				cli_s(cli, path), strerror(errno));
	if (fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077))
		cli_warn(cli, _("Others may read %s; run \"chmod 600\" on it."), cli_s(cli, path));
	setvbuf(f, NULL, _IONBF, 0); /* stdio's buffer would keep the secret */
	err = age_key_load(f, &ids, &cnt, &line);
	fclose(f);
	if (!err)
		err = join(keys, ids, cnt);
	age_key_free(ids);
	if (err == ERR_KEY)
		return cli_fail(cli, DAVY_REFUSED, "key",
				_("Line %zu of %s is not an age identity."), line,
				cli_s(cli, path));
	if (err == ERR_NOT_FOUND)
		return cli_fail(cli, DAVY_REFUSED, "key", _("%s holds no age identity."),
				cli_s(cli, path));
	return err ? cli_fail_err(cli, err, "%s", cli_s(cli, path)) : DAVY_OK;
}

static int
load_all(struct cli *cli, struct keys *keys)
{
	const char *path;
	uint8_t *text;
	size_t len;
	int err = DAVY_OK;

	for (size_t i = 0; !err && (path = cli_opt_at(cli, "identity", i)); i++)
		err = i < IDENTITY_FILES
			      ? load(cli, keys, path)
			      : cli_fail(cli, DAVY_USAGE, "usage",
					 _("-i can be given at most %d times."), IDENTITY_FILES);
	if (!err && cli->ses->passphrase_file) {
		err = file_read(cli->ses, cli->ses->passphrase_file, 4096, &text, &len);
		if (!err) {
			keys->passphrase = (char *)text;
			keys->passphrase[strcspn(keys->passphrase, "\n")] = '\0';
		}
	}
	if (!err && keys->cnt == 0 && !keys->passphrase)
		err = cli_fail(cli, DAVY_USAGE, "usage",
			       _("Say with which key: -i FILE, or --passphrase-file FILE."));
	return err;
}

static int
open_file(struct cli *cli)
{
	const char *path = cli->argc > 0 ? cli->argv[0] : NULL;
	struct keys keys = { 0 };
	struct age_out out = { .file = { .fd = -1 } };
	uint64_t work = AGE_STANZA_WORK_MAX;
	int fd = -1, err, e;

	err = cli_opt_number(cli, "max-work", 1, 30, &work);
	if (!err)
		err = load_all(cli, &keys);
	if (!err && (fd = age_io_input(cli, path)) < 0)
		err = DAVY_REFUSED;
	if (!err)
		err = age_io_begin(&out, cli, cli_opt(cli, "output"));
	if (!err) {
		struct age_opener who = { .ids = keys.ids,
					  .id_cnt = keys.cnt,
					  .passphrase = keys.passphrase,
					  .passphrase_len = keys.passphrase
								    ? strlen(keys.passphrase)
								    : 0,
					  .max_work = (unsigned)work };

		e = age_stream_open(&who, age_io_source(&fd), age_io_sink(&out), NULL);
		err = e ? age_io_fail(cli, e, path) : age_io_commit(&out);
	}
	if (!err)
		cli_data(cli, json_pack("{s:I}", "bytes", (json_int_t)out.written));
	age_io_end(&out);
	if (fd >= 0)
		close(fd);
	age_key_free(keys.ids);
	if (keys.passphrase)
		sodium_memzero(keys.passphrase, strlen(keys.passphrase));
	free(keys.passphrase);
	return err;
}

static const struct cli_option options[] = {
	{ .name = "identity",
	  .letter = 'i',
	  .many = true,
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("a file with age identities (AGE-SECRET-KEY-…)") },
	{ .name = "output",
	  .letter = 'o',
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("where the content goes, else standard output") },
	{ .name = "max-work",
	  .arg = "N",
	  .help = N_("highest passphrase work factor that is accepted (20)") },
	{ 0 },
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
