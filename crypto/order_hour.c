/*
 * What of a sealed order needs no secret (FORMATS.md section 17): its places and its hours. The
 * gateway decides by these functions, so they must not call for anything that opens or seals.
 * crypto/ opens no file or connection, never logs and never exits.
 */
#include "crypto/order.h"

#include "crypto/entry.h"
#include "crypto/label.h"

#include <sodium.h>
#include <string.h>

static const struct order_place places[ORDER_PLACES] = {
	[ORDER_HALF_A] = { ENTRY_ORDER_HALF, ORDER_PLANNER, ORDER_A, 0 },
	[ORDER_HALF_B] = { ENTRY_ORDER_HALF, ORDER_PLANNER, ORDER_B, 0 },
	[ORDER_LAYER] = { ENTRY_ORDER_SEAL, ORDER_PLANNER, ORDER_LAYER_KEY, 0 },
	[ORDER_LAYER + 1] = { ENTRY_ORDER_SEAL, ORDER_PLANNER, ORDER_LAYER_KEY, 1 },
	[ORDER_LAYER + 2] = { ENTRY_ORDER_SEAL, ORDER_PLANNER, ORDER_LAYER_KEY, 2 },
	[ORDER_CODE] = { ENTRY_ORDER_CODE, ORDER_A, ORDER_B, 0 },
	[ORDER_CODE + 1] = { ENTRY_ORDER_CODE, ORDER_A, ORDER_B, 1 },
	[ORDER_CODE + 2] = { ENTRY_ORDER_CODE, ORDER_A, ORDER_B, 2 },
};

const struct order_place *
order_place(uint32_t number)
{
	return number < ORDER_PLACES ? &places[number] : NULL;
}

void
order_late(uint8_t out[static ORDER_LATE_LEN], const struct order_hours *hours)
{
	uint8_t text[LABEL_LEN(LABEL_ORDER_HOURS) + 8 + ORDER_SALT_LEN], hash[32];
	struct bufw w;
	bufw_init(&w, text, sizeof(text));
	bufw_text(&w, LABEL_ORDER_HOURS);
	bufw_u32(&w, hours->open[1]);
	bufw_u32(&w, hours->open[2]);
	bufw_bytes(&w, hours->salt, sizeof(hours->salt));
	key_sha256(hash, text, sizeof(text));
	memcpy(out, hash, ORDER_LATE_LEN);
	sodium_memzero(text, sizeof(text));
}

bool
order_hours_ok(const struct order_hours *hours)
{
	const uint32_t *h = hours->open;
	return h[0] && h[0] <= UINT32_MAX - ORDER_KEEP_HOURS && h[0] <= h[1] && h[1] <= h[2] &&
	       h[2] < h[0] + ORDER_OVER_HOURS;
}

enum order_time
order_time(uint32_t hour0, uint32_t opens, uint32_t now)
{
	if (now < hour0 || now < opens)
		return ORDER_EARLY;
	return now - hour0 < ORDER_OVER_HOURS ? ORDER_NOW : ORDER_OVER;
}
