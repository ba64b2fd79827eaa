/* Receipts as somebody types them. */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "crypto/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t gateway[KEY_ID_LEN] = { 1 };
	struct receipt r, back;
	struct receipt_keys k;
	char text[RECEIPT_TEXT_LEN + 1];
	if (sodium_init() < 0)
		abort();
	if (receipt_parse(&r, (const char *)data, len) != 0) {
		assert(r.digits[0] == '\0');
		return 0;
	}
	assert(receipt_check_digit(r.digits, RECEIPT_DIGITS - 1) == r.digits[RECEIPT_DIGITS - 1]);
	receipt_print(text, &r);
	assert(strlen(text) == RECEIPT_TEXT_LEN);
	assert(receipt_parse(&back, text, RECEIPT_TEXT_LEN) == 0);
	assert(strcmp(back.digits, r.digits) == 0);
	assert(receipt_derive(&k, &r, gateway) == 0);
	return 0;
}
