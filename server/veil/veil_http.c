/*
 * The little HTTP/1.1 of a veil. A relay sends one kind of request, davyd gives one kind of answer.
 * What is not exactly that is refused, so that no proxy in between can have read it otherwise.
 */
#include "server/veil/veil.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ASK_TEXT   "17563"
#define FRAME_TEXT "16384"
_Static_assert(OHTTP_ASK_LEN == 17563 && FRAME_LEN == 16384, "the lengths in text");

static const struct refusal {
	unsigned status;
	const char *text;
} refusals[] = {
#define REFUSAL(line, rest)                                                                        \
	"HTTP/1.1 " line "\r\nCache-Control: no-store\r\nConnection: close\r\n" rest
	{ VEIL_ALIVE, "HTTP/1.1 204 No Content\r\nCache-Control: no-store\r\n\r\n" },
	{ 400, REFUSAL("400 Bad Request", "Content-Length: 0\r\n\r\n") },
	{ 404, REFUSAL("404 Not Found", "Content-Length: 0\r\n\r\n") },
	{ 405, REFUSAL("405 Method Not Allowed", "Allow: POST\r\nContent-Length: 0\r\n\r\n") },
	{ 411, REFUSAL("411 Length Required", "Content-Length: 0\r\n\r\n") },
	{ 413, REFUSAL("413 Content Too Large", "Content-Length: 0\r\n\r\n") },
	{ 431, REFUSAL("431 Request Header Fields Too Large", "Content-Length: 0\r\n\r\n") },
	{ 503, REFUSAL("503 Service Unavailable", "Content-Length: 0\r\n\r\n") },
	/* RFC 9458 §5.3 */
	{ VEIL_NO_KEY,
	  REFUSAL("400 Bad Request",
		  "Content-Type: application/problem+json\r\nContent-Length: 68\r\n\r\n"
		  "{\"type\":\"https://iana.org/assignments/http-problem-types#ohttp-key\"}") },
};

const char *
veil_http_refusal(unsigned status)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (refusals[i].status == status)
			return refusals[i].text;
	return NULL;
}

/* A line of a head, without its end. */
struct line {
	const char *at;
	size_t len;
};

static bool
line_next(struct line *l, const char **at, const char *end)
{
	const char *stop = memmem(*at, (size_t)(end - *at), "\r\n", 2);
	if (!stop || stop == *at)
		return false;
	*l = (struct line){ *at, (size_t)(stop - *at) };
	*at = stop + 2;
	return true;
}

static bool
line_is(const struct line *l, const char *text)
{
	return l->len == strlen(text) && !memcmp(l->at, text, l->len);
}

/* The value of a field of that name. */
static bool
line_field(struct line *value, const struct line *l, const char *name)
{
	size_t n = strlen(name);
	if (l->len <= n || l->at[n] != ':' || strncasecmp(l->at, name, n) != 0)
		return false;
	*value = (struct line){ l->at + n + 1, l->len - n - 1 };
	while (value->len && (value->at[0] == ' ' || value->at[0] == '\t')) {
		value->at++;
		value->len--;
	}
	while (value->len && strchr(" \t", value->at[value->len - 1]))
		value->len--;
	return true;
}

/* What a head says of the body behind it. */
struct body {
	unsigned lengths; /* fields that tell one */
	struct line length;
	bool coded, last, bad;
};

static bool
control(const struct line *l)
{
	for (size_t i = 0; i < l->len; i++)
		if ((unsigned char)l->at[i] < ' ' && l->at[i] != '\t')
			return true;
	return false;
}

static void
body_read(struct body *b, const char *at, const char *end)
{
	struct line l, value;
	*b = (struct body){ 0 };
	while (line_next(&l, &at, end)) {
		/* A line that goes on, or a name with a blank, is read by some and not by others.
		 */
		const char *colon = memchr(l.at, ':', l.len);
		struct line name = { l.at, colon ? (size_t)(colon - l.at) : 0 };
		if (!name.len || memchr(name.at, ' ', name.len) ||
		    memchr(name.at, '\t', name.len) || control(&l))
			b->bad = true;
		else if (line_field(&value, &l, "Content-Length")) {
			b->lengths++;
			b->length = value;
		} else if (line_field(&value, &l, "Transfer-Encoding"))
			b->coded = true;
		else if (line_field(&value, &l, "Connection") && value.len == 5 &&
			 !strncasecmp(value.at, "close", 5))
			b->last = true;
	}
}

/* The length of a head; 0 where its end has not come. */
static size_t
head_len(const uint8_t *bytes, size_t len)
{
	const uint8_t *end = memmem(bytes, len, "\r\n\r\n", 4);
	return end ? (size_t)(end - bytes) + 4 : 0;
}

static unsigned
body_judge(const struct body *b)
{
	if (b->bad)
		return 400;
	if (b->coded || !b->lengths)
		return 411;
	if (b->lengths != 1)
		return 400;
	return line_is(&b->length, ASK_TEXT) ? VEIL_ASK : 413;
}

/* The path of a GET, where it is one that everybody may have: the roster and the public log. */
static bool
public_path(char path[static VEIL_PATH_MAX], const struct line *first)
{
	static const char get[] = "GET /", end[] = " HTTP/1.1";
	size_t tail = sizeof(end) - 1;
	if (first->len < sizeof(get) + tail || first->len - 4 - tail >= VEIL_PATH_MAX ||
	    memcmp(first->at, get, sizeof(get) - 1) != 0 ||
	    memcmp(first->at + first->len - tail, end, tail) != 0)
		return false;
	snprintf(path, VEIL_PATH_MAX, "%.*s", (int)(first->len - 4 - tail), first->at + 4);
	return !path[strspn(path, "abcdefghijklmnopqrstuvwxyz0123456789/.")] &&
	       (!strcmp(path, "/roster") || !strcmp(path, "/checkpoint") ||
		!strncmp(path, "/tile/", 6));
}

static unsigned
first_judge(const struct line *first)
{
	if (first->len <= 9 || memcmp(first->at + first->len - 9, " HTTP/1.1", 9) != 0)
		return 400;
	return memmem(first->at, first->len, " /veil ", 7) ? 405 : 404;
}

unsigned
veil_http_request(const uint8_t *bytes, size_t len, size_t *head, bool *last,
		  char path[static VEIL_PATH_MAX])
{
	const char *at = (const char *)bytes;
	struct line first;
	struct body body;
	*last = true;
	*head = head_len(bytes, len < VEIL_HEAD_MAX ? len : VEIL_HEAD_MAX);
	if (!*head)
		return len < VEIL_HEAD_MAX ? VEIL_MORE : 431;
	const char *end = at + *head;
	if (!line_next(&first, &at, end) || control(&first))
		return 400;
	body_read(&body, at, end);
	*last = body.last;
	if (line_is(&first, "POST /veil HTTP/1.1"))
		return body_judge(&body);
	bool empty = !body.bad && !body.coded && !body.lengths;
	if (line_is(&first, "GET /healthz HTTP/1.1"))
		return empty ? VEIL_ALIVE : 400;
	if (public_path(path, &first))
		return empty ? VEIL_PUBLIC : 400;
	return first_judge(&first);
}

unsigned
veil_http_answer(const uint8_t *bytes, size_t len, size_t *head)
{
	const char *at = (const char *)bytes;
	struct line first;
	struct body body;
	*head = head_len(bytes, len);
	if (!*head)
		return len < VEIL_HEAD_MAX ? VEIL_MORE : 502;
	const char *end = at + *head;
	if (!line_next(&first, &at, end) || first.len < 12 || memcmp(first.at, "HTTP/1.1 ", 9) != 0)
		return 502;
	unsigned status = 0;
	for (size_t i = 9; i < 12; i++) {
		if (first.at[i] < '0' || first.at[i] > '9')
			return 502;
		status = status * 10 + (unsigned)(first.at[i] - '0');
	}
	body_read(&body, at, end);
	if (status == 200)
		return !body.bad && body.lengths == 1 && line_is(&body.length, FRAME_TEXT) ? 200
											   : 502;
	return status >= 400 && status <= 599 ? status : 502;
}
