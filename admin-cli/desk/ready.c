/* Whether a tip can be sealed today; see ready.h. davyd status counts the same
 * (server/vault/vault_ready.c). */
#include "admin-cli/desk/ready.h"

#include <stdio.h>

#include "admin-cli/base/session.h"
#include "crypto/choose.h"

#define SOON_DAYS 14

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
	return choose_desks(&set, &in) == 0;
}

/* The day on which the last of a desk's keys ends that follow each other without a gap; 0 without
 * one today. */
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

enum ready
ready_look(char text[static READY_TEXT_CAP], const struct bundle *b, uint32_t day)
{
	const struct roster *r = b->roster;
	unsigned desks = 0, keyed = 0, sending = 0;
	uint32_t first = UINT32_MAX, left = r->until > day ? r->until - day : 0;

	for (size_t i = 0; i < r->desk_cnt; i++) {
		uint32_t until = key_until(b, r->desk[i].number, day);
		desks++;
		keyed += until != 0;
		if (until && until - day < first)
			first = until - day;
		sending += until && r->desk[i].kind == ROSTER_REVIEW &&
			   can_choose(b, r->desk[i].number, day);
	}
	if (!keyed || !sending) {
		snprintf(
			text, READY_TEXT_CAP,
			_("nobody can send a tip: %u of %u desks have a key. The leads of the others run davy desk "
			  "rotate."),
			keyed, desks);
		return READY_NOT;
	}
	if (left <= SOON_DAYS) {
		snprintf(
			text, READY_TEXT_CAP,
			_("the roster ends in %u days: the registrars make, sign and publish the next one."),
			left);
		return READY_SOON;
	}
	if (first <= SOON_DAYS) {
		snprintf(
			text, READY_TEXT_CAP,
			_("the key of a desk ends in %u days: davy desk list says which; its lead runs davy desk "
			  "rotate."),
			first);
		return READY_SOON;
	}
	snprintf(text, READY_TEXT_CAP, _("%u of %u desks have a key; the first ends in %u days"),
		 keyed, desks, first);
	return READY_WELL;
}
