/* Whether a tip can be sealed today, in words; see ready.h. */
#include "admin-cli/desk/ready.h"

#include <stdio.h>

#include "admin-cli/base/session.h"
#include "crypto/choose_ready.h"

#define SOON_DAYS 14

enum ready
ready_look(char text[static READY_TEXT_CAP], const struct bundle *b, uint32_t day)
{
	const struct roster *r = b->roster;
	uint32_t left = r->until > day ? r->until - day : 0;
	struct choose_ready n;

	choose_ready(&n, b, day);
	if (!n.keyed || !n.sending) {
		snprintf(
			text, READY_TEXT_CAP,
			_("nobody can send a tip: %u of %u desks have a key. The leads of the others run davy desk "
			  "rotate."),
			n.keyed, n.desks);
		return READY_NOT;
	}
	if (left <= SOON_DAYS) {
		snprintf(
			text, READY_TEXT_CAP,
			_("the roster ends in %u days: the registrars make, sign and publish the next one."),
			left);
		return READY_SOON;
	}
	if (n.key_days <= SOON_DAYS) {
		snprintf(
			text, READY_TEXT_CAP,
			_("the key of a desk ends in %u days: davy desk list says which; its lead runs davy desk "
			  "rotate."),
			n.key_days);
		return READY_SOON;
	}
	snprintf(text, READY_TEXT_CAP, _("%u of %u desks have a key; the first ends in %u days"),
		 n.keyed, n.desks, n.key_days);
	return READY_WELL;
}
