/* Key parts on the gateway: offers, seals and takes epoch secrets (see epoch_part.h). */
#include "admin-cli/desk/epoch_part.h"

#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#include "admin-cli/base/session.h"
#include "admin-cli/net/net.h"
#include "crypto/age_memory.h"
#include "crypto/buf.h"
#include "crypto/err.h"
#include "crypto/label.h"

#define SUBKEY_LEN (KEY_SEAL_PUBLIC_LEN + KEY_SIG_LEN)
/* The bytes that a member signs when offering a subkey (FORMATS §10). */
#define SAID_LEN (LABEL_LEN(LABEL_SUBKEY) + KEY_ID_LEN + 6 + KEY_SEAL_PUBLIC_LEN)

int
epoch_part_get(struct session *ses, const struct trust *v, uint8_t kind, uint32_t epoch,
	       const uint8_t *handle, struct epoch_part *out, bool *found)
{
	struct net_request q = { .op = FRAME_KEY_GET,
				 .keep_status = true,
				 .what = _("The desk's keys were not fetched") };
	struct net_answer *a = malloc(sizeof(*a));
	int err;

	*found = false;
	if (!a)
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	q.routing.desk = v->desk->number;
	q.routing.number = epoch;
	q.routing.flags = kind;
	if (handle)
		memcpy(q.routing.proof, handle, KEY_HANDLE_LEN);
	err = net_exchange(ses, &q, a);
	if (!err && a->status == FRAME_OK) {
		if (a->routing.length > FRAME_BODY_LEN)
			err = session_fail(
				ses, DAVY_REFUSED, "protocol",
				_("A key part from the gateway is longer than a frame."));
		out->epoch = a->routing.number;
		out->len = a->routing.length;
		memcpy(out->bytes, a->body, FRAME_BODY_LEN);
		*found = true;
	} else if (!err && a->status != FRAME_NOT_FOUND) {
		err = net_refusal(ses, q.what, a->status);
	}
	free(a);
	return err;
}

int
epoch_part_put(struct session *ses, const struct trust *v, uint8_t kind, const uint8_t *handle,
	       const struct epoch_part *part)
{
	struct net_request q = { .op = FRAME_KEY_PUT,
				 .body = part->bytes,
				 .body_len = part->len,
				 .what = _("The desk's keys were not sent") };
	struct net_answer *a = malloc(sizeof(*a));
	int err;

	if (!a)
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	q.routing.desk = v->desk->number;
	q.routing.number = part->epoch;
	q.routing.flags = kind;
	q.routing.length = (uint32_t)part->len;
	if (handle)
		memcpy(q.routing.proof, handle, KEY_HANDLE_LEN);
	err = net_exchange(ses, &q, a);
	free(a);
	return err;
}

int
epoch_part_newest(struct session *ses, const struct trust *v, uint32_t *number)
{
	struct epoch_part *p = malloc(sizeof(*p));
	bool found;
	int err = p ? epoch_part_get(ses, v, FRAME_KEY_CERT, 0, NULL, p, &found)
		    : session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));

	*number = !err && found ? p->epoch : 0;
	free(p);
	return err;
}

static void
subkey_said(uint8_t said[static SAID_LEN], const struct trust *v, uint32_t epoch, const uint8_t *pk)
{
	struct bufw w;

	bufw_init(&w, said, SAID_LEN);
	bufw_bytes(&w, LABEL_SUBKEY, LABEL_LEN(LABEL_SUBKEY));
	bufw_bytes(&w, v->bundle.roster->gateway, KEY_ID_LEN);
	bufw_u16(&w, v->desk->number);
	bufw_u32(&w, epoch);
	bufw_bytes(&w, pk, KEY_SEAL_PUBLIC_LEN);
}

static const struct home_subkey *
own_subkey(const struct home_keys *k, const struct trust *v, uint32_t epoch)
{
	for (size_t i = 0; i < k->subkey_cnt; i++)
		if (memcmp(k->subkey[i].gateway, v->bundle.roster->gateway, KEY_ID_LEN) == 0 &&
		    k->subkey[i].desk == v->desk->number && k->subkey[i].epoch == epoch)
			return &k->subkey[i];
	return NULL;
}

int
epoch_part_offer(struct session *ses, const struct trust *v, uint32_t epoch)
{
	struct home_subkey fresh = { .desk = v->desk->number, .epoch = epoch };
	uint8_t said[SAID_LEN];
	const struct home_keys *k;
	struct xwing_public pk;
	struct epoch_part *p = calloc(1, sizeof(*p));
	int err = home_keys(ses, &k);

	if (err || !p)
		goto out;
	if (!own_subkey(k, v, epoch)) {
		memcpy(fresh.gateway, v->bundle.roster->gateway, KEY_ID_LEN);
		xwing_keypair(&pk, &fresh.secret);
		/* kept before it is offered: if the secret were lost afterwards, this member could
		 * not open the epoch secret that is sealed to it */
		err = home_add_subkey(ses, &fresh);
		sodium_memzero(&fresh, sizeof(fresh));
		if (err)
			goto out;
	}
	xwing_public_of(&pk, &own_subkey(k, v, epoch)->secret);
	subkey_said(said, v, epoch, pk.b);
	p->epoch = epoch;
	p->len = SUBKEY_LEN;
	memcpy(p->bytes, pk.b, KEY_SEAL_PUBLIC_LEN);
	crypto_sign_detached(p->bytes + KEY_SEAL_PUBLIC_LEN, NULL, said, sizeof(said),
			     k->sign.bytes);
	err = epoch_part_put(ses, v, FRAME_KEY_SUBKEY, k->handle, p);
out:
	free(p);
	return err;
}

/* Fetches the subkey that a member offered; *found only where the member's signature is valid. */
static int
offered_key(struct session *ses, const struct trust *v, uint32_t epoch,
	    const struct roster_member *to, uint8_t pk[static KEY_SEAL_PUBLIC_LEN], bool *found)
{
	uint8_t said[SAID_LEN];
	struct epoch_part *p = malloc(sizeof(*p));
	int err;

	*found = false;
	if (!p)
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	err = epoch_part_get(ses, v, FRAME_KEY_SUBKEY, epoch, to->handle, p, found);
	if (!err && *found) {
		subkey_said(said, v, epoch, p->bytes);
		*found = p->len == SUBKEY_LEN &&
			 crypto_sign_verify_detached(p->bytes + KEY_SEAL_PUBLIC_LEN, said,
						     sizeof(said), to->sign) == 0;
		if (*found)
			memcpy(pk, p->bytes, KEY_SEAL_PUBLIC_LEN);
		else
			session_warn(
				ses,
				_("The subkey that the gateway gives for %s is not signed by that member."),
				session_s(ses, to->name));
	}
	free(p);
	return err;
}

int
epoch_part_give(struct session *ses, const struct trust *v, const struct home_epoch *e,
		const struct roster_member *to, bool *by_card)
{
	struct age_recipient who = { .kind = AGE_KIND_PQ };
	struct epoch_part *p = calloc(1, sizeof(*p));
	struct age_memory in = { .len = XWING_SECRET_LEN }, out = { .cap = FRAME_BODY_LEN };
	uint8_t secret[XWING_SECRET_LEN];
	bool found = false;
	int err;

	if (!p)
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	err = offered_key(ses, v, e->epoch, to, who.pk.xwing.b, &found);
	if (err)
		goto out;
	if (!found)
		memcpy(who.pk.xwing.b, to->seal, KEY_SEAL_PUBLIC_LEN);
	*by_card = !found;
	memcpy(secret, e->secret.seed, sizeof(secret));
	in.bytes = secret;
	out.bytes = p->bytes;
	err = age_stream_seal(&(struct age_sealing){ .to = &who, .to_cnt = 1 },
			      age_memory_source(&in), age_memory_sink(&out));
	sodium_memzero(secret, sizeof(secret));
	if (err) {
		err = session_fail_err(ses, err, _("The epoch key cannot be sealed to %s"),
				       session_s(ses, to->name));
		goto out;
	}
	p->epoch = e->epoch;
	p->len = out.len;
	err = epoch_part_put(ses, v, FRAME_KEY_SECRET, to->handle, p);
out:
	free(p);
	return err;
}

/* Opens a sealed epoch secret with this member's subkey for the epoch, or with the key of the
 * member's card. */
static int
open_secret(const struct home_keys *k, const struct home_subkey *sub, const struct epoch_part *p,
	    struct xwing_secret *out)
{
	struct age_identity id[2];
	uint8_t plain[2 * XWING_SECRET_LEN], *sealed = malloc(p->len ? p->len : 1);
	struct age_memory to = { .bytes = plain, .cap = sizeof(plain) };
	struct age_memory from = { .bytes = sealed, .len = p->len };
	size_t cnt = 0;

	if (!sealed)
		return ERR_MEM;
	memcpy(sealed, p->bytes, p->len);
	age_key_from_secret(&id[cnt++], AGE_KIND_PQ, k->seal.seed);
	if (sub)
		age_key_from_secret(&id[cnt++], AGE_KIND_PQ, sub->secret.seed);
	int err = age_stream_open(&(struct age_opener){ .ids = id, .id_cnt = cnt },
				  age_memory_source(&from), age_memory_sink(&to), NULL);
	if (!err && to.len != XWING_SECRET_LEN)
		err = ERR_FORMAT;
	if (!err)
		memcpy(out->seed, plain, XWING_SECRET_LEN);
	age_key_wipe(id, cnt);
	sodium_memzero(plain, sizeof(plain));
	free(sealed);
	return err;
}

int
epoch_part_voice(uint8_t pk[static KEY_SIGN_PUBLIC_LEN], const struct xwing_secret *secret)
{
	struct key_sign voice;
	int err = epoch_voice(&voice, secret->seed);

	if (!err)
		key_sign_public(pk, &voice);
	sodium_memzero(&voice, sizeof(voice));
	return err;
}

int
epoch_part_take(struct session *ses, const struct trust *v, const struct epoch *cert, bool *got,
		bool *damaged)
{
	struct home_epoch e = { .desk = cert->desk, .epoch = cert->number, .use = cert->use };
	struct epoch_part *p = malloc(sizeof(*p));
	uint8_t voice[KEY_SIGN_PUBLIC_LEN];
	const struct home_keys *k;
	int err = home_keys(ses, &k);

	*got = *damaged = false;
	if (err || !p)
		goto out;
	err = epoch_part_get(ses, v, FRAME_KEY_SECRET, cert->number, k->handle, p, got);
	if (err || !*got)
		goto out;
	memcpy(e.gateway, v->bundle.roster->gateway, KEY_ID_LEN);
	*damaged = open_secret(k, own_subkey(k, v, cert->number), p, &e.secret) != 0;
	if (!*damaged) {
		xwing_public_of(&e.pk, &e.secret);
		*damaged = memcmp(e.pk.b, cert->key, sizeof(cert->key)) != 0 ||
			   epoch_part_voice(voice, &e.secret) != 0 ||
			   memcmp(voice, cert->voice, sizeof(voice)) != 0;
	}
	*got = !*damaged;
	if (*got)
		err = home_add_epoch(ses, &e);
out:
	sodium_memzero(&e, sizeof(e));
	free(p);
	return err;
}

int
epoch_part_pending(struct session *ses, const struct trust *v, uint32_t newest, struct epoch *cert,
		   struct epoch_part *note, bool *found)
{
	const struct roster_member *lead = roster_member_by_key(v->members, v->desk->lead);
	int err = DAVY_OK;

	*found = false;
	if (lead)
		err = epoch_part_get(ses, v, FRAME_KEY_CERT, 0, lead->handle, note, found);
	if (err || !*found)
		return err;
	*found = epoch_verify(cert, note->bytes, note->len, v->bundle.roster, EPOCH_PENDING) == 0 &&
		 cert->desk == v->desk->number && cert->number > newest && cert->until > v->today;
	return DAVY_OK;
}
