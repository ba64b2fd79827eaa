/* A locked file that comes by an ordinary form (see form.h). */
#include "server/face/form.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define BOUNDARY_MAX 70 /* RFC 2046 */
#define EXIT         "class=\"exit\" href=\""
#define EXIT_MAX     512

static const struct {
	const char *zh[2], *en[2];
} words[FORM_ANSWER__MAX] = {
	[FORM_TAKEN] = { { "文件交上去了",
			   "这里看不出存好没有。过十分钟，用号码来看。没有就再交一次，交两次没有坏处。" },
			 { "The file was handed in",
			   "This page cannot tell whether it was stored. Look with the number in ten "
			   "minutes. If it is not there, hand it in again: twice does no harm." } },
	[FORM_LATER] = { { "现在交不了", "什么也没存。过一会儿，再交同一个文件。" },
			 { "Not now",
			   "Nothing was stored. Hand in the same file again in a while." } },
	[FORM_WRONG] = { { "不是这样的文件",
			   "什么也没存。要的是存下来的锁好的文件。带照片的，要打开脚本再交。" },
			 { "Not such a file",
			   "Nothing was stored. It must be the locked file that was saved. One "
			   "with photos needs scripts." } },
};

#define STYLE                                                                                      \
	"body{margin:0 auto;max-width:34rem;padding:0 1rem;font:1.1rem/1.5 sans-serif}"            \
	"a{display:inline-block;padding:.8rem 0}.exit{float:right;padding:.8rem 1.4rem;"           \
	"background:#a5121f;color:#fff;font-weight:700}h1{clear:both}"
#define STYLE_HASH "sha256-50zxJV6uu2ZKBcN/YgHtFhvBtzu/7bjRPy4n6jzVZdw="

/* Nothing but its own style is allowed, and a link may be followed. */
static const char form[] =
	"<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	"style-src '" STYLE_HASH "'; base-uri 'none'; form-action 'none'\">"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
	"<meta name=\"referrer\" content=\"no-referrer\"><meta name=\"robots\" content=\"noindex\">"
	"<title>首页</title><link rel=\"icon\" href=\"data:,\"><style>" STYLE
	"</style></head><body>"
	"<a class=\"exit\" href=\"%.*s\" rel=\"noreferrer\">离开 Leave</a>"
	"<h1>%s</h1><p>%s</p><div lang=\"en\"><h2>%s</h2><p>%s</p></div>"
	"<p><a href=\"/\">返回 Back</a></p></body></html>\n";

static bool
is_boundary(const uint8_t *p, size_t len)
{
	if (!len || len > BOUNDARY_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (p[i] <= ' ' || p[i] >= 0x7f)
			return false;
	return true;
}

/* Of the ops only those that a saved file can have: a desk's work does not come this way. */
static bool
is_carried(const uint8_t frame[static FRAME_LEN])
{
	struct frame_request rq;

	return !frame_request_parse(&rq, frame) && (rq.op == FRAME_OPEN || rq.op == FRAME_APPEND);
}

const uint8_t *
form_frame(const uint8_t *body, size_t len)
{
	const uint8_t *line = len ? memchr(body, '\r', len < 128 ? len : 128) : NULL;
	size_t n = line ? (size_t)(line - body) : 0; /* "--" and the boundary */

	if (n < 2 || memcmp(body, "--", 2) != 0 || !is_boundary(body + 2, n - 2))
		return NULL;
	const uint8_t *head = memmem(body, len, "\r\n\r\n", 4);
	if (!head)
		return NULL;
	const uint8_t *frame = head + 4;
	size_t left = len - (size_t)(frame - body);
	/* CRLF, the boundary, "--", and mostly one more CRLF */
	if (left < FRAME_LEN + 2 + n + 2)
		return NULL;
	const uint8_t *end = frame + FRAME_LEN;
	left -= FRAME_LEN;
	if (memcmp(end, "\r\n", 2) != 0 || memcmp(end + 2, body, n) != 0 ||
	    memcmp(end + 2 + n, "--", 2) != 0)
		return NULL;
	end += 2 + n + 2;
	left -= 2 + n + 2;
	if (left && (left != 2 || memcmp(end, "\r\n", 2) != 0))
		return NULL;
	return is_carried(frame) ? frame : NULL;
}

/* The address as it stands in the page, where it is escaped already. */
static int
way_out(const uint8_t *page, size_t len, const char **at)
{
	const uint8_t *p = len ? memmem(page, len, EXIT, strlen(EXIT)) : NULL;
	const uint8_t *href = p ? p + strlen(EXIT) : NULL;
	const uint8_t *end = href ? memchr(href, '"', len - (size_t)(href - page)) : NULL;

	*at = "about:blank";
	if (!end || end - href > EXIT_MAX)
		return (int)strlen(*at);
	*at = (const char *)href;
	return (int)(end - href);
}

void
form_page(char out[static FORM_PAGE], enum form_answer what, const uint8_t *page, size_t len)
{
	const char *exit;
	int exit_len = way_out(page, len, &exit);
	int n = snprintf(out, FORM_PAGE, form, exit_len, exit, words[what].zh[0], words[what].zh[1],
			 words[what].en[0], words[what].en[1]);

	if (n > 0 && n < FORM_PAGE)
		memset(out + n, '\n', FORM_PAGE - (size_t)n);
}
