/* Shows an opened case as a log: its history with verdicts, its read records, and its JSON (see
 * show.h). */
#include "admin-cli/view/show.h"

#include "admin-cli/cli/cli.h"
#include "admin-cli/rules/class.h"
#include "admin-cli/rules/priority.h"
#include "admin-cli/desk/copy.h"
#include "admin-cli/desk/opened_inner.h"

static const char *
audit_name(enum opened_audit audit)
{
	static const char *const names[] = { "closed", "audited", "unaudited", "unknown" };

	return names[audit];
}

static const char *
verdict_name(enum fold_verdict v)
{
	static const char *const names[] = { N_("accepted"), N_("rejected"), N_("newer"),
					     N_("duplicate") };

	return names[v];
}

void
show_history(struct cli *cli, const struct opened *d)
{
	struct cli_table *t = cli_table_new(cli, (const char *const[]){
							 _("THREAD"), ">#", _("TYPE"), _("AUTHOR"),
							 _("DAY"), _("VERDICT"), _("STATE"),
							 _("WHY"), NULL });
	char number[16], date[TERM_DATE_CAP];
	size_t n;

	for (n = 0; n < d->fold.order_cnt; n++) {
		size_t i = d->fold.order[n];
		const struct fold_entry *f = &d->entry[i];

		snprintf(number, sizeof(number), "%u", f->number);
		cli_table_row(t, f->thread == FRAME_SOURCE ? _("source") : _("desk"), number,
			      d->x[i].plain ? show_type(cli, f->type) : "?", show_author(cli, d, i),
			      term_date(date, f->day), _(verdict_name(f->verdict)),
			      fold_state_text(d->fold.machine,
					      machine_state_name(d->fold.machine, f->to)),
			      f->verdict == FOLD_REJECTED ? fold_reason_text(f->reason) : "");
		if (f->verdict == FOLD_REJECTED)
			cli_table_style(t, "red");
	}
	cli_table_end(t, NULL);
}

/* In a read record the highest bit of the number marks the reading of an attachment. */
#define READ_ATTACHMENT 0x80000000u

int
show_reads(struct cli *cli, const struct opened *d, json_t *out)
{
	uint8_t *val = NULL;
	size_t len = 0, i;
	struct frame_read read;
	char date[TERM_DATE_CAP], hex[17];

	if (workspace_get(cli->ses->workspace, WORKSPACE_READS, d->c.rec.id, sizeof(d->c.rec.id),
			  &val, &len))
		return 0;
	cli_printf(cli, _("\nRead by\n"));
	for (i = 0; i + FRAME_READ_LEN <= len; i += FRAME_READ_LEN) {
		frame_read_get(&read, val + i);
		cli_printf(cli,
			   read.number & READ_ATTACHMENT ? _("  %s  %s  attachment %u\n")
							 : _("  %s  %s  entry %u\n"),
			   show_member(cli, d->view, read.handle), term_date(date, read.day),
			   read.number & ~READ_ATTACHMENT);
		json_array_append_new(out, json_pack("{s:s,s:s,s:I,s:s,s:I}", "handle",
						     term_hex(hex, read.handle, 8), "name",
						     show_member(cli, d->view, read.handle), "day",
						     (json_int_t)read.day, "what",
						     read.number & READ_ATTACHMENT ? "attachment"
										   : "entry",
						     "number",
						     (json_int_t)(read.number & ~READ_ATTACHMENT)));
	}
	workspace_free(val, len);
	return 0;
}

json_t *
show_entry_json(const struct opened *d, size_t i)
{
	const struct opened_entry *x = &d->x[i];
	const struct fold_entry *f = &d->entry[i];
	const char *type = x->plain ? entry_name(f->type) : NULL;
	json_t *desks = json_array(), *out;
	char hash[65];
	unsigned k;

	for (k = 0; k < x->desk_cnt; k++)
		json_array_append_new(desks, json_integer(x->desk[k]));
	out = json_pack("{s:s,s:I,s:s,s:b,s:s*,s:s,s:I,s:s,s:s*,s:s,s:s,s:b,s:s,s:o,s:o?}",
			"thread", f->thread == FRAME_SOURCE ? "source" : "desk", "number",
			(json_int_t)f->number, "type", type ? type : "unknown", "by_source",
			f->by_source, "author", x->author ? x->author->name : NULL, "hash",
			term_hex(hash, f->hash, sizeof(f->hash)), "day", (json_int_t)f->day,
			"verdict", verdict_name(f->verdict), "reason",
			f->verdict == FOLD_REJECTED ? fold_reason_name(f->reason) : NULL, "from",
			machine_state_name(d->fold.machine, f->from), "to",
			machine_state_name(d->fold.machine, f->to), "open", f->open, "audit",
			audit_name(x->audit), "desks", desks, "body", copy_mine(d, x->body));
	return out;
}

/* What triage says: the newest value of each member. */
static void
add_class(const struct fold *f, json_t *out)
{
	int i;

	for (i = 0; i < CLASS__MAX; i++)
		if (f->said[i])
			json_object_set(out, class_field[i].name, (json_t *)f->said[i]);
}

json_t *
show_json(const struct opened *d)
{
	const struct fold *f = &d->fold;
	struct workspace_line line;
	json_t *entries = json_array(), *out;
	size_t n, first = opened_first(d);
	char id[33];

	opened_line(d, &line);
	out = opened_line_json(&line);
	for (n = 0; n < f->order_cnt; n++)
		json_array_append_new(entries, show_entry_json(d, f->order[n]));
	json_object_set_new(out, "id", json_string(term_hex(id, d->c.rec.id, sizeof(d->c.rec.id))));
	if (!d->cnt && d->c.rec.kind == FRAME_CASE)
		json_object_set_new(out, "state", json_string(show_record_name(&d->c.rec)));
	add_class(f, out);
	if (f->severity)
		json_object_set_new(out, "priority_terms", priority_json(f));
	json_object_set_new(out, "desk", json_integer(d->c.rec.desk));
	json_object_set_new(out, "urgent", json_boolean(d->c.rec.ladder == FRAME_URGENT));
	json_object_set_new(out, "read_due", json_integer(d->c.rec.read_due));
	json_object_set_new(out, "answer_due", json_integer(d->c.rec.answer_due));
	json_object_set_new(out, "closed", json_boolean(f->closed));
	json_object_set_new(out, "close_due", json_integer(d->c.rec.close_due));
	json_object_set_new(out, "held", json_integer(d->c.rec.held));
	json_object_set_new(out, "withdrawn", json_boolean(f->withdrawn));
	json_object_set_new(out, "rejected", json_integer(f->rejected));
	json_object_set_new(out, "alarm", json_boolean(opened_alarm(d)));
	json_object_set_new(out, "audit",
			    json_string(first == FOLD_NONE ? "closed"
							   : audit_name(d->x[first].audit)));
	if (first != FOLD_NONE && d->x[first].body)
		json_object_set_new(out,
				    d->c.rec.kind == FRAME_CASE    ? "tip"
				    : d->c.rec.kind == FRAME_ORDER ? "order"
								   : "book",
				    copy_mine(d, d->x[first].body));
	json_object_set_new(out, "entries", entries);
	return out;
}
