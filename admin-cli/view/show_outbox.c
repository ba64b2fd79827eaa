/* Shows what waits in the outbox (see show_outbox.h). */
#include "admin-cli/view/show_outbox.h"

#include <time.h>

#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/view/show.h"
#include "admin-cli/desk/tray.h"
#include "crypto/entry.h"

void
show_outbox_item(struct cli *cli, const struct workspace_out *o)
{
	char id[33], hour[TERM_DATE_CAP];

	cli_printf(cli,
		   _("outbox %llu: %s in %.8s, written %s; davy outbox drop %llu discards it\n"),
		   (unsigned long long)o->seq, show_type(cli, o->type),
		   term_hex(id, o->id, sizeof(o->id)), term_hour(hour, o->written),
		   (unsigned long long)o->seq);
	if (o->leaves > (uint64_t)time(NULL) + TRAY_SECONDS)
		cli_printf(cli, _("  it leaves with a sync in %u hours or later\n"),
			   (unsigned)((o->leaves - (uint64_t)time(NULL) + 3599) / 3600));
	else if (o->leaves)
		cli_printf(cli, _("  it lies in the tray of davy ui and leaves in some seconds\n"));
	if (o->error)
		cli_printf(cli, _("  not sent: %s\n"), cli_s(cli, o->error));
}

json_t *
show_outbox_json(const struct workspace_out *o)
{
	const char *type = entry_name(o->type);
	char id[33];

	return json_pack("{s:I,s:s,s:s,s:I,s:I,s:b,s:I,s:o,s:s*}", "number", (json_int_t)o->seq,
			 "id", term_hex(id, o->id, sizeof(o->id)), "type", type ? type : "unknown",
			 "written", (json_int_t)o->written, "hour", (json_int_t)o->hour, "tray",
			 o->leaves != 0, "leaves", (json_int_t)o->leaves, "body",
			 json_loads(o->json, 0, NULL), "error", o->error);
}

size_t
show_outbox_cnt(const struct workspace_out *list, size_t cnt, const uint8_t id[static 16])
{
	size_t i, n = 0;

	for (i = 0; i < cnt; i++)
		n += !memcmp(list[i].id, id, sizeof(list[i].id));
	return n;
}

int
show_outbox_of(struct cli *cli, const uint8_t id[static 16], json_t *data)
{
	struct workspace_out *list = NULL;
	json_t *all = json_array();
	size_t cnt = 0, i;
	int err = sync_workspace_failed(cli->ses,
					workspace_out_list(cli->ses->workspace, &list, &cnt));

	for (i = 0; i < cnt; i++) {
		if (memcmp(list[i].id, id, sizeof(list[i].id)))
			continue;
		if (!json_array_size(all))
			cli_printf(cli, "\n");
		show_outbox_item(cli, &list[i]);
		json_array_append_new(all, show_outbox_json(&list[i]));
	}
	workspace_out_free(list, cnt);
	json_object_set_new(data, "outbox", all);
	return err;
}
