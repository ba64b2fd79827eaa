/* What each status of a gateway means in words: one table for every command (see net.h). */
#include "admin-cli/net/net.h"

#include "admin-cli/base/session.h"

static const struct {
	uint8_t status;
	enum davy_exit code;
	const char *name, *text;
} statuses[] = {
	{ FRAME_BAD, DAVY_REFUSED, "bad",
	  N_("the gateway refuses the request as malformed; davy and gateway may differ in version") },
	{ FRAME_NOT_FOUND, DAVY_REFUSED, "not-found",
	  N_("the gateway does not have it, or does not show it to you") },
	{ FRAME_STALE, DAVY_AGAIN, "stale", N_("the gateway's clock has moved; run this again") },
	{ FRAME_BEHIND, DAVY_AGAIN, "behind",
	  N_("somebody else wrote first; run davy sync, read it, and do this again") },
	{ FRAME_BUSY, DAVY_AGAIN, "busy", N_("the gateway is busy; try again later") },
	{ FRAME_FULL, DAVY_REFUSED, "full",
	  N_("there is no room: the case or the gateway's store is full; tell the registrar") },
};

int
net_refusal(struct session *ses, const char *what, uint8_t status)
{
	if (!what)
		what = _("It was not done");
	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
		if (statuses[i].status == status)
			return session_fail(ses, statuses[i].code, statuses[i].name, "%s: %s.",
					    what, gettext(statuses[i].text));
	return session_fail(
		ses, DAVY_REFUSED, "protocol",
		_("%s: the gateway answers with a status that this davy does not know."), what);
}
