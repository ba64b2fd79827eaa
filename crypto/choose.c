/* The choice of the desks that a tip is sealed to (FORMATS.md section 8, "Choice of desks").
 * web/core/choose.js implements the same rules; both are tested with
 * tests/vectors/choose.json. crypto/ opens no file or connection, never logs and never exits. */
#include "crypto/choose.h"

#include "crypto/err.h"

#include <string.h>

#define COUNTY_LEN 6

static uint8_t
start_level(const struct choose_input *in)
{
	int level = in->route == CHOOSE_S ? 3 : in->route == CHOOSE_C ? 2 : 1;
	int named = in->named_level < 0 ? 0 : in->named_level + 2;
	int empty = in->county[0] == '\0' ? 3 : 0;
	const struct roster_desk *at = in->receiving
					       ? roster_find(in->bundle->roster, in->receiving)
					       : NULL;
	if (at != NULL)
		return at->level;
	if (named > level)
		level = named;
	if (empty > level)
		level = empty;
	return (uint8_t)(level < 2 ? 2 : level > ROSTER_LEVEL_MAX ? ROSTER_LEVEL_MAX : level);
}

static int
excluded(const struct choose_input *in, uint16_t desk)
{
	for (size_t i = 0; i < in->excluded_cnt; i++)
		if (in->excluded[i] == desk)
			return 1;
	return 0;
}

static int
in_set(const struct choose_set *s, uint16_t desk)
{
	for (size_t i = 0; i < SEAL_CNT; i++)
		if (s->desk[i] == desk)
			return 1;
	return 0;
}

/* A desk is usable if it is not excluded, not yet in the set, and of a sufficient level. Who pays
 * rewards reads no tip. */
static int
usable(const struct choose_set *s, const struct choose_input *in, const struct roster_desk *d)
{
	return d->kind != ROSTER_REWARD && d->level >= start_level(in) &&
	       !excluded(in, d->number) && !in_set(s, d->number);
}

/* Length of an area code without its trailing pairs of zeros. */
static size_t
area_len(const char *area)
{
	size_t n = COUNTY_LEN;
	while (n >= 2 && area[n - 1] == '0' && area[n - 2] == '0')
		n -= 2;
	return n;
}

/* An empty county is covered only by a province or by the whole country. */
static int
covers(const struct roster_desk *d, const char *county)
{
	size_t n = area_len(d->area);
	if (county[0] == '\0')
		return n <= 2;
	return memcmp(d->area, county, n) == 0;
}

/* The desk of the lowest level, then of the lowest number. The roster lists desks in ascending
 * order. */
static const struct roster_desk *
receiving(const struct choose_set *s, const struct choose_input *in, uint8_t kind)
{
	const struct roster *r = in->bundle->roster;
	const struct roster_desk *best = NULL;
	for (size_t i = 0; i < r->desk_cnt; i++) {
		const struct roster_desk *d = &r->desk[i];
		if (d->kind == kind && covers(d, in->county) && usable(s, in, d) &&
		    (best == NULL || d->level < best->level))
			best = d;
	}
	return best;
}

/* The first usable desk on the way up from a desk (the desk itself is not asked). With keyed: the
 * first that has a key as well. */
static const struct roster_desk *
above(const struct choose_set *s, const struct choose_input *in, const struct roster_desk *from,
      int keyed)
{
	const struct roster *r = in->bundle->roster;
	const struct roster_desk *d = roster_find(r, from->above);
	for (size_t i = 0; d != NULL && i < r->desk_cnt; i++) {
		if (usable(s, in, d) &&
		    (!keyed || bundle_key(in->bundle, d->number, in->use, in->day) != NULL))
			return d;
		d = roster_find(r, d->above);
	}
	return NULL;
}

static int
org_in_set(const struct choose_set *s, const struct roster *r, uint32_t org)
{
	for (size_t i = 0; i < SEAL_CNT; i++) {
		const struct roster_desk *d = s->desk[i] == 0 ? NULL : roster_find(r, s->desk[i]);
		if (d != NULL && d->org == org)
			return 1;
	}
	return 0;
}

/* The usable level-4 desk of the lowest number. With other_org: of an organisation that is not
 * in the set. */
static const struct roster_desk *
independent(const struct choose_set *s, const struct choose_input *in, int other_org)
{
	const struct roster *r = in->bundle->roster;
	for (size_t i = 0; i < r->desk_cnt; i++) {
		const struct roster_desk *d = &r->desk[i];
		if (d->level == ROSTER_LEVEL_MAX && usable(s, in, d) &&
		    (!other_org || !org_in_set(s, r, d->org)))
			return d;
	}
	return NULL;
}

static void
take(struct choose_set *s, size_t place, const struct roster_desk *d)
{
	s->desk[place] = d == NULL ? 0 : d->number;
}

static int
two_orgs(const struct choose_set *s, const struct roster *r)
{
	uint32_t first = 0;
	for (size_t i = 0; i < SEAL_CNT; i++) {
		const struct roster_desk *d = s->desk[i] == 0 ? NULL : roster_find(r, s->desk[i]);
		if (d == NULL)
			continue;
		if (first != 0 && d->org != first)
			return 1;
		first = d->org;
	}
	return 0;
}

static int
input_check(const struct choose_input *in)
{
	size_t n = strlen(in->county);
	if (in->bundle->roster == NULL || in->route > CHOOSE_S || in->named_level > 3 ||
	    in->use >= EPOCH_USE__MAX)
		return ERR_ARG;
	if (n != 0 && (n != COUNTY_LEN || strspn(in->county, "0123456789") != COUNTY_LEN))
		return ERR_ARG;
	return 0;
}

int
choose_named(struct choose_set *out, const struct choose_input *in)
{
	const struct roster_desk *d = NULL;
	memset(out, 0, sizeof(*out));
	int err = input_check(in);
	if (err)
		return err;
	const struct roster *r = in->bundle->roster;
	if (in->receiving != 0)
		d = roster_find(r, in->receiving);
	else if (in->route == CHOOSE_S)
		d = receiving(out, in, ROSTER_INTEGRITY);
	if (d == NULL && in->receiving == 0)
		d = receiving(out, in, ROSTER_REVIEW);
	if (d == NULL && in->receiving == 0)
		d = receiving(out, in, ROSTER_OVERSIGHT);
	if (d == NULL || !usable(out, in, d))
		return ERR_NOT_FOUND;
	take(out, 0, d);
	take(out, 1, above(out, in, d, 0));
	d = roster_find(r, r->backstop);
	take(out, 2, d != NULL && usable(out, in, d) ? d : independent(out, in, 0));
	d = independent(out, in, 1);
	take(out, 3, d != NULL ? d : independent(out, in, 0));
	if (!two_orgs(out, r)) {
		memset(out, 0, sizeof(*out));
		return ERR_DENIED;
	}
	return 0;
}

int
choose_must_open(const struct roster *r, const struct choose_set *named, size_t place)
{
	const struct roster_desk *d = roster_find(r, named->desk[place]);
	return d != NULL && (d->number == r->backstop || d->level == ROSTER_LEVEL_MAX);
}

static int
without_key(struct choose_set *out, uint16_t desk)
{
	memset(out, 0, sizeof(*out));
	out->missing = desk;
	return ERR_STALE;
}

/* The way up from the named receiving desk, past desks that have no key, for the first two places.
 * 0, or the number of a named desk in whose place no desk above has a key. */
static uint16_t
climb(struct choose_set *out, const struct choose_input *in, const struct choose_set *named)
{
	const struct roster_desk *d = roster_find(in->bundle->roster, named->desk[0]);
	if (bundle_key(in->bundle, d->number, in->use, in->day) == NULL)
		d = in->receiving != 0 ? NULL : above(out, in, d, 1);
	if (d == NULL)
		return named->desk[0];
	take(out, 0, d);
	take(out, 1, above(out, in, d, 1));
	/* There is no desk above the receiving one only where the roster names none. */
	if (out->desk[1] == 0 && above(out, in, d, 0) != NULL)
		return above(out, in, d, 0)->number;
	return 0;
}

int
choose_desks(struct choose_set *out, const struct choose_input *in)
{
	struct choose_set named;
	int err = choose_named(&named, in);
	memset(out, 0, sizeof(*out));
	if (err)
		return err;
	const struct roster *r = in->bundle->roster;
	for (size_t i = 0; i < SEAL_CNT; i++)
		if ((i >= 2 || choose_must_open(r, &named, i)) && named.desk[i] != 0 &&
		    bundle_key(in->bundle, named.desk[i], in->use, in->day) == NULL)
			return without_key(out, named.desk[i]);
	uint16_t missing = climb(out, in, &named);
	if (missing != 0)
		return without_key(out, missing);
	for (size_t i = 2; i < SEAL_CNT; i++)
		if (!in_set(out, named.desk[i]))
			out->desk[i] = named.desk[i];
	if (!two_orgs(out, r))
		return without_key(out, named.desk[0]);
	for (size_t i = 0; i < SEAL_CNT; i++)
		if (out->desk[i] != 0)
			out->key[i] = bundle_key(in->bundle, out->desk[i], in->use, in->day);
	return 0;
}

void
choose_seal_set(struct seal_set *set, const struct choose_set *chosen)
{
	for (size_t i = 0; i < SEAL_CNT; i++)
		set->pk[i] = chosen->key[i] == NULL ? NULL : chosen->key[i]->key;
}
