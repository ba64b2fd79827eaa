/* Replies to a source: their hour, and the one that tells her where a matter went (see reply.h). */
#include "admin-cli/cmd/reply.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/case_write.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/desk/told.h"
#include "admin-cli/rules/hold.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"
#include "crypto/err.h"
#include "crypto/frame.h"

static uint32_t
draw(struct session *ses, const struct frame_record *rec, enum hold kind)
{
	struct hold_hours h;

	hold_range(&h, sync_hour(ses), kind, rec->answer_due);
	return hold_hour(&h, randombytes_uniform(hold_cnt(&h)));
}

uint32_t
reply_draw(struct session *ses, const struct frame_record *rec)
{
	return draw(ses, rec, rec->ladder == FRAME_URGENT ? HOLD_URGENT : HOLD_USUAL);
}

uint32_t
reply_draw_done(struct session *ses, const struct frame_record *rec)
{
	return draw(ses, rec, HOLD_DONE);
}

/*
 * Where a matter went can be taken back as long as nobody there has it, and what the gateway has
 * cannot be: the reply stays on this machine until an hour before its source may see it. Not where
 * life may be at stake or the answer is due within a day: a machine that nobody opens tells nobody.
 */
static uint32_t
wait_here(struct session *ses, const struct workspace_case *c, uint32_t hour)
{
	uint32_t now = sync_hour(ses), due = c->rec.answer_due;
	bool soon = due && due < hour + 24;

	return c->rec.ladder == FRAME_URGENT || soon || hour <= now + 1 ? 0
									: (hour - now - 1) * 3600;
}

void
reply_tell(struct cli *cli, const json_t *triage)
{
	const char *move = schema_text(triage, "move"), *target = schema_text(triage, "target");
	struct submit p = { .type = ENTRY_REPLY };
	char shown[TERM_DATE_CAP];

	if (strcmp(move, "referred") && strcmp(move, "closed_out"))
		return;
	p.hour = reply_draw(cli->ses, &cli->target->rec);
	p.wait = wait_here(cli->ses, cli->target, p.hour);
	p.body = json_pack("{s:i,s:s,s:s}", "v", 1, "status", "6", "text", target);
	if (!p.body || submit_send(cli->ses, cli->target, &p)) {
		cli_warn(
			cli,
			_("The source has not been told: %s Tell her with davy case reply --status 6."),
			cli_failure(cli));
		cli_forgive(cli);
	} else if (p.wait || !p.queued) {
		cli_printf(cli, _("The source is told (status 6); she can see it from %s on.\n"),
			   term_hour(shown, p.hour ? p.hour : sync_hour(cli->ses)));
		if (p.wait)
			cli_printf(cli, _("It waits in the tray until an hour before, and does not "
					  "leave where the case comes back until then.\n"));
	}
	json_decref(p.body);
}

/* Whether it is what the thread of the source ends with. */
static bool
said_last(const struct opened *d, const json_t *body)
{
	size_t last = FOLD_NONE, i;
	json_t *copy;
	bool same;

	for (i = 0; i < d->cnt; i++)
		if (d->entry[i].thread == FRAME_SOURCE &&
		    (last == FOLD_NONE || d->entry[i].number > d->entry[last].number))
			last = i;
	if (last == FOLD_NONE || d->entry[last].type != ENTRY_REPLY || !d->x[last].body)
		return false;
	copy = json_deep_copy(d->x[last].body);
	json_object_del(copy, "after");
	same = json_equal(copy, body);
	json_decref(copy);
	return same;
}

/* The number under which it waits in the outbox; 0: it does not. */
static uint64_t
waits(const struct workspace_out *list, size_t cnt, const uint8_t id[static KEY_ID_LEN],
      const json_t *body)
{
	json_t *other;
	bool same = false;
	size_t i;

	for (i = 0; i < cnt && !same; i++) {
		if (list[i].type != ENTRY_REPLY || memcmp(list[i].id, id, KEY_ID_LEN))
			continue;
		other = json_loads(list[i].json, 0, NULL);
		same = json_equal(other, body);
		json_decref(other);
	}
	return same ? list[i - 1].seq : 0;
}

int
reply_refuse_again(struct session *ses, const struct opened *d, const struct submit *p)
{
	struct workspace_out *list = NULL;
	uint64_t number;
	size_t cnt = 0;
	int err = sync_workspace_failed(ses, workspace_out_list(ses->workspace, &list, &cnt));

	if (err)
		return err;
	number = waits(list, cnt, d->c.rec.id, p->body);
	workspace_out_free(list, cnt);
	if (number)
		return session_fail(
			ses, DAVY_REFUSED, "again",
			_("The same reply waits in the outbox as number %llu; --again sends it twice."),
			(unsigned long long)number);
	if (told_last(ses, &d->c, p->body) || said_last(d, p->body))
		return session_fail(
			ses, DAVY_REFUSED, "again",
			_("She was told the same just before, and has said nothing since; --again "
			  "sends it once more."));
	return 0;
}
