/* The documents of a plan: what is read, and each thing for which one is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/plan/body.h"
#include "crypto/err.h"

#define HASH "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static const char plan[] =
	"{\"v\":1,\"type\":\"plan\",\"desk\":7,\"from\":\"2026-12-01\",\"until\":\"2026-12-31\","
	"\"day\":\"2026-11-28\",\"least\":200,\"register\":\"" HASH "\",\"table\":\"" HASH "\","
	"\"beacon\":\"\",\"drawn\":[\"2026-12-01\",\"2026-12-09\"],\"free\":[\"2026-12-31\"]}";
static const char share[] = "{\"v\":1,\"type\":\"plan-share\",\"plan\":\"" HASH
			    "\",\"by\":\"planner\",\"commit\":\"" HASH "\"}";
static const char reveal[] = "{\"v\":1,\"type\":\"plan-reveal\",\"plan\":\"" HASH
			     "\",\"by\":\"approver\",\"share\":\"" HASH "\",\"other\":\"" HASH
			     "\",\"escrow\":false,\"beacon\":\"1,2\"}";
static const char result[] =
	"{\"v\":1,\"type\":\"plan-result\",\"plan\":\"" HASH
	"\",\"visits\":[{\"site\":3,\"day\":\"2026-12-01\",\"hour\":23,\"drawn\":true}],"
	"\"missed\":[{\"site\":4,\"day\":\"2026-12-09\",\"drawn\":true,\"why\":\"snow\"}]}";

static int
reads(const char *text, size_t len)
{
	struct plan_body b;
	int err = plan_body_read(&b, text, len);

	plan_body_free(&b);
	return err;
}

/* The document with the first `from` replaced. */
static int
changed(const char *text, const char *from, const char *to)
{
	static char out[8192];
	const char *at = strstr(text, from);

	assert_non_null(at);
	snprintf(out, sizeof(out), "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	return reads(out, strlen(out));
}

/* What is printed is what was read, byte by byte. */
static void
test_whole(void **arg)
{
	static const char *const all[] = { plan, share, reveal, result };
	struct plan_body b;
	uint8_t hash[32];
	char *text;
	size_t len;

	(void)arg;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(plan_body_read(&b, all[i], strlen(all[i])), 0);
		assert_int_equal(b.kind, i);
		assert_int_equal(plan_body_print(&text, &len, &b), 0);
		assert_string_equal(text, all[i]);
		crypto_hash_sha256(hash, (const uint8_t *)text, len);
		if (b.kind == PLAN_PLAN)
			assert_memory_equal(b.plan, hash, 32);
		free(text);
		plan_body_free(&b);
	}
}

static void
test_any(void **arg)
{
	(void)arg;
	assert_int_equal(changed(plan, "\"v\":1", "\"v\":2"), ERR_STALE);
	assert_int_equal(changed(plan, "\"v\":1", "\"v\":0"), ERR_FORMAT);
	assert_int_equal(changed(plan, "\"v\":1", "\"v\":1,\"v\":1"), ERR_FORMAT);
	assert_int_equal(changed(plan, "\"v\":1", "\"v\":1,\"x\":1"), ERR_FORMAT);
	assert_int_equal(changed(share, "\"v\":1", "\"v\":1,\"x\":1"), ERR_FORMAT);
	assert_int_equal(changed(reveal, "\"v\":1", "\"v\":1,\"x\":1"), ERR_FORMAT);
	assert_int_equal(changed(result, "\"v\":1", "\"v\":1,\"x\":1"), ERR_FORMAT);
	assert_int_equal(changed(plan, "\"plan\"", "\"order\""), ERR_FORMAT);
	assert_int_equal(changed(plan, "}", "}}"), ERR_FORMAT);
	assert_int_equal(reads("", 0), ERR_FORMAT);
	assert_int_equal(reads("[]", 2), ERR_FORMAT);
	assert_int_equal(reads(plan, sizeof(plan)), ERR_FORMAT); /* with its final zero */
	char *big = malloc(PLAN_BODY_MAX + 1);
	memset(big, ' ', PLAN_BODY_MAX + 1);
	memcpy(big, plan, strlen(plan));
	assert_int_equal(reads(big, PLAN_BODY_MAX), 0);
	assert_int_equal(reads(big, PLAN_BODY_MAX + 1), ERR_FORMAT);
	free(big);
}

static void
test_plan(void **arg)
{
	static const struct {
		const char *from, *to;
	} wrong[] = {
		{ "\"desk\":7", "\"desk\":0" },
		{ "\"desk\":7", "\"desk\":65536" },
		{ "\"desk\":7", "\"desk\":\"7\"" },
		{ "\"least\":200", "\"least\":0" },
		{ "\"least\":200", "\"least\":5001" },
		{ "2026-12-31\",\"day", "2026-11-30\",\"day" }, /* ends before it begins */
		{ "2026-12-31\",\"day", "2027-12-03\",\"day" }, /* longer than a year */
		{ "2026-11-28", "2026-11-31" },
		{ "00010203", "0001020" },
		{ "0a0b0c", "0A0b0c" },
		{ "\"beacon\":\"\"", "\"beacon\":\"\\u001b[2J\"" },
		{ "[\"2026-12-01\",\"2026-12-09\"]", "[\"2026-12-09\",\"2026-12-01\"]" },
		{ "[\"2026-12-01\",\"2026-12-09\"]", "[\"2026-11-30\"]" },
		{ "[\"2026-12-01\",\"2026-12-09\"]", "[\"2027-01-01\"]" },
		{ "[\"2026-12-01\",\"2026-12-09\"]", "[20]" },
		{ "[\"2026-12-01\",\"2026-12-09\"]", "[]" },
		{ "[\"2026-12-01\",\"2026-12-09\"]", "{}" },
		{ "\"free\":[\"2026-12-31\"]", "\"free\":[\"2027-01-01\"]" },
		{ "\"free\":[\"2026-12-31\"]", "\"free\":1" },
		{ ",\"free\":[\"2026-12-31\"]", "" },
	};

	(void)arg;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (changed(plan, wrong[i].from, wrong[i].to) != ERR_FORMAT)
			fail_msg("%s was read", wrong[i].to);
	/* the same day twice is two visits; none discretionary is for the verifier to say */
	assert_int_equal(changed(plan, "2026-12-09", "2026-12-01"), 0);
	assert_int_equal(changed(plan, "\"free\":[\"2026-12-31\"]", "\"free\":[]"), 0);
}

static void
test_others(void **arg)
{
	(void)arg;
	assert_int_equal(changed(share, "planner", "somebody"), ERR_FORMAT);
	assert_int_equal(changed(share, HASH, "00"), ERR_FORMAT);
	assert_int_equal(changed(reveal, "approver", "Approver"), ERR_FORMAT);
	assert_int_equal(changed(reveal, "false", "0"), ERR_FORMAT);
	assert_int_equal(changed(reveal, "\"other\":\"00", "\"other\":\"0"), ERR_FORMAT);
	assert_int_equal(changed(reveal, "1,2", "1\\n2"), ERR_FORMAT);
	assert_int_equal(changed(reveal, "false", "true"), 0);
	assert_int_equal(changed(result, "\"hour\":23", "\"hour\":24"), ERR_FORMAT);
	assert_int_equal(changed(result, "\"hour\":23", "\"hour\":-1"), ERR_FORMAT);
	assert_int_equal(changed(result, "\"site\":3", "\"site\":20000"), ERR_FORMAT);
	assert_int_equal(changed(result, "\"site\":3", "\"site\":-1"), ERR_FORMAT);
	assert_int_equal(changed(result, "2026-12-01", "2026-13-01"), ERR_FORMAT);
	assert_int_equal(changed(result, "\"why\":\"snow\"", "\"why\":\"\""), ERR_FORMAT);
	assert_int_equal(changed(result, "\"why\":\"snow\"", "\"why\":\"\\u0007\""), ERR_FORMAT);
	assert_int_equal(changed(result, ",\"why\":\"snow\"", ""), ERR_FORMAT);
	assert_int_equal(changed(result, "\"hour\":23,", ""), ERR_FORMAT);
	assert_int_equal(changed(result, "[{\"site\":3", "{\"x\":[{\"site\":3"), ERR_FORMAT);
}

/* At most PLAN_VISITS_MAX visits in a plan. */
static void
test_many(void **arg)
{
	char *list = malloc(14 * (PLAN_VISITS_MAX + 2)),
	     *text = malloc(20000 + 14 * PLAN_VISITS_MAX);
	size_t at = 0;

	(void)arg;
	for (size_t i = 0; i < PLAN_VISITS_MAX; i++)
		at += (size_t)snprintf(list + at, 15, "%s\"2026-12-01\"", i ? "," : "");
	const char *drawn = strstr(plan, "\"drawn\"");
	snprintf(text, 20000 + 14 * PLAN_VISITS_MAX, "%.*s\"drawn\":[%s],\"free\":[]}",
		 (int)(drawn - plan), plan, list);
	assert_int_equal(reads(text, strlen(text)), 0);
	snprintf(text, 20000 + 14 * PLAN_VISITS_MAX,
		 "%.*s\"drawn\":[%s],\"free\":[\"2026-12-01\"]}", (int)(drawn - plan), plan, list);
	assert_int_equal(reads(text, strlen(text)), ERR_FORMAT);
	free(list);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole), cmocka_unit_test(test_any),
		cmocka_unit_test(test_plan),  cmocka_unit_test(test_others),
		cmocka_unit_test(test_many),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
