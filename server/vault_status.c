/* `davyd status`: coarse counts for an operator; nothing of one case. */
#include "server/vault.h"

#include "crypto/err.h"

#include <stdio.h>

static const char *const ladder_name[FRAME_LADDER__MAX] = { "ordinary", "urgent" };

static void
add(char *dst, size_t cap, size_t *len, const char *line)
{
	size_t n = strlen(line);
	if (*len + n < cap) {
		memcpy(dst + *len, line, n + 1);
		*len += n;
	}
}

size_t
vault_status(struct vault *v, char *dst, size_t cap)
{
	struct store_stats s;
	char line[160];
	size_t len = 0;
	if (store_stats(v->store, &s, vault_hour(v))) {
		add(dst, cap, &len, "store unreadable\n");
		return len;
	}
	snprintf(line, sizeof(line), "cases %llu\norders %llu\npurged %llu\nentries %llu\nheld %llu\n",
		 (unsigned long long)s.cases, (unsigned long long)s.orders,
		 (unsigned long long)s.tombstones, (unsigned long long)s.entries,
		 (unsigned long long)s.held);
	add(dst, cap, &len, line);
	for (int l = 0; l < FRAME_LADDER__MAX; l++) {
		snprintf(line, sizeof(line), "unread-%s %u oldest-days %u\n", ladder_name[l],
			 s.unread[l],
			 s.unread[l] && vault_day(v) > s.oldest_day[l]
				 ? vault_day(v) - s.oldest_day[l]
				 : 0);
		add(dst, cap, &len, line);
	}
	snprintf(line, sizeof(line), "clocks-run-out %llu\n", (unsigned long long)s.overdue);
	add(dst, cap, &len, line);
	snprintf(line, sizeof(line), "store-mib %llu of %llu, opens stop at %llu\n",
		 (unsigned long long)(s.used >> 20),
		 (unsigned long long)(v->conf->store_bytes >> 20),
		 (unsigned long long)(v->conf->store_bytes / 100 * v->conf->open_percent >> 20));
	add(dst, cap, &len, line);
	if (v->roster) {
		uint32_t day = vault_day(v);
		snprintf(line, sizeof(line), "roster version %u days-left %u members %zu\n",
			 v->roster->version, v->roster->until > day ? v->roster->until - day : 0,
			 v->members->cnt);
		add(dst, cap, &len, line);
	} else {
		add(dst, cap, &len, "roster none\n");
	}
	snprintf(line, sizeof(line), "puzzle %u let-in-percent newest %u others %u\n",
		 v->puzzle.valid[0].difficulty, v->puzzle.chance[PUZZLE_NEWEST] * 100u / PUZZLE_SURE,
		 v->puzzle.chance[PUZZLE_OLDER] * 100u / PUZZLE_SURE);
	add(dst, cap, &len, line);
	for (int i = 0; i < FRAME_STATUS__MAX - FRAME_OK; i++) {
		snprintf(line, sizeof(line), "answered-%s %llu\n",
			 frame_status_name((uint8_t)(FRAME_OK + i)),
			 (unsigned long long)v->done[i]);
		add(dst, cap, &len, line);
	}
	return len;
}
