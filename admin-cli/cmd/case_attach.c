/*
 * davy case attach, order attach: fetches the parts of an attachment, checks them against the hash
 * in the tip, opens the file and writes it where the user asks.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin-cli/rules/schema.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_attach.h"
#include "admin-cli/net/net.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/view/show.h"
#include "crypto/age_memory.h"
#include "crypto/attach.h"
#include "crypto/err.h"

/* Finds the description of attachment n, in the entry by which the source sent it, or of a visit.
 */
static const json_t *
find_media(const struct opened *d, uint32_t n, size_t *entry)
{
	size_t i, k;

	for (i = 0; i < d->cnt; i++) {
		bool says = d->entry[i].by_source || d->entry[i].type == ENTRY_PHOTO;
		const json_t *list = says && d->entry[i].verdict == FOLD_ACCEPTED
					     ? schema_list(d->x[i].body, "media")
					     : NULL;

		for (k = 0; k < json_array_size(list); k++) {
			const json_t *m = json_array_get(list, k);

			if (schema_number(m, "i") == n) {
				*entry = i;
				return m;
			}
		}
	}
	return NULL;
}

/* Fetches all parts into one buffer. The gateway records each fetch. */
static int
collect(struct cli *cli, const struct opened *d, const json_t *m, uint8_t *file, uint32_t file_len)
{
	struct net_request q = { .op = FRAME_FETCH, .what = _("The attachment was not fetched") };
	struct net_answer *a = malloc(sizeof(*a));
	uint16_t parts = (uint16_t)schema_number(m, "parts");
	uint32_t offset, len;
	int err = 0;

	if (!a)
		return cli_fail_err(cli, ERR_MEM, "%s", _("The attachment was not fetched"));
	memcpy(q.routing.id, d->c.rec.id, sizeof(q.routing.id));
	q.routing.kind = d->c.rec.kind;
	q.routing.desk = d->c.asked;
	q.routing.thread = FRAME_ATTACH;
	q.routing.attach = (uint16_t)schema_number(m, "i");
	for (; !err && q.routing.part < parts; q.routing.part++) {
		if (attach_part(&offset, &len, file_len, q.routing.part)) {
			err = cli_fail(cli, DAVY_REFUSED, "format",
				       _("The attachment is described wrongly: its size, parts "
					 "or hash do not fit."));
			break;
		}
		err = net_exchange(cli->ses, &q, a);
		if (!err)
			memcpy(file + offset, a->body, len);
	}
	free(a);
	return err;
}

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

/* Its header must name exactly the desks of the tip: else somebody whom nobody knows could open it
 * as well. */
int
case_attach_open(struct cli *cli, struct case_attach *a, struct age_sink sink, uint64_t *len)
{
	const struct opened *d = cli->opened;
	struct age_opened opened = { 0 };
	int err, audit = ERR_AUTH;

	err = attach_open(opened_key(d, a->entry), len, age_memory_source(&a->file), sink, &opened);
	if (!err && d->x[a->entry].audit == OPENED_AUDITED)
		audit = attach_audit(&opened, d->c.rec.id, opened_who(d, a->entry));
	age_stream_forget(&opened);
	if (err)
		return cli_fail_err(cli, err, "%s", _("The attachment does not open"));
	if (audit)
		cli_warn(cli, _("The attachment is unaudited: who else can open it is unknown."));
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
		{ "image/jpeg", "jpg" },  { "image/png", "png" },  { "application/pdf", "pdf" },
		{ "audio/ogg", "ogg" },   { "audio/mpeg", "mp3" }, { "audio/mp4", "m4a" },
		{ "image/webp", "webp" },
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

static int
save(struct cli *cli, const struct opened *d, struct case_attach *a)
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
	err = case_attach_open(cli, a, (struct age_sink){ fd_write, &fd }, &len);
	if (!err && len != schema_number(m, "len"))
		cli_warn(cli, _("The attachment has %llu bytes, but the tip says %u."),
			 (unsigned long long)len, schema_number(m, "len"));
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

int
case_attach_fetch(struct cli *cli, uint32_t n, struct case_attach *out)
{
	const struct opened *d = cli->opened;
	uint8_t want[32], got[32];
	const json_t *m;
	int err = DAVY_REFUSED;

	*out = (struct case_attach){ 0 };
	out->about = m = find_media(d, n, &out->entry);
	if (!m)
		return cli_fail(cli, DAVY_REFUSED, "not-found", _("The case has no attachment %u."),
				n);
	out->file.len = attach_file_len(schema_number(m, "class"));
	if (!out->file.len ||
	    attach_parts(schema_number(m, "class")) != schema_number(m, "parts") ||
	    !schema_hex(m, "sha256", want, sizeof(want)))
		return cli_fail(cli, DAVY_REFUSED, "format",
				_("The attachment is described wrongly: its size, parts "
				  "or hash do not fit."));
	out->file.bytes = malloc(out->file.len);
	if (out->file.bytes)
		err = collect(cli, d, m, out->file.bytes, (uint32_t)out->file.len);
	else
		cli_fail_err(cli, ERR_MEM, "%s", _("The attachment was not fetched"));
	if (!err) {
		key_sha256(got, out->file.bytes, out->file.len);
		if (memcmp(got, want, sizeof(got)) != 0)
			err = cli_fail(cli, DAVY_REFUSED, "hash",
				       _("The file at the gateway is not the one that the tip "
					 "describes, or not all of it has arrived yet."));
	}
	return err;
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
	struct case_attach a = { 0 };
	int err = cli_number(cli, "N", cli->argv[1], 0, 65535, &n);

	if (!err)
		err = case_attach_fetch(cli, (uint32_t)n, &a);
	if (!err)
		err = save(cli, cli->opened, &a);
	free(a.file.bytes);
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
		"picture can carry an attack. davy case view shows a clean copy here."),
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
