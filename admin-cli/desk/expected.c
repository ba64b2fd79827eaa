/* The choice of desks made again for an entry of a source (see expected.h). */
#include "admin-cli/desk/expected.h"

#include <stdio.h>
#include <string.h>

#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/rules/taxonomy.h"

void
expected_ask(struct choose_input *in, const json_t *body)
{
	const json_t *keep = schema_list(body, "keep_from");
	char tile[16];
	size_t i;

	in->county = schema_text(body, "county");
	in->named_level = -1;
	snprintf(tile, sizeof(tile), "%u", schema_number(body, "tile"));
	in->route = taxonomy_route(tile);
	for (i = 0; i < json_array_size(keep); i++) {
		const char *w = json_string_value(json_array_get(keep, i));

		if (w && w[0] == 'L' && w[1] >= '0' && w[1] <= '3' && !w[2] &&
		    w[1] - '0' > in->named_level)
			in->named_level = w[1] - '0';
	}
}

static size_t
excluded_of(uint16_t out[static ROSTER_DESK_MAX], const json_t *body)
{
	const json_t *list = json_object_get(body, "excluded");
	size_t i, cnt = 0;

	for (i = 0; i < json_array_size(list) && cnt < ROSTER_DESK_MAX; i++) {
		json_int_t n = json_integer_value(json_array_get(list, i));

		if (n > 0 && n <= UINT16_MAX)
			out[cnt++] = (uint16_t)n;
	}
	return cnt;
}

static bool
has(const uint16_t *desk, size_t cnt, uint16_t number)
{
	size_t i;

	for (i = 0; i < cnt; i++)
		if (desk[i] == number)
			return true;
	return false;
}

static void
say(struct opened_entry *x, enum opened_choice what, uint16_t desk)
{
	if (x->choice != OPENED_CHOICE_FINE)
		return;
	x->choice = what;
	x->choice_desk = desk;
}

/* What the rules say about one entry: the question, and the answer as if every desk had a key. */
struct expected {
	struct choose_input in;
	struct choose_set named;
	uint32_t day;
};

/*
 * The first two places may only move up, past desks without a key. So of the desks on the way up
 * from the named receiving desk, two must be able to open the entry, and this home may not have
 * seen a good certificate of one that was passed over. Returns how many desks of the way open it.
 */
static void
check_way(struct opened *d, struct opened_entry *x, const struct expected *e,
	  uint16_t way[static ROSTER_DESK_MAX], size_t *way_cnt)
{
	const struct roster *r = e->in.bundle->roster;
	const struct roster_desk *at = roster_find(r, e->named.desk[0]), *up;
	uint8_t least = at->level;
	unsigned found = 0, hops;
	size_t last = 0;

	*way_cnt = 0;
	for (up = at, hops = 0; up && hops < ROSTER_DESK_MAX;
	     up = roster_find(r, up->above), hops++) {
		if (up->level < least || has(e->in.excluded, e->in.excluded_cnt, up->number))
			continue;
		way[(*way_cnt)++] = up->number;
		if (found == 2)
			continue;
		if (has(x->desk, x->desk_cnt, up->number)) {
			last = *way_cnt;
			found++;
		} else if (opened_keys_good(d->inner->ring, up->number, e->day)) {
			say(x, OPENED_CHOICE_MISSING, up->number);
		}
	}
	if (!found)
		say(x, OPENED_CHOICE_MISSING, at->number);
	else if (found == 1 && *way_cnt > last)
		say(x, OPENED_CHOICE_MISSING, way[last]);
}

static void
check_set(struct opened *d, struct opened_entry *x, const struct expected *e)
{
	const struct roster *r = e->in.bundle->roster;
	uint16_t way[ROSTER_DESK_MAX];
	size_t way_cnt, i;

	for (i = 0; i < SEAL_CNT; i++)
		if (e->named.desk[i] && (i >= 2 || choose_must_open(r, &e->named, i)) &&
		    !has(x->desk, x->desk_cnt, e->named.desk[i]))
			say(x, OPENED_CHOICE_MISSING, e->named.desk[i]);
	check_way(d, x, e, way, &way_cnt);
	for (i = 0; i < x->desk_cnt; i++)
		if (!has(e->named.desk, SEAL_CNT, x->desk[i]) && !has(way, way_cnt, x->desk[i]))
			say(x, OPENED_CHOICE_OTHER, x->desk[i]);
}

bool
opened_alarm(const struct opened *d)
{
	size_t i, by;

	for (i = 0; i < d->cnt; i++)
		if (d->x[i].roster != OPENED_ROSTER_FINE || d->x[i].choice != OPENED_CHOICE_FINE ||
		    opened_handed_fault(d, i, &by) != OPENED_HANDED_FINE)
			return true;
	return false;
}

void
expected_check(struct session *ses, struct opened *d, size_t i)
{
	struct opened_entry *x = &d->x[i];
	uint16_t excluded[ROSTER_DESK_MAX];
	const struct bundle *b;
	struct expected e = { .day = d->entry[i].day };
	int err;

	x->choice = OPENED_CHOICE_FINE;
	if (!d->entry[i].by_source || d->entry[i].fault || x->audit != OPENED_AUDITED || !x->body)
		return;
	b = opened_keys_bundle(ses, d, x->roster_version);
	if (!b)
		return; /* the roster is unknown, which is an alarm of its own */
	e.in = (struct choose_input){ .bundle = b, .county = "", .named_level = -1 };
	if (x->e.type == ENTRY_TIP)
		expected_ask(&e.in, x->body);
	else
		e.in.receiving = d->c.rec.desk;
	e.in.excluded = excluded;
	e.in.excluded_cnt = excluded_of(excluded, x->body);
	err = choose_named(&e.named, &e.in);
	if (err) /* by the rules nothing could have been sealed */
		say(x, OPENED_CHOICE_OTHER, x->desk_cnt ? x->desk[0] : 0);
	else
		check_set(d, x, &e);
}
