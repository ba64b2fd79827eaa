/* A face's checks of a request, the cheapest first; see face_check.h. */
#include "server/face/face_check.h"

#include <sodium.h>

static enum puzzle_class
puzzle_class(const uint8_t frame[static FRAME_LEN], const struct frame_digest *d,
	     const struct face_rules *rules)
{
	if (!rules->valid_cnt || !rules->valid[0].difficulty)
		return PUZZLE_OLDER;
	for (unsigned i = 0; i < rules->valid_cnt; i++)
		if (frame_puzzle_check(frame, d, rules->valid[i].salt, rules->valid[i].difficulty))
			return i ? PUZZLE_OLDER : PUZZLE_NEWEST;
	return PUZZLE_UNSOLVED;
}

/* The lottery depends on the class alone, on nothing else of the request. */
static bool
lot_drawn(enum puzzle_class class, const struct face_rules *rules)
{
	uint16_t chance = rules->valid_cnt ? rules->chance[class] : PUZZLE_SURE;
	return chance == PUZZLE_SURE || (randombytes_random() & 0xffff) < chance;
}

/*
 * Puzzle and lottery come before the format: a refusal has to be cheaper than the work it saves.
 * The signature is the vault's to check.
 */
void
face_check(struct face_verdict *out, const uint8_t frame[static FRAME_LEN],
	   const struct face_rules *rules)
{
	struct frame_request request;
	struct frame_digest d;
	frame_digest(&d, frame);
	memcpy(out->r, d.r, FRAME_HASH_LEN);
	out->status = 0;
	out->class = (uint8_t)puzzle_class(frame, &d, rules);
	if (out->class == PUZZLE_UNSOLVED || !lot_drawn(out->class, rules))
		out->status = FRAME_BUSY;
	else if (frame_request_parse(&request, frame))
		out->status = FRAME_BAD;
}
