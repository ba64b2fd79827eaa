/* X25519 of the base point over Ed25519 (see x25519.h). The curves are the same; a point whose
 * Edwards coordinate is y has the Montgomery coordinate u = (1 + y) / (1 - y) modulo 2^255 - 19.
 * Every step takes the same time whatever the numbers are. crypto/ opens no file or connection,
 * never logs and never exits. */
#include "crypto/x25519.h"

#include <sodium.h>
#include <string.h>

/* A number modulo 2^255 - 19 in five limbs of 51 bits. Results of mul() have limbs below 2^52;
 * factors may have limbs below 2^54. */
struct fe {
	uint64_t v[5];
};

#define MASK     (((uint64_t)1 << 51) - 1)
#define PRIME(i) (MASK - ((i) ? 0 : 18)) /* the limbs of 2^255 - 19 */

__extension__ typedef unsigned __int128 wide;

static uint64_t
load(const uint8_t *b)
{
	uint64_t x = 0;

	for (int i = 0; i < 8; i++)
		x |= (uint64_t)b[i] << 8 * i;
	return x;
}

/* The highest bit, which is the sign of an Edwards point's other coordinate, is left out. */
static void
fe_load(struct fe *f, const uint8_t b[static 32])
{
	f->v[0] = load(b) & MASK;
	f->v[1] = load(b + 6) >> 3 & MASK;
	f->v[2] = load(b + 12) >> 6 & MASK;
	f->v[3] = load(b + 19) >> 1 & MASK;
	f->v[4] = load(b + 24) >> 12 & MASK;
}

static void
carry(struct fe *f)
{
	for (int i = 0; i < 4; i++) {
		f->v[i + 1] += f->v[i] >> 51;
		f->v[i] &= MASK;
	}
	f->v[0] += 19 * (f->v[4] >> 51);
	f->v[4] &= MASK;
}

/* The one spelling below 2^255 - 19. */
static void
fe_store(uint8_t out[static 32], struct fe f)
{
	uint64_t over = 19;

	carry(&f);
	carry(&f);
	for (int i = 0; i < 5; i++) /* 1 where f is 2^255 - 19 or more */
		over = (f.v[i] + over) >> 51;
	f.v[0] += 19 * over;
	for (int i = 0; i < 4; i++) {
		f.v[i + 1] += f.v[i] >> 51;
		f.v[i] &= MASK;
	}
	f.v[4] &= MASK;
	memset(out, 0, 32);
	for (int bit = 0; bit < 255; bit++)
		out[bit / 8] |= (uint8_t)((f.v[bit / 51] >> bit % 51 & 1) << bit % 8);
}

static void
mul(struct fe *out, const struct fe *f, const struct fe *g)
{
	const uint64_t *a = f->v, *b = g->v;
	uint64_t b1 = 19 * b[1], b2 = 19 * b[2], b3 = 19 * b[3], b4 = 19 * b[4];
	wide t[5] = {
		(wide)a[0] * b[0] + (wide)a[1] * b4 + (wide)a[2] * b3 + (wide)a[3] * b2 +
			(wide)a[4] * b1,
		(wide)a[0] * b[1] + (wide)a[1] * b[0] + (wide)a[2] * b4 + (wide)a[3] * b3 +
			(wide)a[4] * b2,
		(wide)a[0] * b[2] + (wide)a[1] * b[1] + (wide)a[2] * b[0] + (wide)a[3] * b4 +
			(wide)a[4] * b3,
		(wide)a[0] * b[3] + (wide)a[1] * b[2] + (wide)a[2] * b[1] + (wide)a[3] * b[0] +
			(wide)a[4] * b4,
		(wide)a[0] * b[4] + (wide)a[1] * b[3] + (wide)a[2] * b[2] + (wide)a[3] * b[1] +
			(wide)a[4] * b[0],
	};
	uint64_t r0 = (uint64_t)t[0] & MASK;

	t[1] += (uint64_t)(t[0] >> 51);
	t[2] += (uint64_t)(t[1] >> 51);
	t[3] += (uint64_t)(t[2] >> 51);
	t[4] += (uint64_t)(t[3] >> 51);
	r0 += 19 * (uint64_t)(t[4] >> 51);
	out->v[0] = r0 & MASK;
	out->v[1] = ((uint64_t)t[1] & MASK) + (r0 >> 51);
	out->v[2] = (uint64_t)t[2] & MASK;
	out->v[3] = (uint64_t)t[3] & MASK;
	out->v[4] = (uint64_t)t[4] & MASK;
}

/* a to the power 2^n. */
static struct fe
squares(struct fe a, int n)
{
	while (n-- > 0)
		mul(&a, &a, &a);
	return a;
}

static struct fe
times(struct fe a, struct fe b)
{
	mul(&a, &a, &b);
	return a;
}

/* a to the power 2^255 - 21, which is its inverse: 250 ones, then 01011. aN has N ones. */
static struct fe
invert(struct fe a)
{
	struct fe a2 = times(squares(a, 1), a);
	struct fe a4 = times(squares(a2, 2), a2);
	struct fe a5 = times(squares(a4, 1), a);
	struct fe a10 = times(squares(a5, 5), a5);
	struct fe a20 = times(squares(a10, 10), a10);
	struct fe a40 = times(squares(a20, 20), a20);
	struct fe a50 = times(squares(a40, 10), a10);
	struct fe a100 = times(squares(a50, 50), a50);
	struct fe a200 = times(squares(a100, 100), a100);
	struct fe a250 = times(squares(a200, 50), a50);

	return times(squares(times(squares(a250, 2), a), 3), a2);
}

void
x25519_base(uint8_t out[static 32], const uint8_t secret[static 32])
{
	uint8_t edwards[32];
	struct fe y, above = { { 1 } }, below = { { 1 } };

	if (crypto_scalarmult_ed25519_base(edwards, secret) != 0) {
		(void)crypto_scalarmult_base(out, secret); /* a secret of zeros */
		return;
	}
	fe_load(&y, edwards);
	for (int i = 0; i < 5; i++) {
		above.v[i] += y.v[i];
		below.v[i] += 2 * PRIME(i) - y.v[i];
	}
	fe_store(out, times(above, invert(below)));
}
