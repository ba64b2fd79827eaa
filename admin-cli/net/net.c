/* The exchange over libcurl: addresses, limits, repetition, verification (see net.h). */
#include "admin-cli/net/net_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "admin-cli/base/session.h"
#include "admin-cli/home/home.h"
#include "crypto/err.h"
#include "crypto/leaf.h"

#define BUSY_FIRST_MS 100u
#define BUSY_MOST_MS  1600u
#define PAUSE_PART_MS 1000u /* so often a pause asks whether to stop */
#define CONNECT_S     20L
#define FETCH_S       120L
/* A peer that sends fewer bytes a second than this, for so many seconds, is given up: otherwise one
 * byte a second would hold the exchange until its limit. */
#define DRIP_BYTES 64L
#define DRIP_S     30L
#define HEAD_MAX   65536
#define VEIL_PATH  "/veil"

/* Headers are ignored; too many of them end the exchange. */
static size_t
take_head(char *data, size_t size, size_t cnt, void *arg)
{
	struct net_transfer *s = arg;

	(void)data;
	s->head += size * cnt;
	s->over |= s->head > HEAD_MAX;
	return s->over ? 0 : size * cnt;
}

static size_t
take(char *data, size_t size, size_t cnt, void *arg)
{
	struct net_transfer *s = arg;
	size_t n = size * cnt;

	if (n > s->cap - s->len) {
		s->over = true;
		return CURL_WRITEFUNC_ERROR;
	}
	if (s->grow) {
		uint8_t *more = realloc(s->buf, s->len + n + 1);
		if (!more)
			return CURL_WRITEFUNC_ERROR;
		s->buf = more;
	}
	memcpy(s->buf + s->len, data, n);
	s->len += n;
	return n;
}

static int
set_address(struct session *ses, struct net *n, const struct home_gateway *g)
{
	CURL *c = n->curl;

	if (strncmp(g->url, "unix:", 5) == 0) {
		n->socket = g->url + 5;
		curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, n->socket);
		curl_easy_setopt(c, CURLOPT_PROXY, "");
		n->base = strdup("http://davy");
		return n->base ? DAVY_OK : ERR_MEM;
	}
	n->base = strdup(g->url);
	if (!n->base)
		return ERR_MEM;
	for (size_t len = strlen(n->base); len && n->base[len - 1] == '/';)
		n->base[--len] = '\0';
	/* "" switches the environment's proxy off: only the home's conf says where a frame goes */
	curl_easy_setopt(c, CURLOPT_PROXY, g->proxy ? g->proxy : "");
	curl_easy_setopt(c, CURLOPT_NOPROXY, "");
	if (g->cacert) {
		if (access(g->cacert, R_OK) != 0)
			return session_fail(ses, DAVY_REFUSED, "not-found",
					    _("The certificate file %s cannot be read: %s."),
					    session_s(ses, g->cacert), strerror(errno));
		curl_easy_setopt(c, CURLOPT_CAINFO, g->cacert);
	}
	return DAVY_OK;
}

int
net_open(struct session *ses)
{
	const struct home_gateway *g;
	int err;

	if (ses->net)
		return DAVY_OK;
	err = home_gateway(ses, &g);
	if (err)
		return err;
	struct net *n = calloc(1, sizeof(*n));
	if (!n || !(n->curl = curl_easy_init()) || !(n->multi = curl_multi_init())) {
		if (n)
			curl_easy_cleanup(n->curl);
		free(n);
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	}
	ses->net = n;
	n->veil = g->veil;
	curl_easy_setopt(n->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(n->curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(n->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(n->curl, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
	curl_easy_setopt(n->curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(n->curl, CURLOPT_HEADERFUNCTION, take_head);
	curl_easy_setopt(n->curl, CURLOPT_LOW_SPEED_LIMIT, DRIP_BYTES);
	curl_easy_setopt(n->curl, CURLOPT_LOW_SPEED_TIME, DRIP_S);
	/* by default libcurl would accept TLS 1.0 from a peer that offers no better */
	curl_easy_setopt(n->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(n->curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	/* the request must not tell which program sends it */
	curl_easy_setopt(n->curl, CURLOPT_USERAGENT, NULL);
	curl_easy_setopt(n->curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	return set_address(ses, n, g);
}

void
net_close(struct session *ses)
{
	if (!ses->net)
		return;
	net_flow_close(ses->net);
	curl_easy_cleanup(ses->net->curl);
	curl_multi_cleanup(ses->net->multi);
	curl_slist_free_all(ses->net->head);
	free(ses->net->base);
	free(ses->net);
	ses->net = NULL;
}

uint64_t
net_minute(const struct session *ses)
{
	return ses->net ? ses->net->minute : 0;
}

/* Sets a handle up for one HTTP request: POST of `len` bytes where `post` is not NULL, else GET. */
static void
set_request(struct net *n, struct net_transfer *t, const char *path, const uint8_t *post,
	    size_t len)
{
	char url[2048];
	CURL *c = t->curl;

	snprintf(url, sizeof(url), "%s%s", n->base, path);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, n->head);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, post ? EXCHANGE_S : FETCH_S);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->error);
	curl_easy_setopt(c, CURLOPT_PRIVATE, t);
	/* the roster comes as gzip alone, an answer never does */
	curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, post ? NULL : "gzip");
	if (post) {
		curl_easy_setopt(c, CURLOPT_POST, 1L);
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)len);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, post);
	} else {
		curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
	}
	t->error[0] = '\0';
	t->len = t->head = 0;
	t->over = t->done = false;
}

int
net_transfer_begin(struct session *ses, struct net_transfer *t, const char *path,
		   const uint8_t *post)
{
	struct net *n = ses->net;

	/* no Expect and no Content-Type: the request looks like the page's */
	if (!n->head) {
		n->head = curl_slist_append(n->head, "Expect:");
		n->head = curl_slist_append(n->head, "Content-Type:");
		n->head = curl_slist_append(n->head, "Accept:");
	}
	bool veiled = post && n->veil;
	int err = veiled ? net_veil_begin(ses, t, post) : DAVY_OK;
	if (err)
		return err;
	if (veiled)
		set_request(n, t, VEIL_PATH, t->veil->ask, sizeof(t->veil->ask));
	else
		set_request(n, t, path, post, FRAME_LEN);
	if (!curl_multi_add_handle(n->multi, t->curl))
		return DAVY_OK;
	net_veil_drop(t);
	return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
}

int
net_stopped(struct session *ses)
{
	return session_stopped(ses) ? session_fail(ses, DAVY_AGAIN, "stopped",
						   _("Stopped while the gateway was waited for."))
				    : DAVY_OK;
}

/* Sleeps until a request moves, the person presses a key, or the time is over. */
static void
nap(struct session *ses, int most_ms)
{
	const struct session_face *f = ses->face;
	struct curl_waitfd key = { .fd = f ? f->stop_fd : -1, .events = CURL_WAIT_POLLIN };

	(void)curl_multi_poll(ses->net->multi, &key, f && f->stop, most_ms, NULL);
}

void
net_transfer_drop(struct session *ses, struct net_transfer *t)
{
	(void)curl_multi_remove_handle(ses->net->multi, t->curl);
	net_veil_drop(t);
}

void
net_transfer_run(struct session *ses, int most_ms)
{
	struct net *n = ses->net;
	CURLMsg *m;
	int left;

	(void)curl_multi_perform(n->multi, &left);
	while ((m = curl_multi_info_read(n->multi, &left)) != NULL) {
		struct net_transfer *t;
		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
		t->code = m->data.result;
		t->done = true;
		curl_multi_remove_handle(n->multi, m->easy_handle);
		most_ms = 0;
	}
	if (most_ms && !session_stopped(ses))
		nap(ses, most_ms < 1000 ? most_ms : 1000);
}

int
net_transfer_end(struct session *ses, struct net_transfer *t, const char *path)
{
	long status = 0;

	if (t->code != CURLE_OK) {
		net_veil_drop(t);
		return net_failed(ses, t);
	}
	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	if (t->veil && status != 200) {
		net_veil_drop(t);
		return net_wrong_relay(ses, status);
	}
	if (t->veil)
		status = net_veil_end(t);
	return status == 200 ? DAVY_OK
	       : status      ? net_wrong_status(ses, path, status)
			     : net_wrong_veil(ses);
}

/* One request, to its end. */
static int
transfer(struct session *ses, const char *path, const uint8_t *post, struct net_transfer *t)
{
	t->curl = ses->net->curl;
	int err = net_stopped(ses);

	if (!err)
		err = net_transfer_begin(ses, t, path, post);
	if (err)
		return err;
	while (!t->done) {
		net_transfer_run(ses, 1000);
		if (!t->done && (err = net_stopped(ses)) != 0) {
			net_transfer_drop(ses, t);
			return err;
		}
	}
	return net_transfer_end(ses, t, path);
}

/* Keeps the gateway's signed minute. Where it is an hour or more from this machine's clock it
 * warns, once, because davy cannot know which of the two is right. */
static int
take_minute(struct session *ses, uint64_t minute)
{
	struct net *n = ses->net;

	if (minute > UINT32_MAX) /* the year 10136 */
		return session_fail(ses, DAVY_REFUSED, "protocol",
				    _("The gateway's answer does not parse."));
	long hours = ((long)minute - (long)(time(NULL) / 60)) / 60;
	if ((hours > 1 || hours < -1) && !n->told) {
		session_warn(
			ses,
			_("The gateway's clock and this machine's differ by %ld hours: one of them is wrong, "
			  "and what is due is shown wrongly."),
			hours < 0 ? -hours : hours);
		n->told = true;
	}
	n->minute = minute;
	return DAVY_OK;
}

int
net_believe(struct session *ses, const uint8_t frame[static FRAME_LEN],
	    const uint8_t body_hash[static FRAME_HASH_LEN], const struct net_transfer *t,
	    struct frame_answer *out)
{
	const struct home_gateway *g;
	struct frame_digest digest;
	int err = home_gateway(ses, &g);

	if (err)
		return err;
	if (t->len != FRAME_LEN)
		return session_fail(
			ses, DAVY_REFUSED, "protocol",
			_("The answer is not a gateway's; check the address with davy gateway list."));
	memcpy(digest.body, body_hash, sizeof(digest.body));
	frame_digest_head(&digest, frame);
	err = frame_answer_open(out, t->buf, digest.r, g->key);
	if (err == ERR_AUTH)
		return session_fail(
			ses, DAVY_REFUSED, "forged",
			_("The answer is not signed by the gateway's key: somebody else answers at this "
			  "address. The answer was discarded. Run davy sync: if the roots have given the "
			  "gateway a new key, it says so. If not, compare the card with the registrar's."));
	if (err)
		return session_fail(ses, DAVY_REFUSED, "protocol",
				    _("The gateway's answer does not parse."));
	return take_minute(ses, out->minute);
}

/* Sends a frame once. The answer is believed only when the pinned key signed it for this frame. */
static int
send_frame(struct session *ses, const uint8_t frame[static FRAME_LEN],
	   const uint8_t body_hash[static FRAME_HASH_LEN], uint8_t buf[static FRAME_LEN],
	   struct frame_answer *out)
{
	struct net_transfer t = { .buf = buf, .cap = FRAME_LEN };
	int err = net_open(ses);

	if (!err)
		err = transfer(ses, "/x", frame, &t);
	return err ? err : net_believe(ses, frame, body_hash, &t, out);
}

int
net_build(struct session *ses, const struct net_request *q, uint64_t minute,
	  uint8_t frame[static FRAME_LEN], uint8_t *body_hash)
{
	const struct home_gateway *g;
	const struct home_keys *k = NULL;
	int err = home_gateway(ses, &g);

	if (!err && !q->key)
		err = home_keys(ses, &k);
	if (err)
		return err;
	struct frame_request f = {
		.op = q->op,
		.minute = minute,
		.routing = q->routing,
		.body = q->body,
		.body_len = q->body ? q->body_len : 0,
		.body_hash = body_hash,
	};
	/*
	 * The nonce is free while no puzzle is due. A member's is random, so that no two requests
	 * are alike and an old answer never fits a new request. A source's is as in the page, or
	 * else the gateway could tell who uses this tool: zeros, and nonce_end.
	 */
	if (!q->key)
		randombytes_buf(f.nonce, sizeof(f.nonce));
	if (q->nonce_end)
		memcpy(f.nonce + FRAME_NONCE_LEN - LEAF_NONCE_LEN, q->nonce_end, LEAF_NONCE_LEN);
	err = frame_request_build(frame, &f, g->card.id, q->key ? q->key : &k->sign);
	return err ? session_fail_err(ses, err, "%s",
				      q->what ? q->what : _("The frame cannot be made"))
		   : DAVY_OK;
}

int
net_frame(struct session *ses, const struct net_request *request, uint8_t frame[static FRAME_LEN])
{
	return net_build(ses, request, 0, frame, NULL);
}

void
net_copy(struct net_answer *to, const struct frame_answer *from)
{
	to->status = from->status;
	to->minute = from->minute;
	to->routing = from->routing;
	memset(to->body, 0, FRAME_BODY_LEN);
	if (from->body)
		memcpy(to->body, from->body,
		       from->body_len < FRAME_BODY_LEN ? from->body_len : FRAME_BODY_LEN);
}

uint32_t
net_busy_ms(int tries)
{
	return randombytes_uniform(tries < 4 ? BUSY_FIRST_MS << tries : BUSY_MOST_MS);
}

uint64_t
net_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

int
net_solve(struct session *ses, uint8_t frame[static FRAME_LEN], const struct frame_answer *a)
{
	randombytes_buf(frame + 8, FRAME_NONCE_LEN);
	int err = frame_puzzle_solve(frame, a->salt, a->difficulty);

	return err ? session_fail_err(ses, err, "%s", _("The gateway asks for too much work")) : 0;
}

/* Waits before the next try; ends early where the person says stop. No request is under way. */
static void
pause_ms(struct session *ses, uint32_t ms)
{
	const struct session_face *f = ses->face;
	struct pollfd key = { .fd = f ? f->stop_fd : -1, .events = POLLIN };
	nfds_t watch = f && f->stop;

	while (ms && !session_stopped(ses)) {
		uint32_t part = ms < PAUSE_PART_MS ? ms : PAUSE_PART_MS;
		struct timespec ts = { .tv_sec = part / 1000,
				       .tv_nsec = (long)(part % 1000) * 1000000 };
		/* another key is kept for later: it does not make the pause shorter */
		if (ppoll(&key, watch, &ts, NULL) > 0)
			watch = 0;
		else
			ms -= part;
	}
}

/*
 * A busy gateway asks for a puzzle's solution, and takes at random as many of the solved requests
 * as it can serve. So the same frame is solved and sent again after a pause, for BUSY_S seconds.
 * The first solution is sent without a pause: the first busy answer only told that a puzzle is due.
 */
static int
send_working(struct session *ses, uint8_t frame[static FRAME_LEN],
	     const uint8_t body_hash[static FRAME_HASH_LEN], uint8_t buf[static FRAME_LEN],
	     struct frame_answer *a)
{
	uint64_t until = net_now_ms() + BUSY_MS;

	for (int i = 0;; i++) {
		int err = send_frame(ses, frame, body_hash, buf, a);
		if (err || a->status != FRAME_BUSY || net_now_ms() >= until)
			return err;
		if (i || !a->difficulty)
			pause_ms(ses, net_busy_ms(i));
		err = net_solve(ses, frame, a);
		if (err)
			return err;
	}
}

int
net_exchange(struct session *ses, const struct net_request *request, struct net_answer *answer)
{
	const struct frame_op *op = frame_op_find(request->op);
	uint8_t *frame = malloc(2 * FRAME_LEN), body_hash[FRAME_HASH_LEN];
	struct frame_answer a;
	int err = DAVY_OK;

	if (!frame || !op) {
		free(frame);
		return session_fail_err(ses, op ? ERR_MEM : ERR_ARG, "%s",
					_("The frame cannot be made"));
	}
	for (int i = 0;; i++) {
		uint64_t minute = net_minute(ses) ? net_minute(ses) : (uint64_t)time(NULL) / 60;
		err = net_build(ses, request, op->timeless ? 0 : minute, frame, body_hash);
		if (!err)
			err = send_working(ses, frame, body_hash, frame + FRAME_LEN, &a);
		if (err || a.status != FRAME_STALE || op->timeless || i == STALE_TRIES)
			break;
	}
	if (!err) {
		net_copy(answer, &a);
		if (!request->keep_status && a.status != FRAME_OK)
			err = net_refusal(ses, request->what, a.status);
	}
	free(frame);
	return err;
}

int
net_carry(struct session *ses, uint8_t frame[static FRAME_LEN], struct net_answer *answer)
{
	uint8_t *buf = malloc(FRAME_LEN);
	struct frame_digest digest;
	struct frame_answer a;

	if (!buf)
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	frame_digest(&digest, frame);
	int err = send_working(ses, frame, digest.body, buf, &a);
	if (!err)
		net_copy(answer, &a);
	free(buf);
	return err;
}

int
net_get(struct session *ses, const char *path, size_t max, uint8_t **out, size_t *len)
{
	struct net_transfer s = { .cap = max, .grow = true };
	int err = net_open(ses);

	if (!err)
		err = transfer(ses, path, NULL, &s);
	if (err)
		free(s.buf);
	*out = err ? NULL : s.buf; /* transferred */
	*len = err ? 0 : s.len;
	return err;
}
