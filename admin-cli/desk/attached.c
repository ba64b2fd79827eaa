/* Attachments of a case (see attached.h). */
#include "admin-cli/desk/attached.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/net/net.h"
#include "admin-cli/rules/schema.h"
#include "crypto/attach.h"
#include "crypto/err.h"

bool
attached_next(const struct opened *d, struct attached_at *at, struct attached *a)
{
	for (; at->entry < d->cnt; at->entry++, at->k = 0) {
		const struct fold_entry *e = &d->entry[at->entry];
		bool says = e->by_source || e->type == ENTRY_PHOTO;
		const json_t *list = says && e->verdict == FOLD_ACCEPTED
					     ? schema_list(d->x[at->entry].body, "media")
					     : NULL;

		if (at->k < json_array_size(list)) {
			*a = (struct attached){ .about = json_array_get(list, at->k++),
						.entry = at->entry };
			if (!schema_hex(a->about, "sha256", a->sha256, sizeof(a->sha256)))
				memset(a->sha256, 0, sizeof(a->sha256));
			return true;
		}
	}
	return false;
}

static int
described_wrongly(struct session *ses)
{
	return session_fail(ses, DAVY_REFUSED, "format",
			    _("The attachment is described wrongly: its size, parts "
			      "or hash do not fit."));
}

/* Fetches all parts into the buffer. The gateway records each fetch. */
static int
collect(struct session *ses, const struct opened *d, struct attached *a)
{
	struct net_request q = { .op = FRAME_FETCH, .what = _("The attachment was not fetched") };
	struct net_answer *answer = malloc(sizeof(*answer));
	uint16_t parts = (uint16_t)schema_number(a->about, "parts");
	uint32_t offset, len;
	int err = 0;

	if (!answer)
		return session_fail_err(ses, ERR_MEM, "%s", _("The attachment was not fetched"));
	memcpy(q.routing.id, d->c.rec.id, sizeof(q.routing.id));
	q.routing.kind = d->c.rec.kind;
	q.routing.desk = d->c.asked;
	q.routing.thread = FRAME_ATTACH;
	q.routing.attach = (uint16_t)schema_number(a->about, "i");
	for (; !err && q.routing.part < parts; q.routing.part++) {
		if (attach_part(&offset, &len, (uint32_t)a->file.len, q.routing.part)) {
			err = described_wrongly(ses);
			break;
		}
		err = net_exchange(ses, &q, answer);
		if (!err)
			memcpy(a->file.bytes + offset, answer->body, len);
	}
	free(answer);
	return err;
}

int
attached_load(struct session *ses, const struct opened *d, struct attached *a)
{
	uint32_t padded = schema_number(a->about, "class");
	uint8_t got[32];
	int err;

	a->file = (struct age_memory){ .len = attach_file_len(padded) };
	if (!a->file.len || attach_parts(padded) != schema_number(a->about, "parts") ||
	    sodium_is_zero(a->sha256, sizeof(a->sha256)))
		return described_wrongly(ses);
	a->file.bytes = malloc(a->file.len);
	if (!a->file.bytes)
		return session_fail_err(ses, ERR_MEM, "%s", _("The attachment was not fetched"));
	err = collect(ses, d, a);
	if (err)
		return err;
	key_sha256(got, a->file.bytes, a->file.len);
	return memcmp(got, a->sha256, sizeof(got)) != 0
		       ? session_fail(ses, DAVY_REFUSED, "hash",
				      _("The file at the gateway is not the one that the tip "
					"describes, or not all of it has arrived yet."))
		       : 0;
}

int
attached_fetch(struct session *ses, const struct opened *d, uint32_t n, struct attached *out)
{
	struct attached_at at = { 0 };

	while (attached_next(d, &at, out))
		if (schema_number(out->about, "i") == n)
			return attached_load(ses, d, out);
	*out = (struct attached){ 0 };
	return session_fail(ses, DAVY_REFUSED, "not-found", _("The case has no attachment %u."), n);
}

void
attached_free(struct attached *a)
{
	free(a->file.bytes);
	a->file = (struct age_memory){ 0 };
}

/* With the keys that readers of the case have handed on; a false one opens nothing, and the next is
 * tried. */
static int
open_by_handed(struct session *ses, const struct opened *d, struct attached *a,
	       struct age_sink sink, uint64_t *len, struct age_opened *opened)
{
	const struct roster_member *liar = NULL;
	struct age_file_key key;
	char hex[33];
	int err = ERR_NOT_FOUND;

	for (size_t k = 0; k < d->cnt && (err == ERR_NOT_FOUND || err == ERR_HMAC); k++) {
		if (!d->view->me || !opened_handed_to(d, k, d->view->me->handle) ||
		    !opened_handed_names(d, k, a->sha256, &key))
			continue;
		a->file.at = 0;
		err = attach_open_handed(&key, len, age_memory_source(&a->file), sink, opened);
		if (err == ERR_HMAC)
			liar = d->x[k].author;
	}
	sodium_memzero(&key, sizeof(key));
	if (liar)
		session_warn(ses,
			     _("ALARM: the key of attachment %u that %s handed on is false. Tell "
			       "the desk above."),
			     schema_number(a->about, "i"), session_s(ses, liar->name));
	if (err == ERR_NOT_FOUND || err == ERR_HMAC)
		return session_fail(ses, DAVY_REFUSED, "handed",
				    _("The key of attachment %u was not handed on to you: a reader "
				      "of the case gives davy case reseal %.8s."),
				    schema_number(a->about, "i"),
				    term_hex(hex, d->c.rec.id, sizeof(d->c.rec.id)));
	return err ? session_fail_err(ses, err, "%s", _("The attachment does not open")) : 0;
}

/* Its header must name exactly the desks of the tip: else somebody whom nobody knows could open it
 * as well. */
int
attached_open(struct session *ses, const struct opened *d, struct attached *a, struct age_sink sink,
	      uint64_t *len, struct age_file_key *key)
{
	struct age_opened opened = { 0 };
	int err, audit = ERR_AUTH;

	a->file.at = 0;
	if (d->x[a->entry].handed) {
		err = open_by_handed(ses, d, a, sink, len, &opened);
	} else {
		err = attach_open(opened_key(d, a->entry), len, age_memory_source(&a->file), sink,
				  &opened);
		if (err)
			err = session_fail_err(ses, err, "%s", _("The attachment does not open"));
	}
	if (!err && d->x[a->entry].audit == OPENED_AUDITED)
		audit = attach_audit(&opened, d->c.rec.id, opened_who(d, a->entry));
	if (!err && key)
		*key = opened.key;
	age_stream_forget(&opened);
	if (!err && audit)
		session_warn(ses,
			     _("The attachment is unaudited: who else can open it is unknown."));
	return err;
}
