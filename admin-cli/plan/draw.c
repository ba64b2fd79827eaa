/* The draw by integers (see draw.h). */
#include "admin-cli/plan/draw.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/plan/odds.h"
#include "admin-cli/plan/register.h"
#include "admin-cli/rules/clock.h"
#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/hkdf.h"
#include "crypto/label.h"
#include "crypto/text.h"

#define LINE_MAX_LEN 32 /* "19999 9007199254740991\n" */
#define OFFICE_FROM  8
#define OFFICE_UNTIL 18

void
plan_stream_init(struct plan_stream *s, const uint8_t key[static PLAN_KEY_LEN])
{
	memset(s, 0, sizeof(*s));
	memcpy(s->key, key, PLAN_KEY_LEN);
	s->at = sizeof(s->block);
}

/* Fills the block anew. */
static void
refill(struct plan_stream *s)
{
	static const uint8_t nonce[] = "LibsodiumDRG";

	memset(s->block, 0, sizeof(s->block));
	crypto_stream_chacha20_ietf_xor_ic(s->block, s->block, sizeof(s->block), nonce, s->next,
					   s->key);
	s->next += sizeof(s->block) / 64;
	s->at = 0;
}

uint64_t
plan_u64(struct plan_stream *s)
{
	uint64_t v = 0;

	if (s->at == sizeof(s->block))
		refill(s);
	/* Compilers make one load of this; a call for each of the 160,000 numbers of a draw costs
	 * more than the numbers. */
	for (unsigned i = 0; i < 8; i++)
		v |= (uint64_t)s->block[s->at + i] << 8 * i;
	s->at += 8;
	return v;
}

uint64_t
plan_below(struct plan_stream *s, uint64_t bound)
{
	uint64_t limit = UINT64_MAX - UINT64_MAX % bound, v;

	do {
		v = plan_u64(s);
	} while (v >= limit);
	return v % bound;
}

void
plan_shuffle(struct plan_stream *s, uint32_t *list, size_t cnt)
{
	for (size_t i = cnt; i-- > 1;) {
		size_t j = (size_t)plan_below(s, i + 1);
		uint32_t t = list[i];
		list[i] = list[j];
		list[j] = t;
	}
}

int
plan_table_print(char **out, size_t *len, const uint64_t *threshold, size_t n)
{
	char *text = malloc(n * LINE_MAX_LEN + 1);
	size_t at = 0;

	if (!text)
		return ERR_MEM;
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, LINE_MAX_LEN, "%zu %llu\n", i,
				       (unsigned long long)threshold[i]);
	text[at] = '\0';
	*out = text;
	*len = at;
	return 0;
}

static int
read_line(struct buf *b, size_t no, uint64_t *threshold)
{
	size_t len, head;
	const char *line = buf_line(b, &len);
	char want[LINE_MAX_LEN];

	if (!line)
		return ERR_FORMAT;
	head = (size_t)snprintf(want, sizeof(want), "%zu ", no);
	if (len <= head || memcmp(line, want, head) != 0 ||
	    text_u64(threshold, line + head, len - head, PLAN_ONE - 1) || *threshold == 0)
		return ERR_FORMAT;
	return 0;
}

int
plan_table_read(uint64_t **threshold, size_t *n, const void *text, size_t len)
{
	uint64_t *list;
	struct buf b;
	size_t cnt = 0;
	int err = 0;

	*threshold = NULL;
	*n = 0;
	for (size_t i = 0; i < len; i++)
		cnt += ((const char *)text)[i] == '\n';
	if (!cnt || cnt > PLAN_SITES_MAX)
		return ERR_FORMAT;
	list = calloc(cnt, sizeof(*list));
	if (!list)
		return ERR_MEM;
	buf_init(&b, text, len);
	for (size_t i = 0; i < cnt && !err; i++)
		err = read_line(&b, i, &list[i]);
	if (!err)
		err = buf_end(&b);
	if (err) {
		free(list);
		return err;
	}
	*threshold = list;
	*n = cnt;
	return 0;
}

uint64_t
plan_threshold(double q)
{
	uint64_t t = (uint64_t)llround(q * (double)PLAN_ONE);

	return t < 1 ? 1 : t >= PLAN_ONE ? PLAN_ONE - 1 : t;
}

double
plan_coin(uint64_t threshold)
{
	return (double)threshold / (double)PLAN_ONE;
}

int
plan_draw_key(uint8_t key[static PLAN_KEY_LEN], const uint8_t planner[static PLAN_KEY_LEN],
	      const uint8_t approver[static PLAN_KEY_LEN], const char *beacon,
	      const uint8_t table_hash[static PLAN_HASH_LEN])
{
	uint8_t info[LABEL_LEN(LABEL_DRAW) + PLAN_HASH_LEN];
	size_t text = strlen(beacon), len = 2 * PLAN_KEY_LEN + text;
	uint8_t *ikm = malloc(len);
	struct bufw w, i;
	int err;

	if (!ikm)
		return ERR_MEM;
	bufw_init(&w, ikm, len);
	bufw_bytes(&w, planner, PLAN_KEY_LEN);
	bufw_bytes(&w, approver, PLAN_KEY_LEN);
	bufw_bytes(&w, beacon, text);
	bufw_init(&i, info, sizeof(info));
	bufw_text(&i, LABEL_DRAW);
	bufw_bytes(&i, table_hash, PLAN_HASH_LEN);
	err = bufw_end(&w);
	if (!err)
		err = bufw_end(&i);
	if (!err)
		err = hkdf_derive(key, PLAN_KEY_LEN, HKDF_IN(ikm, len), HKDF_EMPTY,
				  HKDF_IN(info, sizeof(info)));
	sodium_memzero(ikm, len);
	free(ikm);
	return err;
}

int
plan_draw(struct plan_stream *s, const uint64_t *threshold, size_t n, size_t m, uint32_t *drawn,
	  unsigned *tries)
{
	for (unsigned try = 1; try <= PLAN_TRIES_MAX; try++) {
		size_t cnt = 0;
		for (size_t i = 0; i < n; i++) {
			/* All n numbers are taken, also when there are too many heads already. */
			if (plan_u64(s) >> 11 >= threshold[i])
				continue;
			if (cnt < m)
				drawn[cnt] = (uint32_t)i;
			cnt++;
		}
		if (cnt == m) {
			if (tries)
				*tries = try;
			return 0;
		}
	}
	return ERR_RANGE;
}

int
plan_hours_of(struct plan_stream *s, uint8_t *hour, size_t m, size_t outside)
{
	uint32_t *list = calloc(m ? m : 1, sizeof(*list));

	if (!list)
		return ERR_MEM;
	for (size_t i = 0; i < m; i++)
		list[i] = i < outside;
	plan_shuffle(s, list, m);
	for (size_t i = 0; i < m; i++) {
		/* Outside: 18 to 23, then 0 to 7. */
		uint64_t h = plan_below(s, list[i] ? 24 - (OFFICE_UNTIL - OFFICE_FROM)
						   : OFFICE_UNTIL - OFFICE_FROM);
		hour[i] = (uint8_t)(list[i] ? (OFFICE_UNTIL + h) % 24 : OFFICE_FROM + h);
	}
	free(list);
	return 0;
}

int
plan_hours(struct plan_stream *s, uint8_t *hour, size_t m)
{
	return plan_hours_of(s, hour, m, (45 * m + 99) / 100);
}

/* A day off that is not a Saturday or Sunday. 1970-01-01 was a Thursday. */
static bool
holiday(uint32_t day)
{
	return !clock_workday(day) && (day + 4) % 7 != 0 && (day + 4) % 7 != 6;
}

bool
plan_outside(uint32_t day, unsigned hour)
{
	return hour < OFFICE_FROM || hour >= OFFICE_UNTIL || !clock_workday(day) ||
	       holiday(day + 1);
}

size_t
plan_people(struct plan_stream *s, const bool *conflict, size_t n, uint32_t *list)
{
	size_t cnt = 0;

	for (size_t i = 0; i < n; i++)
		if (!conflict[i])
			list[cnt++] = (uint32_t)i;
	plan_shuffle(s, list, cnt);
	return cnt;
}

/* The coins of the sites that are left, scaled so that `cnt` heads are expected. */
static int
left_coins(uint64_t *left, uint32_t *site, size_t *n, const uint64_t *threshold, size_t cnt)
{
	double *q = malloc((*n ? *n : 1) * sizeof(*q));
	int err;

	if (!q)
		return ERR_MEM;
	for (size_t i = 0; i < *n; i++)
		q[i] = plan_coin(threshold[site[i]]);
	err = plan_odds_scale(q, *n, (double)cnt);
	for (size_t i = 0; i < *n && !err; i++)
		left[i] = plan_threshold(q[i]);
	free(q);
	return err;
}

int
plan_fill(const uint8_t key[static PLAN_KEY_LEN], const uint64_t *threshold, size_t n, bool *taken,
	  size_t cnt, uint32_t *out)
{
	uint32_t *site = calloc(n ? n : 1, sizeof(*site));
	uint64_t *left = calloc(n ? n : 1, sizeof(*left));
	struct plan_stream s;
	size_t have = 0;
	int err = site && left ? 0 : ERR_MEM;

	for (size_t i = 0; i < n && !err; i++)
		if (!taken[i])
			site[have++] = (uint32_t)i;
	if (!err && have < cnt)
		err = ERR_ARG;
	plan_stream_init(&s, key);
	for (size_t i = 0; i < cnt; i++)
		out[i] = (uint32_t)i;
	if (!err && cnt && cnt < have) {
		err = left_coins(left, site, &have, threshold, cnt);
		if (!err)
			err = plan_draw(&s, left, have, cnt, out, NULL);
	}
	if (!err) {
		plan_shuffle(&s, out, cnt);
		for (size_t i = 0; i < cnt; i++)
			taken[out[i] = site[out[i]]] = true;
	}
	sodium_memzero(&s, sizeof(s));
	free(site);
	free(left);
	return err;
}

static bool
same(const struct plan_site *a, const struct plan_site *b, enum plan_column c)
{
	return *a->text[c] && !strcmp(a->text[c], b->text[c]);
}

int
plan_companion(struct plan_stream *s, const struct plan_register *r, size_t site, const bool *taken,
	       uint32_t *out)
{
	static const size_t digits[] = { 6, 4, 2, 0 };
	const struct plan_site *from = &r->site[site];
	uint32_t *near = calloc(r->cnt ? r->cnt : 1, sizeof(*near));
	size_t cnt = 0;

	if (!near)
		return ERR_MEM;
	for (size_t ring = 0; ring < sizeof(digits) / sizeof(*digits) && !cnt; ring++)
		for (size_t i = 0; i < r->cnt; i++) {
			const struct plan_site *to = &r->site[i];
			if (i == site || taken[i] || same(from, to, PLAN_OPERATOR) ||
			    same(from, to, PLAN_GROUP) ||
			    strncmp(from->text[PLAN_AREA], to->text[PLAN_AREA], digits[ring]) != 0)
				continue;
			near[cnt++] = (uint32_t)i;
		}
	if (cnt)
		*out = near[plan_below(s, cnt)];
	free(near);
	return cnt ? 0 : ERR_NOT_FOUND;
}

void
plan_share_commit(uint8_t commit[static PLAN_HASH_LEN], const uint8_t share[static PLAN_KEY_LEN],
		  const uint8_t plan_hash[static PLAN_HASH_LEN])
{
	crypto_hash_sha256_state st;

	crypto_hash_sha256_init(&st);
	crypto_hash_sha256_update(&st, (const uint8_t *)LABEL_SHARE, LABEL_LEN(LABEL_SHARE));
	crypto_hash_sha256_update(&st, share, PLAN_KEY_LEN);
	crypto_hash_sha256_update(&st, plan_hash, PLAN_HASH_LEN);
	crypto_hash_sha256_final(&st, commit);
}
