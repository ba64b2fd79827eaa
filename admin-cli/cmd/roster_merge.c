/* davy roster merge: joins the signatures of the roots and checks that they are enough. */
#include <unistd.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/roster_edit.h"
#include "admin-cli/roster/roster_keeps.h"
#include "crypto/err.h"
#include "crypto/note.h"

#define NOTE_CAP   (ROSTER_TEXT_MAX + 65536)
#define COPIES_MAX 32 /* of the note, one for each root that signs */

struct pile {
	uint8_t *bytes[COPIES_MAX];
	struct note note[COPIES_MAX];
	size_t cnt;
};

static bool
is_text(const struct note *n, const struct roster_texts *t)
{
	return n->text_len == t->roster_len && memcmp(n->text, t->roster, n->text_len) == 0;
}

static int
read_note(struct cli *cli, const char *path, struct pile *p)
{
	size_t len;
	int err = file_read(cli->ses, path, NOTE_CAP, &p->bytes[p->cnt], &len);

	if (err)
		return err;
	err = note_parse(&p->note[p->cnt], p->bytes[p->cnt], len);
	p->cnt++;
	return err ? cli_fail_err(cli, err, _("%s is not a signature file"), cli_s(cli, path))
		   : DAVY_OK;
}

static int
read_notes(struct cli *cli, const struct roster_texts *t, struct pile *p)
{
	for (int i = 0; i < cli->argc; i++) {
		const char *path = cli->argv[i];
		if (p->cnt == COPIES_MAX)
			return cli_fail(cli, DAVY_USAGE, "usage",
					_("At most %d signatures can be joined; you gave %d."),
					COPIES_MAX, cli->argc);
		int err = read_note(cli, path, p);
		if (err)
			return err;
		if (!is_text(&p->note[p->cnt - 1], t))
			return cli_fail(
				cli, DAVY_REFUSED, "changed",
				_("%s signs another text than the draft has now: sign again after the last "
				  "change."),
				cli_s(cli, path));
	}
	return DAVY_OK;
}

/* Takes what roster sign left in the draft's folder; signatures of an earlier text are passed over.
 */
static int
find_notes(struct cli *cli, const struct roster_draft *d, const struct roster_texts *t,
	   struct pile *p)
{
	for (size_t i = 1; i <= d->card.roots.cnt && p->cnt < COPIES_MAX; i++) {
		const char *path = roster_sign_path(cli, d, i);
		if (access(path, F_OK) != 0)
			continue;
		int err = read_note(cli, path, p);
		if (err)
			return err;
		if (!is_text(&p->note[p->cnt - 1], t))
			free(p->bytes[--p->cnt]);
	}
	return p->cnt ? DAVY_OK
		      : cli_fail(cli, DAVY_REFUSED, "signatures",
				 _("No root has signed this draft yet: davy roster sign --dir %s."),
				 cli_s(cli, d->dir));
}

/* Counts the roots that have signed this note. */
static size_t
signed_by(const struct roster_draft *d, const struct note *note)
{
	size_t have = 0;

	for (size_t i = 0; i < d->card.roots.cnt; i++) {
		struct note_key key;
		snprintf(key.name, sizeof(key.name), "root-%zu", i + 1);
		memcpy(key.key, d->card.roots.key[i], sizeof(key.key));
		have += note_verify(note, &key, 1, 1) == 0;
	}
	return have;
}

static int
merge(struct cli *cli, struct roster_draft *d, struct pile *p)
{
	struct roster_texts t;
	struct roster *check = malloc(sizeof(*check));
	uint8_t *buf = malloc(NOTE_CAP);
	struct note joined;
	struct bufw w;
	int err = roster_draft_texts(cli->ses, d, &t);

	if (!err)
		err = cli->argc ? read_notes(cli, &t, p) : find_notes(cli, d, &t, p);
	bufw_init(&w, buf, buf ? NOTE_CAP : 0);
	if (!err && (!check || (err = note_merge(&w, p->note, p->cnt)) != 0 ||
		     (err = note_parse(&joined, buf, w.len)) != 0))
		err = cli_fail_err(cli, err ? err : ERR_MEM, "%s",
				   _("The signatures cannot be joined"));
	if (!err && roster_verify(check, buf, w.len, &d->card.roots) != 0)
		err = cli_fail(
			cli, DAVY_REFUSED, "signatures",
			_("Only %zu of the %zu signatures that are needed are there and valid."),
			signed_by(d, &joined), d->card.roots.threshold);
	if (!err)
		err = roster_keeps_warn(cli->ses, d);
	if (!err)
		err = file_write(cli->ses, roster_draft_path(cli->ses, d, "roster.note"), 0600, buf,
				 w.len);
	if (!err)
		err = file_write(cli->ses, roster_draft_path(cli->ses, d, "members"), 0600,
				 t.members, t.members_len);
	if (!err) {
		cli_printf(cli, _("Roster %u is signed. Next: davy roster publish.\n"),
			   d->r.version);
		cli_data(cli, json_pack("{s:I, s:I}", "version", (json_int_t)d->r.version,
					"signatures", (json_int_t)signed_by(d, &joined)));
	}
	roster_draft_texts_free(&t);
	free(check);
	free(buf);
	return err;
}

static int
roster_merge_exec(struct cli *cli)
{
	struct roster_draft *d = calloc(1, sizeof(*d));
	struct pile *p = calloc(1, sizeof(*p));
	int err = d && p ? roster_edit_load(cli, d)
			 : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));

	if (!err) {
		err = merge(cli, d, p);
		roster_draft_free(d);
	}
	for (size_t i = 0; p && i < p->cnt; i++)
		free(p->bytes[i]);
	free(p);
	free(d);
	return err;
}

static const struct cli_option options[] = { ROSTER_EDIT_DIR, { 0 } };

const struct command cmd_roster_merge = {
	.noun = "roster",
	.verb = "merge",
	.args = "[FILE…]",
	.help = N_("join the roots' signatures and check them"),
	.group = CLI_REGISTRAR,
	.more = N_(
		"Without a file it takes the signatures that roster sign left in the draft's folder."),
	.arg_max = -1,
	.options = options,
	.words = "@file",
	.exec = roster_merge_exec,
};
