/*
 * The vault's part of `davyd status`: coarse counts for an operator, nothing about a single case.
 */
#include "server/vault/vault.h"

#include "crypto/err.h"

#include "crypto/buf.h"
#include "server/base/clock.h"

#include <stdio.h>

/* Names as server/ctl/status.c knows them. */
static const char *const ladder_name[FRAME_LADDER__MAX] = { "ordinary", "urgent" };
static const char *const lot_name[PUZZLE_LOTS] = { "solved", "others" };

/*
 * Where the last batch failed, a statement that reads may succeed nevertheless: a server without
 * its standbys gives rows. An empty batch tells.
 */
static int
serves(struct vault *v)
{
	if (!v->away)
		return 0;
	int err = vault_begin(v);
	if (!err)
		err = vault_commit(v);
	if (err) {
		store_rollback(v->store);
		v->minute_kept = 0;
		v->away = true;
	}
	return err;
}

size_t
vault_status(struct vault *v, char *dst, size_t cap)
{
	struct store_stats s;
	struct bufw w;
	uint32_t day = vault_day(v), early = vault_day_early(v);
	uint64_t now = clock_minute();
	bufw_init(&w, dst, cap);
	struct store_vaults vaults;
	int err = serves(v);
	if (!err)
		err = store_stats(v->store, &s);
	if (err) {
		bufw_printf(&w, "vault 0\nstore-away %d\n", err == ERR_BUSY);
		return bufw_end(&w) ? 0 : w.len;
	}
	bufw_printf(&w, "vault 1\ncases %llu\norders %llu\npurged %llu\nentries %llu\nheld %llu\n",
		    (unsigned long long)s.cases, (unsigned long long)s.orders,
		    (unsigned long long)s.tombstones, (unsigned long long)s.entries,
		    (unsigned long long)s.held);
	for (int l = 0; l < FRAME_LADDER__MAX; l++)
		bufw_printf(&w, "unread-%s %u\nunread-%s-days %u\n", ladder_name[l], s.unread[l],
			    ladder_name[l],
			    s.unread[l] && day > s.oldest_day[l] ? day - s.oldest_day[l] : 0);
	bufw_printf(&w,
		    "clocks-run-out %llu\nstore-bytes %llu\nstore-limit %llu\nopen-percent %u\n",
		    (unsigned long long)s.overdue, (unsigned long long)s.used,
		    (unsigned long long)v->conf->store_bytes, v->conf->open_percent);
	if (!store_vaults(v->store, &vaults))
		bufw_printf(&w, "gateways %u\ngateways-wanted %u\n", vaults.cnt,
			    v->conf->store_gateways);
	bufw_printf(&w, "store-damaged %llu\n", (unsigned long long)v->damaged);
	if (v->read_day)
		bufw_printf(&w, "store-read-days %u\n", day > v->read_day ? day - v->read_day : 0);
	if (v->roster)
		bufw_printf(&w, "roster %u\nroster-days %u\nroster-other-key %d\nmembers %zu\n",
			    v->roster->version,
			    v->roster->until > early ? v->roster->until - early : 0,
			    vault_roster_other_key(v), v->members->cnt);
	const struct choose_ready *r = vault_ready_now(v);
	if (v->roster)
		bufw_printf(
			&w,
			"desks %u\ndesks-keyed %u\ndesks-receive %u\ndesks-sending %u\nkey-days %u\n",
			r->desks, r->keyed, r->receive, r->sending, r->key_days);
	struct vault_rota_gap today, tomorrow;
	if (!vault_rota_gaps(v, &today, &tomorrow))
		bufw_printf(&w,
			    "rota-none-today %u\nrota-none-today-desk %u\nrota-none-tomorrow %u\n"
			    "rota-none-tomorrow-desk %u\n",
			    today.cnt, today.desk, tomorrow.cnt, tomorrow.desk);
	bufw_printf(&w, "ballast-gone %d\n", v->ballast == VAULT_BALLAST_GIVEN);
	vault_history_print(v, &w);
	bufw_printf(&w, "clock-behind-minutes %llu\nclock-ahead-minutes %llu\npuzzle %u\n",
		    (unsigned long long)(now < v->minute ? v->minute - now : 0),
		    (unsigned long long)(now > v->minute ? now - v->minute : 0),
		    v->puzzle.valid[0].difficulty);
	for (int i = 0; i < PUZZLE_LOTS; i++)
		bufw_printf(&w, "let-in-percent-%s %u\n", lot_name[i],
			    v->puzzle.chance[i] * 100u / PUZZLE_SURE);
	for (int i = 0; i < FRAME_STATUS__MAX - FRAME_OK; i++) {
		char name[32];
		snprintf(name, sizeof(name), "%s", frame_status_name((uint8_t)(FRAME_OK + i)));
		for (char *c = name; *c; c++)
			if (*c == ' ')
				*c = '-';
		bufw_printf(&w, "answered-%s %llu\n", name, (unsigned long long)v->done[i]);
	}
	return bufw_end(&w) ? 0 : w.len;
}
