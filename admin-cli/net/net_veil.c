/* A frame through a relay that cannot open it (crypto/ohttp.h). Each sending is sealed anew, so
 * that a relay cannot tell a repeat. */
#include "admin-cli/net/net_inner.h"

#include <sodium.h>
#include <stdlib.h>

#include "admin-cli/base/session.h"

void
net_veil_drop(struct net_transfer *t)
{
	if (!t->veil)
		return;
	t->buf = t->veil->to;
	t->cap = FRAME_LEN;
	sodium_memzero(t->veil, sizeof(*t->veil));
	free(t->veil);
	t->veil = NULL;
}

int
net_veil_begin(struct session *ses, struct net_transfer *t, const uint8_t *frame)
{
	struct net_veil *v = t->veil = calloc(1, sizeof(*v));

	if (!v)
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	v->to = t->buf;
	t->buf = v->reply;
	t->cap = sizeof(v->reply);
	int err = ohttp_ask_seal(v->ask, &v->wait, ses->net->veil, frame);
	if (!err)
		return DAVY_OK;
	net_veil_drop(t);
	return session_fail_err(ses, err, "%s", _("The frame cannot be sealed to the veil's key"));
}

unsigned
net_veil_end(struct net_transfer *t)
{
	struct net_veil *v = t->veil;
	unsigned status = 0;
	int err = t->len == sizeof(v->reply) ? ohttp_reply_open(v->to, &status, &v->wait, v->reply)
					     : -1;

	net_veil_drop(t);
	t->len = FRAME_LEN;
	return err ? 0 : status;
}
