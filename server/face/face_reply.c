/* Every answer that our code makes, with the same headers on each. */
#include "server/face/face.h"

#include "crypto/err.h"

#define TEXT   "text/plain; charset=utf-8"
#define HTML   "text/html; charset=utf-8"
#define BINARY "application/octet-stream"

/*
 * The page has its own policy in a meta tag, but a meta tag cannot forbid framing, so a header
 * does.
 */
static const char *const headers[][2] = {
	{ "Referrer-Policy", "no-referrer" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "Cache-Control", "no-store" },
	{ "X-Frame-Options", "DENY" },
	{ "Content-Security-Policy", "frame-ancestors 'none'" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "Permissions-Policy", "camera=(), microphone=(), geolocation=(), usb=(), payment=(), "
				"browsing-topics=(), interest-cohort=()" },
	{ "X-DNS-Prefetch-Control", "off" },
};

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
dress(struct MHD_Response *r, const char *type, bool anywhere)
{
	enum MHD_Result ok = r ? MHD_add_response_header(r, "Content-Type", type) : MHD_NO;
	for (size_t i = 0; ok == MHD_YES && i < sizeof(headers) / sizeof(headers[0]); i++)
		ok = MHD_add_response_header(r, headers[i][0], headers[i][1]);
	/*
	 * An offline copy, or a page from a second origin, must be able to read these two answers.
	 */
	if (ok == MHD_YES && anywhere)
		ok = MHD_add_response_header(r, "Access-Control-Allow-Origin", "*");
	return ok == MHD_YES ? 0 : ERR_MEM;
}

static struct MHD_Response *
fixed(const void *bytes, size_t len)
{
	return MHD_create_response_from_buffer(len, (void *)(uintptr_t)bytes,
					       MHD_RESPMEM_PERSISTENT);
}

static int
start_page(struct face *f)
{
	for (int i = 0; i < PAGE_CODING__MAX; i++) {
		const char *coding = page_coding_name((enum page_coding)i);
		if (!f->args->page->bytes[i])
			continue;
		struct MHD_Response *r = fixed(f->args->page->bytes[i], f->args->page->len[i]);
		if (dress(r, HTML, false) ||
		    MHD_add_response_header(r, "Vary", "Accept-Encoding") != MHD_YES ||
		    (coding && MHD_add_response_header(r, "Content-Encoding", coding) != MHD_YES))
			return ERR_MEM;
		f->page[i] = r;
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
	return start_page(f);
}

struct MHD_Response *
face_reply_frame(struct exch *x)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(FRAME_LEN, x->frame,
								 MHD_RESPMEM_PERSISTENT);
	if (!r)
		return NULL;
	if (dress(r, BINARY, true)) {
		MHD_destroy_response(r);
		return NULL;
	}
	return r;
}

int
face_reply_roster(struct face *f, uint8_t *bytes, size_t len)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(len, bytes, MHD_RESPMEM_MUST_FREE);
	if (!r) {
		free(bytes);
		return ERR_MEM;
	}
	if (dress(r, TEXT, true)) {
		MHD_destroy_response(r);
		return ERR_MEM;
	}
	/* Clients to whom the old page is being sent keep it until they have all of it. */
	if (f->roster)
		MHD_destroy_response(f->roster);
	f->roster = r;
	return 0;
}
