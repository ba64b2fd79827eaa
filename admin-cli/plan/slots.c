/* What goes into the slots of a plan (see slots.h). */
#include "admin-cli/plan/slots.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/plan/draw.h"
#include "crypto/err.h"
#include "crypto/hkdf.h"
#include "crypto/label.h"

uint8_t
plan_slot_hour(const struct plan_slot *slot)
{
	return (uint8_t)(slot->depart + SLOT_ZONE - slot->day * 24);
}

/* ---- days ---- */

/* The i-th of n slots, evenly spread. */
static uint32_t
day_of(const struct plan_body *b, size_t i, size_t n)
{
	uint64_t days = b->until - b->from + 1;

	return b->from + (uint32_t)((2 * i + 1) * days / (2 * n));
}

/* Whether the i-th of n slots is one of the `open` ones, which are evenly spread among them. */
static bool
is_free(size_t i, size_t n, size_t open)
{
	return (i + 1) * open / n > i * open / n;
}

/* Whether a need never waits longer than SLOT_GAP days for a free slot, also from one period into
 * the next. */
static bool
near_enough(const struct plan_body *b, size_t n, size_t open)
{
	uint32_t last = b->from - 1;

	for (size_t i = 0; i < n; i++) {
		if (!is_free(i, n, open))
			continue;
		if (day_of(b, i, n) > last + SLOT_GAP)
			return false;
		last = day_of(b, i, n);
	}
	return b->until == last;
}

int
plan_slots_days(struct plan_body *b, size_t m, size_t d, unsigned week)
{
	size_t days = b->until - b->from + 1, visits = m + d, standby = (2 * visits + 4) / 5;
	size_t least = (days * week + 6) / 7, drawn = 0, left = 0;

	if (visits + standby < least)
		standby = least - visits;
	while (!near_enough(b, visits + standby, d + standby) && standby <= PLAN_VISITS_MAX)
		standby++;
	size_t n = visits + standby;
	if (n > PLAN_VISITS_MAX)
		return ERR_ARG;
	b->slot = calloc(n, sizeof(*b->slot));
	if (!b->slot)
		return ERR_MEM;
	b->drawn = m;
	b->free = d + standby;
	b->standby = standby;
	for (size_t i = 0; i < n; i++)
		b->slot[is_free(i, n, b->free) ? m + left++ : drawn++] = day_of(b, i, n);
	return 0;
}

/* ---- keys ---- */

int
plan_slots_key(uint8_t key[static 32], const uint8_t seed[static 32], const uint8_t plan[static 32],
	       const void *what, size_t len)
{
	uint8_t info[LABEL_LEN(LABEL_SLOTS) + 32 + 32];

	if (len > 32)
		return ERR_ARG;
	memcpy(info, LABEL_SLOTS, LABEL_LEN(LABEL_SLOTS));
	memcpy(info + LABEL_LEN(LABEL_SLOTS), plan, 32);
	memcpy(info + LABEL_LEN(LABEL_SLOTS) + 32, what, len);
	return hkdf_derive(key, 32, HKDF_IN(seed, 32), HKDF_EMPTY,
			   HKDF_IN(info, LABEL_LEN(LABEL_SLOTS) + 32 + len));
}

static int
stream(struct plan_stream *st, const struct plan_slots *s, const void *what, size_t len)
{
	uint8_t key[PLAN_KEY_LEN];
	int err = plan_slots_key(key, s->seed, s->plan->plan, what, len);

	if (!err)
		plan_stream_init(st, key);
	sodium_memzero(key, sizeof(key));
	return err;
}

/* ---- filling ---- */

static int
by_day(const void *a, const void *b)
{
	const struct plan_slot *x = a, *y = b;

	return x->hour0 != y->hour0 ? (x->hour0 < y->hour0 ? -1 : 1)
				    : (x->seal > y->seal) - (x->seal < y->seal);
}

/* Hours of slot k, which departs at that hour of its day. The hour of sealing is drawn for all
 * slots alike. */
static void
set_hours(struct plan_slot *slot, uint8_t hour, struct plan_stream *st)
{
	slot->hour0 = (slot->day - 1) * 24 - SLOT_ZONE;
	slot->cut = slot->hour0 - SLOT_CUT;
	slot->seal = slot->cut + (uint32_t)plan_below(st, SLOT_SEALS);
	slot->depart = slot->day * 24 + hour - SLOT_ZONE;
	slot->need = SIZE_MAX;
}

/* Drawn slots as the draw says; free ones discretionary or stand-by, in an order of the seed. */
static int
base(struct plan_slot *out, const struct plan_slots *s, const uint32_t *open)
{
	size_t m = s->plan->drawn, f = s->plan->free, d = plan_discretionary(s->plan);
	uint32_t *list = calloc(f ? f : 1, sizeof(*list));
	uint8_t *hour = calloc(f ? f : 1, 1);
	struct plan_stream st;
	int err = list && hour ? stream(&st, s, "slots", 5) : ERR_MEM;

	for (size_t k = 0; k < f && !err; k++)
		list[k] = (uint32_t)k;
	if (!err) {
		plan_shuffle(&st, list, f);
		err = plan_hours(&st, hour, f);
	}
	for (size_t k = 0; k < m + f && !err; k++) {
		out[k] = (struct plan_slot){ .day = s->plan->slot[k], .drawn = k < m };
		set_hours(&out[k], k < m ? s->hour[k] : hour[k - m], &st);
		out[k].site = k < m ? s->order[k] : UINT32_MAX;
		out[k].filling = k < m ? SLOT_DRAWN : SLOT_STANDBY;
	}
	for (size_t k = 0; k < d && !err; k++) {
		out[m + list[k]].filling = SLOT_PRIVATE;
		out[m + list[k]].site = open[k];
	}
	sodium_memzero(&st, sizeof(st));
	free(list);
	free(hour);
	return err;
}

/* Two drawn visits a quarter, in an order of the seed, go by the pattern of S1. */
static int
drills(struct plan_slot *out, const struct plan_slots *s)
{
	size_t m = s->plan->drawn, days = s->plan->until - s->plan->from + 1;
	size_t cnt = (2 * days + SLOT_QUARTER - 1) / SLOT_QUARTER;
	uint32_t *list = calloc(m, sizeof(*list));
	struct plan_stream st;
	int err = list ? stream(&st, s, "drills", 6) : ERR_MEM;

	for (size_t k = 0; k < m && !err; k++)
		list[k] = (uint32_t)k;
	if (!err)
		plan_shuffle(&st, list, m);
	for (size_t k = 0; k < cnt && k < m && !err; k++) {
		struct plan_slot *x = &out[list[k]];
		x->drill = true;
		x->hour0 = x->cut = x->seal = x->depart;
	}
	sodium_memzero(&st, sizeof(st));
	free(list);
	return err;
}

/* The sites of discretionary visits that no need asks for. */
static int
fill(uint32_t *open, const struct plan_slots *s)
{
	bool *taken = calloc(s->sites ? s->sites : 1, sizeof(*taken));
	uint8_t key[32];
	int err = taken ? plan_slots_key(key, s->seed, s->plan->plan, "fill", 4) : ERR_MEM;

	for (size_t k = 0; k < s->plan->drawn && !err; k++)
		taken[s->order[k]] = true;
	if (!err)
		err = plan_fill(key, s->threshold, s->sites, taken, plan_discretionary(s->plan),
				open);
	sodium_memzero(key, sizeof(key));
	free(taken);
	return err;
}

/* Discretionary slots that no need has and whose cut is after that hour. */
static size_t
later(const struct plan_slot *slot, size_t cnt, uint32_t after, uint32_t *list)
{
	size_t n = 0;

	for (size_t k = 0; k < cnt; k++)
		if (slot[k].filling == SLOT_PRIVATE && slot[k].cut > after)
			list[n++] = (uint32_t)k;
	return n;
}

/* The next free slot for a need; *list, *n: of the visits behind a stand-by slot one of which
 * becomes stand-by. */
static size_t
next_free(const struct plan_slot *slot, size_t cnt, const struct plan_need *need, uint32_t *list,
	  size_t *n)
{
	for (size_t k = 0; k < cnt; k++) {
		*n = 0;
		if (slot[k].drawn || slot[k].filling == SLOT_NEED || slot[k].cut <= need->taken)
			continue;
		if (slot[k].filling == SLOT_PRIVATE)
			return k;
		*n = later(slot, cnt, slot[k].cut, list);
		if (*n)
			return k;
	}
	return SIZE_MAX;
}

/* A drawn visit to the same site that nobody may have sealed yet and that is in time. */
static size_t
same_site(const struct plan_slot *slot, size_t cnt, const struct plan_need *need, size_t own)
{
	uint32_t due = own == SIZE_MAX || slot[own].depart < need->due ? need->due
								       : slot[own].depart;

	for (size_t k = 0; k < cnt; k++)
		if (slot[k].drawn && slot[k].site == need->site && slot[k].cut > need->taken)
			return own == SIZE_MAX || slot[k].depart <= due ? k : SIZE_MAX;
	return SIZE_MAX;
}

/* What was thrown away goes to the slot whose private filling was this need's site. */
static void
keep_apart(struct plan_slot *slot, size_t cnt, size_t x, uint32_t site, uint32_t away)
{
	for (size_t k = x + 1; k < cnt; k++)
		if (slot[k].filling == SLOT_PRIVATE && slot[k].site == site)
			slot[k].site = away;
}

/* One of the n listed visits becomes stand-by, so that their number stays; *site is what was thrown
 * away. */
static int
displace(struct plan_slot *slot, const struct plan_slots *s, const struct plan_need *need,
	 const uint32_t *list, size_t n, uint32_t *site)
{
	struct plan_stream st;
	int err = stream(&st, s, need->id, sizeof(need->id));

	if (err)
		return err;
	struct plan_slot *y = &slot[list[plan_below(&st, n)]];
	*site = y->site;
	y->filling = SLOT_STANDBY;
	y->site = UINT32_MAX;
	sodium_memzero(&st, sizeof(st));
	return 0;
}

/* Whether it was given back before its order could be sealed. */
static bool
is_gone(const struct plan_need *need, uint32_t cut)
{
	return need->gone && need->gone <= cut;
}

static int
place_urgent(struct plan_slot *slot, size_t cnt, const struct plan_slots *s,
	     const struct plan_need *need, uint32_t *list)
{
	size_t n = later(slot, cnt, need->taken, list);
	uint32_t site;

	return n ? displace(slot, s, need, list, n, &site) : 0;
}

static int
place(struct plan_slot *slot, size_t cnt, struct plan_slots *s, size_t i, uint32_t *list)
{
	struct plan_need *need = &s->need[i];
	size_t n, x = next_free(slot, cnt, need, list, &n), ride = same_site(slot, cnt, need, x);

	need->rides = ride != SIZE_MAX && !need->urgent;
	need->slot = need->urgent ? SIZE_MAX : need->rides ? ride : x;
	if (need->urgent)
		return place_urgent(slot, cnt, s, need, list);
	if (need->slot == SIZE_MAX || is_gone(need, slot[need->slot].cut)) {
		need->slot = SIZE_MAX;
		return 0;
	}
	slot[need->slot].need = i;
	if (need->rides)
		return 0;
	uint32_t away = slot[x].site;
	int err = n ? displace(slot, s, need, list, n, &away) : 0;
	if (err)
		return err;
	keep_apart(slot, cnt, x, need->site, away);
	slot[x].filling = SLOT_NEED;
	slot[x].site = need->site;
	return 0;
}

static int
by_taken(const void *a, const void *b)
{
	const struct plan_need *x = a, *y = b;

	return x->taken != y->taken ? (x->taken < y->taken ? -1 : 1)
				    : memcmp(x->id, y->id, sizeof(x->id));
}

int
plan_slots_fill(struct plan_slot *out, struct plan_slots *s)
{
	size_t cnt = s->plan->drawn + s->plan->free;
	uint32_t *list = calloc(cnt ? cnt : 1, sizeof(*list));
	int err = list ? fill(list, s) : ERR_MEM;

	if (!err)
		err = base(out, s, list);
	if (!err)
		err = drills(out, s);
	if (!err) {
		qsort(out, cnt, sizeof(*out), by_day);
		qsort(s->need, s->needs, sizeof(*s->need), by_taken);
	}
	for (size_t i = 0; i < s->needs && !err; i++)
		err = place(out, cnt, s, i, list);
	free(list);
	return err;
}
