/* Voice notes: any note is refused or becomes an Ogg file whose pages and packets fit. */
#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/view/sound.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The sound of the packets of one page; none goes on behind it. */
static uint64_t
page_samples(const uint8_t *page, const uint8_t *body)
{
	uint64_t sum = 0;
	size_t n = 0;

	for (unsigned i = 0; i < page[26]; i++) {
		n += page[27 + i];
		if (page[27 + i] == 255)
			continue;
		sum += sound_samples(body, n);
		body += n;
		n = 0;
	}
	assert(!n);
	return sum;
}

static void
whole(const uint8_t *ogg, size_t len, uint32_t samples)
{
	uint64_t sum = 0;
	size_t at, body, pages = 0;

	for (at = 0; at < len; at += body, pages++) {
		const uint8_t *page = ogg + at;

		assert(len - at >= 27 && !memcmp(page, "OggS", 4));
		body = 27u + page[26];
		for (unsigned i = 0; i < page[26]; i++)
			body += page[27 + i];
		assert(body <= len - at);
		if (pages >= 2)
			sum += page_samples(page, page + 27 + page[26]);
	}
	assert(at == len && pages > 2 && sum == samples && samples && samples <= 90 * 48000);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t note[SOUND_LEN];
	struct session ses = { 0 };
	uint8_t *ogg;
	size_t ogg_len;
	uint32_t samples;

	if (sodium_init() < 0)
		abort();
	(void)sound_samples(data, len);
	memset(note, 0, sizeof(note));
	memcpy(note, data, len < sizeof(note) ? len : sizeof(note));
	if (sound_ogg(&ses, note, sizeof(note), &ogg, &ogg_len, &samples) == 0) {
		whole(ogg, ogg_len, samples);
		free(ogg);
	}
	session_end(&ses);
	return 0;
}
