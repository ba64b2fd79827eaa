/* davy holidays: the days off and the worked weekends of a year that this davy does not know yet,
 * for the clocks that count working days. */
#include <stdlib.h>

#include "admin-cli/base/file.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/roster_edit.h"
#include "admin-cli/desk/workdays.h"
#include "admin-cli/home/home.h"
#include "crypto/err.h"
#include "crypto/note.h"

static json_t *
days_json(const uint32_t *day, size_t cnt)
{
	char text[TERM_DATE_CAP];
	json_t *list = json_array();

	for (size_t i = 0; i < cnt; i++)
		json_array_append_new(list, json_string(term_date(text, day[i])));
	return list;
}

static json_t *
year_json(const struct holidays *h)
{
	char from[TERM_DATE_CAP];

	return json_pack("{s:i,s:s,s:o,s:o}", "year", h->year, "from", term_date(from, h->from),
			 "off", days_json(h->off, h->off_cnt), "work",
			 days_json(h->work, h->work_cnt));
}

/* For whoever signs: each day, since a day off too many gives a desk a day. */
static void
print(struct cli *cli, const struct holidays *h)
{
	char day[TERM_DATE_CAP];

	cli_printf(cli, _("Holidays of %u, for clocks that begin on %s or later\n"), h->year,
		   term_date(day, h->from));
	for (size_t i = 0; i < h->off_cnt; i++)
		cli_printf(cli, "%s %s", i ? "" : _("days off:"), term_date(day, h->off[i]));
	cli_printf(cli, "%s", h->off_cnt ? "\n" : "");
	for (size_t i = 0; i < h->work_cnt; i++)
		cli_printf(cli, "%s %s", i ? "" : _("worked:"), term_date(day, h->work[i]));
	cli_printf(cli, "%s", h->work_cnt ? "\n" : "");
}

static int
holidays_list(struct cli *cli)
{
	const struct clock_years *years = workdays_known(cli->ses);
	char until[TERM_DATE_CAP];
	json_t *all = json_array();

	cli_printf(cli, _("This davy knows the holidays until %s.\n"),
		   term_date(until, clock_holidays_until()));
	for (size_t i = 0; years && i < years->cnt; i++) {
		print(cli, &years->year[i]);
		json_array_append_new(all, year_json(&years->year[i]));
	}
	cli_data(cli, json_pack("{s:s,s:o}", "until", until, "years", all));
	return DAVY_OK;
}

static int
holidays_set(struct cli *cli)
{
	struct holidays h;
	int err = workdays_take(cli->ses, cli->argv[0], &h);

	if (err)
		return err;
	print(cli, &h);
	cli_data(cli, year_json(&h));
	return DAVY_OK;
}

/* Puts the text, what others have signed, and our signature into w. */
static int
sign_note(struct cli *cli, const struct roster_draft *d, const struct note *note, struct bufw *w)
{
	const struct home_keys *k;
	char name[NOTE_NAME_MAX];
	size_t root;
	int err = roster_edit_root(cli, d, &k, &root);

	if (!err && !cli->json && cli->tty_in && cli->tty_out)
		err = cli_confirm(cli, _("Sign this as root %zu of %zu?"), root, d->card.roots.cnt);
	if (err)
		return err;
	snprintf(name, sizeof(name), "root-%zu", root);
	err = note_merge(w, note, 1);
	if (!err)
		err = note_sign(w, note->text, note->text_len, name, &k->sign);
	return err ? cli_fail_err(cli, err, "%s", _("The list cannot be signed")) : DAVY_OK;
}

static int
sign(struct cli *cli, struct roster_draft *d)
{
	const char *path = cli->argv[0];
	uint8_t *bytes = NULL, out[HOLIDAYS_NOTE_MAX];
	struct holidays h;
	struct note note;
	struct bufw w;
	size_t len;
	int err = file_read(cli->ses, path, HOLIDAYS_NOTE_MAX, &bytes, &len);

	if (err)
		return err;
	if (note_parse(&note, bytes, len) != 0) { /* nobody has signed it yet */
		note.text = (const char *)bytes;
		note.text_len = len;
	}
	bufw_init(&w, out, sizeof(out));
	err = holidays_parse(&h, note.text, note.text_len);
	if (err)
		err = cli_fail_err(cli, err, _("%s is no list of holidays"), cli_s(cli, path));
	else
		err = workdays_check(cli->ses, path, &h, d->card.id);
	if (!err) {
		print(cli, &h);
		err = sign_note(cli, d, &note, &w);
	}
	if (!err)
		err = file_write(cli->ses, path, 0644, out, w.len);
	if (!err)
		cli_data(cli, year_json(&h));
	free(bytes);
	return err;
}

static int
holidays_sign(struct cli *cli)
{
	return roster_edit_with(cli, sign);
}

const struct command cmd_holidays_list = {
	.noun = "holidays",
	.verb = "list",
	.help = N_("list the holidays that the clocks of this home know"),
	.group = CLI_REVIEW,
	.exec = holidays_list,
};

const struct command cmd_holidays_set = {
	.noun = "holidays",
	.verb = "set",
	.args = "FILE",
	.help = N_("take a year's holidays that the roots have signed"),
	.more = N_("Only for clocks that begin later, and once for each year: no clock that runs "
		   "gets longer by it."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.words = "@file",
	.exec = holidays_set,
};

static const struct cli_option sign_options[] = {
	ROSTER_EDIT_DIR,
	{ 0 },
};

const struct command cmd_holidays_sign = {
	.noun = "holidays",
	.verb = "sign",
	.args = "FILE",
	.help = N_("sign a year's holidays with a root key, offline"),
	.more = N_("The signature goes into the file itself. As many roots sign it, one after the "
		   "other, as sign a roster."),
	.group = CLI_REVIEW,
	.arg_min = 1,
	.arg_max = 1,
	.words = "@file",
	.options = sign_options,
	.exec = holidays_sign,
};
