/* What the commands share that send for a source: --exclude, --attach, sealing. */
#include "admin-cli/cmd/tip_options.h"

#include <sodium.h>
#include <unistd.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/schema.h"

int
tip_exclude_one(struct cli *cli, const struct trust *view, uint64_t desk,
		struct source_exclude *out)
{
	size_t i;

	if (view && !roster_find(view->bundle.roster, (uint16_t)desk))
		return cli_fail(cli, DAVY_REFUSED, "not-found",
				_("--exclude %u: roster %u has no such desk; davy desk list "
				  "shows the desks."),
				(unsigned)desk, view->bundle.roster->version);
	for (i = 0; i < out->cnt && out->desk[i] != desk; i++)
		continue;
	if (i == out->cnt && out->cnt < ROSTER_DESK_MAX)
		out->desk[out->cnt++] = (uint16_t)desk;
	return 0;
}

int
tip_exclude(struct cli *cli, const struct trust *view, const json_t *body,
	    struct source_exclude *out)
{
	const json_t *list = json_object_get(body, "excluded");
	uint64_t desk = 0;
	size_t i;
	int err = 0;

	out->cnt = 0;
	for (i = 0; !err && cli_opt_at(cli, "exclude", i); i++) {
		err = cli_number(cli, "--exclude", cli_opt_at(cli, "exclude", i), 1, 65535, &desk);
		if (!err)
			err = tip_exclude_one(cli, view, desk, out);
	}
	for (i = 0; !err && i < json_array_size(list); i++) {
		json_int_t n = json_integer_value(json_array_get(list, i));

		err = tip_exclude_one(cli, view, n > 0 && n <= UINT16_MAX ? (uint64_t)n : 0, out);
	}
	return err;
}

void
tip_exclude_put(json_t *body, const struct source_exclude *exclude)
{
	json_t *list = exclude->cnt ? json_array() : NULL;

	for (size_t i = 0; list && i < exclude->cnt; i++)
		json_array_append_new(list, json_integer(exclude->desk[i]));
	if (list)
		json_object_set_new(body, "excluded", list);
}

/* Seals everything into frames, the attachments first, since the tip names their hashes. */
int
tip_seal(struct cli *cli, const struct source *s, json_t *body, const struct choose_set *to,
	 struct source_frames *frames)
{
	struct source_entry e = { .type = ENTRY_TIP,
				  .desk = to->desk[0],
				  .urgent = schema_is(body, "danger_now") };
	json_t *media = json_array();
	struct seal_set set;
	size_t i;
	int err = 0;

	for (i = 0; !err && cli_opt_at(cli, "attach", i); i++) {
		if (i == SOURCE_ATTACH_MAX)
			err = cli_fail(cli, DAVY_USAGE, "usage",
				       _("A tip takes at most %d attachments."), SOURCE_ATTACH_MAX);
		else
			err = source_attach(cli->ses, s, to, cli_opt_at(cli, "attach", i), media,
					    frames);
	}
	if (i)
		cli_warn(cli,
			 _("Nothing was removed from the attachments: a photo may tell where and "
			   "when it was taken."));
	if (json_array_size(media))
		json_object_set(body, "media", media);
	json_decref(media);
	choose_seal_set(&set, to);
	e.body = body;
	return err ? err : source_entry(cli->ses, s, &set, &e, frames);
}

json_t *
tip_desks(const struct choose_set *to)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < SEAL_CNT; i++)
		if (to->desk[i])
			json_array_append_new(list, json_integer(to->desk[i]));
	return list;
}

int
tip_frames_send(struct cli *cli, struct source_frames *frames, const char *unsent)
{
	size_t done = 0;
	int err = source_frames_send(cli->ses, frames, &done);

	if (!err) {
		unlink(unsent);
		cli_printf(cli, _("Sent: the gateway has it.\n"));
		return 0;
	}
	if (err == DAVY_AGAIN)
		cli_warn(
			cli,
			_("%zu of %zu frames are there. Later: davy tip send --resume, or carry %s."),
			done, frames->cnt, unsent);
	return err;
}

int
tip_receipt_show(struct cli *cli, const struct source *s)
{
	const char *path = cli_opt(cli, "receipt-file");
	char text[RECEIPT_TEXT_LEN + 2];
	int err = 0;

	receipt_print(text, &s->receipt);
	if (path) {
		text[RECEIPT_TEXT_LEN] = '\n';
		err = file_write(cli->ses, path, 0600, text, RECEIPT_TEXT_LEN + 1);
	} else if (cli->json) {
		cli_data(cli, json_pack("{s:s}", "receipt", text));
	} else {
		cli_printf(cli,
			   _("Your number. Write it on paper, it is shown only now:\n\n    %s\n\n"),
			   text);
	}
	sodium_memzero(text, sizeof(text));
	return err;
}
