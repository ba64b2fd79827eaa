/* The desk's keys in a sync: fetches the epoch secrets that this member lacks and offers the
 * member's subkey for the next epoch (see sync_state.h). */
#include "admin-cli/desk/sync_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/home/home.h"
#include "admin-cli/desk/epoch_part.h"
#include "crypto/err.h"

#define END_DAYS 14

static bool
have_secret(struct session *ses, const struct home_keys *k, const struct epoch *cert)
{
	const struct home_epoch *e;

	for (size_t i = 0; (e = home_epoch_next(ses, k, cert->desk, &i));)
		if (memcmp(e->pk.b, cert->key, sizeof(cert->key)) == 0)
			return true;
	return false;
}

static int
take_secrets(struct session *ses, const struct trust *v, struct sync_result *count)
{
	const struct home_keys *k;
	int err = home_keys(ses, &k);

	for (size_t i = 0; !err && i < v->bundle.epoch_cnt; i++) {
		const struct epoch *cert = &v->bundle.epoch[i];
		bool got, damaged;
		if (cert->desk != v->desk->number || have_secret(ses, k, cert))
			continue;
		err = epoch_part_take(ses, v, cert, &got, &damaged);
		count->keys += got;
		if (!err && damaged)
			session_warn(
				ses,
				_("Your copy of epoch key %u does not belong to its certificate, so you cannot open "
				  "what is sealed to it. Tell your lead, who makes the next key: davy desk rotate."),
				cert->number);
		else if (!err && !got)
			session_warn(
				ses,
				_("Nobody has sealed epoch key %u to you yet. Ask your lead to run davy desk admit."),
				cert->number);
	}
	return err;
}

/* Offers a subkey once for each epoch: a record in the workspace notes that it was offered. */
static int
offer_next(struct session *ses, const struct trust *v, uint32_t epoch)
{
	char key[40];
	uint8_t *val;
	size_t len;

	snprintf(key, sizeof(key), "offer %u %u", v->desk->number, epoch);
	int err = workspace_open(ses);
	if (err)
		return err;
	if (workspace_get(ses->workspace, WORKSPACE_META, key, strlen(key), &val, &len) == 0) {
		workspace_free(val, len);
		return DAVY_OK;
	}
	err = epoch_part_offer(ses, v, epoch);
	if (!err &&
	    (err = workspace_put(ses->workspace, WORKSPACE_META, key, strlen(key), "", 0)) != 0)
		err = session_fail_err(ses, err, "%s", _("The workspace cannot be written"));
	return err;
}

/* Tells the lead in time that the desk's key ends. */
static void
warn_end(struct session *ses, const struct trust *v)
{
	char date[TERM_DATE_CAP];
	uint32_t until = 0;

	for (size_t i = 0; i < v->bundle.epoch_cnt; i++) {
		const struct epoch *e = &v->bundle.epoch[i];
		if (e->desk == v->desk->number && e->use == EPOCH_ONLINE && e->until > until)
			until = e->until;
	}
	if (until > v->today && until - v->today <= END_DAYS)
		session_warn(ses, _("The key of your desk ends on %s: davy desk rotate."),
			     term_date(date, until));
}

int
sync_keys(struct session *ses, const struct trust *v, struct sync_result *count)
{
	struct epoch_part *note = malloc(sizeof(*note));
	struct epoch cert;
	bool waits = false;
	uint32_t newest = 0, next;
	int err = note ? take_secrets(ses, v, count)
		       : session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));

	if (!err)
		err = epoch_part_newest(ses, v, &newest);
	if (!err)
		err = epoch_part_pending(ses, v, newest, &cert, note, &waits);
	if (!err && waits && memcmp(v->desk->lead, v->me->sign, sizeof(v->me->sign)) != 0)
		session_warn(
			ses,
			_("Epoch key %u of your desk waits for a second signature: davy desk rotate "
			  "--confirm."),
			cert.number);
	if (!err && !waits && memcmp(v->desk->lead, v->me->sign, sizeof(v->me->sign)) == 0)
		warn_end(ses, v);
	next = (waits ? cert.number : newest) + 1;
	if (next > newest + EPOCH_PART_AHEAD)
		next = newest + EPOCH_PART_AHEAD;
	if (!err)
		err = offer_next(ses, v, next);
	free(note);
	return err;
}
