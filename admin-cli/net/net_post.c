/* A question to a server that is no gateway: a witness of the public log (see net.h). */
#include "admin-cli/net/net.h"

#include <curl/curl.h>
#include <string.h>

#include "admin-cli/base/session.h"

#define CONNECT_S 10L
#define ANSWER_S  30L

static size_t
take(char *data, size_t size, size_t cnt, void *arg)
{
	struct net_reply *r = arg;
	size_t n = size * cnt;

	if (n >= sizeof(r->body) - r->len)
		return CURL_WRITEFUNC_ERROR;
	memcpy(r->body + r->len, data, n);
	r->len += n;
	r->body[r->len] = '\0';
	return n;
}

int
net_post(struct session *ses, const char *url, const void *text, size_t len, struct net_reply *out)
{
	CURL *c = curl_easy_init();
	struct curl_slist *head = curl_slist_append(NULL, "Content-Type: text/plain");

	memset(out, 0, sizeof(*out));
	if (!c || !head) {
		curl_easy_cleanup(c);
		curl_slist_free_all(head);
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	}
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, ANSWER_S);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, head);
	curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)len);
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, text);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, out);
	CURLcode code = curl_easy_perform(c);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &out->status);
	curl_slist_free_all(head);
	curl_easy_cleanup(c);
	return code == CURLE_OK
		       ? DAVY_OK
		       : session_fail(ses, DAVY_AGAIN, "network", _("%s does not answer: %s."),
				      session_s(ses, url), curl_easy_strerror(code));
}
