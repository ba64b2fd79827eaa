/* The session: which failure is kept, when it is forgotten, and what happens without anybody to
 * ask. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "crypto/err.h"

static struct session ses;
static char warned[128];
static int warnings;

static void
warn(void *arg, const char *text)
{
	assert_ptr_equal(arg, &warnings);
	warnings++;
	snprintf(warned, sizeof(warned), "%s", text);
}

static int
secret(struct session *s, const char *prompt, char *buf, size_t cap)
{
	assert_ptr_equal(s, &ses);
	snprintf(buf, cap, "%s!", prompt);
	return DAVY_OK;
}

static int
confirm(struct session *s, const char *question)
{
	return strcmp(question, "Drop 7 cases?") == 0
		       ? DAVY_OK
		       : session_fail(s, DAVY_REFUSED, "unconfirmed", "no");
}

static const struct session_face face = { .warn = warn, .secret = secret, .confirm = confirm };
static const struct session_face mute = { .warn = NULL };

static int
begin(void **state)
{
	(void)state;
	ses = (struct session){ .home_dir = "/nowhere" };
	warnings = 0;
	return 0;
}

static int
end(void **state)
{
	(void)state;
	session_end(&ses);
	assert_null(session_failure(&ses));
	return 0;
}

/* Later failures follow from the first one, so only the first is told; each call still returns its
 * own code. */
static void
test_first_failure(void **state)
{
	(void)state;
	assert_null(session_failure(&ses));
	assert_null(session_failure_name(&ses));
	assert_int_equal(session_fail(&ses, DAVY_AGAIN, "network", "The %s is down.", "gateway"),
			 DAVY_AGAIN);
	assert_int_equal(session_fail(&ses, DAVY_REFUSED, "io", "Nothing was written."),
			 DAVY_REFUSED);
	assert_int_equal(session_fail_err(&ses, ERR_MEM, "Later"), DAVY_REFUSED);
	assert_string_equal(session_failure(&ses), "The gateway is down.");
	assert_string_equal(session_failure_name(&ses), "network");
}

static void
test_forgive(void **state)
{
	(void)state;
	session_forgive(&ses); /* nothing to forget */
	assert_int_equal(session_fail(&ses, DAVY_AGAIN, "network", "one"), DAVY_AGAIN);
	session_forgive(&ses);
	assert_null(session_failure(&ses));
	assert_null(session_failure_name(&ses));
	assert_int_equal(session_fail(&ses, DAVY_REFUSED, "io", "two"), DAVY_REFUSED);
	assert_string_equal(session_failure(&ses), "two");
	assert_string_equal(session_failure_name(&ses), "io");
}

static void
test_err(void **state)
{
	char want[128];

	(void)state;
	assert_int_equal(session_fail_err(&ses, ERR_BEHIND, "Entry %d", 7), DAVY_AGAIN);
	snprintf(want, sizeof(want), "Entry 7: %s.", err_text(ERR_BEHIND));
	assert_string_equal(session_failure(&ses), want);
	assert_string_equal(session_failure_name(&ses), "behind");
	session_forgive(&ses);
	assert_int_equal(session_fail_err(&ses, ERR_INTERNAL, "x"), DAVY_REFUSED);
	assert_string_equal(session_failure_name(&ses), "internal");
}

/* Without a face, and with one that has no functions. */
static void
test_nobody(void **state)
{
	char buf[16] = "untouched";

	(void)state;
	for (int i = 0; i < 2; i++) {
		ses.face = i ? &mute : NULL;
		session_warn(&ses, "A warning is %s.", "dropped");
		assert_null(session_failure(&ses));
		assert_false(session_can_ask(&ses));
		assert_int_equal(session_secret(&ses, "Passphrase", buf, sizeof(buf)),
				 DAVY_REFUSED);
		assert_string_equal(session_failure_name(&ses), "no-terminal");
		assert_non_null(strstr(session_failure(&ses), "Passphrase"));
		assert_string_equal(buf, "untouched");
		session_forgive(&ses);
		assert_int_equal(session_confirm(&ses, "Drop %d cases?", 7), DAVY_REFUSED);
		assert_string_equal(session_failure_name(&ses), "unconfirmed");
		session_forgive(&ses);
	}
}

static void
test_face(void **state)
{
	char buf[16];

	(void)state;
	ses.face = &face;
	ses.face_arg = &warnings;
	session_warn(&ses, "Entry %d is late.", 3);
	assert_int_equal(warnings, 1);
	assert_string_equal(warned, "Entry 3 is late.");
	assert_true(session_can_ask(&ses));
	assert_int_equal(session_secret(&ses, "PIN", buf, sizeof(buf)), DAVY_OK);
	assert_string_equal(buf, "PIN!");
	assert_int_equal(session_confirm(&ses, "Drop %d cases?", 7), DAVY_OK);
	assert_null(session_failure(&ses));
	assert_int_equal(session_confirm(&ses, "Drop %d cases?", 8), DAVY_REFUSED);
	assert_string_equal(session_failure(&ses), "no");
}

/* Strings stay where they are until the session ends, however many there are. */
static void
test_strings(void **state)
{
	const char *first = session_s(&ses, "a\033[31mb"), *last = NULL;

	(void)state;
	assert_string_equal(first, "a<U+001B>[31mb");
	for (int i = 0; i < 200; i++)
		last = session_keep(&ses, strdup("kept"));
	assert_string_equal(first, "a<U+001B>[31mb");
	assert_string_equal(last, "kept");
	assert_string_equal(session_keep(&ses, NULL), "(out of memory)");
	assert_string_equal(session_s(&ses, NULL), "(out of memory)");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_first_failure, begin, end),
		cmocka_unit_test_setup_teardown(test_forgive, begin, end),
		cmocka_unit_test_setup_teardown(test_err, begin, end),
		cmocka_unit_test_setup_teardown(test_nobody, begin, end),
		cmocka_unit_test_setup_teardown(test_face, begin, end),
		cmocka_unit_test_setup_teardown(test_strings, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
