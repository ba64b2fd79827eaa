/* Texts of rosters, members notes, cards and lists of holidays, and containers: what parses prints
 * the same bytes. And what may stand behind a container: no bytes prove that a bundle is in a log.
 */
#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/bundle_log.h"
#include "crypto/card.h"
#include "crypto/err.h"
#include "crypto/holidays.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint8_t out[ROSTER_TEXT_MAX + 1];

static void
same(const struct bufw *w, const uint8_t *data, size_t len)
{
	assert(w->len == len && memcmp(w->base, data, len) == 0);
}

static void
members(const uint8_t *data, size_t len)
{
	struct roster_members *m = NULL;
	struct bufw w;
	if (roster_members_parse(&m, (const char *)data, len) != 0) {
		assert(m == NULL);
		return;
	}
	bufw_init(&w, out, sizeof(out));
	if (roster_members_print(&w, m) == 0)
		same(&w, data, len);
	free(m);
}

static void
cards(const uint8_t *data, size_t len)
{
	struct card_gateway g;
	struct card_member m;
	struct bufw w;
	bufw_init(&w, out, sizeof(out));
	if (card_gateway_parse(&g, data, len) == 0) {
		assert(card_gateway_print(&w, &g) == 0);
		same(&w, data, len);
	} else if (card_member_parse(&m, data, len) == 0) {
		assert(card_member_print(&w, &m) == 0);
		same(&w, data, len);
	}
}

static void
holidays(const uint8_t *data, size_t len)
{
	struct holidays h;
	struct bufw w;
	if (holidays_parse(&h, (const char *)data, len) != 0)
		return;
	assert(h.off_cnt <= HOLIDAYS_OFF_MAX && h.work_cnt <= HOLIDAYS_WORK_MAX);
	bufw_init(&w, out, sizeof(out));
	assert(holidays_print(&w, &h) == 0);
	same(&w, data, len);
}

static void
containers(const uint8_t *data, size_t len)
{
	struct roster_roots roots = { .cnt = 1, .threshold = 1 };
	struct bundle bundle;
	struct bundle_doc d, second;
	struct buf b;
	buf_init(&b, data, len);
	while (bundle_next(&b, &d) == 0)
		assert(d.bytes >= data && d.bytes + d.len <= data + len);
	(void)!bundle_upload_parse(&d, &second, data, len);
	assert(bundle_parse(&bundle, data, len, &roots) != 0);
	assert(bundle.roster == NULL && bundle.epoch == NULL);
}

static void
proofs(const uint8_t *data, size_t len)
{
	static struct roster r = { .log = { 1 }, .quorum = 1 };
	const struct bundle b = { .roster = &r };
	assert(!bundle_log_holds(&b, data, len));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct roster r;
	struct bufw w;
	if (sodium_init() < 0)
		abort();
	if (roster_parse(&r, (const char *)data, len) == 0) {
		assert(r.desk_cnt >= 2 && r.desk_cnt <= ROSTER_DESK_MAX);
		assert(roster_find(&r, r.backstop) != NULL);
		bufw_init(&w, out, sizeof(out));
		assert(roster_print(&w, &r) == 0);
		same(&w, data, len);
	}
	members(data, len);
	cards(data, len);
	holidays(data, len);
	containers(data, len);
	proofs(data, len);
	return 0;
}
