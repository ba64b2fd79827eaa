/*
 * What somebody can read who has a gateway's database and one member's laptop with its passphrase.
 *     try_open DATABASE KEYSTORE PASSPHRASEFILE
 * Takes every 32-byte secret of the keystore as an X-Wing secret and tries it on everything sealed
 * in the database. Prints a line for each thing that opens:
 *     entry TYPE SHA256-OF-THE-SEALED-BYTES       attachment LENGTH
 * and at last "tried N secrets on M entries and K attachments".
 */
#include <jansson.h>
#include <sodium.h>
#include <sqlite3.h>

#include "crypto/age_memory.h"
#include "crypto/attach.h"
#include "crypto/b64.h"
#include "crypto/keystore.h"
#include "crypto/open.h"
#include "crypto/secret.h"
#include "crypto/text.h"

#define KEYS_MAX 64

static struct open_key *keys[KEYS_MAX];
static size_t key_cnt;
static unsigned entries, attachments;

static void
die(const char *what)
{
	fprintf(stderr, "try_open: %s\n", what);
	exit(1);
}

static uint8_t *
slurp(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	uint8_t *buf = malloc(KEYSTORE_MAX + 1);

	if (!f || !buf)
		die(path);
	*len = fread(buf, 1, KEYSTORE_MAX, f);
	buf[*len] = '\0';
	fclose(f);
	return buf;
}

/* Whatever looks like a secret, wherever it stands. */
static void
take_secrets(const json_t *j)
{
	struct xwing_secret secret;
	const char *name;
	json_t *v;
	size_t i;

	if (json_is_string(j) && key_cnt < KEYS_MAX &&
	    !b64_decode_exact(secret.seed, sizeof(secret.seed), json_string_value(j),
			      json_string_length(j), B64_PADDED))
		keys[key_cnt++] = open_key_new(&secret);
	json_array_foreach(j, i, v) take_secrets(v);
	json_object_foreach((json_t *)(uintptr_t)j, name, v) take_secrets(v);
}

static void
try_entry(const uint8_t *sealed)
{
	static uint8_t plain[ENTRY_LEN];
	struct open_result result;
	struct entry e;
	uint8_t hash[32];
	char hex[65];

	entries++;
	for (size_t k = 0; k < key_cnt; k++) {
		if (open_sealed(plain, &result, sealed, keys[k], 0) || entry_decode(&e, plain))
			continue;
		key_sha256(hash, sealed, SEAL_LEN);
		text_hex(hex, sizeof(hex), hash, sizeof(hash));
		printf("entry %u %s\n", e.type, hex);
		return;
	}
}

static int
nowhere(void *arg, const uint8_t *buf, size_t len)
{
	(void)arg;
	(void)buf;
	(void)len;
	return 0;
}

static void
try_attachment(struct age_memory *file)
{
	static const uint32_t classes[] = { 65536, 262144, 1048576, 4194304 };
	uint64_t len;

	attachments++;
	for (size_t c = 0; c < 4; c++)
		if (attach_file_len(classes[c]) <= file->len &&
		    file->len - attach_file_len(classes[c]) < ATTACH_PART_LEN)
			file->len = attach_file_len(classes[c]);
	for (size_t k = 0; k < key_cnt; k++) {
		file->at = 0;
		if (!attach_open(keys[k], &len, age_memory_source(file),
				 (struct age_sink){ nowhere, NULL }, NULL)) {
			printf("attachment %llu\n", (unsigned long long)len);
			return;
		}
	}
}

static void
try_entries(sqlite3 *db)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(db,
			       "SELECT bytes FROM body WHERE length(bytes) = 16128 AND n NOT IN"
			       " (SELECT body FROM chunk)",
			       -1, &s, NULL))
		die(sqlite3_errmsg(db));
	while (sqlite3_step(s) == SQLITE_ROW)
		try_entry(sqlite3_column_blob(s, 0));
	sqlite3_finalize(s);
}

static void
try_attachments(sqlite3 *db)
{
	struct age_memory file = { .bytes = malloc(8 << 20) };
	sqlite3_int64 log = -1, attach = -1;
	sqlite3_stmt *s = NULL;

	if (!file.bytes ||
	    sqlite3_prepare_v2(db,
			       "SELECT c.log, c.attach, b.bytes FROM chunk c JOIN body b"
			       " ON b.n = c.body ORDER BY c.log, c.attach, c.part",
			       -1, &s, NULL))
		die(sqlite3_errmsg(db));
	while (sqlite3_step(s) == SQLITE_ROW) {
		if (file.len &&
		    (sqlite3_column_int64(s, 0) != log || sqlite3_column_int64(s, 1) != attach)) {
			try_attachment(&file);
			file.len = 0;
		}
		log = sqlite3_column_int64(s, 0);
		attach = sqlite3_column_int64(s, 1);
		memcpy(file.bytes + file.len, sqlite3_column_blob(s, 2), ATTACH_PART_LEN);
		file.len += ATTACH_PART_LEN;
	}
	if (file.len)
		try_attachment(&file);
	sqlite3_finalize(s);
	free(file.bytes);
}

int
main(int argc, char **argv)
{
	size_t len, pass_len, plain_len;
	uint8_t *bytes, *pass;
	char *plain;
	json_t *j;
	sqlite3 *db;

	if (argc != 4 || sodium_init() < 0)
		die("usage: try_open DATABASE KEYSTORE PASSPHRASEFILE");
	bytes = slurp(argv[2], &len);
	pass = slurp(argv[3], &pass_len);
	pass[strcspn((char *)pass, "\n")] = '\0';
	if (keystore_open(&plain, &plain_len, bytes, len, (char *)pass))
		die("the passphrase does not open the keystore");
	j = json_loadb(plain, plain_len, 0, NULL);
	take_secrets(j);
	if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL))
		die("no such database");
	try_entries(db);
	try_attachments(db);
	printf("tried %zu secrets on %u entries and %u attachments\n", key_cnt, entries,
	       attachments);
	sqlite3_close(db);
	while (key_cnt)
		open_key_free(keys[--key_cnt]);
	json_decref(j);
	secret_free(plain);
	free(bytes);
	free(pass);
	return 0;
}
