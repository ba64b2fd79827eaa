/* The body of a form with a locked file: what browsers send is read, all else is refused. */
#include "tests/lib/fixture.h"

#include "server/face/form.h"

static uint8_t body[FORM_ROOM];
static struct source src;

/* A body as Chromium makes it, around some bytes. */
static size_t
make(const char *boundary, const uint8_t *frame, size_t frame_len, const char *end)
{
	int n = snprintf((char *)body, sizeof(body),
			 "--%s\r\nContent-Disposition: form-data; name=\"file\"; "
			 "filename=\"notes.dat\"\r\nContent-Type: application/octet-stream\r\n\r\n",
			 boundary);

	memcpy(body + n, frame, frame_len);
	return (size_t)n + frame_len +
	       (size_t)snprintf((char *)body + (size_t)n + frame_len,
				sizeof(body) - (size_t)n - frame_len, "\r\n--%s%s", boundary, end);
}

static void
sealed_open(uint8_t frame[static FRAME_LEN])
{
	static uint8_t sealed[FRAME_BODY_LEN] = { 7 };
	static const uint8_t gateway[KEY_ID_LEN];

	source_new(&src);
	struct frame_request rq = request(FRAME_OPEN, src.id);
	rq.routing.desk = 1;
	memcpy(rq.routing.proof, src.T, sizeof(src.T));
	rq.body = sealed;
	rq.body_len = sizeof(sealed);
	assert_int_equal(frame_request_build(frame, &rq, gateway, &src.key), 0);
}

static void
a_browsers_form_is_read(void **state)
{
	static uint8_t frame[FRAME_LEN];
	const char *const boundary = "----WebKitFormBoundaryfTfCsbc0wOvmjTWk";
	const uint8_t *found;

	(void)state;
	sealed_open(frame);
	size_t len = make(boundary, frame, sizeof(frame), "--\r\n");
	found = form_frame(body, len);
	assert_non_null(found);
	assert_memory_equal(found, frame, sizeof(frame));
	assert_non_null(form_frame(body, len - 2));
	for (size_t n = 0; n < len - 2; n++)
		assert_null(form_frame(body, n));
}

static void
all_else_is_refused(void **state)
{
	static uint8_t frame[FRAME_LEN];
	char long_boundary[73];

	(void)state;
	sealed_open(frame);
	memset(long_boundary, 'b', sizeof(long_boundary) - 1);
	long_boundary[72] = '\0';
	assert_null(form_frame(body, make(long_boundary, frame, sizeof(frame), "--\r\n")));
	long_boundary[70] = '\0';
	assert_non_null(form_frame(body, make(long_boundary, frame, sizeof(frame), "--\r\n")));
	assert_null(form_frame(body, make("", frame, sizeof(frame), "--\r\n")));
	assert_null(form_frame(body, make("a b", frame, sizeof(frame), "--\r\n")));
	assert_null(form_frame(body, make("b", frame, sizeof(frame), "\r\n")));
	assert_null(form_frame(body, make("b", frame, sizeof(frame), "--\r\nmore")));
	assert_null(form_frame(body, make("b", frame, sizeof(frame) - 1, "--\r\n")));
	assert_null(form_frame(body, make("b", frame, 0, "--\r\n")));
	frame[0] ^= 1;
	assert_null(form_frame(body, make("b", frame, sizeof(frame), "--\r\n")));
	frame[0] ^= 1;
	frame[4] = FRAME_POLL;
	assert_null(form_frame(body, make("b", frame, sizeof(frame), "--\r\n")));
}

static void
the_answers_have_one_length(void **state)
{
	static const char page[] = "<a class=\"exit\" href=\"https://weather.example/\" x";
	char out[FORM_PAGE + 1] = "";

	(void)state;
	for (int i = 0; i < FORM_ANSWER__MAX; i++) {
		form_page(out, (enum form_answer)i, (const uint8_t *)page, sizeof(page));
		assert_int_equal(strlen(out), FORM_PAGE);
		assert_non_null(strstr(out, "</html>\n"));
		assert_non_null(strstr(out, "href=\"https://weather.example/\""));
		form_page(out, (enum form_answer)i, (const uint8_t *)page, 30);
		assert_non_null(strstr(out, "href=\"about:blank\""));
		form_page(out, (enum form_answer)i, NULL, 0);
		assert_non_null(strstr(out, "href=\"about:blank\""));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_browsers_form_is_read),
		cmocka_unit_test(all_else_is_refused),
		cmocka_unit_test(the_answers_have_one_length),
	};

	return cmocka_run_group_tests(tests, fixture_ready, fixture_end);
}
