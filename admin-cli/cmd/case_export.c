/*
 * davy case hold: proposes a legal hold, which takes two. davy case export: under a legal hold, the
 * dossier of a case as a page to print, and beside it the sealed originals with their proofs (tar).
 * A note in the case says so before anything is written, so that no copy leaves unseen.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_propose.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/view/dossier.h"
#include "crypto/entry.h"
#include "crypto/err.h"

static int
case_hold(struct cli *cli)
{
	return case_propose_entry(cli, "hold",
				  json_pack("{s:i,s:b,s:s}", "v", 1, "set", !cli_flag(cli, "lift"),
					    "text", cli->text));
}

/* struct submit.may: the hold still stands when the note is written. */
static int
held(struct session *ses, const struct opened *d, const struct submit *p)
{
	(void)p;
	if (d->fold.hold)
		return 0;
	return session_fail(
		ses, DAVY_REFUSED, "hold",
		_("No legal hold stands in this case, so nothing of it may be exported. Two senior "
		  "reviewers set one: davy case hold, and davy case cosign."));
}

/* The note names the file by its hash, so that a copy can be told to be this one. */
static int
write_note(struct cli *cli, bool with_tip, const uint8_t *tar, size_t len)
{
	struct submit p = { .type = ENTRY_NOTE, .may = held, .now = true };
	uint8_t hash[32];
	char hex[65], text[256];
	int err;

	crypto_hash_sha256(hash, tar, len);
	snprintf(text, sizeof(text),
		 "exported under legal hold, %s the words of the source; originals: SHA-256 %s",
		 with_tip ? "with" : "without", term_hex(hex, hash, sizeof(hash)));
	p.body = json_pack("{s:i,s:s}", "v", 1, "text", text);
	if (!p.body)
		return cli_fail_err(cli, ERR_MEM, "%s", _("The dossier cannot be made"));
	err = submit_send(cli->ses, cli->target, &p);
	json_decref(p.body);
	return err;
}

static int
case_export(struct cli *cli)
{
	const char *path = cli_opt(cli, "output");
	bool with_tip = cli_flag(cli, "with-tip");
	char *beside = NULL;
	json_t *page = NULL;
	uint8_t *tar = NULL;
	size_t len = 0;
	int err = held(cli->ses, cli->opened, NULL);

	if (!err && asprintf(&beside, "%s.tar", path) < 0)
		err = cli_fail_err(cli, ERR_MEM, "%s", _("The dossier cannot be made"));
	if (!err)
		err = dossier_tar(cli, cli->opened, &tar, &len);
	if (!err)
		err = dossier_page(cli, cli->opened, with_tip, &page);
	if (!err)
		err = write_note(cli, with_tip, tar, len);
	if (!err)
		err = file_write(cli->ses, beside, 0600, tar, len);
	if (!err)
		err = paper_make(cli, page, "dossier", path);
	if (!err)
		cli_printf(cli, _("%s and %s written; a note in the case says so.\n"),
			   cli_s(cli, path), cli_s(cli, beside));
	json_decref(page);
	free(beside);
	free(tar);
	return err;
}

static int
export_check(struct cli *cli)
{
	if (!cli_opt(cli, "output"))
		return cli_fail(cli, DAVY_USAGE, "usage",
				_("-o FILE is needed: the page to write."));
	return 0;
}

static const struct cli_option hold_options[] = {
	CLI_TEXT_OPTIONS(N_("why the case must be kept, or no longer")),
	{ .name = "lift", .help = N_("propose to end the hold") },
	{ 0 },
};

const struct command cmd_case_hold = {
	.noun = "case",
	.verb = "hold",
	.args = "ID",
	.help = N_("propose a legal hold: the case is kept, and may be exported"),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = hold_options,
	.target = CLI_TARGET_CASE,
	.text = CLI_TEXT_NEEDED,
	.exec = case_hold,
};

static const struct cli_option export_options[] = {
	{ .name = "output",
	  .letter = 'o',
	  .arg = N_("FILE"),
	  .help = N_("the page to write; the sealed originals go to FILE.tar"),
	  .words = "@file" },
	{ .name = "with-tip", .help = N_("with the words of the source") },
	{ 0 },
};

const struct command cmd_case_export = {
	.noun = "case",
	.verb = "export",
	.args = "ID",
	.help = N_("write the dossier of a case under legal hold"),
	.more = N_(
		"A page to print (PDF) without the words of the source, and the sealed originals with "
		"their proofs, which only the desks of the case can open. Refused unless two members have "
		"set a legal hold. A note in the case says who exported."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.options = export_options,
	.target = CLI_TARGET_CASE,
	.opened = true,
	.check = export_check,
	.exec = case_export,
};
