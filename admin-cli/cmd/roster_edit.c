/*
 * What the commands that edit a draft of the roster share: they load it from its folder, start the
 * next version where the draft was published, and read the options that describe a desk.
 */
#include "admin-cli/cmd/roster_edit.h"

#include <string.h>

#include "admin-cli/base/file.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/home.h"
#include "admin-cli/roster/roster_keeps.h"
#include "crypto/text.h"

int
roster_edit_load(struct cli *cli, struct roster_draft *d)
{
	const char *dir = cli_opt(cli, "dir");

	*d = (struct roster_draft){ 0 };
	if (!dir)
		return cli_fail(cli, DAVY_USAGE, "usage", _("Say which draft: --dir DIR."));
	return roster_draft_load(cli->ses, dir, d);
}

int
roster_edit_with(struct cli *cli, int (*what)(struct cli *cli, struct roster_draft *d))
{
	struct roster_draft *d = calloc(1, sizeof(*d));
	int err = d ? roster_edit_load(cli, d)
		    : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));

	if (!err) {
		err = what(cli, d);
		roster_draft_free(d);
	}
	free(d);
	return err;
}

/* Fetches the bundle into the draft's folder, so that certificates are known which a change of lead
 * or cosigner would end. Without the gateway, what the folder has is used. */
static int
fetch_certificates(struct cli *cli, const struct roster_draft *d)
{
	const struct trust *v;
	const char *path;
	uint8_t *bytes;
	size_t len;

	if (d->r.version == 1 && !d->published)
		return DAVY_OK; /* nothing has been served yet */
	if (trust_get(cli->ses, true, &v) != DAVY_OK ||
	    home_gateway_path(cli->ses, "roster", &path) != DAVY_OK ||
	    file_read(cli->ses, path, BUNDLE_MAX, &bytes, &len) != DAVY_OK) {
		cli_forgive(cli);
		cli_warn(
			cli, "%s",
			_("The certificates of the desks were not fetched: the gateway was not reached."));
		return DAVY_OK;
	}
	int err = file_write(cli->ses, roster_draft_path(cli->ses, d, ROSTER_KEEPS_FILE), 0600,
			     bytes, len);
	free(bytes);
	return err;
}

int
roster_edit_begin(struct cli *cli, struct roster_draft *d, uint32_t days)
{
	bool next = d->published;
	int err = fetch_certificates(cli, d);

	if (!err)
		err = roster_draft_edit(cli->ses, d, days);

	if (!err && next)
		cli_printf(
			cli,
			_("This starts roster %u; sign, merge and publish it when it is ready.\n"),
			d->r.version);
	return err;
}

int
roster_edit_root(struct cli *cli, const struct roster_draft *d, const struct home_keys **k,
		 size_t *root)
{
	int err = home_keys(cli->ses, k);

	for (size_t i = 0; !err && i < d->card.roots.cnt; i++)
		if (memcmp(d->card.roots.key[i], (*k)->sign_pk, sizeof((*k)->sign_pk)) == 0) {
			*root = i + 1;
			return DAVY_OK;
		}
	return err ? err
		   : cli_fail(cli, DAVY_REFUSED, "denied",
			      _("Your key is not one of the %zu roots of the gateway's card."),
			      d->card.roots.cnt);
}

const char *
roster_sign_path(struct cli *cli, const struct roster_draft *d, size_t root)
{
	char name[32];

	snprintf(name, sizeof(name), "root-%zu.sig", root);
	return roster_draft_path(cli->ses, d, name);
}

static int
option_text(struct cli *cli, const char *name, char *out, size_t cap)
{
	const char *text = cli_opt(cli, name);

	if (!text)
		return DAVY_OK;
	if (strlen(text) >= cap || text_printable(text, strlen(text), 0) != 0)
		return cli_fail(
			cli, DAVY_USAGE, "usage",
			_("--%s has at most %zu bytes of UTF-8 without control characters."), name,
			cap - 1);
	snprintf(out, cap, "%s", text);
	return DAVY_OK;
}

int
roster_edit_desk(struct cli *cli, struct roster_desk *desk)
{
	uint64_t level = desk->level, above = desk->above, org = desk->org;
	const char *kind = cli_opt(cli, "kind"), *area = cli_opt(cli, "area");
	int err = option_text(cli, "name", desk->name, sizeof(desk->name));

	if (!err)
		err = option_text(cli, "name-en", desk->name_en, sizeof(desk->name_en));
	if (!err)
		err = option_text(cli, "sectors", desk->sectors, sizeof(desk->sectors));
	if (!err)
		err = cli_opt_number(cli, "level", 1, ROSTER_LEVEL_MAX, &level);
	if (!err)
		err = cli_opt_number(cli, "above", 0, 65535, &above);
	if (!err)
		err = cli_opt_number(cli, "org", 0, UINT32_MAX, &org);
	if (!err && kind && roster_kind_parse(&desk->kind, kind, strlen(kind)) != 0)
		err = cli_fail(
			cli, DAVY_USAGE, "usage",
			_("A desk is of the kind review, inspection, oversight, integrity, reward or planning."));
	if (!err && area && (strlen(area) != 6 || strspn(area, "0123456789") != 6))
		err = cli_fail(
			cli, DAVY_USAGE, "usage",
			_("An area is an administrative code of six digits; 000000 is everywhere."));
	if (err)
		return err;
	if (area)
		snprintf(desk->area, sizeof(desk->area), "%s", area);
	desk->level = (uint8_t)level;
	desk->above = (uint16_t)above;
	desk->org = (uint32_t)org;
	return DAVY_OK;
}
