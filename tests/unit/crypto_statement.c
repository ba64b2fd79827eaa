/* Statements of desks: the vectors, and that no other statement fits a signature. */
#include "tests/unit/vector.h"

#include <sodium.h>

#include "crypto/epoch.h"
#include "crypto/err.h"
#include "crypto/statement.h"

static void
vectors(void **state)
{
	struct vector v;
	(void)state;
	vector_open(&v, "statement");
	while (vector_next(&v)) {
		struct statement s = { .desk = (uint16_t)vector_int(&v, "desk"),
				       .epoch = (uint32_t)vector_int(&v, "epoch"),
				       .day = (uint32_t)vector_int(&v, "day") },
				 back = { .desk = 0 };
		struct key_sign voice;
		uint8_t secret[32], pk[32], sig[KEY_SIG_LEN], got[KEY_SIG_LEN];
		uint8_t record[STATEMENT_RECORD_LEN];
		vector_hex(&v, "gateway", s.gateway, sizeof(s.gateway));
		vector_hex(&v, "id", s.id, sizeof(s.id));
		vector_hex(&v, "t", s.t, sizeof(s.t));
		vector_hex(&v, "secret", secret, sizeof(secret));
		assert_int_equal(epoch_voice(&voice, secret), 0);
		key_sign_public(pk, &voice);
		vector_same(&v, "voice", pk, sizeof(pk));
		statement_sign(sig, &s, &voice);
		statement_put(record, &s, sig);
		vector_same(&v, "record", record, sizeof(record));
		statement_get(&back, got, record);
		assert_int_equal(back.desk, s.desk);
		assert_int_equal(back.epoch, s.epoch);
		assert_int_equal(back.day, s.day);
		assert_memory_equal(got, sig, sizeof(sig));
		assert_int_equal(statement_verify(&s, sig, pk), 0);
		for (size_t i = 0; i < sizeof(s); i++) {
			((uint8_t *)&s)[i] ^= 1;
			int err = statement_verify(&s, sig, pk);
			((uint8_t *)&s)[i] ^= 1;
			/* Bytes between desk and epoch only fill up. */
			bool fills = i >= offsetof(struct statement, desk) + sizeof(s.desk) &&
				     i < offsetof(struct statement, epoch);
			assert_int_equal(err, fills ? 0 : ERR_AUTH);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(vectors) };
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
