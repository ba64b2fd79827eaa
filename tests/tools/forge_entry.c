/*
 * Writes what davy would refuse to write: a desk entry signed by a real member, with any type,
 * body and links, as a frame for `davy frame carry`; of type 64 as the frame that opens an order,
 * of a type up to 77 as an entry of one, and of type 78 as the frame that opens a need. forge_entry
 * KEYSTORE PASSPHRASEFILE CARD BUNDLE OUT CASE DESK NUMBER TYPE JSON SEEN PREV DESKS… SEEN and PREV
 * are 64 hex digits; DESKS up to four desk numbers to seal to.
 */
#include <jansson.h>
#include <sodium.h>
#include <time.h>

#include "crypto/b64.h"
#include "crypto/bundle.h"
#include "crypto/card.h"
#include "crypto/err.h"
#include "crypto/frame.h"
#include "crypto/keystore.h"
#include "crypto/seal.h"
#include "crypto/secret.h"
#include "crypto/text.h"

static void
die(const char *what)
{
	fprintf(stderr, "forge_entry: %s\n", what);
	exit(1);
}

static uint8_t *
slurp(const char *path, size_t *len)
{
	uint8_t *buf = malloc(BUNDLE_MAX + 1);
	FILE *f = fopen(path, "rb");

	if (!f || !buf)
		die(path);
	*len = fread(buf, 1, BUNDLE_MAX, f);
	buf[*len] = '\0';
	fclose(f);
	return buf;
}

static void
load_key(struct key_sign *key, const char *keystore, const char *passfile)
{
	uint8_t *bytes, *pass, seed[32];
	size_t len, pass_len, plain_len;
	const json_t *s;
	char *plain;
	json_t *j;

	bytes = slurp(keystore, &len);
	pass = slurp(passfile, &pass_len);
	pass[strcspn((char *)pass, "\n")] = '\0';
	if (keystore_open(&plain, &plain_len, bytes, len, (char *)pass))
		die("the passphrase does not open the keystore");
	j = json_loadb(plain, plain_len, 0, NULL);
	s = json_object_get(j, "sign");
	if (!s || b64_decode_exact(seed, sizeof(seed), json_string_value(s), json_string_length(s),
				   B64_PADDED))
		die("the keystore has no signing seed where it was expected");
	key_sign_from_seed(key, seed);
	json_decref(j);
	secret_free(plain);
	free(bytes);
	free(pass);
}

static void
unhex(uint8_t *out, size_t n, const char *hex)
{
	if (text_unhex(out, n, hex, strlen(hex)))
		die(hex);
}

int
main(int argc, char **argv)
{
	static uint8_t frame[FRAME_LEN], sealed[SEAL_LEN];
	struct card_gateway card;
	struct bundle bundle;
	struct key_sign key;
	struct seal_set set = { 0 };
	struct entry e = { 0 };
	struct frame_request q = { .body = sealed, .body_len = SEAL_LEN };
	uint8_t *bytes, *roster;
	size_t len, roster_len;
	uint32_t today = (uint32_t)(time(NULL) / 86400);
	FILE *f;
	int i;

	if (argc < 14 || argc > 17 || sodium_init() < 0)
		die("wrong arguments");
	load_key(&key, argv[1], argv[2]);
	bytes = slurp(argv[3], &len);
	roster = slurp(argv[4], &roster_len);
	if (card_gateway_parse(&card, bytes, len) ||
	    bundle_parse(&bundle, roster, roster_len, &card.roots))
		die("card or bundle");
	unhex(e.id, sizeof(e.id), argv[6]);
	e.type = (uint16_t)strtoul(argv[9], NULL, 10);
	e.thread = FRAME_DESK;
	e.number = (uint32_t)strtoul(argv[8], NULL, 10);
	e.json = argv[10];
	e.json_len = strlen(argv[10]);
	e.hour = (uint32_t)(time(NULL) / 3600);
	unhex(e.seen, sizeof(e.seen), argv[11]);
	unhex(e.prev, sizeof(e.prev), argv[12]);
	memcpy(e.gateway, card.id, sizeof(e.gateway));
	memcpy(e.roster, bundle.hash, sizeof(e.roster));
	for (i = 13; i < argc; i++) {
		const struct epoch *x = bundle_key(&bundle, (uint16_t)strtoul(argv[i], NULL, 10),
						   EPOCH_ONLINE, today);

		set.pk[i - 13] = x ? x->key : NULL;
	}
	if (seal_entry(sealed, &e, &(struct seal_entry){ .set = &set, .key = &key }))
		die("sealing");
	memcpy(q.routing.id, e.id, sizeof(e.id));
	q.routing.desk = (uint16_t)strtoul(argv[7], NULL, 10);
	q.op = e.type == ENTRY_ORDER  ? FRAME_ORDER_OPEN
	       : e.type == ENTRY_NEED ? FRAME_BOOK_OPEN
				      : FRAME_DESK_APPEND;
	q.routing.kind = e.type == ENTRY_NEED                                  ? FRAME_BOOK
			 : e.type >= ENTRY_ORDER && e.type <= ENTRY_COMPROMISE ? FRAME_ORDER
									       : FRAME_CASE;
	q.routing.thread = q.op == FRAME_DESK_APPEND ? FRAME_DESK : 0;
	q.routing.number = e.number;
	q.minute = (uint64_t)(time(NULL) / 60);
	if (frame_request_build(frame, &q, card.id, &key))
		die("frame");
	f = fopen(argv[5], "wb");
	if (!f || fwrite(frame, sizeof(frame), 1, f) != 1 || fclose(f))
		die(argv[5]);
	bundle_free(&bundle);
	free(bytes);
	free(roster);
	return 0;
}
