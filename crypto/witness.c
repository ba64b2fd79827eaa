/* The request to a witness, and its verdict; see witness.h. */
#include "crypto/witness.h"

#include "crypto/b64.h"
#include "crypto/err.h"
#include "crypto/text.h"

#include <inttypes.h>
#include <string.h>

int
witness_request_get(struct witness_request *out, const void *bytes, size_t len)
{
	struct buf b;
	size_t n;
	memset(out, 0, sizeof(*out));
	buf_init(&b, bytes, len);
	const char *line = buf_line(&b, &n);
	if (!line || n < 5 || memcmp(line, "old ", 4) != 0)
		return ERR_FORMAT;
	int err = text_u64(&out->old, line + 4, n - 4, MERKLE_SIZE_MAX);
	while (!err && (line = buf_line(&b, &n)) != NULL && n > 0) {
		if (out->cnt == WITNESS_STEP_MAX)
			return ERR_RANGE;
		err = text_unbase64(out->path[out->cnt++], MERKLE_LEN, line, n);
	}
	if (err || !line)
		return err ? err : ERR_FORMAT;
	out->note = line + 1; /* behind the empty line */
	out->len = b.left;
	return out->len ? 0 : ERR_FORMAT;
}

int
witness_request_put(struct bufw *w, const struct witness_request *q)
{
	bufw_printf(w, "old %" PRIu64 "\n", q->old);
	for (size_t i = 0; i < q->cnt; i++) {
		bufw_base64(w, q->path[i], MERKLE_LEN);
		bufw_text(w, "\n");
	}
	bufw_text(w, "\n");
	bufw_bytes(w, q->note, q->len);
	return bufw_end(w);
}

int
witness_checkpoint(struct checkpoint *out, struct note *note, const struct witness_request *q)
{
	int err = note_parse(note, q->note, q->len);
	return err ? err : checkpoint_get(out, note->text, note->text_len);
}

enum witness_verdict
witness_judge(const struct witness_request *q, const struct checkpoint *now,
	      const struct note *note, const struct note_key *log, const struct checkpoint *last)
{
	if (note_verify(note, log, 1, 1))
		return WITNESS_UNSIGNED;
	if (q->old > now->size)
		return WITNESS_BAD;
	if (q->old != last->size)
		return WITNESS_CONFLICT;
	if (q->old == now->size && now->size && memcmp(now->root, last->root, MERKLE_LEN) != 0)
		return WITNESS_CONFLICT;
	if (!q->old)
		return q->cnt ? WITNESS_UNPROVEN : WITNESS_GOOD;
	return merkle_check_grown((const uint8_t(*)[MERKLE_LEN])q->path, q->cnt, q->old, now->size,
				  last->root, now->root)
		       ? WITNESS_UNPROVEN
		       : WITNESS_GOOD;
}
