/* davy roster sign: signs a draft with a root key, on a machine without a network. */
#include <unistd.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/home/home.h"
#include "admin-cli/cmd/roster_edit.h"
#include "admin-cli/roster/roster_keeps.h"
#include "crypto/b64.h"
#include "crypto/err.h"
#include "crypto/note.h"

#define NOTE_CAP (ROSTER_TEXT_MAX + 65536)

/* Shows the holder of a root key what he is about to sign. */
static void
summary(struct cli *cli, const struct roster_draft *d, const struct roster_texts *t)
{
	char from[TERM_DATE_CAP], until[TERM_DATE_CAP], hex[65], key[64];
	uint8_t hash[32];

	key_sha256(hash, t->roster, t->roster_len);
	cli_printf(cli, _("Roster %u of %s, good from %s until %s\n"), d->r.version,
		   cli_s(cli, d->r.name), term_date(from, d->r.from), term_date(until, d->r.until));
	cli_printf(cli, _("%zu desks, %zu members, backstop %u, text %.16s\n"), d->r.desk_cnt,
		   d->m->cnt, d->r.backstop, term_hex(hex, hash, 32));
	(void)b64_encode(key, sizeof(key), d->r.gateway_key, sizeof(d->r.gateway_key), B64_PADDED);
	cli_printf(cli, _("The gateway's key, as its card shows it: %s\n"), key);
}

/* Whoever has the gateway's key can speak for it, so a change must not pass as one line of many. */
static int
warn_key(struct cli *cli, const struct roster_draft *d)
{
	const char *path = roster_draft_path(cli->ses, d, "published");
	struct roster *was = malloc(sizeof(*was));
	struct note note;
	uint8_t *old = NULL;
	size_t len;

	if (!was)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	if (access(path, F_OK) == 0 &&
	    (file_read(cli->ses, path, NOTE_CAP, &old, &len) != DAVY_OK ||
	     note_parse(&note, old, len) != 0 || roster_parse(was, note.text, note.text_len) != 0 ||
	     memcmp(was->gateway_key, d->r.gateway_key, sizeof(was->gateway_key)) != 0)) {
		cli_forgive(cli);
		cli_warn(
			cli, "%s",
			_("This roster gives the gateway ANOTHER KEY. Sign only if the operator has told you "
			  "so in person and his new card shows this key."));
	}
	free(old);
	free(was);
	return DAVY_OK;
}

static int
sign(struct cli *cli, struct roster_draft *d)
{
	const char *path = cli_opt(cli, "output");
	const struct home_keys *k;
	struct roster_texts t;
	char name[NOTE_NAME_MAX];
	struct bufw w;
	size_t root;
	int err = roster_edit_root(cli, d, &k, &root);

	if (err)
		return err;
	if (!path)
		path = roster_sign_path(cli, d, root);
	err = roster_draft_texts(cli->ses, d, &t);
	if (err)
		return err;
	summary(cli, d, &t);
	err = warn_key(cli, d);
	if (!err)
		err = roster_keeps_warn(cli->ses, d);
	if (!err && !cli->json && cli->tty_in && cli->tty_out)
		err = cli_confirm(cli, _("Sign this as root %zu of %zu?"), root, d->card.roots.cnt);
	uint8_t *buf = malloc(NOTE_CAP);
	bufw_init(&w, buf, buf ? NOTE_CAP : 0);
	bufw_bytes(&w, t.roster, t.roster_len);
	bufw_text(&w, "\n");
	snprintf(name, sizeof(name), "root-%zu", root);
	if (!err) {
		err = note_sign(&w, t.roster, t.roster_len, name, &k->sign);
		err = err ? cli_fail_err(cli, err, "%s", _("The roster cannot be signed"))
			  : file_write(cli->ses, path, 0644, buf, w.len);
	}
	if (!err) {
		cli_printf(cli, _("Signed as %s into %s.\n"), name, cli_s(cli, path));
		cli_data(cli, json_pack("{s:s, s:s, s:I}", "name", name, "file", path, "version",
					(json_int_t)d->r.version));
	}
	free(buf);
	roster_draft_texts_free(&t);
	return err;
}

static int
roster_sign_exec(struct cli *cli)
{
	return roster_edit_with(cli, sign);
}

static const struct cli_option options[] = {
	{ .name = "output",
	  .letter = 'o',
	  .arg = N_("FILE"),
	  .words = "@file",
	  .help = N_("where the signature goes (into the draft's folder)") },
	ROSTER_EDIT_DIR,
	{ 0 },
};

const struct command cmd_roster_sign = {
	.noun = "roster",
	.verb = "sign",
	.help = N_("sign the draft with a root key, offline"),
	.more = N_(
		"Carry the draft's folder to the machine with the root key, and the signature back. "
		"Every root signs the same draft; roster merge joins the signatures."),
	.group = CLI_REGISTRAR,
	.options = options,
	.exec = roster_sign_exec,
};
