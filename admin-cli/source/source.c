/* A source's secrets, the choice of the desks for a tip, and her entries as frames (see source.h).
 */
#include "admin-cli/source/source.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>
#include <sys/stat.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/session.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/home/home.h"
#include "admin-cli/net/net.h"
#include "admin-cli/desk/expected.h"
#include "admin-cli/desk/sync.h"
#include "admin-cli/source/source_seed.h"
#include "crypto/err.h"
#include "crypto/leaf.h"
#include "crypto/secret.h"

/* Gets the roster and derives the source's keys from her receipt (FORMATS §11). */
static int
derive(struct session *ses, struct source *s)
{
	const struct home_gateway *g;
	int err = home_gateway(ses, &g);

	if (!err)
		err = trust_get(ses, true, &s->view);
	if (err == DAVY_AGAIN) { /* a tip can be sealed offline with the roster that is here */
		session_forgive(ses);
		err = trust_get(ses, false, &s->view);
	}
	if (err)
		return err;
	err = receipt_derive(&s->keys, &s->receipt, g->card.id);
	if (err)
		return session_fail_err(ses, err, "%s", _("The receipt cannot be used"));
	xwing_public_of(&s->pk, &s->keys.seal);
	s->rng = source_seed_rng();
	return 0;
}

/* Ends the making of a source: *s is freed where `err` or the derivation is a failure. */
static int
finish(struct session *ses, struct source *s, int err, struct source **out)
{
	if (!err)
		err = derive(ses, s);
	if (err)
		secret_free(s);
	else
		*out = s; /* transferred */
	return err;
}

/* Reads the receipt's digits from a file, or asks for them. */
static int
read_receipt(struct session *ses, const char *path, struct source *s)
{
	char typed[128] = "", *text = NULL;
	int err = path ? file_read_text(ses, path, sizeof(typed), &text)
		       : session_secret(ses, _("Your number (30 digits)"), typed, sizeof(typed));

	if (err)
		return err;
	err = receipt_parse(&s->receipt, text ? text : typed, strlen(text ? text : typed));
	if (text)
		sodium_memzero(text, strlen(text));
	free(text);
	sodium_memzero(typed, sizeof(typed));
	if (err)
		return session_fail(
			ses, DAVY_REFUSED, "receipt",
			_("This is not a valid number: one or more of its 30 digits are wrong. Check each digit."));
	return 0;
}

int
source_new(struct session *ses, struct source **out)
{
	struct source *s = secret_alloc(sizeof(*s));

	*out = NULL;
	if (!s)
		return session_fail_err(ses, ERR_MEM, "%s", _("No receipt"));
	source_seed_receipt(&s->receipt);
	return finish(ses, s, 0, out);
}

int
source_return(struct session *ses, const char *path, struct source **out)
{
	struct source *s = secret_alloc(sizeof(*s));

	*out = NULL;
	if (!s)
		return session_fail_err(ses, ERR_MEM, "%s", _("No receipt"));
	return finish(ses, s, read_receipt(ses, path, s), out);
}

void
source_free(struct source *s)
{
	secret_free(s);
}

/* The list of desks that counts for a source, as on the page: one that the log has, or the one
 * before it; NULL where neither is good. */
static const struct bundle *
list_of(const struct source *s)
{
	const struct bundle *b = bundle_sealing(&s->view->bundle);

	return b && roster_current(b->roster, s->view->today) == 0 ? b : NULL;
}

static int
may_seal(struct session *ses, const struct source *s)
{
	int err = trust_may_seal(ses, s->view);

	if (err || list_of(s))
		return err;
	return session_fail(
		ses, DAVY_AGAIN, "unlogged",
		_("The gateway does not show that roster %u is in the public log, so nothing was sealed: it may "
		  "be shown to you alone. Try again in some hours, over another network."),
		s->view->bundle.roster->version);
}

/* Chooses desks (FORMATS §8) and turns the error into a sentence. */
static int
choose(struct session *ses, const struct source *s, const struct choose_input *asked,
       const struct source_exclude *exclude, struct choose_set *out)
{
	struct choose_input in = *asked;
	int err;

	in.bundle = list_of(s);
	in.day = s->view->today;
	in.use = EPOCH_ONLINE;
	in.excluded = exclude->desk;
	in.excluded_cnt = exclude->cnt;
	err = may_seal(ses, s);
	if (err)
		return err;
	err = choose_desks(out, &in);
	if (err == ERR_STALE)
		return session_fail(
			ses, DAVY_REFUSED, "no-key",
			_("Desk %u must be able to open this and has no current key, so nothing was sealed. Its lead "
			  "runs davy desk rotate; or the gateway holds the key's certificate back."),
			out->missing);
	if (err == ERR_NOT_FOUND)
		return session_fail(ses, DAVY_REFUSED, "no-desk", _("No desk can take this tip."));
	if (err == ERR_DENIED)
		return session_fail(ses, DAVY_REFUSED, "no-desk",
				    _("Only desks of one office are left; nothing was sealed."));
	return err ? session_fail_err(ses, err, "%s", _("The desks cannot be chosen")) : 0;
}

int
source_choose(struct session *ses, const struct source *s, const json_t *body,
	      const struct source_exclude *exclude, struct choose_set *out)
{
	struct choose_input in = { 0 };

	expected_ask(&in, body);
	return choose(ses, s, &in, exclude, out);
}

/* A choice of that desk alone, if it pays rewards and has a key: what is said to it is for nobody
 * else. */
static bool
alone(const struct source *s, const struct roster_desk *d, struct choose_set *out)
{
	memset(out, 0, sizeof(*out));
	if (!d || d->kind != ROSTER_REWARD || !list_of(s))
		return false;
	out->desk[0] = d->number;
	out->key[0] = bundle_key(list_of(s), d->number, EPOCH_ONLINE, s->view->today);
	return out->key[0] != NULL;
}

bool
source_payer(const struct source *s, struct choose_set *out)
{
	const struct bundle *b = list_of(s);
	const struct roster *r = b ? b->roster : NULL;

	for (size_t i = 0; r && i < r->desk_cnt; i++)
		if (alone(s, &r->desk[i], out))
			return true;
	return false;
}

int
source_choose_again(struct session *ses, const struct source *s, uint16_t receiving,
		    const struct source_exclude *exclude, struct choose_set *out)
{
	struct choose_input in = { .county = "", .named_level = -1, .receiving = receiving };

	int err = may_seal(ses, s);

	if (err || alone(s, roster_find(list_of(s)->roster, receiving), out))
		return err;
	return choose(ses, s, &in, exclude, out);
}

static int
append_frame(struct source_frames *f, const uint8_t *frame, size_t at)
{
	uint8_t *more = reallocarray(f->frame, f->cnt + 1, FRAME_LEN);

	if (!more)
		return ERR_MEM;
	f->frame = more;
	memmove(more + (at + 1) * FRAME_LEN, more + at * FRAME_LEN, (f->cnt - at) * FRAME_LEN);
	memcpy(more + at * FRAME_LEN, frame, FRAME_LEN);
	f->cnt++;
	return 0;
}

/* Builds and signs one frame of the source and puts it into the frames at index `at`. */
static int
add_frame(struct session *ses, const struct source *s, struct net_request *q, size_t at,
	  struct source_frames *frames)
{
	uint8_t *frame = malloc(FRAME_LEN), nonce_end[LEAF_NONCE_LEN];
	int err;

	if (!frame)
		return session_fail_err(ses, ERR_MEM, "%s", _("The frame cannot be made"));
	memcpy(q->routing.id, s->keys.case_id, sizeof(q->routing.id));
	leaf_nonce(nonce_end, &s->keys.mark, q->routing.number);
	q->nonce_end = q->op == FRAME_CHUNK ? NULL : nonce_end;
	q->key = &s->keys.sign;
	err = net_frame(ses, q, frame);
	if (!err && append_frame(frames, frame, at))
		err = session_fail_err(ses, ERR_MEM, "%s", _("The frame cannot be made"));
	free(frame);
	return err;
}

/* What stands before the JSON of an entry that opens her log: her key, and in a tip the blob for
 * the desk that pays, whether she wants a reward or not. */
static int
put_binary(struct session *ses, const struct source *s, struct entry *e,
	   uint8_t binary[static REWARD_BINARY_LEN])
{
	struct reward_seal how = { .rng = s->rng };
	const struct home_gateway *g;
	struct choose_set payer;
	int err = home_gateway(ses, &g);

	if (err || !entry_opens(e->type))
		return err;
	e->binary = binary;
	e->binary_len = sizeof(s->pk.b);
	memcpy(binary, s->pk.b, sizeof(s->pk.b));
	if (e->type != ENTRY_TIP)
		return 0;
	if (!source_payer(s, &payer))
		return *s->reward.digits ? session_fail(ses, DAVY_REFUSED, "no-reward",
							_("No desk of this gateway pays rewards."))
					 : 0;
	e->binary_len = REWARD_BINARY_LEN;
	how.pk = payer.key[0]->key;
	how.gateway = g->card.id;
	err = reward_seal(binary + sizeof(s->pk.b), *s->reward.digits ? &s->reward : NULL, &how);
	return err ? session_fail_err(ses, err, "%s", _("The tip cannot be sealed")) : 0;
}

int
source_entry(struct session *ses, const struct source *s, const struct seal_set *set,
	     const struct source_entry *in, struct source_frames *frames)
{
	struct net_request q = { .op = entry_opens(in->type) ? FRAME_OPEN : FRAME_APPEND,
				 .body_len = SEAL_LEN };
	struct entry e = { .type = in->type, .number = in->number };
	uint8_t *sealed = malloc(SEAL_LEN), binary[REWARD_BINARY_LEN];
	const struct home_gateway *g;
	char why[SCHEMA_WHY_CAP], *json = NULL;
	int err = home_gateway(ses, &g);

	if (err || !sealed) {
		free(sealed);
		return err ? err
			   : session_fail_err(ses, ERR_MEM, "%s", _("The tip cannot be sealed"));
	}
	if (entry_opens(in->type)) {
		q.routing.desk = in->desk;
		q.routing.ladder = in->urgent ? FRAME_URGENT : FRAME_ORDINARY;
	} else {
		q.routing.number = in->number;
	}
	memcpy(e.gateway, g->card.id, sizeof(e.gateway));
	memcpy(e.id, s->keys.case_id, sizeof(e.id));
	memcpy(e.roster, list_of(s)->hash, sizeof(e.roster));
	if (in->prev)
		memcpy(e.prev, in->prev, sizeof(e.prev));
	if (in->seen)
		memcpy(e.seen, in->seen, sizeof(e.seen));
	err = put_binary(ses, s, &e, binary);
	if (err)
		goto out;
	if (schema_print(&json, &e.json_len, in->type, in->body, ENTRY_ROOM - e.binary_len, why)) {
		err = session_fail(ses, DAVY_REFUSED, "body", _("This cannot be sent: %s."), why);
		goto out;
	}
	e.json = json;
	err = seal_opened(NULL, q.routing.proof, s->pk.b, e.id);
	if (!err)
		err = seal_entry(sealed, &e,
				 &(struct seal_entry){
					 .set = set, .key = &s->keys.sign, .rng = s->rng });
	q.body = sealed;
	err = err ? session_fail_err(ses, err, "%s", _("The tip cannot be sealed"))
		  : add_frame(ses, s, &q, 0, frames);
out:
	if (json)
		sodium_memzero(json, e.json_len);
	free(json);
	free(sealed);
	return err;
}

int
source_part(struct session *ses, const struct source *s, const struct source_slice *slice,
	    struct source_frames *frames)
{
	struct net_request q = { .op = FRAME_CHUNK, .body = slice->bytes, .body_len = slice->len };

	q.routing.attach = slice->attach;
	q.routing.part = slice->part;
	q.routing.parts = slice->parts;
	return add_frame(ses, s, &q, frames->cnt, frames);
}
