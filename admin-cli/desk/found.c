/* What the visits of this workspace have found (see found.h). */
#include "admin-cli/desk/found.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/visits.h"
#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"
#include "crypto/err.h"

struct gather {
	struct session *ses;
	struct found *list;
	size_t cnt;
};

static int
one_visit(void *arg, const struct opened *d)
{
	struct gather *g = arg;
	struct visits_act act;
	struct found *grown, of = { .signed_off = 0 };
	unsigned cnt = d->fold.visit.finding_cnt;

	if (visits_last(d, ENTRY_SIGN_OFF, 0, &act))
		of.signed_off = d->entry[act.at].day;
	if (visits_arrival(d, &act))
		snprintf(of.site, sizeof(of.site), "%s", schema_text(act.body, "site"));
	grown = realloc(g->list, (g->cnt + cnt + 1) * sizeof(*grown));
	if (!grown)
		return session_fail_err(g->ses, ERR_MEM, "%s", _("The findings cannot be read"));
	g->list = grown;
	for (unsigned k = 1; k <= cnt; k++) {
		if (!visits_last(d, ENTRY_FINDING, k, &act))
			continue;
		memcpy(of.hash, d->entry[act.at].hash, sizeof(of.hash));
		of.mining = !strncmp(schema_text(act.body, "hazard"), "IM-", 3);
		g->list[g->cnt++] = of;
	}
	return 0;
}

int
found_all(struct session *ses, struct found **out, size_t *cnt)
{
	struct gather g = { .ses = ses };
	int err = visits_each(ses, one_visit, &g);

	if (err) {
		free(g.list);
		g = (struct gather){ 0 };
	}
	*out = g.list;
	*cnt = g.cnt;
	return err;
}

const struct found *
found_find(const struct found *list, size_t cnt, const uint8_t hash[static 32])
{
	for (size_t i = 0; i < cnt; i++)
		if (!memcmp(list[i].hash, hash, sizeof(list[i].hash)))
			return &list[i];
	return NULL;
}
