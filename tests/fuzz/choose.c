/* The choice of desks over rosters of any shape. A desk takes nine bytes: number, above, kind,
 * level, organisation, area, and two of its keys. Whatever is chosen obeys what FORMATS section 8
 * promises. */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "crypto/choose.h"
#include "crypto/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define DAY 20000u

static struct roster r;
static struct epoch epoch[24];
static struct bundle bundle = { .roster = &r, .epoch = epoch };

static void
take_desk(struct buf *b)
{
	struct roster_desk *d = &r.desk[r.desk_cnt];
	uint16_t before = r.desk_cnt ? d[-1].number : 0;
	*d = (struct roster_desk){ .number = (uint16_t)(before + 1 + (buf_u8(b) & 3)) };
	d->above = buf_u8(b) % 20;
	d->kind = buf_u8(b) % ROSTER_KIND__MAX;
	d->level = (uint8_t)(1 + buf_u8(b) % 4);
	d->org = 1u + buf_u8(b) % 4;
	snprintf(d->area, sizeof(d->area), "%06u",
		 buf_u8(b) % 4 * 990000u / 3 / 100 * 100 + buf_u8(b) % 3);
	memset(d->lead, (int)r.desk_cnt + 1, sizeof(d->lead));
	r.desk_cnt++;
	for (uint32_t i = 0; i < 2 && bundle.epoch_cnt < 24; i++) {
		uint8_t when = buf_u8(b);
		epoch[bundle.epoch_cnt++] = (struct epoch){ .desk = d->number,
							    .use = when >> 7,
							    .number = 1 + i,
							    .from = DAY - 4 + (when & 7),
							    .until = DAY - 3 + (when & 7) +
								     (when >> 3 & 7) };
	}
}

/* What every answer must be. */
static void
check(const struct choose_set *s, const struct choose_input *in)
{
	uint32_t org[SEAL_CNT] = { 0 };
	unsigned orgs = 0, desks = 0;
	for (size_t i = 0; i < SEAL_CNT; i++) {
		assert((s->desk[i] == 0) == (s->key[i] == NULL));
		if (!s->desk[i])
			continue;
		const struct roster_desk *d = roster_find(&r, s->desk[i]);
		assert(d && s->key[i]->desk == d->number && s->key[i]->use == in->use);
		assert(s->key[i]->from <= in->day && in->day < s->key[i]->until);
		for (size_t k = 0; k < in->excluded_cnt; k++)
			assert(in->excluded[k] != d->number);
		bool other = true;
		for (size_t k = 0; k < SEAL_CNT; k++) {
			assert(k == i || s->desk[k] != d->number);
			other = other && org[k] != d->org;
		}
		org[i] = d->org;
		orgs += other;
		desks++;
		/* Raw tips never go below a city, nor below the level that was named. */
		assert(in->receiving ||
		       (d->level >= 2 &&
			d->level >= in->named_level + 2 - 2 * (in->named_level < 0)) ||
		       d->level == 4);
	}
	assert(s->desk[0] && desks >= 2 && orgs >= 2);
	/* What the rules name and cannot be replaced is there. */
	struct choose_set named;
	assert(!choose_named(&named, in));
	for (size_t i = 0; i < SEAL_CNT; i++) {
		bool there = !named.desk[i] || (i < 2 && !choose_must_open(&r, &named, i));
		for (size_t k = 0; k < SEAL_CNT; k++)
			there = there || s->desk[k] == named.desk[i];
		assert(there);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const counties[] = { "",       "990000", "330001", "660002",
						"000000", "9901",   "x" };
	struct choose_set s, again;
	struct seal_set set;
	uint16_t excluded[3];
	struct buf b;
	if (sodium_init() < 0)
		abort();
	buf_init(&b, data, len);
	uint8_t how = buf_u8(&b);
	struct choose_input in = { .bundle = &bundle,
				   .day = DAY,
				   .use = buf_u8(&b) % 3,
				   .county = counties[how % 7],
				   .route = (enum choose_route)(how >> 4 & 3),
				   .named_level = (int)(how >> 6) - 1,
				   .excluded = excluded };
	in.receiving = how & 8 ? buf_u8(&b) % 20 : 0;
	in.excluded_cnt = buf_u8(&b) % 4;
	for (size_t i = 0; i < in.excluded_cnt; i++)
		excluded[i] = buf_u8(&b) % 20;
	memset(&r, 0, sizeof(r));
	bundle.epoch_cnt = 0;
	r.backstop = buf_u8(&b) % 20;
	while (r.desk_cnt < 12 && b.left >= 9)
		take_desk(&b);
	/* Also a roster that would not be taken must not break anything; promises are for good
	 * ones. */
	bool good = roster_find(&r, r.backstop) != NULL;
	int err = choose_desks(&s, &in);
	assert(!err || err == ERR_ARG || err == ERR_NOT_FOUND || err == ERR_DENIED ||
	       (err == ERR_STALE && s.missing));
	if (!err && good)
		check(&s, &in);
	assert(choose_desks(&again, &in) == err && !memcmp(&s, &again, sizeof(s)));
	choose_seal_set(&set, &s);
	return 0;
}
