/* The cursor over bytes from outside, and its writer. Both remember their first failure, so a
 * codec reads or writes all fields in a row and checks once at the end, with buf_end() or
 * bufw_end(). After a failure getters return zero and change nothing else. Integers are
 * little-endian. */
#ifndef CRYPTO_BUF_H
#define CRYPTO_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	const uint8_t *at; /* borrowed */
	size_t left;
	bool bad;
};

void buf_init(struct buf *b, const void *bytes, size_t len);
uint8_t buf_u8(struct buf *b);
uint16_t buf_u16(struct buf *b);
uint32_t buf_u32(struct buf *b);
uint64_t buf_u64(struct buf *b);
/* Copies n bytes to dst, whose capacity is cap; n > cap is a failure. */
void buf_bytes(struct buf *b, void *dst, size_t cap, size_t n);
/* Returns n bytes where they are, valid as long as the underlying bytes live; or NULL. */
const uint8_t *buf_take(struct buf *b, size_t n);
/* Whether n bytes are all zero. It ends at the first that is not, so it is not for secrets. */
bool buf_is_zero(const uint8_t *p, size_t n);
/* Skips n bytes, which must all be zero. */
void buf_zero(struct buf *b, size_t n);
/* Returns the bytes up to the next '
 * ', which is skipped; *len does not include it. NULL and a failure if there is no '
 * '. */
const char *buf_line(struct buf *b, size_t *len);
void buf_fail(struct buf *b);
/* 0 if no getter failed and no bytes are left, otherwise ERR_FORMAT. */
int buf_end(const struct buf *b) __attribute__((warn_unused_result));

struct bufw {
	uint8_t *base; /* borrowed */
	size_t cap;
	size_t len;
	bool bad;
};

void bufw_init(struct bufw *w, void *bytes, size_t cap);
void bufw_u8(struct bufw *w, uint8_t v);
void bufw_u16(struct bufw *w, uint16_t v);
void bufw_u32(struct bufw *w, uint32_t v);
void bufw_u64(struct bufw *w, uint64_t v);
void bufw_bytes(struct bufw *w, const void *src, size_t n);
void bufw_zero(struct bufw *w, size_t n);
/* Writes zeros up to offset `at`; a failure if more was written already. */
void bufw_zero_to(struct bufw *w, size_t at);
/* Writes text without a terminating zero. */
void bufw_text(struct bufw *w, const char *s);
void bufw_printf(struct bufw *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void bufw_hex(struct bufw *w, const void *src, size_t n);
/* Writes standard base64 with padding. */
void bufw_base64(struct bufw *w, const void *src, size_t n);
/* 0, or ERR_FULL if something did not fit. */
int bufw_end(const struct bufw *w) __attribute__((warn_unused_result));

#endif
