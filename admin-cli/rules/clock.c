/* When the clocks of a case begin and when they are due (see clock.h). */
#include "admin-cli/rules/clock.h"

#include "admin-cli/rules/class.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"
#include "crypto/text.h"

#include <string.h>

#define N_(text)  text
#define DAY       24u
#define IN(state) (1u << TIP_##state)

enum clock_unit { CLOCK_NONE, CLOCK_HOURS, CLOCK_DAYS, CLOCK_WORKDAYS };

struct clock_span {
	uint16_t n;
	uint8_t unit; /* enum clock_unit */
};

#include "clocks.inc"

/* The rows of the table, in its order. */
enum row { ROW_READ, ROW_DECIDE, ROW_APPROVE, ROW_VERIFY, ROW_EXTEND, ROW_ANSWER, ROW_LATEST };

static const struct {
	const char *name, *label;
} words[CLOCK__MAX] = {
	[CLOCK_READ] = { "read", N_("first read") },
	[CLOCK_REPLY] = { "reply", N_("first answer") },
	[CLOCK_DECIDE] = { "decide", N_("triage decision") },
	[CLOCK_APPROVE] = { "approve", N_("order made") },
	[CLOCK_VERIFY] = { "verify", N_("verification") },
	[CLOCK_ANSWER] = { "answer", N_("result told") },
	[CLOCK_LATEST] = { "latest", N_("latest answer") },
};

const char *
clock_label(enum clock_id id)
{
	return words[id].label;
}

const char *
clock_name(enum clock_id id)
{
	return words[id].name;
}

const char *
clock_state_name(enum clock_state state)
{
	static const char *const name[] = { "idle", "fine", "warned", "over" };

	return name[state];
}

#define LISTED(list, day) holidays_listed(list, sizeof(list) / sizeof(*(list)), day)

bool
clock_workday(uint32_t day)
{
	if (holidays_weekend(day))
		return LISTED(days_work, day);
	return !LISTED(days_off, day);
}

/* What the roots have signed for the year of that day; NULL: nothing, or the table has it. */
static const struct holidays *
signed_year(const struct clock_years *more, uint32_t day)
{
	unsigned year = text_day_year(day);
	size_t i;

	if (day > HOLIDAYS_UNTIL)
		for (i = 0; more && i < more->cnt; i++)
			if (more->year[i].year == year)
				return &more->year[i];
	return NULL;
}

/* A list counts for clocks that begin when it is in force, so that none which runs is moved. */
uint32_t
clock_workday_after(const struct clock_years *more, uint32_t day, unsigned n)
{
	uint32_t begun = day;

	while (n) {
		const struct holidays *h = signed_year(more, ++day);

		n -= h && begun >= h->from ? holidays_works(h, day) : clock_workday(day);
	}
	return day;
}

uint32_t
clock_holidays_until(void)
{
	return HOLIDAYS_UNTIL;
}

unsigned
clock_holidays_missing(const struct clock_years *more, uint32_t day)
{
	const uint32_t look[] = { day > HOLIDAYS_UNTIL ? day : HOLIDAYS_UNTIL,
				  day + CLOCK_HOLIDAYS_SOON };
	size_t i;

	for (i = 0; i < 2; i++)
		if (look[i] > HOLIDAYS_UNTIL && !signed_year(more, look[i]))
			return text_day_year(look[i]);
	return 0;
}

/* The hour at which a clock of this row is due that begins at the end of `day`; 0: there is none.
 */
static uint32_t
due_of(enum row row, int severity, uint32_t day, const struct clock_years *more)
{
	const struct clock_span *s = &spans[row][severity - 1];

	switch (s->unit) {
	case CLOCK_HOURS:
		return (day + 1) * DAY + s->n;
	case CLOCK_DAYS:
		return (day + 1 + s->n) * DAY;
	case CLOCK_WORKDAYS:
		return (clock_workday_after(more, day, s->n) + 1) * DAY;
	default:
		return 0;
	}
}

uint32_t
clock_due(enum clock_id id, int severity, uint32_t day, const struct clock_years *more)
{
	static const uint8_t row[CLOCK__MAX] = {
		[CLOCK_READ] = ROW_READ,       [CLOCK_DECIDE] = ROW_DECIDE,
		[CLOCK_APPROVE] = ROW_APPROVE, [CLOCK_VERIFY] = ROW_VERIFY,
		[CLOCK_ANSWER] = ROW_ANSWER,   [CLOCK_LATEST] = ROW_LATEST,
	};

	return id == CLOCK_REPLY ? 0 : due_of(row[id], severity, day, more);
}

/* What the source says of the danger, and no triage yet. */
static int
unsaid(const struct fold *f, bool urgent)
{
	int floor = class_floor(f, NULL);

	if (f->danger_now || urgent)
		return 1;
	return floor < 2 ? floor : 2;
}

/* A severity as the clocks count it. */
static int
counted(const struct fold *f, int severity, bool urgent)
{
	if (!severity)
		return unsaid(f, urgent);
	return severity > 2 && f->danger_now ? 2 : severity;
}

int
clock_severity(const struct fold *f, bool urgent)
{
	return counted(f, f->severity, urgent);
}

/* The days on which the clocks begin. */
struct begun {
	uint32_t sent, accepted, verified;
	bool spoke; /* the source heard more than that her tip was received and read */
};

/* Whether the clocks begin anew with a case that came back to triage. One member who gives an
 * outcome and takes it back wins no time by it. */
static bool
anew(const struct fold_entry *e)
{
	return e->by_source || e->type == ENTRY_COSIGN || e->from == TIP_HELD;
}

static void
enter(struct begun *b, const struct fold_entry *e)
{
	switch (e->to) {
	case TIP_IN_TRIAGE:
		if (e->from == TIP_RECEIVED || e->from == TIP_NEEDS_INFO || !anew(e))
			break;
		b->sent = e->day;
		b->accepted = 0;
		break;
	case TIP_ACCEPTED:
	case TIP_SEALED:
		if (!b->accepted)
			b->accepted = e->day;
		break;
	case TIP_RECHECK:
		b->accepted = e->day;
		break;
	case TIP_IN_ACTION:
		if (!b->accepted || e->from == TIP_MERGED)
			b->accepted = e->day;
		break;
	case TIP_VERIFIED:
	case TIP_VERIFIED_UNFOUNDED:
		b->verified = e->day;
		break;
	default:
		break;
	}
}

static bool
tells_more(const struct fold_entry *e)
{
	const char *status = schema_text(e->body, "status");

	return e->type == ENTRY_REPLY && !schema_is(e->body, "dummy") && *status >= '3';
}

static void
scan(struct begun *b, const struct fold_input *in, const struct fold *f)
{
	size_t i;

	for (i = 0; i < f->order_cnt; i++) {
		const struct fold_entry *e = &in->entry[f->order[i]];

		if (f->order[i] == f->tip)
			b->sent = e->day;
		if (e->verdict != FOLD_ACCEPTED)
			continue;
		b->spoke |= tells_more(e);
		if (e->from != e->to)
			enter(b, e);
	}
}

/* One clock. Where the case became graver while it ran, the shorter span counts from that day, and
 * the old hour stays where it is earlier: a severity that is known late puts nobody in the wrong.
 */
static struct clock_time
run(const struct fold *f, enum row row, uint32_t day, bool urgent, const struct clock_years *more)
{
	int now = clock_severity(f, urgent), was = counted(f, f->severity_was, urgent);
	struct clock_time c = { .from = (day + 1) * DAY, .due = due_of(row, now, day, more) };

	if (now < was && f->severity_day > day) {
		uint32_t before = due_of(row, was, day, more),
			 raised = due_of(row, now, f->severity_day, more);

		c.due = before && before < raised ? before : raised;
	}
	return c;
}

/* The extension counts once the source has been told. */
static void
extend(struct clock_time *c, const struct fold *f, int severity)
{
	const struct clock_span *s = &spans[ROW_EXTEND][severity - 1];

	if (f->extended && f->extension_told)
		c->due += s->n * (s->unit == CLOCK_HOURS ? 1 : DAY);
}

void
clock_fold(struct clock_time out[static CLOCK__MAX], const struct fold_input *in,
	   const struct fold *f, bool urgent)
{
	struct begun b = { 0 };
	uint32_t state = 1u << f->state;

	memset(out, 0, CLOCK__MAX * sizeof(*out));
	if (f->machine != MACHINE_TIP || f->tip == FOLD_NONE)
		return;
	scan(&b, in, f);
	if (!f->acked)
		out[CLOCK_READ] = run(f, ROW_READ, b.sent, urgent, in->years);
	if (state & (IN(RECEIVED) | IN(IN_TRIAGE) | IN(NEEDS_INFO)))
		out[CLOCK_DECIDE] = run(f, ROW_DECIDE, b.sent, urgent, in->years);
	if (state & (IN(ACCEPTED) | IN(SEALED)) &&
	    due_of(ROW_APPROVE, clock_severity(f, urgent), 0, NULL))
		out[CLOCK_APPROVE] = run(f, ROW_APPROVE, b.accepted, urgent, in->years);
	if (state & (IN(ACCEPTED) | IN(SEALED) | IN(IN_ACTION) | IN(RECHECK))) {
		out[CLOCK_VERIFY] = run(f, ROW_VERIFY, b.accepted, urgent, in->years);
		extend(&out[CLOCK_VERIFY], f, clock_severity(f, urgent));
	}
	if (state & (IN(VERIFIED) | IN(VERIFIED_UNFOUNDED)))
		out[CLOCK_ANSWER] = run(f, ROW_ANSWER, b.verified, urgent, in->years);
	if (!b.spoke && !(state & (IN(CLOSED_ABUSE) | IN(PURGED))))
		out[CLOCK_LATEST] = run(f, ROW_LATEST, b.sent, urgent, in->years);
}

/* The gateway's hour, `hours` after the clock began. */
static void
take(struct clock_time *c, uint32_t due, uint32_t hours)
{
	if (due && (!c->due || due < c->due))
		*c = (struct clock_time){ .from = due - hours, .due = due };
}

void
clock_gateway(struct clock_time clock[static CLOCK__MAX], const struct clock_record *rec)
{
	if (rec->closed) {
		memset(clock, 0, CLOCK__MAX * sizeof(*clock));
		return;
	}
	take(&clock[CLOCK_READ], rec->read_due, rec->urgent ? 1 : 8);
	if (!rec->answered)
		take(&clock[CLOCK_REPLY], rec->answer_due, rec->urgent ? 2 : 5 * DAY);
	/* The gateway knows the minute in which an urgent case came. */
	if (rec->urgent && !rec->answered && clock[CLOCK_DECIDE].due)
		take(&clock[CLOCK_DECIDE], rec->answer_due, 2);
}

unsigned
clock_gone(const struct clock_time *c, uint32_t hour)
{
	uint64_t gone;

	if (!c->due || hour <= c->from)
		return c->due && hour >= c->due ? 100 : 0;
	gone = (uint64_t)(hour - c->from) * 100 / (c->due > c->from ? c->due - c->from : 1);
	return gone > 999 ? 999 : (unsigned)gone;
}

enum clock_state
clock_state(const struct clock_time *c, uint32_t hour)
{
	if (!c->due)
		return CLOCK_IDLE;
	if (hour >= c->due)
		return CLOCK_OVER;
	return clock_gone(c, hour) >= CLOCK_WARN ? CLOCK_WARNED : CLOCK_FINE;
}

enum clock_seen
clock_seen(enum clock_id id, const struct clock_record *rec)
{
	if (rec->above)
		return CLOCK_SEEN_ABOVE;
	return id == CLOCK_READ || id == CLOCK_REPLY ? CLOCK_SEEN_OPENS : CLOCK_SEEN_DESK;
}

enum clock_id
clock_next(const struct clock_time clock[static CLOCK__MAX])
{
	enum clock_id next = CLOCK__MAX, i;

	for (i = 0; i < CLOCK__MAX; i++)
		if (clock[i].due && (next == CLOCK__MAX || clock[i].due < clock[next].due))
			next = i;
	return next;
}

const char *
clock_band(size_t cnt)
{
	return cnt == 0 ? "0   " : cnt < 5 ? "1-4 " : cnt < 20 ? "5-19" : "20+ ";
}
