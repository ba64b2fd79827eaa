/* Every answer that our code makes, with the same headers on each. Whole tiles of the public log
 * alone may be kept by a front: they never change. */
#include "server/face/face.h"

#include "crypto/checkpoint.h"
#include "crypto/err.h"

#define TEXT   "text/plain; charset=utf-8"
#define HTML   "text/html; charset=utf-8"
#define BINARY "application/octet-stream"

#define KEPT_BY_NOBODY "no-store"
#define KEPT_BY_ALL    "public, max-age=31536000, immutable"

/*
 * The page has its own policy in a meta tag, but a meta tag cannot forbid framing, so a header
 * does.
 */
static const char *const headers[][2] = {
	{ "Referrer-Policy", "no-referrer" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "X-Frame-Options", "DENY" },
	{ "Content-Security-Policy", "frame-ancestors 'none'" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "X-DNS-Prefetch-Control", "off" },
};

/* What no answer of ours may ask a browser for; the microphone, where the page has a voice note. */
#define POLICY(microphone)                                                                         \
	"camera=(), microphone=(" microphone "), geolocation=(), usb=(), payment=(), "             \
	"browsing-topics=(), interest-cohort=()"
static const char *const policy[] = { POLICY(""), POLICY("self") };
/* Such a page plays a recording to her; its own policy, at its beginning, says so. */
#define PLAYS    "media-src blob:"
#define PLAYS_AT 2048

static const struct {
	const char *text, *allow;
} replies[FACE_REPLY__MAX] = {
	[FACE_BAD_REQUEST] = { "bad request\n", NULL },
	[FACE_NOT_FOUND] = { "not found\n", NULL },
	[FACE_NOT_ALLOWED_GET] = { "method not allowed\n", "GET" },
	[FACE_NOT_ALLOWED_POST] = { "method not allowed\n", "POST" },
	[FACE_UNAVAILABLE] = { "try again\n", NULL },
	[FACE_HEALTHY] = { "ok\n", NULL },
};

static int
dress_for(struct MHD_Response *r, const char *type, bool anywhere, const char *kept)
{
	enum MHD_Result ok = r ? MHD_add_response_header(r, "Content-Type", type) : MHD_NO;
	if (ok == MHD_YES)
		ok = MHD_add_response_header(r, "Cache-Control", kept);
	for (size_t i = 0; ok == MHD_YES && i < sizeof(headers) / sizeof(headers[0]); i++)
		ok = MHD_add_response_header(r, headers[i][0], headers[i][1]);
	/*
	 * An offline copy, or a page from a second origin, must be able to read these two answers.
	 */
	if (ok == MHD_YES && anywhere)
		ok = MHD_add_response_header(r, "Access-Control-Allow-Origin", "*");
	return ok == MHD_YES ? 0 : ERR_MEM;
}

static int
allow(struct MHD_Response *r, bool microphone)
{
	return MHD_add_response_header(r, "Permissions-Policy", policy[microphone]) == MHD_YES
		       ? 0
		       : ERR_MEM;
}

static int
dress(struct MHD_Response *r, const char *type, bool anywhere)
{
	int err = dress_for(r, type, anywhere, KEPT_BY_NOBODY);

	return err ? err : allow(r, false);
}

static struct MHD_Response *
fixed(const void *bytes, size_t len)
{
	return MHD_create_response_from_buffer(len, (void *)(uintptr_t)bytes,
					       MHD_RESPMEM_PERSISTENT);
}

static bool
records(const struct page *page)
{
	size_t len = page->len[PAGE_PLAIN];

	return page->bytes[PAGE_PLAIN] &&
	       memmem(page->bytes[PAGE_PLAIN], len < PLAYS_AT ? len : PLAYS_AT, PLAYS,
		      strlen(PLAYS));
}

static int
start_page(struct face *f)
{
	for (int i = 0; i < PAGE_CODING__MAX; i++) {
		const char *coding = page_coding_name((enum page_coding)i);
		if (!f->args->page->bytes[i])
			continue;
		struct MHD_Response *r = fixed(f->args->page->bytes[i], f->args->page->len[i]);
		if (dress_for(r, HTML, false, KEPT_BY_NOBODY) || allow(r, records(f->args->page)) ||
		    MHD_add_response_header(r, "Vary", "Accept-Encoding") != MHD_YES ||
		    (coding && MHD_add_response_header(r, "Content-Encoding", coding) != MHD_YES))
			return ERR_MEM;
		f->page[i] = r;
	}
	return 0;
}

/* One status and one length for all, so that nobody who sees the traffic learns which it was. */
static int
start_form(struct face *f)
{
	const struct page *page = f->args->page;
	char text[FORM_PAGE];

	for (int i = 0; i < FORM_ANSWER__MAX; i++) {
		form_page(text, (enum form_answer)i, page->bytes[PAGE_PLAIN],
			  page->len[PAGE_PLAIN]);
		struct MHD_Response *r = MHD_create_response_from_buffer(sizeof(text), text,
									 MHD_RESPMEM_MUST_COPY);
		if (dress(r, HTML, false))
			return ERR_MEM;
		f->form[i] = r;
	}
	return 0;
}

int
face_reply_start(struct face *f)
{
	for (int i = 0; i < FACE_REPLY__MAX; i++) {
		struct MHD_Response *r = fixed(replies[i].text, strlen(replies[i].text));
		if (dress(r, TEXT, false) ||
		    (replies[i].allow &&
		     MHD_add_response_header(r, "Allow", replies[i].allow) != MHD_YES))
			return ERR_MEM;
		f->reply[i] = r;
	}
	return start_form(f) ? ERR_MEM : start_page(f);
}

/* A response whose bytes live as long as the exchange. */
static struct MHD_Response *
from_exchange(struct exch *x, size_t len, const char *type, const char *kept)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(len, x->frame,
								 MHD_RESPMEM_PERSISTENT);
	if (r && (dress_for(r, type, true, kept) || allow(r, false))) {
		MHD_destroy_response(r);
		r = NULL;
	}
	return r;
}

struct MHD_Response *
face_reply_frame(struct exch *x)
{
	return from_exchange(x, FRAME_LEN, BINARY, KEPT_BY_NOBODY);
}

struct MHD_Response *
face_reply_tile(struct exch *x)
{
	bool checkpoint = x->wanted[4] == IPC_CHECKPOINT;
	bool whole = !checkpoint && ipc_get16(x->wanted + 6) == TILE_WIDTH;
	return from_exchange(x, x->len, checkpoint ? TEXT : BINARY,
			     whole ? KEPT_BY_ALL : KEPT_BY_NOBODY);
}

/* Whoever asks gets gzip, so that the answer has one length for all. */
int
face_reply_roster(struct face *f, const uint8_t *bytes, size_t len)
{
	uint8_t *gz;
	size_t gz_len;
	int err = face_gzip(&gz, &gz_len, bytes, len);
	if (err)
		return err;
	struct MHD_Response *r = MHD_create_response_from_buffer(gz_len, gz, MHD_RESPMEM_MUST_FREE);
	if (!r) {
		free(gz);
		return ERR_MEM;
	}
	if (dress(r, TEXT, true) ||
	    MHD_add_response_header(r, "Content-Encoding", "gzip") != MHD_YES) {
		MHD_destroy_response(r);
		return ERR_MEM;
	}
	/* Clients to whom the old roster is being sent keep it until they have all of it. */
	if (f->roster)
		MHD_destroy_response(f->roster);
	f->roster = r;
	return 0;
}
