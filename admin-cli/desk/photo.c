/* Sends photos of a visit (see photo.h). */
#include "admin-cli/desk/photo.h"

#include <jansson.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/net/net.h"
#include "crypto/age_memory.h"
#include "crypto/attach.h"
#include "crypto/entry.h"
#include "crypto/err.h"
#include "crypto/frame.h"

#define TRIES 8 /* indices that somebody else has taken */

/* A sealed photo: what its entry will say, and its bytes. */
struct sealed {
	uint32_t padded;
	uint8_t sha256[32];
	struct age_memory file;
};

static int
seal(struct session *ses, const struct opened *d, const struct photo *p, struct sealed *out)
{
	struct age_memory in = { .bytes = (uint8_t *)(uintptr_t)p->bytes, .len = p->len };
	struct attach_how how = { .id = d->c.rec.id, .len = p->len };
	struct seal_set set;
	int err = opened_seal_set(ses, d, false, &set);

	if (err)
		return err;
	out->padded = attach_class(p->len);
	out->file.cap = attach_file_len(out->padded);
	out->file.bytes = out->file.cap ? malloc(out->file.cap) : NULL;
	how.set = &set;
	err = out->file.bytes ? attach_seal(&how, out->sha256, age_memory_source(&in),
					    age_memory_sink(&out->file))
			      : ERR_RANGE;
	return err ? session_fail_err(ses, err, "%s", _("The photo cannot be sealed")) : 0;
}

/* Sends all parts under that index; *taken: somebody else's photo has it. */
static int
send_parts(struct session *ses, const struct opened *d, const struct sealed *s, uint16_t index,
	   bool *taken)
{
	struct net_request q = { .op = FRAME_PHOTO,
				 .what = _("The photo was not sent"),
				 .keep_status = true };
	struct net_answer *a = malloc(sizeof(*a));
	uint32_t offset, len;
	int err = a ? 0 : session_fail_err(ses, ERR_MEM, "%s", q.what);

	*taken = false;
	memcpy(q.routing.id, d->c.rec.id, sizeof(q.routing.id));
	q.routing.kind = FRAME_ORDER;
	q.routing.desk = d->c.asked;
	q.routing.attach = index;
	q.routing.parts = attach_parts(s->padded);
	for (; !err && !*taken && q.routing.part < q.routing.parts; q.routing.part++) {
		if (attach_part(&offset, &len, (uint32_t)s->file.len, q.routing.part)) {
			err = session_fail_err(ses, ERR_INTERNAL, "%s", q.what);
			break;
		}
		q.body = s->file.bytes + offset;
		q.body_len = len;
		err = net_exchange(ses, &q, a);
		*taken = !err && q.routing.part == 0 && a->status == FRAME_BAD;
		if (!err && !*taken && a->status != FRAME_OK)
			err = net_refusal(ses, q.what, a->status);
	}
	free(a);
	return err;
}

/* Indices are drawn: a number in a row would say how many there are before they are counted. */
static int
put(struct session *ses, const struct opened *d, const struct sealed *s, uint16_t *index)
{
	bool taken = true;
	int err = 0;

	for (unsigned i = 0; !err && taken && i < TRIES; i++) {
		*index = (uint16_t)(FRAME_PHOTO_FROM +
				    randombytes_uniform(65536 - FRAME_PHOTO_FROM));
		err = send_parts(ses, d, s, *index, &taken);
	}
	return err || !taken ? err
			     : session_fail(ses, DAVY_REFUSED, "refused", "%s",
					    _("The gateway refuses the photo."));
}

static json_t *
body_of(const struct photo *p, const struct sealed *s, uint16_t index)
{
	char picture[65], file[65];
	json_t *body = json_pack("{s:i,s:s,s:[{s:i,s:s,s:s,s:I,s:I,s:i,s:s}]}", "v", 1, "picture",
				 term_hex(picture, p->picture, 32), "media", "i", (int)index,
				 "name", "photo.jpg", "type", "image/jpeg", "len",
				 (json_int_t)p->len, "class", (json_int_t)s->padded, "parts",
				 (int)attach_parts(s->padded), "sha256",
				 term_hex(file, s->sha256, 32));

	if (body && p->k)
		json_object_set_new(body, "k", json_integer((json_int_t)p->k));
	return body;
}

int
photo_send(struct session *ses, struct workspace_case *c, const struct opened *d, struct photo *p)
{
	struct sealed s = { 0 };
	struct submit how = { .type = ENTRY_PHOTO, .now = true };
	uint16_t index = 0;
	enum fold_reason reason;
	int err;

	crypto_hash_sha256(p->picture, p->bytes, p->len);
	/* Whether the entry will count is asked before the parts are sent. */
	how.body = body_of(p, &s, index);
	reason = how.body ? submit_check(d, &how) : FOLD_FINE;
	json_decref(how.body);
	if (reason != FOLD_FINE)
		return submit_rejected(ses, d, reason);
	err = seal(ses, d, p, &s);
	if (!err)
		err = put(ses, d, &s, &index);
	how.body = err ? NULL : body_of(p, &s, index);
	if (!err)
		err = how.body ? submit_send(ses, c, &how)
			       : session_fail_err(ses, ERR_MEM, "%s", _("The photo was not sent"));
	json_decref(how.body);
	free(s.file.bytes);
	return err;
}
