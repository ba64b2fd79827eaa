/*
 * What the vault remembers for its operator from day to day: how many bytes were in use at the end
 * of each of the last days, when the last backup was made, and the figures for --prometheus. These
 * figures change once a day, are rounded to tens with a remainder that is drawn, and are kept as
 * they were drawn: a reader of them who adds cases of his own cannot find out whether one more
 * came.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"

#include <sodium.h>
#include <string.h>

#define USAGE     "usage"
#define BACKUP    "backup-day"
#define FIGURES   "figures"
#define USAGE_LEN 12 /* u32 day, u64 bytes */
#define TENS      10
#define BYTES     ((uint64_t)64 << 20) /* the step of the rounded size */

static uint32_t
draw_down(uint64_t n, uint64_t step)
{
	uint64_t up = (uint64_t)randombytes_uniform((uint32_t)step);
	return (uint32_t)((n + up) / step);
}

static int
figures_set(struct vault *v)
{
	struct store_stats s;
	uint8_t kept[12];
	int err = store_stats(v->store, &s);
	if (err)
		return err;
	ipc_set32(kept, draw_down(s.cases, TENS));
	ipc_set32(kept + 4, draw_down(s.entries, TENS));
	ipc_set32(kept + 8, draw_down(s.used, BYTES));
	return store_meta_set(v->store, FIGURES, kept, sizeof(kept));
}

int
vault_history_day(struct vault *v)
{
	uint8_t kept[VAULT_USAGE_DAYS * USAGE_LEN];
	size_t len = 0;
	int err = store_meta_get(v->store, USAGE, kept, sizeof(kept), &len);
	if (err && err != ERR_NOT_FOUND)
		return err;
	if (err || len % USAGE_LEN)
		len = 0;
	if (len && ipc_get32(kept + len - USAGE_LEN) == vault_day(v))
		return 0;
	if (len == sizeof(kept)) {
		memmove(kept, kept + USAGE_LEN, len - USAGE_LEN);
		len -= USAGE_LEN;
	}
	ipc_set32(kept + len, vault_day(v));
	ipc_set64(kept + len + 4, store_used(v->store));
	err = store_meta_set(v->store, USAGE, kept, len + USAGE_LEN);
	if (!err)
		err = vault_rota_day(v);
	return err ? err : figures_set(v);
}

int
vault_history_backup(struct vault *v)
{
	uint8_t day[4];
	ipc_set32(day, vault_day(v));
	int err = store_begin(v->store);
	if (err)
		return err;
	err = store_meta_set(v->store, BACKUP, day, sizeof(day));
	if (!err)
		err = store_commit(v->store);
	if (err)
		store_rollback(v->store);
	return err;
}

void
vault_history_print(struct vault *v, struct bufw *w)
{
	uint8_t kept[VAULT_USAGE_DAYS * USAGE_LEN];
	size_t len;
	uint32_t today = vault_day(v);
	if (!store_meta_get(v->store, USAGE, kept, sizeof(kept), &len) && len &&
	    len % USAGE_LEN == 0) {
		uint32_t day = ipc_get32(kept);
		uint64_t was = ipc_get64(kept + 4), used = store_used(v->store);
		uint32_t days = today > day ? today - day : 0;
		bufw_printf(w, "usage-days %u\n", days);
		if (days)
			bufw_printf(w, "grown-bytes-a-day %llu\n",
				    (unsigned long long)(used > was ? (used - was) / days : 0));
	}
	if (!store_meta_get(v->store, BACKUP, kept, 4, &len) && len == 4)
		bufw_printf(w, "backup-days %u\n",
			    today > ipc_get32(kept) ? today - ipc_get32(kept) : 0);
	if (!store_meta_get(v->store, FIGURES, kept, 12, &len) && len == 12)
		bufw_printf(w, "figure-cases %llu\nfigure-entries %llu\nfigure-mib %llu\n",
			    (unsigned long long)ipc_get32(kept) * TENS,
			    (unsigned long long)ipc_get32(kept + 4) * TENS,
			    (unsigned long long)ipc_get32(kept + 8) * (BYTES >> 20));
}
