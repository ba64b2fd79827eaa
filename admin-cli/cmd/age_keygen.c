/* davy age keygen: writes a new age identity into a file of its own. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include "admin-cli/cli/age_io.h"
#include "admin-cli/cli/cli.h"
#include "crypto/err.h"

/* Never overwrites a file: it may be somebody's only key. */
static int
write_new(struct cli *cli, const char *path, const char *text)
{
	size_t len = strlen(text), done = 0;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return cli_fail(cli, DAVY_REFUSED, errno == EEXIST ? "exists" : "io",
				_("%s cannot be made: %s."), cli_s(cli, path), strerror(errno));
	while (done < len) {
		ssize_t n = write(fd, text + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	if (done == len && fsync(fd) == 0) {
		close(fd);
		return DAVY_OK;
	}
	cli_fail(cli, DAVY_REFUSED, "io", _("%s cannot be written: %s."), cli_s(cli, path),
		 strerror(errno));
	close(fd);
	unlink(path);
	return DAVY_REFUSED;
}

static int
keygen(struct cli *cli)
{
	const char *path = cli_opt(cli, "output");
	char secret[AGE_IDENTITY_CAP], public[AGE_RECIPIENT_CAP];
	char text[AGE_IDENTITY_CAP + AGE_RECIPIENT_CAP + 64];
	struct age_identity id;
	struct age_recipient to;
	int err;

	if (!path)
		return cli_fail(cli, DAVY_USAGE, "usage", _("Say where the key goes: -o FILE."));
	age_key_make(&id, cli_flag(cli, "pq") ? AGE_KIND_PQ : AGE_KIND_X25519);
	age_key_recipient(&to, &id);
	age_key_print_identity(secret, &id);
	age_key_print_recipient(public, &to);
	snprintf(text, sizeof(text), "# public key: %s\n%s\n", public, secret);
	err = write_new(cli, path, text);
	if (!err) {
		cli_printf(cli, "%s\n", public);
		cli_data(cli, json_pack("{s:s, s:s}", "recipient", public, "file", path));
	}
	age_key_wipe(&id, 1);
	sodium_memzero(secret, sizeof(secret));
	sodium_memzero(text, sizeof(text));
	return err;
}

static const struct cli_option options[] = {
	{ .name = "output",
	  .letter = 'o',
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("the file to make (mode 0600)") },
	{ .name = "pq", .help = N_("a post-quantum key (age 1.3 or later opens with it)") },
	{ 0 },
};

const struct command cmd_age_keygen = {
	.noun = "age",
	.verb = "keygen",
	.args = "",
	.help = N_("make a key for age files"),
	.more = N_("Prints the public key, which others give to \"davy age seal -r\"."),
	.group = CLI_TOOLS,
	.options = options,
	.exec = keygen,
};
