/* Sends a source's frames and fetches the replies to her (see source.h). */
#include "admin-cli/source/source.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sodium.h>
#include <unistd.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/session.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/home/home.h"
#include "admin-cli/net/net.h"
#include "admin-cli/desk/sync.h"
#include "crypto/err.h"

#define FRAMES_MAX ((size_t)2048 * FRAME_LEN)

int
source_unsent(struct session *ses, const char **path)
{
	return home_gateway_path(ses, "unsent.dvy", path);
}

int
source_frames_load(struct session *ses, const char *path, struct source_frames *out)
{
	size_t len;
	int err = file_read(ses, path, FRAMES_MAX, &out->frame, &len);

	if (err)
		return err;
	out->cnt = len / FRAME_LEN;
	if (!len || len % FRAME_LEN) {
		source_frames_free(out);
		return session_fail(
			ses, DAVY_REFUSED, "format",
			_("%s does not hold whole frames: its length is not a multiple of 16384 bytes."),
			session_s(ses, path));
	}
	return 0;
}

int
source_frames_save(struct session *ses, const char *path, const struct source_frames *frames)
{
	return file_write(ses, path, 0600, frames->frame, frames->cnt * FRAME_LEN);
}

int
source_frames_send(struct session *ses, struct source_frames *frames, size_t *done)
{
	struct net_answer *a = malloc(sizeof(*a));
	int err = 0;

	if (!a)
		return session_fail_err(ses, ERR_MEM, "%s", _("Nothing was sent"));
	for (; !err && *done < frames->cnt; *done += !err) {
		err = net_carry(ses, frames->frame + *done * FRAME_LEN, a);
		if (!err && a->status != FRAME_OK)
			err = net_refusal(ses, _("The frame was not sent"), a->status);
	}
	free(a);
	return err;
}

void
source_frames_free(struct source_frames *frames)
{
	free(frames->frame);
	frames->frame = NULL;
	frames->cnt = 0;
}

/* Opens one entry with her key, checks it and reads its body. Only somebody who has opened her tip
 * knows her public key, so an entry that opens comes from one of her desks. */
static int
read_reply(const struct source *s, const struct net_answer *a, struct source_thread *t,
	   const struct open_key *key, const uint8_t gateway[16])
{
	uint8_t *plain = malloc(ENTRY_LEN);
	char why[SCHEMA_WHY_CAP];
	struct open_result result;
	struct entry e;
	json_t *body = NULL;
	int err = plain ? open_sealed(plain, &result, a->body, key, 0) : ERR_MEM;

	if (!err)
		err = entry_parse(&e, plain);
	if (!err && (memcmp(e.gateway, gateway, sizeof(e.gateway)) ||
		     memcmp(e.id, s->keys.case_id, sizeof(e.id)) || e.type != ENTRY_REPLY))
		err = ERR_FORMAT;
	if (!err)
		err = schema_parse(&body, ENTRY_REPLY, e.json, e.json_len, why);
	if (!err && (schema_is(body, "dummy") || t->cnt == 64)) {
		json_decref(body);
	} else if (!err) {
		t->reply[t->cnt] = body;
		t->number[t->cnt] = a->routing.number;
		t->day[t->cnt++] = a->routing.hour / 24;
	}
	sodium_memzero(&result, sizeof(result));
	if (plain)
		sodium_memzero(plain, ENTRY_LEN);
	free(plain);
	return err == ERR_STALE ? 0 : err;
}

static void
note_answer(struct source_thread *t, const uint8_t *opened, const struct net_answer *a)
{
	t->count = a->routing.count;
	t->source_cnt = a->routing.source_cnt;
	t->desk = a->routing.desk;
	memcpy(t->own, a->routing.hash, sizeof(t->own));
	memcpy(t->newest, a->routing.proof, sizeof(t->newest));
	/* Whoever sent the first bytes of t has opened the tip; the gateway cannot make them. */
	t->acknowledged = !memcmp(a->routing.cursor, opened, sizeof(a->routing.cursor));
	t->closed = a->routing.flags & FRAME_P_CLOSED;
	t->removed = a->routing.flags & FRAME_P_REMOVED;
}

int
source_poll(struct session *ses, const struct source *s, struct source_thread *t)
{
	struct net_request q = {
		.op = FRAME_POLL, .key = &s->keys.sign, .keep_status = true, .what = _("No answer")
	};
	struct net_answer *a = malloc(sizeof(*a));
	struct open_key *key = open_key_new(&s->keys.seal);
	const struct home_gateway *g;
	uint8_t opened[SEAL_PROOF_LEN];
	int err = home_gateway(ses, &g), bad = 0, tries;

	memset(t, 0, sizeof(*t));
	if (!err && seal_opened(opened, NULL, s->pk.b, s->keys.case_id))
		err = session_fail_err(ses, ERR_INTERNAL, "%s", _("No answer"));
	memcpy(q.routing.id, s->keys.case_id, sizeof(q.routing.id));
	if (!err && (!a || !key))
		err = session_fail_err(ses, ERR_MEM, "%s", _("No answer"));
	for (tries = 0; !err && tries < 200; tries++) {
		err = net_exchange(ses, &q, a);
		if (err)
			break;
		if (a->status == FRAME_NOT_FOUND)
			err = session_fail(ses, DAVY_REFUSED, "not-found",
					   _("The gateway knows no tip with this number."));
		else if (a->status != FRAME_OK)
			err = net_refusal(ses, q.what, a->status);
		if (err)
			break;
		note_answer(t, opened, a);
		if (a->routing.number >= a->routing.count)
			break;
		bad += read_reply(s, a, t, key, g->card.id) != 0;
		q.routing.number = a->routing.number + 1;
	}
	if (bad)
		session_warn(ses,
			     ngettext("%d entry that is not a reply to you was left out.",
				      "%d entries that are not replies to you were left out.",
				      (unsigned long)bad),
			     bad);
	open_key_free(key);
	free(a);
	return err;
}

void
source_thread_free(struct source_thread *t)
{
	size_t i;

	for (i = 0; i < t->cnt; i++)
		json_decref(t->reply[i]);
	t->cnt = 0;
}

const char *
source_status(const struct source_thread *t)
{
	if (t->cnt)
		return schema_text(t->reply[t->cnt - 1], "status");
	return t->acknowledged ? "2" : "1";
}
