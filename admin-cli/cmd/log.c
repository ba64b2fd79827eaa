/* davy log: copies a gateway's public log and checks it, compares two checkpoints, and finds a
 * source's frames in a copy. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/alarm.h"
#include "admin-cli/desk/mirror.h"
#include "admin-cli/source/source.h"

#define CHECKPOINT_MAX 16384
#define FRAMES_LOOK    512 /* of one source: more than a case may have */

/* The key of the log: the one that was given, or that of this home's gateway. */
static int
log_key(struct cli *cli, bool fresh, struct note_key *key)
{
	const char *said = cli_opt(cli, "verifier");

	return said ? mirror_verifier(cli->ses, said, key) : mirror_key(cli->ses, fresh, key);
}

/* Opens the copy in the folder that the command names. */
static int
copy_open(struct cli *cli, bool fresh, struct mirror *m)
{
	m->dir = cli->argv[0];
	int err = log_key(cli, fresh, &m->key);
	return err ? err : mirror_open(cli->ses, m);
}

static void
print_root(struct cli *cli, const struct checkpoint *c)
{
	char hex[2 * MERKLE_LEN + 1];

	term_hex(hex, c->root, sizeof(c->root));
	cli_printf(cli, _("%llu entries, root %s\n"), (unsigned long long)c->size, hex);
	cli_data(cli, json_pack("{s:s, s:I, s:s}", "origin", c->origin, "size", (json_int_t)c->size,
				"root", hex));
}

static int
no_copy(struct cli *cli, const struct mirror *m)
{
	return cli_fail(cli, DAVY_REFUSED, "not-found",
			_("There is no copy of a log in %s: davy log mirror makes one."),
			cli_s(cli, m->dir));
}

static int
log_mirror_exec(struct cli *cli)
{
	struct mirror m;
	uint64_t added = 0;
	int err = copy_open(cli, true, &m);

	if (!err)
		err = mirror_update(cli->ses, &m, &added);
	if (err)
		return err;
	cli_printf(cli, _("The log goes on from what was there: %llu entries are new.\n"),
		   (unsigned long long)added);
	print_root(cli, &m.now);
	return DAVY_OK;
}

/* A file that a sync has left of what was hidden. */
static int
verify_alarm(struct cli *cli)
{
	enum alarm_what what;
	struct note_key key;
	int err = log_key(cli, false, &key);

	if (!err)
		err = alarm_check(cli->ses, cli->argv[0], &key, &what);
	if (err)
		return err;
	cli_printf(cli, _("The log's key has signed what this file shows: %s.\n"),
		   alarm_text(what));
	cli_data(cli, json_pack("{s:s}", "what", alarm_name(what)));
	return DAVY_OK;
}

/* Letters in groups of five, with anything but letters and digits between them. */
static bool
letters_are(const char *typed, const char letters[static CHECKPOINT_LETTERS + 1])
{
	size_t n = 0;

	for (; *typed; typed++)
		if (isalnum((unsigned char)*typed) &&
		    (n == CHECKPOINT_LETTERS || toupper((unsigned char)*typed) != letters[n++]))
			return false;
	return n == CHECKPOINT_LETTERS;
}

/* Looks in a copy that was checked for the size that has this root. */
static int
verify_root(struct cli *cli, const struct mirror *m, const char *typed)
{
	struct checkpoint c = { .size = 0 };
	char letters[CHECKPOINT_LETTERS + 1];
	struct merkle_edge e = { 0 };

	while (c.size < m->now.size) {
		int err = mirror_add(cli->ses, m, &e);
		if (err)
			return err;
		c.size = e.size;
		merkle_edge_root(c.root, &e);
		checkpoint_letters(letters, &c);
		if (!letters_are(typed, letters))
			continue;
		cli_printf(
			cli,
			_("These letters stand for the first %llu entries of this copy: what was "
			  "posted is in it, unchanged.\n"),
			(unsigned long long)c.size);
		cli_data(cli, json_pack("{s:I}", "size", (json_int_t)c.size));
		return DAVY_OK;
	}
	return cli_fail(
		cli, DAVY_REFUSED, "fork",
		_("These letters stand for no part of this copy. If they are typed right, and the copy is "
		  "not older than they, the gateway has shown you another log than to those who posted them: "
		  "keep the copy and the notice, and tell the witnesses."));
}

/* The letters of the copy's newest checkpoint, for a notice board. */
static int
log_root_exec(struct cli *cli)
{
	struct mirror m;
	char letters[CHECKPOINT_LETTERS + 1], day[TERM_DATE_CAP];
	int err = copy_open(cli, false, &m);

	if (!err && !m.now.size)
		err = no_copy(cli, &m);
	if (err)
		return err;
	checkpoint_letters(letters, &m.now);
	term_date(day, term_now_hour() / 24);
	cli_printf(cli, "%s\n%s  %.5s-%.5s-%.5s-%.5s\n", m.now.origin, day, letters, letters + 5,
		   letters + 10, letters + 15);
	if (cli_flag(cli, "print"))
		cli_printf(
			cli,
			_("\nThis is the public log of a gateway for reports on mines, with %llu entries. "
			  "Whoever has a copy of it checks the letters:\n\n    davy log verify DIR --root "
			  "LETTERS\n\nIf they do not fit, the log was changed, or you are shown another "
			  "one: tell us.\n"),
			(unsigned long long)m.now.size);
	cli_data(cli, json_pack("{s:s, s:I}", "root", letters, "size", (json_int_t)m.now.size));
	return DAVY_OK;
}

static int
log_verify_exec(struct cli *cli)
{
	const char *root = cli_opt(cli, "root");
	struct stat st;
	struct mirror m;

	if (stat(cli->argv[0], &st) == 0 && S_ISREG(st.st_mode))
		return verify_alarm(cli);
	int err = copy_open(cli, false, &m);

	if (!err && !m.now.size)
		err = no_copy(cli, &m);
	if (!err)
		err = mirror_check(cli->ses, &m, 0, NULL);
	if (err || root)
		return err ? err : verify_root(cli, &m, root);
	cli_printf(cli, _("Entries, root and signature fit together.\n"));
	print_root(cli, &m.now);
	return DAVY_OK;
}

static int
checkpoint_file(struct cli *cli, const struct note_key *key, const char *path, struct checkpoint *c)
{
	uint8_t *bytes = NULL;
	size_t len;
	int err = file_read(cli->ses, path, CHECKPOINT_MAX, &bytes, &len);

	if (!err)
		err = mirror_checkpoint(cli->ses, key, path, bytes, len, c);
	free(bytes);
	return err;
}

static int
split(struct cli *cli)
{
	return cli_fail(
		cli, DAVY_REFUSED, "fork",
		_("The two checkpoints contradict each other, and the log has signed both: people are "
		  "shown different logs. Keep both files; they prove it to anybody. Tell the other "
		  "witnesses and the registrar."));
}

/* Of two sizes, a copy that holds the larger one says whether it goes on from the smaller one. */
static int
compare_by_copy(struct cli *cli, struct mirror *m, const struct checkpoint *small,
		const struct checkpoint *large)
{
	uint8_t root[MERKLE_LEN];
	int err = mirror_open(cli->ses, m);

	if (!err && m->now.size < large->size)
		err = cli_fail(
			cli, DAVY_AGAIN, "behind",
			_("The copy in %s is older than these checkpoints: davy log mirror brings it up "
			  "to date."),
			cli_s(cli, m->dir));
	for (int i = 0; !err && i < 2; i++) {
		const struct checkpoint *c = i ? large : small;
		err = mirror_check(cli->ses, m, c->size, root);
		if (!err && memcmp(root, c->root, sizeof(root)) != 0)
			err = split(cli);
	}
	return err;
}

static int
log_compare_exec(struct cli *cli)
{
	struct checkpoint c[2];
	struct mirror m = { .dir = cli_opt(cli, "copy") };
	int err = log_key(cli, false, &m.key);

	for (int i = 0; !err && i < 2; i++)
		err = checkpoint_file(cli, &m.key, cli->argv[i], &c[i]);
	if (err)
		return err;
	int larger = c[1].size > c[0].size;
	if (c[0].size == c[1].size)
		err = memcmp(c[0].root, c[1].root, MERKLE_LEN) != 0 ? split(cli) : DAVY_OK;
	else if (!m.dir)
		err = cli_fail(
			cli, DAVY_USAGE, "usage",
			_("The checkpoints are of different sizes: name a copy of the log with --copy "
			  "DIR, which says whether one goes on from the other."));
	else
		err = compare_by_copy(cli, &m, &c[!larger], &c[larger]);
	if (err)
		return err;
	cli_printf(cli, _("The two checkpoints are of one log.\n"));
	print_root(cli, &c[larger]);
	return DAVY_OK;
}

static int
by_number(const void *a, const void *b)
{
	const struct mirror_mark *x = a, *y = b;

	return (x->n > y->n) - (x->n < y->n);
}

/* Her frames have numbers from 0 without gaps, so those behind one that is not there are none. */
static int
find_frames(struct cli *cli, const struct mirror *m, const struct source *s, json_t *list)
{
	static struct mirror_mark mark[FRAMES_LOOK];

	for (uint32_t n = 0; n < FRAMES_LOOK; n++) {
		uint8_t end[LEAF_NONCE_LEN];
		mark[n] = (struct mirror_mark){ .n = n };
		leaf_nonce(end, &s->keys.mark, n);
		leaf_mark(mark[n].mark, s->keys.case_id, end);
	}
	int err = mirror_find(cli->ses, m, mark, FRAMES_LOOK);
	qsort(mark, FRAMES_LOOK, sizeof(*mark), by_number);
	for (size_t n = 0; !err && n < FRAMES_LOOK && mark[n].there; n++)
		json_array_append_new(list, json_integer((json_int_t)mark[n].index));
	return err;
}

static int
log_find_exec(struct cli *cli)
{
	struct mirror m;
	struct source *s = NULL;
	json_t *list = json_array();
	int err = copy_open(cli, false, &m);

	if (!err)
		err = source_return(cli->ses, cli_opt(cli, "receipt-file"), &s);
	if (!err)
		err = find_frames(cli, &m, s, list);
	source_free(s);
	if (!err && !json_array_size(list))
		err = cli_fail(
			cli, DAVY_REFUSED, "not-found",
			_("This copy of the log has no entry that belongs to this number. A new entry is in "
			  "the log after four hours, or after eight at the latest."));
	if (!err) {
		cli_printf(
			cli,
			_("%zu entries of this number are in the log: the gateway has accepted them.\n"),
			json_array_size(list));
		cli_data(cli, json_incref(list));
	}
	json_decref(list);
	return err;
}

#define VERIFIER                                                                                   \
	{                                                                                          \
		.name = "verifier", .arg = N_("KEY"),                                              \
		.help = N_("the log's key as davyd log prints it; otherwise that of the roster")   \
	}

static const struct cli_option copy_options[] = { VERIFIER, { 0 } };

static const struct cli_option verify_options[] = {
	VERIFIER,
	{ .name = "root",
	  .arg = N_("LETTERS"),
	  .help = N_("the twenty letters of a notice board: whether they are of this log") },
	{ 0 },
};

static const struct cli_option root_options[] = {
	VERIFIER,
	{ .name = "print", .help = N_("with the words for a notice board") },
	{ 0 },
};

static const struct cli_option compare_options[] = {
	VERIFIER,
	{ .name = "copy",
	  .arg = N_("DIR"),
	  .words = "@dir",
	  .help = N_("a copy of the log, to compare checkpoints of different sizes") },
	{ 0 },
};

static const struct cli_option find_options[] = {
	VERIFIER,
	{ .name = "receipt-file",
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("read the number there instead of asking for it") },
	{ 0 },
};

const struct command cmd_log_mirror = {
	.noun = "log",
	.verb = "mirror",
	.args = "DIR",
	.help = N_("copy the public log, and check that it only grows"),
	.group = CLI_TOOLS,
	.arg_min = 1,
	.arg_max = 1,
	.words = "@dir",
	.options = copy_options,
	.exec = log_mirror_exec,
};

const struct command cmd_log_verify = {
	.noun = "log",
	.verb = "verify",
	.args = "DIR|FILE",
	.help = N_("check a copy of the log, or a proof of something hidden"),
	.group = CLI_TOOLS,
	.arg_min = 1,
	.arg_max = 1,
	.words = "@dir",
	.options = verify_options,
	.exec = log_verify_exec,
};

const struct command cmd_log_compare = {
	.noun = "log",
	.verb = "compare",
	.args = "FILE FILE",
	.help = N_("say whether two checkpoints are of one log"),
	.group = CLI_TOOLS,
	.arg_min = 2,
	.arg_max = 2,
	.words = "@file",
	.options = compare_options,
	.exec = log_compare_exec,
};

const struct command cmd_log_find = {
	.noun = "log",
	.verb = "find",
	.args = "DIR",
	.help = N_("look for a source's frames in a copy of the public log"),
	.group = CLI_TOOLS,
	.arg_min = 1,
	.arg_max = 1,
	.words = "@dir",
	.options = find_options,
	.exec = log_find_exec,
};

const struct command cmd_log_root = {
	.noun = "log",
	.verb = "root",
	.args = "DIR",
	.help = N_("the root of a copy in twenty letters, for a notice board"),
	.group = CLI_TOOLS,
	.arg_min = 1,
	.arg_max = 1,
	.words = "@dir",
	.options = root_options,
	.exec = log_root_exec,
};
