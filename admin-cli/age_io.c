#include "admin-cli/age_io.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
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
	struct stat st;

	*out = (struct age_out){.cli = cli, .fd = -1, .path = is_standard(path) ? NULL : path};
	if (!out->path) {
		if (cli->json)
			return cli_fail(cli, CLI_USAGE, "usage",
				_("With --json the result needs a file: -o FILE."));
		return CLI_OK;
	}
	/* a device or a pipe is written to; only a file is replaced */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		out->fd = open(path, O_WRONLY | O_CLOEXEC);
		return out->fd >= 0 ? CLI_OK
				    : cli_fail(cli, CLI_REFUSED, "io", _("%s cannot be written: %s."),
					      cli_s(cli, path), strerror(errno));
	}
	if (asprintf(&out->tmp, "%s.XXXXXX", path) < 0) {
		out->tmp = NULL;
		return cli_fail_err(cli, ERR_MEM, "%s", cli_s(cli, path));
	}
	out->fd = mkostemp(out->tmp, O_CLOEXEC); /* mode 0600 */
	if (out->fd >= 0)
		return CLI_OK;
	free(out->tmp);
	out->tmp = NULL;
	return cli_fail(cli, CLI_REFUSED, "io", _("%s cannot be written: %s."), cli_s(cli, path),
		strerror(errno));
}

static int
write_some(void *arg, const uint8_t *buf, size_t len)
{
	struct age_out *out = arg;

	if (!out->path) {
		if (cli_write(out->cli, buf, len) != CLI_OK)
			return ERR_IO;
		out->written += len;
		return 0;
	}
	while (len > 0) {
		ssize_t n = write(out->fd, buf, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return ERR_IO;
		buf += n;
		len -= (size_t)n;
		out->written += (uint64_t)n;
	}
	return 0;
}

struct age_sink
age_io_sink(struct age_out *out)
{
	return (struct age_sink){write_some, out};
}

int
age_io_commit(struct age_out *out)
{
	if (!out->path || !out->tmp)
		return CLI_OK;
	if (fsync(out->fd) == 0 && rename(out->tmp, out->path) == 0) {
		free(out->tmp);
		out->tmp = NULL;
		return CLI_OK;
	}
	return cli_fail(out->cli, CLI_REFUSED, "io", _("%s cannot be written: %s."),
		cli_s(out->cli, out->path), strerror(errno));
}

void
age_io_end(struct age_out *out)
{
	if (out->fd >= 0)
		close(out->fd);
	if (out->tmp)
		unlink(out->tmp);
	free(out->tmp);
}

int
age_io_input(struct cli *cli, const char *path)
{
	int fd = is_standard(path) ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		cli_fail(cli, CLI_REFUSED, "io", _("%s cannot be read: %s."),
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
	return (struct age_source){read_some, fd};
}

int
age_io_fail(struct cli *cli, int err, const char *path)
{
	static const struct {
		int err;
		const char *name;
	} names[] = {{ERR_HEADER, "age-header"}, {ERR_HMAC, "age-hmac"},
		{ERR_PAYLOAD, "age-payload"}, {ERR_ARMOR, "age-armor"}, {ERR_WORK, "age-work"},
		{ERR_NO_MATCH, "no-key"}, {ERR_MIX, "age-mix"}};
	const char *name = is_standard(path) ? _("standard input") : cli_s(cli, path);

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].err == err)
			return cli_fail(cli, CLI_REFUSED, names[i].name, "%s: %s.", name,
				gettext(err_text(err)));
	return cli_fail_err(cli, err, "%s", name);
}
