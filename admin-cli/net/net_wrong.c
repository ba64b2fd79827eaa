/* What went wrong with an HTTP request, in words for the person (see net_inner.h). What a gateway
 * itself refuses is in net_refusal.c. */
#include "admin-cli/net/net_inner.h"

#include <string.h>

#include "admin-cli/base/session.h"

/* Nothing listens at the other end. libcurl would name the host and port that it was given for a
 * Unix socket, which the person has never seen; the path tells where to look. */
static int
unreachable(struct session *ses, CURL *c, CURLcode code, const char *why)
{
	const struct net *n = ses->net;
	long e = 0;

	curl_easy_getinfo(c, CURLINFO_OS_ERRNO, &e);
	if (n->veil)
		return session_fail(
			ses, DAVY_AGAIN, "network",
			_("The relay before the gateway's veil does not answer: %s. Try again, or see davy "
			  "doctor."),
			why);
	if (!n->socket || code != CURLE_COULDNT_CONNECT)
		return session_fail(
			ses, DAVY_AGAIN, "network",
			_("The gateway does not answer: %s. Try again, or see davy doctor."), why);
	return session_fail(
		ses, DAVY_AGAIN, "network",
		_("The gateway does not answer on the Unix socket %s: %s. davyd may not be running: start it and "
		  "try again, or see davy doctor."),
		session_s(ses, n->socket), e ? strerror((int)e) : why);
}

int
net_failed(struct session *ses, const struct net_transfer *t)
{
	CURLcode code = t->code;
	const char *why = session_s(ses, *t->error ? t->error : curl_easy_strerror(code));

	if (t->over)
		return session_fail(
			ses, DAVY_REFUSED, "protocol",
			_("The answer is too long for a gateway; is this the address of a gateway?"));
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		return session_fail(
			ses, DAVY_REFUSED, "tls",
			_("The gateway's certificate is not trusted: %s. Connect with --cacert FILE if it "
			  "has an authority of its own."),
			why);
	case CURLE_SSL_CONNECT_ERROR:
		return session_fail(
			ses, DAVY_AGAIN, "tls",
			_("No secure connection (TLS 1.2 or newer) could be made: %s. Nothing was sent. Try "
			  "again; if it fails again, somebody may intercept it, or the address is wrong."),
			why);
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_BAD_CONTENT_ENCODING:
		return session_fail(
			ses, DAVY_REFUSED, "protocol",
			_("The answer is not a gateway's: %s. Check the address with davy gateway list."),
			why);
	default:
		return unreachable(ses, t->curl, code, why);
	}
}

int
net_wrong_status(struct session *ses, const char *path, long status)
{
	if (status == 503 || status == 429)
		return session_fail(ses, DAVY_AGAIN, "busy",
				    _("The gateway is busy; try again later."));
	if (status == 404 && strcmp(path, "/roster") == 0)
		return session_fail(
			ses, DAVY_REFUSED, "no-roster",
			_("This gateway has no roster yet (HTTP 404): the registrar publishes the first one "
			  "with davy roster publish. If that was done, the address is wrong; see davy "
			  "gateway list."));
	return session_fail(
		ses, DAVY_REFUSED, "protocol",
		_("The answer is HTTP %ld and not a gateway's; check the address with davy gateway list."),
		status);
}

int
net_wrong_relay(struct session *ses, long status)
{
	if (status == 400)
		return session_fail(
			ses, DAVY_REFUSED, "veil",
			_("The gateway's veil cannot open what is sealed to the key that this home has: it may "
			  "have a new one. Ask for the new card of the veil, and connect again with davy gateway "
			  "connect --veil FILE."));
	if (status == 404 || status == 405 || status == 411 || status == 413)
		return session_fail(
			ses, DAVY_REFUSED, "protocol",
			_("The answer is HTTP %ld and not a relay's; check the address with davy gateway list."),
			status);
	return session_fail(ses, DAVY_AGAIN, "network",
			    _("The relay does not reach the gateway (HTTP %ld); try again later."),
			    status);
}

int
net_wrong_veil(struct session *ses)
{
	return session_fail(
		ses, DAVY_REFUSED, "forged",
		_("The answer is not sealed by the gateway's veil: somebody else answers at the relay's address. "
		  "The answer was discarded."));
}
