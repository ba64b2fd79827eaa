/* What was done in a log (see fold_done.h). */
#include "admin-cli/rules/fold_done.h"

#include <string.h>

#include "admin-cli/rules/schema.h"
#include "crypto/entry.h"

static const struct fold_entry *
proposal(const struct fold_input *in, const json_t *cosign)
{
	uint8_t hash[32];
	size_t i;

	if (!schema_hex(cosign, "proposal", hash, sizeof(hash)))
		return NULL;
	for (i = 0; i < in->entry_cnt; i++)
		if (in->entry[i].type == ENTRY_PROPOSE && in->entry[i].verdict == FOLD_ACCEPTED &&
		    !memcmp(in->entry[i].hash, hash, sizeof(hash)))
			return &in->entry[i];
	return NULL;
}

bool
fold_done(struct fold_done *out, const struct fold_input *in, const struct fold *f, size_t n)
{
	const struct fold_entry *e = &in->entry[f->order[n]], *p;

	if (e->verdict != FOLD_ACCEPTED || !e->body || e->type == ENTRY_PROPOSE)
		return false;
	*out = (struct fold_done){ .type = e->type, .body = e->body, .e = e, .by = { e } };
	if (e->type != ENTRY_COSIGN)
		return true;
	p = proposal(in, e->body);
	if (!p)
		return false;
	out->type = schema_proposed(p->body);
	out->body = json_object_get(p->body, "body");
	out->by[0] = p;
	out->by[1] = e;
	return true;
}
