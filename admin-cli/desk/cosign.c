/* Cosignatures of the public log; see cosign.h. */
#include "admin-cli/desk/cosign.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/mirror.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/desk/voice.h"
#include "admin-cli/net/net.h"
#include "crypto/cosigner.h"
#include "crypto/err.h"

static int
answer_read(struct session *ses, const struct net_answer *a, struct log_shown *out)
{
	struct buf b;

	buf_init(&b, a->body, sizeof(a->body));
	out->cnt = buf_u8(&b);
	buf_bytes(&b, out->path, sizeof(out->path), out->cnt * MERKLE_LEN);
	out->len = buf_u16(&b);
	buf_bytes(&b, out->note, sizeof(out->note), out->len);
	return b.bad ? session_fail(ses, DAVY_REFUSED, "protocol",
				    _("The gateway's answer does not parse."))
		     : DAVY_OK;
}

int
cosign_ask(struct session *ses, const struct note_key *key, uint64_t old, struct log_shown *out)
{
	struct net_request q = { .op = FRAME_CHECKPOINT,
				 .routing.number = (uint32_t)(old / TILE_WIDTH),
				 .what = _("The public log was not asked") };
	struct net_answer *a = malloc(sizeof(*a));
	int err = a ? net_exchange(ses, &q, a) : session_fail_err(ses, ERR_MEM, "%s", q.what);

	if (!err)
		err = answer_read(ses, a, out);
	if (!err)
		err = mirror_checkpoint(ses, key, _("What the gateway shows"), out->note, out->len,
					&out->c);
	free(a);
	return err;
}

int
cosign_bring(struct session *ses, const char *text, size_t text_len, const char *lines, size_t *cnt)
{
	uint8_t body[FRAME_BODY_LEN];
	struct net_request q = { .op = FRAME_COSIGN,
				 .body = body,
				 .what = _("The cosignatures were not brought to the gateway") };
	struct bufw w;

	bufw_init(&w, body, sizeof(body));
	bufw_bytes(&w, text, text_len);
	bufw_text(&w, "\n");
	bufw_text(&w, lines);
	int err = bufw_end(&w);
	struct net_answer *a = err ? NULL : malloc(sizeof(*a));
	if (!a)
		return session_fail_err(ses, err ? err : ERR_MEM, "%s", q.what);
	q.body_len = w.len;
	q.routing.length = (uint32_t)w.len;
	err = net_exchange(ses, &q, a);
	*cnt = err ? 0 : a->routing.count;
	free(a);
	return err;
}

/* Whether the note has a cosignature of that name and key. */
static bool
has(const struct note *n, const struct note_key *key)
{
	for (size_t i = 0; i < n->sig_cnt; i++)
		if (note_sig_claims(&n->sig[i], NOTE_COSIGNATURE, key))
			return true;
	return false;
}

/* A batch that was closed meanwhile is no failure: the next sync cosigns the new checkpoint. */
static int
bring_ours(struct session *ses, const struct note *n, const char *line, bool *done)
{
	size_t cnt;
	int err = cosign_bring(ses, n->text, n->text_len, line, &cnt);

	*done = !err;
	if (!err || strcmp(session_failure_name(ses), "behind") != 0)
		return err;
	session_forgive(ses);
	return DAVY_OK;
}

/* By our own clock: a time that the gateway says could make an old checkpoint look fresh one day.
 */
int
cosign_checkpoint(struct session *ses, const struct trust *v, const char *note, bool *done)
{
	char line[NOTE_SEEN_MAX];
	struct note_key as;
	struct key_sign voice;
	struct note n;
	struct bufw w;
	uint32_t epoch;
	uint64_t seen = (uint64_t)time(NULL) / COSIGN_BATCH_SECONDS * COSIGN_BATCH_SECONDS;
	bool have;
	int err = voice_key(ses, v->desk->number, v->today, &voice, &epoch, &have);

	*done = false;
	if (err || !have)
		return err;
	cosigner_desk_name(as.name, v->desk->number);
	key_sign_public(as.key, &voice);
	err = note_parse(&n, (const uint8_t *)note, strlen(note));
	bool mine = !err && !has(&n, &as);
	if (mine) {
		bufw_init(&w, line, sizeof(line) - 1);
		err = note_cosign(&w, n.text, n.text_len, seen, as.name, &voice);
		line[w.len] = '\0';
	}
	sodium_memzero(&voice, sizeof(voice));
	if (err)
		return session_fail_err(ses, err, "%s", _("The public log was not cosigned"));
	return mine ? bring_ours(ses, &n, line, done) : DAVY_OK;
}
