/* Input and output of the age commands, and the sentences for what can go wrong with a file. */
#include "admin-cli/cli/age_io.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "crypto/err.h"

static bool
is_standard(const char *path)
{
	return !path || strcmp(path, "-") == 0;
}

int
age_io_begin(struct age_out *out, struct cli *cli, const char *path)
{
	*out = (struct age_out){ .cli = cli, .to_file = !is_standard(path), .file = { .fd = -1 } };
	if (out->to_file)
		return file_save_begin(cli->ses, &out->file, path, 0600);
	if (cli->json)
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("With --json the result needs a file: -o FILE."));
	return DAVY_OK;
}

static int
write_some(void *arg, const uint8_t *buf, size_t len)
{
	struct age_out *out = arg;

	if (out->to_file ? file_save_write(&out->file, buf, len) != 0
			 : cli_write(out->cli, buf, len) != DAVY_OK)
		return ERR_IO;
	out->written += len;
	return 0;
}

struct age_sink
age_io_sink(struct age_out *out)
{
	return (struct age_sink){ write_some, out };
}

int
age_io_commit(struct age_out *out)
{
	return out->to_file ? file_save_commit(out->cli->ses, &out->file) : DAVY_OK;
}

void
age_io_end(struct age_out *out)
{
	file_save_end(&out->file);
}

int
age_io_input(struct cli *cli, const char *path)
{
	int fd = is_standard(path) ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		cli_fail(cli, DAVY_REFUSED, "io", _("%s cannot be read: %s."),
			 is_standard(path) ? _("Standard input") : cli_s(cli, path),
			 strerror(errno));
	return fd;
}

static int
read_some(void *arg, uint8_t *buf, size_t cap, size_t *got)
{
	ssize_t n;

	do
		n = read(*(int *)arg, buf, cap);
	while (n < 0 && errno == EINTR);
	*got = n > 0 ? (size_t)n : 0;
	return n < 0 ? ERR_IO : 0;
}

struct age_source
age_io_source(int *fd)
{
	return (struct age_source){ read_some, fd };
}

int
age_io_fail(struct cli *cli, int err, const char *path)
{
	static const struct {
		int err;
		const char *name;
	} names[] = { { ERR_HEADER, "age-header" },   { ERR_HMAC, "age-hmac" },
		      { ERR_PAYLOAD, "age-payload" }, { ERR_ARMOR, "age-armor" },
		      { ERR_WORK, "age-work" },       { ERR_NO_MATCH, "no-key" },
		      { ERR_MIX, "age-mix" } };
	const char *name = is_standard(path) ? _("standard input") : cli_s(cli, path);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].err == err)
			return cli_fail(cli, DAVY_REFUSED, names[i].name, "%s: %s.", name,
					gettext(err_text(err)));
	return cli_fail_err(cli, err, "%s", name);
}
