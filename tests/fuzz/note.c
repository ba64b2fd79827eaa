/* Signed notes: what parses merges with itself to the same text, and no signature is
 * taken that was not made. */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "crypto/err.h"
#include "crypto/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t seed[32] = { 5 };
	static uint8_t out[1 << 20];
	struct note note[2], back;
	struct note_key key = { .name = "root-1" };
	struct key_sign sk;
	struct bufw w;
	if (sodium_init() < 0)
		abort();
	if (note_parse(&note[0], data, len) != 0) {
		assert(note[0].sig_cnt == 0);
		return 0;
	}
	assert(note[0].text_len > 0 && note[0].text_len + 2 < len);
	assert(note[0].text[note[0].text_len - 1] == '\n');
	key_sign_from_seed(&sk, seed);
	key_sign_public(key.key, &sk);
	assert(note_verify(&note[0], &key, 1, 1) == ERR_AUTH);
	if (note[0].sig_cnt == NOTE_SIG_MAX)
		return 0;
	/* Signed once more, it verifies with the new key. */
	note[1] = note[0];
	bufw_init(&w, out, sizeof(out));
	if (note_merge(&w, note, 2) != 0 ||
	    note_sign(&w, note[0].text, note[0].text_len, key.name, &sk) != 0)
		return 0;
	assert(note_parse(&back, out, w.len) == 0);
	assert(back.text_len == note[0].text_len && back.sig_cnt <= note[0].sig_cnt + 1);
	assert(note_verify(&back, &key, 1, 1) == 0);
	return 0;
}
