/*
 * Counts the desks that can take part in sealing a tip today: those that have a key, and those from
 * which a complete choice of desks is possible; see choose_ready.h.
 */
#include "crypto/choose_ready.h"

#include "crypto/choose.h"

#include <stdbool.h>
#include <string.h>

/* The last day of the keys that the desk has, one after the other; 0 where it has none today. */
static uint32_t
key_until(const struct bundle *b, uint16_t desk, uint32_t day)
{
	uint32_t until = day;
	for (bool longer = true; longer;) {
		longer = false;
		for (size_t i = 0; i < b->epoch_cnt; i++) {
			const struct epoch *e = &b->epoch[i];
			if (e->desk == desk && e->use == EPOCH_ONLINE && e->from <= until &&
			    e->until > until) {
				until = e->until;
				longer = true;
			}
		}
	}
	return until > day ? until : 0;
}

static bool
can_choose(const struct bundle *b, uint16_t desk, uint32_t day)
{
	struct choose_set set;
	const struct choose_input in = { .bundle = b,
					 .day = day,
					 .use = EPOCH_ONLINE,
					 .county = "",
					 .route = CHOOSE_N,
					 .named_level = -1,
					 .receiving = desk };
	return !choose_desks(&set, &in);
}

void
choose_ready(struct choose_ready *out, const struct bundle *b, uint32_t day)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < b->roster->desk_cnt; i++) {
		const struct roster_desk *d = &b->roster->desk[i];
		uint32_t until = key_until(b, d->number, day);
		bool receives = d->kind == ROSTER_REVIEW;
		out->desks++;
		out->receive += receives;
		if (!until)
			continue;
		out->keyed++;
		if (!out->key_days || until - day < out->key_days)
			out->key_days = until - day;
		out->sending += receives && can_choose(b, d->number, day);
	}
}
