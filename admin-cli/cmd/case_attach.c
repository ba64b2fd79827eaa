/* davy case attach, order attach: writes an attachment (desk/attached.h) where the user asks. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin-cli/rules/schema.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/print.h"
#include "admin-cli/desk/attached.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/view/show.h"
#include "admin-cli/view/sound.h"
#include "crypto/err.h"

static int
fd_write(void *arg, const uint8_t *buf, size_t len)
{
	int fd = *(int *)arg;

	while (len) {
		ssize_t n = write(fd, buf, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return ERR_IO;
		buf += n;
		len -= (size_t)n;
	}
	return 0;
}

/* In a folder the file gets a name that davy makes: a name that the source chose may tell who she
 * is, or lead out of the folder. */
static int
target(struct cli *cli, const struct opened *d, const json_t *m, char *path, size_t cap)
{
	static const struct {
		const char *type, *ext;
	} exts[] = {
		{ "image/jpeg", "jpg" }, { "image/png", "png" },   { "application/pdf", "pdf" },
		{ "audio/ogg", "ogg" },  { SOUND_TYPE, "ogg" },    { "audio/mpeg", "mp3" },
		{ "audio/mp4", "m4a" },  { "image/webp", "webp" },
	};
	const char *to = cli_opt(cli, "output"), *ext = "bin";
	struct stat st;
	char id[33];
	size_t i;
	int n;

	for (i = 0; i < sizeof(exts) / sizeof(*exts); i++)
		if (!strcmp(exts[i].type, schema_text(m, "type")))
			ext = exts[i].ext;
	if (!to)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("Say where it goes: -o FILE or -o FOLDER."));
	if (!stat(to, &st) && S_ISDIR(st.st_mode))
		n = snprintf(path, cap, "%s/%.8s-%u.%s", to, term_hex(id, d->c.rec.id, 16),
			     schema_number(m, "i"), ext);
	else
		n = snprintf(path, cap, "%s", to);
	return n > 0 && (size_t)n < cap ? 0
					: cli_fail(cli, DAVY_USAGE, "usage",
						   _("The path that -o gives is too long."));
}

/* A voice note is opened in memory, and becomes a file that a player reads. */
static int
write_sound(struct cli *cli, const struct opened *d, struct attached *a, int fd, uint64_t *len)
{
	struct age_memory plain = { .cap = SOUND_LEN };
	uint8_t *ogg = NULL;
	size_t n = 0;
	uint64_t held = 0;
	int err = 0;

	plain.bytes = malloc(plain.cap);
	if (!plain.bytes)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	err = attached_open(cli->ses, d, a, age_memory_sink(&plain), &held, NULL);
	if (!err)
		err = sound_ogg(cli->ses, plain.bytes, plain.len, &ogg, &n, NULL);
	if (!err && fd_write(&fd, ogg, n))
		err = cli_fail(cli, DAVY_REFUSED, "io", _("%s cannot be written: %s."),
			       cli_s(cli, cli_opt(cli, "output")), strerror(errno));
	if (!err)
		cli_warn(
			cli,
			_("A voice is a name. Listen where nobody else hears it, on a machine that may be "
			  "lost; type it up, and destroy the file within 24 hours of typing."));
	sodium_memzero(plain.bytes, plain.len);
	free(plain.bytes);
	if (ogg)
		sodium_memzero(ogg, n);
	free(ogg);
	*len = n;
	return err;
}

static int
write_file(struct cli *cli, const struct opened *d, struct attached *a, int fd, uint64_t *len)
{
	int err;

	if (!strcmp(schema_text(a->about, "type"), SOUND_TYPE))
		return write_sound(cli, d, a, fd, len);
	err = attached_open(cli->ses, d, a, (struct age_sink){ fd_write, &fd }, len, NULL);
	if (!err && *len != schema_number(a->about, "len"))
		cli_warn(cli, _("The attachment has %llu bytes, but the tip says %u."),
			 (unsigned long long)*len, schema_number(a->about, "len"));
	return err;
}

static int
save(struct cli *cli, const struct opened *d, struct attached *a)
{
	const json_t *m = a->about;
	char path[4096];
	uint64_t len = 0;
	int fd, err = target(cli, d, m, path, sizeof(path));

	if (err)
		return err;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return cli_fail(cli, DAVY_REFUSED, errno == EEXIST ? "exists" : "io",
				_("%s cannot be made: %s."), cli_s(cli, path), strerror(errno));
	err = write_file(cli, d, a, fd, &len);
	if (close(fd) && !err)
		err = cli_fail(cli, DAVY_REFUSED, "io", _("%s cannot be written: %s."),
			       cli_s(cli, path), strerror(errno));
	if (err) {
		unlink(path);
		return err;
	}
	cli_printf(cli, _("%s  %llu bytes\n"), cli_s(cli, path), (unsigned long long)len);
	cli_data(cli, json_pack("{s:s,s:I,s:s}", "file", path, "len", (json_int_t)len, "type",
				schema_text(m, "type")));
	return 0;
}

static int
check(struct cli *cli)
{
	uint64_t n;

	return cli_number(cli, "N", cli->argv[1], 0, 65535, &n);
}

static int
case_attach(struct cli *cli)
{
	uint64_t n = 0;
	struct attached a = { 0 };
	int err = cli_number(cli, "N", cli->argv[1], 0, 65535, &n);

	if (!err)
		err = print_trace_photo(cli, _("written to a file"), (uint32_t)n);
	if (!err)
		err = attached_fetch(cli->ses, cli->opened, (uint32_t)n, &a);
	if (!err)
		err = save(cli, cli->opened, &a);
	attached_free(&a);
	return err;
}

static const struct cli_option options[] = {
	{ .name = "output",
	  .letter = 'o',
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("write it there; in a folder it gets a name of ours. Never over a file") },
	{ 0 },
};

const struct command cmd_case_attach = {
	.noun = "case",
	.verb = "attach",
	.args = "ID N",
	.help = N_("fetch attachment N of a case into a file"),
	.more = N_(
		"The file has mode 0600 and is never started. Look at it on a machine that may be lost: a "
		"picture can carry an attack. davy case view shows a clean copy here. A voice note becomes an Ogg "
		"file; destroy it within 24 hours of typing it up."),
	.group = CLI_REVIEW,
	.arg_min = 2,
	.arg_max = 2,
	.options = options,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.check = check,
	.exec = case_attach,
};

const struct command cmd_order_attach = {
	.noun = "order",
	.verb = "attach",
	.args = "ID N",
	.help = N_("fetch photo N of a visit into a file"),
	.group = CLI_INSPECT,
	.arg_min = 2,
	.arg_max = 2,
	.options = options,
	.target = CLI_TARGET_ORDER,
	.opened = true,
	.check = check,
	.exec = case_attach,
};
