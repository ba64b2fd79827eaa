/*
 * Bodies of a sealed order, its parts, and its hours. The first byte chooses: a body that is read
 * is written again byte by byte; a part that decodes stands in its own place; hours that are in
 * order open one after another, and never before the first.
 */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "crypto/entry.h"
#include "crypto/frame.h"
#include "crypto/order.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
same(const struct bufw *w, int err, const uint8_t *data, size_t len)
{
	assert(err == 0 && w->len == len && memcmp(w->base, data, len) == 0);
}

static void
body(uint8_t what, const uint8_t *data, size_t len)
{
	static uint8_t text[ORDER_BODY_MAX];
	const char *json = (const char *)data;
	struct bufw w;
	bufw_init(&w, text, sizeof(text));
	if (what == 0) {
		struct order_head h;
		if (order_head_read(&h, json, len) == 0)
			same(&w, order_head_print(&w, &h), data, len);
		else
			assert(sodium_is_zero((uint8_t *)&h, sizeof(h)));
	} else if (what == 1) {
		struct order_code c;
		if (order_code_read(&c, json, len) == 0)
			same(&w, order_code_print(&w, &c), data, len);
		else
			assert(sodium_is_zero((uint8_t *)&c, sizeof(c)));
	} else {
		struct order_halves h;
		enum order_who side = what == 2 ? ORDER_A : ORDER_B;
		if (order_halves_read(&h, side, json, len) == 0)
			same(&w, order_halves_print(&w, &h, side), data, len);
		else
			assert(sodium_is_zero((uint8_t *)&h, sizeof(h)));
	}
}

static void
part(const uint8_t *data, size_t len)
{
	static uint8_t plain[ENTRY_LEN];
	struct entry e;
	memset(plain, 0, sizeof(plain));
	memcpy(plain, data, len < sizeof(plain) ? len : sizeof(plain));
	if (entry_decode(&e, plain) != 0 || e.thread != FRAME_PARTS)
		return;
	if (e.type == ENTRY_PLAN_ESCROW)
		assert(e.number < FRAME_SHARES);
	else if (e.type == ENTRY_ORDER_SHARE)
		assert(e.number >= ORDER_SHARED && e.number < ORDER_SHARED + ORDER_LAYERS);
	else
		assert(order_place(e.number) && order_place(e.number)->type == e.type);
	assert(sodium_is_zero(e.prev, sizeof(e.prev)) && sodium_is_zero(e.seen, sizeof(e.seen)));
}

static void
slot(const uint8_t *data, size_t len)
{
	struct order_hours h;
	uint8_t late[ORDER_LATE_LEN];
	struct buf b;
	buf_init(&b, data, len);
	uint32_t now = buf_u32(&b), departure = buf_u32(&b);
	for (size_t i = 0; i < ORDER_LAYERS; i++)
		h.open[i] = buf_u32(&b);
	buf_bytes(&b, h.salt, sizeof(h.salt), sizeof(h.salt));
	if (b.bad)
		return;
	order_late(late, &h);
	for (size_t i = 0; i < ORDER_LAYERS; i++)
		if (order_time(h.open[0], h.open[i], now) == ORDER_NOW)
			assert(now >= h.open[0] && now >= h.open[i] &&
			       now - h.open[0] < ORDER_OVER_HOURS);
	if (order_hours_ok(&h))
		for (size_t i = 0; i < ORDER_LAYERS; i++) {
			assert(order_time(h.open[0], h.open[i], h.open[i]) == ORDER_NOW);
			assert(order_time(h.open[0], h.open[i], h.open[i] - 1) == ORDER_EARLY);
		}
	if (order_hours_new(&h, h.open[0], departure) == 0)
		assert(order_hours_ok(&h));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (sodium_init() < 0)
		abort();
	if (!len)
		return 0;
	if (data[0] % 6 < 4)
		body(data[0] % 6, data + 1, len - 1);
	else if (data[0] % 6 == 4)
		part(data + 1, len - 1);
	else
		slot(data + 1, len - 1);
	return 0;
}
