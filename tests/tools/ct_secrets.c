/* As ct_xwing.c, one floor up: sealing, opening, receipts, the keystore's key, the workspace,
 * signing, and what compares secrets. With the argument "compare" or "table" it does what it must
 * not, for the test to see a report. */
#include <sodium.h>
#include <stdio.h>
#include <valgrind/memcheck.h>

#include "crypto/frame.h"
#include "crypto/keystore_key.h"
#include "crypto/open.h"
#include "crypto/order.h"
#include "crypto/receipt.h"
#include "crypto/secret.h"
#include "crypto/record.h"
#include "server/vault/vault.h"

#define SECRET(x) ((void)VALGRIND_MAKE_MEM_UNDEFINED(&(x), sizeof(x)))
#define PUBLIC(x) ((void)VALGRIND_MAKE_MEM_DEFINED(&(x), sizeof(x)))

static const uint8_t id[KEY_ID_LEN] = { 1 };
static uint8_t sealed[SEAL_LEN], frame[FRAME_LEN];

/* The first draw is the file key, which is secret; the others decide an order and a nonce, which
 * show. */
struct draws {
	struct seal_rng rng;
	int cnt;
};

static void
draw(struct seal_rng *rng, void *dst, size_t len)
{
	struct draws *d = (struct draws *)rng;
	randombytes_buf(dst, len);
	if (d->cnt++ == 0)
		(void)VALGRIND_MAKE_MEM_UNDEFINED(dst, len);
}

/* A key whose secret half is secret and whose public half is not. */
static void
signing_key(struct key_sign *key)
{
	key_sign_new(key);
	(void)VALGRIND_MAKE_MEM_UNDEFINED(key->bytes, KEY_SIGN_SEED_LEN);
}

static int
seal_and_open(void)
{
	static uint8_t plain[ENTRY_LEN];
	struct xwing_secret sk = { { 7 } }, other = { { 8 } };
	struct xwing_public pk, second;
	struct key_sign key;
	struct draws draws = { { draw }, 0 };
	struct open_result got;
	struct open_key *open;
	int err;
	xwing_public_of(&pk, &sk);
	xwing_public_of(&second, &other);
	signing_key(&key);
	struct seal_set set = { { pk.b, second.b, NULL, NULL } };
	struct entry e = { .type = ENTRY_NOTE, .thread = 1, .json = "{\"v\":1}", .json_len = 7 };
	memcpy(e.id, id, sizeof(id));
	struct seal_entry how = { .set = &set, .key = &key, .rng = &draws.rng };
	err = seal_entry(sealed, &e, &how);
	PUBLIC(err);
	PUBLIC(sealed);
	SECRET(sk);
	open = open_key_new(&sk);
	if (err || !open)
		return 1;
	err = open_sealed(plain, &got, sealed, open, 0);
	PUBLIC(err);
	open_key_free(open);
	return err != 0;
}

static int
receipts(void)
{
	struct receipt receipt, back;
	struct receipt_keys keys;
	char text[RECEIPT_TEXT_LEN + 1], check;
	int err;
	receipt_new(&receipt);
	(void)VALGRIND_MAKE_MEM_UNDEFINED(receipt.digits, RECEIPT_DIGITS);
	check = receipt_check_digit(receipt.digits, RECEIPT_DIGITS);
	PUBLIC(check);
	receipt_print(text, &receipt);
	err = receipt_derive(&keys, &receipt, id);
	PUBLIC(err);
	PUBLIC(keys.public_sign);
	PUBLIC(keys.case_id);
	if (check != '0' || err)
		return 1;
	struct frame_request rq = { .op = FRAME_POLL };
	memcpy(rq.routing.id, keys.case_id, KEY_ID_LEN);
	(void)VALGRIND_MAKE_MEM_DEFINED(keys.sign.bytes + 32, 32);
	err = frame_request_build(frame, &rq, id, &keys.sign);
	PUBLIC(err);
	int parsed = receipt_parse(&back, text, RECEIPT_TEXT_LEN);
	PUBLIC(parsed);
	return err || parsed;
}

/* The key of a layer of a sealed order: a code is read as a receipt is. */
static int
layers(void)
{
	struct receipt code;
	struct order_half half = { { 6 } };
	struct xwing_secret secret;
	receipt_new(&code);
	(void)VALGRIND_MAKE_MEM_UNDEFINED(code.digits, RECEIPT_DIGITS);
	SECRET(half);
	int err = order_layer_secret(&secret, &code, &half, id, 2);
	PUBLIC(err);
	return err;
}

static int
kept(void)
{
	static const uint8_t plain[20] = { 3 };
	const struct keystore_cost cost = { 1, 64 };
	char pass[] = "correct horse", *again;
	uint8_t file[KEYSTORE_HEAD_LEN + sizeof(plain) + KEYSTORE_TAG_LEN], root[32] = { 4 },
									    index[32];
	uint8_t value[sizeof(plain) + RECORD_OVERHEAD], out[sizeof(plain)];
	struct record_keys keys;
	struct keystore_key key;
	size_t n;
	(void)VALGRIND_MAKE_MEM_UNDEFINED(pass, sizeof(pass) - 1);
	int err = keystore_key_new(&key, pass, &cost);
	PUBLIC(err);
	err |= keystore_key_seal(file, sizeof(file), &n, plain, sizeof(plain), &key);
	PUBLIC(file);
	err |= keystore_key_open(&again, &n, file, sizeof(file), &key);
	secret_free(again);
	SECRET(root);
	err |= record_derive(&keys, root);
	PUBLIC(err);
	record_index(index, &keys, "c", id, sizeof(id));
	record_seal(value, &keys, index, plain, sizeof(plain));
	PUBLIC(value);
	err |= record_open(out, &keys, index, value, sizeof(value));
	PUBLIC(err);
	return err;
}

/* What the gateway does with its keys. */
static int
serve(void)
{
	static struct vault v;
	static const uint8_t request[FRAME_HASH_LEN] = { 5 };
	struct frame_answer a = { .status = FRAME_OK };
	struct key_sign key;
	uint8_t cursor[FRAME_CURSOR_LEN];
	struct vault_cursor of = { .desk = 2, .kind = FRAME_CASE, .turn = VAULT_ON_DUTY };
	uint64_t place;
	signing_key(&key);
	int err = frame_answer_build(frame, &a, request, &key);
	randombytes_buf(v.cursor_key, sizeof(v.cursor_key));
	SECRET(v.cursor_key);
	vault_cursor_make(&v, cursor, of, 77);
	PUBLIC(cursor);
	err |= vault_cursor_read(&v, &place, cursor, of);
	PUBLIC(err);
	PUBLIC(place);
	return err || place != 77;
}

/* Two ways in which it goes wrong. */
static int
leak(const char *how)
{
	static const volatile char table[10] = "0317598642";
	uint8_t a[32], b[32];
	randombytes_buf(a, sizeof(a));
	memcpy(b, a, sizeof(b));
	SECRET(a);
	return strcmp(how, "table") == 0 ? table[a[0] % 10] == 'x' : memcmp(a, b, sizeof(a)) > 0;
}

int
main(int argc, char **argv)
{
	if (sodium_init() < 0 || !RUNNING_ON_VALGRIND)
		return 2;
	if (argc > 1)
		return leak(argv[1]);
	return seal_and_open() || receipts() || layers() || kept() || serve();
}
