/* Makes a playable file of a voice note (see sound.h). */
#include "admin-cli/view/sound.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"

#define MAGIC       "DVS1"
#define HEAD        6
#define RATE        48000u
#define SECONDS     90u
#define FRAME_MAX   1275u /* bytes */
#define PACKET_MAX  1275u /* bytes of a packet in a note */
#define SAMPLES_MAX 5760u /* of a packet: 120 ms */

/* An Ogg page holds at most 255 parts of a packet; ours hold at most a second. */
#define PAGE_HEAD    27
#define SEGMENTS     255
#define PAGE_PACKETS 50
#define FIRST        2 /* pages for the heads */
/* Samples before the sound; what encoders need. It is the same in each file, so it tells nothing.
 */
#define SKIP 312

/* More than any note becomes: each packet gets one byte or a few, and each page of many packets a
 * head. */
#define OGG_MAX (SOUND_LEN * 4 + 4096)

static const uint8_t opus_head[] = { 'O',        'p',       'u',  's',  'H', 'e', 'a', 'd', 1, 1,
				     SKIP & 255, SKIP >> 8, 0x80, 0xbb, 0,   0,   0,   0,   0 };
static const uint8_t opus_tags[] = {
	'O', 'p', 'u', 's', 'T', 'a', 'g', 's', 0, 0, 0, 0, 0, 0, 0, 0
};

struct packet {
	const uint8_t *bytes;
	size_t len;
};

/* Reads a note from its first packet to its last. */
struct reader {
	const uint8_t *at, *end;
};

struct writer {
	uint8_t *out;
	size_t len;
	uint32_t page;
	uint64_t samples;
};

bool
sound_is(const uint8_t *bytes, size_t len)
{
	return len >= HEAD && !memcmp(bytes, MAGIC, 4);
}

/* A length as RFC 6716 §3.2.1 writes it; false where the bytes end before it. */
static bool
take_len(struct reader *r, size_t *len)
{
	size_t left = (size_t)(r->end - r->at);

	if (left < 1 || (r->at[0] >= 252 && left < 2))
		return false;
	*len = r->at[0];
	if (*r->at++ >= 252)
		*len += 4 * (size_t)*r->at++;
	return true;
}

/* The samples of one frame, by the first byte of a packet. */
static unsigned
frame_samples(uint8_t toc)
{
	unsigned c = toc >> 3;

	if (c >= 16)
		return 120u << (c & 3);
	if (c >= 12)
		return 480u << (c & 1);
	return c & 3 ? 960u * (c & 3) : 480u;
}

/* Whether the last frame has what is left, after the lengths of `told` others. */
static bool
frames_fill(struct reader r, unsigned told)
{
	size_t sum = 0, len, left;

	for (; told; told--, sum += len)
		if (!take_len(&r, &len))
			return false;
	left = (size_t)(r.end - r.at);
	return sum <= left && left - sum <= FRAME_MAX;
}

unsigned
sound_samples(const uint8_t *packet, size_t len)
{
	unsigned one = len ? frame_samples(packet[0]) : 0, cnt;

	if (!len)
		return 0;
	switch (packet[0] & 3) {
	case 0:
		return len - 1 <= FRAME_MAX ? one : 0;
	case 1:
		return (len & 1) && len - 1 <= (size_t)2 * FRAME_MAX ? 2 * one : 0;
	case 2:
		return frames_fill((struct reader){ packet + 1, packet + len }, 1) ? 2 * one : 0;
	default:
		break;
	}
	cnt = len > 1 ? packet[1] & 63 : 0;
	if (!cnt || cnt * one > SAMPLES_MAX || (packet[1] & 64))
		return 0;
	if (packet[1] & 128)
		return frames_fill((struct reader){ packet + 2, packet + len }, cnt - 1) ? cnt * one
											 : 0;
	return (len - 2) % cnt == 0 && (len - 2) / cnt <= FRAME_MAX ? cnt * one : 0;
}

static bool
take_packet(struct reader *r, struct packet *p)
{
	if (!take_len(r, &p->len) || p->len > PACKET_MAX || p->len > (size_t)(r->end - r->at))
		return false;
	p->bytes = r->at;
	r->at += p->len;
	return true;
}

/* The sum that Ogg has: the polynomial 0x04c11db7, nothing inverted. */
static uint32_t
checksum(const uint8_t *b, size_t len)
{
	uint32_t sum = 0;

	for (; len; len--) {
		sum ^= (uint32_t)*b++ << 24;
		for (int i = 0; i < 8; i++)
			sum = sum << 1 ^ (sum & 0x80000000u ? 0x04c11db7u : 0);
	}
	return sum;
}

static void
put32(uint8_t *at, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(v >> 8 * i);
}

/* One page with these packets, all of them whole. */
static void
put_page(struct writer *w, const struct packet *p, size_t cnt, uint8_t flags)
{
	uint8_t *page = w->out + w->len, *at;
	size_t i, left, segments = 0;

	memset(page, 0, PAGE_HEAD);
	memcpy(page, "OggS", 4);
	page[5] = flags;
	put32(page + 6, (uint32_t)w->samples);
	put32(page + 10, (uint32_t)(w->samples >> 32));
	put32(page + 14, 1); /* the only stream */
	put32(page + 18, w->page++);
	for (i = 0; i < cnt; i++) {
		for (left = p[i].len; left >= 255; left -= 255)
			page[PAGE_HEAD + segments++] = 255;
		page[PAGE_HEAD + segments++] = (uint8_t)left;
	}
	page[26] = (uint8_t)segments;
	at = page + PAGE_HEAD + segments;
	for (i = 0; i < cnt; i++) {
		memcpy(at, p[i].bytes, p[i].len);
		at += p[i].len;
	}
	put32(page + 22, checksum(page, (size_t)(at - page)));
	w->len = (size_t)(at - w->out);
}

/* The packets of a note, page by page; false where something in it has another form. */
static bool
put_packets(struct writer *w, struct reader *r, unsigned cnt)
{
	struct packet p[PAGE_PACKETS];
	size_t n = 0, segments = 0;

	while (cnt--) {
		unsigned samples;

		if (!take_packet(r, &p[n]))
			return false;
		samples = sound_samples(p[n].bytes, p[n].len);
		if (!samples || w->samples + samples > (uint64_t)SECONDS * RATE)
			return false;
		w->samples += samples;
		segments += p[n++].len / 255 + 1;
		if (!cnt || n == PAGE_PACKETS || segments + PACKET_MAX / 255 + 1 > SEGMENTS) {
			put_page(w, p, n, cnt ? 0 : 4);
			n = segments = 0;
		}
	}
	return true;
}

static bool
make(struct writer *w, const uint8_t *bytes)
{
	const struct packet head = { opus_head, sizeof(opus_head) };
	const struct packet tags = { opus_tags, sizeof(opus_tags) };
	struct reader r = { bytes + HEAD, bytes + SOUND_LEN };
	unsigned cnt = bytes[4] | (unsigned)bytes[5] << 8;

	put_page(w, &head, 1, 2);
	put_page(w, &tags, 1, 0);
	return cnt && put_packets(w, &r, cnt) && sodium_is_zero(r.at, (size_t)(r.end - r.at));
}

int
sound_ogg(struct session *ses, const uint8_t *bytes, size_t len, uint8_t **out, size_t *out_len,
	  uint32_t *samples)
{
	struct writer w = { .out = malloc(OGG_MAX) };

	*out = NULL;
	if (!w.out)
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	if (len != SOUND_LEN || !sound_is(bytes, len) || !make(&w, bytes)) {
		sodium_memzero(w.out, w.len);
		free(w.out);
		return session_fail(
			ses, DAVY_REFUSED, "sound",
			_("The voice note has another form than a page gives it, so it is "
			  "not written."));
	}
	if (samples)
		*samples = (uint32_t)w.samples;
	*out = w.out;
	*out_len = w.len;
	return 0;
}
