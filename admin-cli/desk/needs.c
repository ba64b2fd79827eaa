/* The needs of a case, compared with it (see needs.h). */
#include "admin-cli/desk/needs.h"

#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/rules/entry_type.h"
#include "admin-cli/rules/schema.h"
#include "crypto/frame.h"

/* What entry i hands on, be it done or proposed; NULL: nothing. */
static const json_t *
handed_on(const struct opened *d, size_t i)
{
	const json_t *body = d->x[i].body;
	uint16_t type = d->entry[i].type;

	if (d->entry[i].verdict != FOLD_ACCEPTED)
		return NULL;
	if (type == ENTRY_PROPOSE) {
		type = schema_proposed(body);
		body = json_object_get(body, "body");
	}
	return type == ENTRY_FORWARD || type == ENTRY_SPLIT ? body : NULL;
}

/* The report of a need, which is the entry that ended it with a result. */
static void
read_report(const struct opened *need, struct need_named *n)
{
	size_t i;

	n->reported = need->fold.state == NEED_REPORTED || need->fold.state == NEED_UNCONFIRMED;
	snprintf(n->result, sizeof(n->result), "%s", need->fold.result);
	for (i = 0; n->reported && i < need->cnt; i++)
		if (need->entry[i].verdict == FOLD_ACCEPTED &&
		    need->entry[i].from != need->entry[i].to &&
		    need->entry[i].to == need->fold.state)
			memcpy(n->report, need->entry[i].hash, sizeof(n->report));
}

static bool
read_need(struct session *ses, const uint8_t id[static 16], struct need_named *n)
{
	struct workspace_case c;
	struct opened *need;
	bool is;

	memset(n, 0, sizeof(*n));
	memcpy(n->id, id, sizeof(n->id));
	if (workspace_case_get(ses->workspace, id, &c) || c.rec.kind != FRAME_BOOK)
		return false;
	if (opened_glance(ses, &c, &need)) {
		session_forgive(ses);
		return false;
	}
	is = need->fold.book && need->fold.machine == MACHINE_NEED;
	if (is)
		read_report(need, n);
	opened_free(need);
	return is;
}

size_t
needs_of(struct session *ses, const struct opened *d, struct need_named out[static NEEDS_MAX])
{
	struct need_named one;
	uint8_t id[16];
	size_t i, k, cnt = 0;

	for (i = 0; i < d->cnt; i++) {
		if (!schema_hex(handed_on(d, i), "order", id, sizeof(id)))
			continue;
		for (k = 0; k < cnt && memcmp(out[k].id, id, sizeof(id)) != 0; k++)
			continue;
		if (k < cnt || !read_need(ses, id, &one))
			continue;
		if (cnt == NEEDS_MAX)
			memmove(out, out + 1, --cnt * sizeof(*out));
		out[cnt++] = one;
	}
	return cnt;
}

bool
needs_same(const struct opened *d, size_t i, const json_t *first)
{
	uint8_t hash[32];
	json_t *said;
	size_t k;
	bool same;

	if (!schema_hex(handed_on(d, i), "abstract", hash, sizeof(hash)))
		return true;
	for (k = 0; k < d->cnt; k++)
		if (d->entry[k].type == ENTRY_ABSTRACT && !memcmp(d->entry[k].hash, hash, 32))
			break;
	if (k == d->cnt || !d->x[k].body)
		return true;
	said = submit_abstract_body(d->x[k].body);
	same = json_equal(said, first);
	json_decref(said);
	return same;
}
