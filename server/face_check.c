#include "server/face_check.h"

/* Puzzles come before signatures: a refusal has to be cheaper than what it refuses. */
static bool
puzzle_solved(const uint8_t frame[static FRAME_LEN], const struct frame_digest *d,
	      const struct face_rules *rules)
{
	if (!rules->valid_cnt || !rules->valid[0].difficulty)
		return true;
	for (unsigned i = 0; i < rules->valid_cnt; i++)
		if (frame_puzzle_check(frame, d, rules->valid[i].salt, rules->valid[i].difficulty))
			return true;
	return false;
}

int
face_check(uint8_t r[static FRAME_HASH_LEN], const uint8_t frame[static FRAME_LEN],
	   const struct face_rules *rules)
{
	struct frame_request request;
	struct frame_digest d;
	frame_digest(&d, frame);
	memcpy(r, d.r, FRAME_HASH_LEN);
	if (frame_request_parse(&request, frame))
		return FRAME_BAD;
	if (!puzzle_solved(frame, &d, rules))
		return FRAME_BUSY;
	return frame_request_verify(frame, &d, rules->gateway) ? FRAME_BAD : 0;
}
