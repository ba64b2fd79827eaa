/* Armor: the same bytes in whatever pieces they come; and nothing that is not what an armor writer
 * makes. */
#include <assert.h>
#include <sodium.h>

#include "crypto/age_armor.h"
#include "crypto/b64.h"
#include "crypto/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define OUT_MAX (1 << 20)

struct input {
	const uint8_t *b;
	size_t left, step;
};

static int
take(void *arg, uint8_t *buf, size_t cap, size_t *got)
{
	struct input *in = arg;

	*got = in->left < cap ? in->left : cap;
	if (*got > in->step)
		*got = in->step;
	if (*got > 0)
		memcpy(buf, in->b, *got);
	in->b += *got;
	in->left -= *got;
	return 0;
}

static int
decode(const uint8_t *data, size_t len, size_t step, size_t cap, uint8_t *out, size_t *out_len)
{
	struct input in = { data, len, step };
	struct age_armor *armor = age_armor_new((struct age_source){ take, &in });
	size_t n;
	int err;

	assert(armor);
	*out_len = 0;
	do {
		assert(*out_len + cap <= OUT_MAX);
		err = age_armor_read(armor, out + *out_len, cap, &n);
		assert(n <= cap && (!err || n == 0));
		*out_len += n;
	} while (!err && n > 0);
	/* The answer at the end stays the same. */
	assert(age_armor_read(armor, out, 1, &n) == err && n == 0);
	age_armor_free(armor);
	return err;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t a[OUT_MAX], b[OUT_MAX];
	size_t a_len, b_len;
	int err;

	if (sodium_init() < 0 || len > OUT_MAX / 2)
		return 0;
	err = decode(data, len, SIZE_MAX, 4096, a, &a_len);
	assert(decode(data, len, 1, 7, b, &b_len) == err);
	assert(a_len == b_len && memcmp(a, b, a_len) == 0);
	assert(!err || err == ERR_ARMOR);
	assert(a_len <= len);
	return 0;
}
