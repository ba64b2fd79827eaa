/* The clocks of the cases in the workspace (see clocks.h). */
#include "admin-cli/desk/clocks.h"

#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/sync.h"

#include <string.h>

_Static_assert(WORKSPACE_CLOCKS == CLOCK__MAX, "a line has room for every clock");

void
clocks_record(struct clock_record *out, const struct frame_record *rec)
{
	bool sealed = sync_sealed(rec);

	*out = (struct clock_record){ .urgent = rec->ladder == FRAME_URGENT,
				      .answered = rec->flags & FRAME_R_ANSWERED,
				      .closed = rec->flags & FRAME_R_CLOSED,
				      .above = rec->flags & FRAME_R_ABOVE,
				      .read_due = sealed ? 0 : rec->read_due,
				      .answer_due = rec->answer_due };
}

void
clocks_keep(struct workspace_line *line, const struct opened *d)
{
	bool urgent = d->c.rec.ladder == FRAME_URGENT;
	struct clock_time clock[CLOCK__MAX];
	size_t i;

	clock_fold(clock, &d->in, &d->fold, urgent);
	for (i = 0; i < CLOCK__MAX; i++)
		line->clock[i] = (struct workspace_clock){ clock[i].from, clock[i].due };
	line->life = d->fold.machine == MACHINE_TIP && clock_severity(&d->fold, urgent) == 1;
}

void
clocks_of(struct clock_time out[static CLOCK__MAX], const struct workspace_case *c)
{
	struct clock_record rec;
	size_t i;

	memset(out, 0, CLOCK__MAX * sizeof(*out));
	if (!sync_may_fetch(c))
		return;
	for (i = 0; i < CLOCK__MAX; i++)
		out[i] = (struct clock_time){ c->line.clock[i].from, c->line.clock[i].due };
	if (c->rec.flags & FRAME_R_ACKED) /* since the case was opened here */
		out[CLOCK_READ] = (struct clock_time){ 0, 0 };
	clocks_record(&rec, &c->rec);
	clock_gateway(out, &rec);
}

void
clocks_sum(struct clocks_sum *out, const struct workspace_case *list, size_t cnt, uint32_t hour)
{
	struct clock_time clock[CLOCK__MAX];
	size_t i, k;

	*out = (struct clocks_sum){ 0 };
	for (i = 0; i < cnt; i++) {
		bool open = sync_may_fetch(&list[i]) && !(list[i].rec.flags & FRAME_R_CLOSED);

		clocks_of(clock, &list[i]);
		for (k = 0; k < CLOCK__MAX; k++) {
			enum clock_state state = clock_state(&clock[k], hour);

			out->over[k] += state == CLOCK_OVER;
			out->warned[k] += state == CLOCK_WARNED;
			out->all_over += state == CLOCK_OVER;
			out->all_warned += state == CLOCK_WARNED;
		}
		out->life += open && (list[i].line.life ||
				      (!*list[i].line.state && list[i].rec.ladder == FRAME_URGENT));
		out->above += open && list[i].rec.relation != FRAME_REL_RECEIVING;
	}
}

json_t *
clocks_json(enum clock_id id, const struct clock_time *c, const struct frame_record *rec,
	    uint32_t hour)
{
	static const char *const seen[] = { [CLOCK_SEEN_DESK] = "desk",
					    [CLOCK_SEEN_ABOVE] = "above",
					    [CLOCK_SEEN_OPENS] = "opens" };
	struct clock_record r;

	clocks_record(&r, rec);
	return json_pack("{s:s,s:s,s:I,s:I,s:I,s:b,s:s}", "clock", clock_name(id), "state",
			 clock_state_name(clock_state(c, hour)), "from", (json_int_t)c->from, "due",
			 (json_int_t)c->due, "gone", (json_int_t)clock_gone(c, hour), "gateway",
			 id == CLOCK_READ || id == CLOCK_REPLY, "seen", seen[clock_seen(id, &r)]);
}
