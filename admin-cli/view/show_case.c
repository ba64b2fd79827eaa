/* Shows a whole case or order (see show.h). */
#include "admin-cli/view/show.h"

#include <stdlib.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/view/show_clock.h"
#include "admin-cli/view/show_like.h"
#include "admin-cli/view/show_outbox.h"
#include "admin-cli/view/show_readers.h"
#include "admin-cli/view/show_referral.h"
#include "admin-cli/view/show_suggest.h"
#include "crypto/frame.h"

/* All entries, and what was written here and still waits to be sent. */
static int
show_entries(struct cli *cli, const struct opened *d)
{
	json_t *data = show_json(d);
	struct suggest *s = show_suggest(d);
	size_t i;
	int err = 0;

	for (i = 0; i < d->fold.order_cnt; i++)
		if (s && d->entry[d->fold.order[i]].by_source)
			show_entry_marked(cli, d, d->fold.order[i], s);
		else
			show_entry(cli, d, d->fold.order[i]);
	if (d->c.rec.kind == FRAME_CASE)
		json_object_set_new(data, "clocks", show_clocks_json(d, sync_hour(cli->ses)));
	if (s)
		json_object_set_new(data, "suggested", show_suggest_json(d, s));
	if (s) {
		json_t *like = json_array();

		json_object_set_new(data, "like", like);
		err = show_like(cli, d, 3, like);
	}
	free(s);
	show_referrals(cli, d, data);
	show_readers(cli, d, data);
	if (!err)
		err = show_outbox_of(cli, d->c.rec.id, data);
	cli_data(cli, data);
	return err;
}

int
show_whole(struct cli *cli, const struct opened *d)
{
	bool order = d->c.rec.kind == FRAME_ORDER;

	show_head(cli, d);
	if (!order) {
		show_clocks_of(cli, d, sync_hour(cli->ses));
		show_alarms(cli, d);
	}
	if (order ? !d->c.have_desk : !d->c.have_source)
		show_missing(cli, d);
	return show_entries(cli, d);
}
