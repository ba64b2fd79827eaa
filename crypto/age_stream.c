/* Seals and opens whole age files of any length in constant memory, through callbacks that
 * read and write. crypto/ opens no file or connection, never logs and never exits. */
#include "crypto/age_stream.h"

#include <sodium.h>

#include "crypto/age_armor.h"
#include "crypto/err.h"
#include "crypto/secret.h"

#define HEADER_STEP 8192 /* bytes read at once while the end of the header is not found */

/* The buffers of both directions. They are in secret memory, because they hold keys and
 * plaintext. */
struct work {
	struct age_payload payload;
	struct age_file_key key;
	uint8_t in[AGE_PAYLOAD_SEALED];
	uint8_t out[AGE_PAYLOAD_SEALED];
	/* For opening only: the header, and the bytes that were read after it. */
	uint8_t *head;
	size_t head_len, head_used;
	size_t header_len; /* length of the header alone */
};

static void
work_free(struct work *w)
{
	if (!w)
		return;
	free(w->head);
	secret_free(w);
}

/* Fills buf, except at the end of the input. */
static int
fill(struct age_source in, uint8_t *buf, size_t cap, size_t *got)
{
	size_t n;
	int err;

	for (*got = 0; *got < cap; *got += n) {
		if ((err = in.read(in.arg, buf + *got, cap - *got, &n)) != 0)
			return err;
		if (n == 0)
			break;
	}
	return 0;
}

/* Wraps the file key for every recipient. All recipients must be of one kind. */
static int
wrap_all(const struct age_sealing *how, const struct age_file_key *key, uint8_t **head,
	 size_t *head_len)
{
	size_t stanza = how->to[0].kind == AGE_KIND_PQ ? AGE_STANZA_PQ_LEN : AGE_STANZA_X25519_LEN;
	size_t cap, i, n = AGE_HEADER_BEGIN;
	uint8_t one[AGE_STANZA_MAX];
	int err;

	if (how->to_cnt > (AGE_HEADER_MAX - AGE_HEADER_BEGIN - AGE_HEADER_END) / stanza)
		return ERR_RANGE;
	for (i = 1; i < how->to_cnt; i++)
		if (how->to[i].kind != how->to[0].kind)
			return ERR_MIX;
	cap = AGE_HEADER_BEGIN + how->to_cnt * stanza + AGE_HEADER_END;
	if (!(*head = malloc(cap)))
		return ERR_MEM;
	for (i = 0; i < how->to_cnt; i++) {
		size_t len;

		if ((err = age_stanza_seal(one, &len, &how->to[i], key)) != 0)
			return err;
		memcpy(*head + n, one, len);
		n += len;
	}
	return age_header_write(*head, cap, head_len,
				HKDF_IN(*head + AGE_HEADER_BEGIN, n - AGE_HEADER_BEGIN), key);
}

static int
ready_stanzas(const struct age_sealing *how, uint8_t **head, size_t *head_len)
{
	size_t cap = AGE_HEADER_BEGIN + how->stanzas.len + AGE_HEADER_END;

	if (how->stanzas.len > AGE_HEADER_MAX - AGE_HEADER_BEGIN - AGE_HEADER_END)
		return ERR_RANGE;
	if (!(*head = malloc(cap)))
		return ERR_MEM;
	return age_header_write(*head, cap, head_len, how->stanzas, how->key);
}

static int
seal_header(struct work *w, const struct age_sealing *how, struct age_sink out)
{
	uint8_t nonce[AGE_PAYLOAD_NONCE_LEN];
	int err;

	if (how->key) {
		w->key = *how->key;
		err = ready_stanzas(how, &w->head, &w->head_len);
	} else if (how->to_cnt > 0) {
		randombytes_buf(w->key.b, sizeof(w->key.b));
		err = wrap_all(how, &w->key, &w->head, &w->head_len);
	} else {
		err = ERR_ARG;
	}
	if (err)
		return err;
	if (how->nonce)
		memcpy(nonce, how->nonce, sizeof(nonce));
	else
		randombytes_buf(nonce, sizeof(nonce));
	age_payload_init(&w->payload, &w->key, nonce);
	if ((err = out.write(out.arg, w->head, w->head_len)) != 0)
		return err;
	return out.write(out.arg, nonce, sizeof(nonce));
}

int
age_stream_seal(const struct age_sealing *how, struct age_source in, struct age_sink out)
{
	struct work *w = secret_alloc(sizeof(*w));
	size_t have, more;
	bool last;
	int err = ERR_MEM;

	if (!w || (err = seal_header(w, how, out)) != 0)
		goto out;
	/* A full chunk is the last one only if nothing follows it, so one byte is read ahead. */
	if ((err = fill(in, w->in, AGE_PAYLOAD_CHUNK + 1, &have)) != 0)
		goto out;
	do {
		size_t n = have < AGE_PAYLOAD_CHUNK ? have : AGE_PAYLOAD_CHUNK;

		last = have <= AGE_PAYLOAD_CHUNK;
		if ((err = age_payload_seal_chunk(&w->payload, w->out, w->in, n, last)) != 0 ||
		    (err = out.write(out.arg, w->out, n + AGE_PAYLOAD_TAG_LEN)) != 0)
			goto out;
		if (last)
			break;
		w->in[0] = w->in[AGE_PAYLOAD_CHUNK];
		err = fill(in, w->in + 1, AGE_PAYLOAD_CHUNK, &more);
		have = 1 + more;
	} while (!err);
out:
	work_free(w);
	return err;
}

/* Reads until the line that begins with "---" is complete, or until the end or the cap. */
static int
read_header(struct work *w, struct age_source in)
{
	size_t seen = 0, n, step;
	const uint8_t *end = NULL;
	int err;

	if (!(w->head = malloc(AGE_HEADER_MAX)))
		return ERR_MEM;
	while (w->head_len < AGE_HEADER_MAX) {
		step = AGE_HEADER_MAX - w->head_len;
		if (step > HEADER_STEP)
			step = HEADER_STEP;
		if ((err = in.read(in.arg, w->head + w->head_len, step, &n)) != 0)
			return err;
		if (n == 0)
			break;
		w->head_len += n;
		if (!end)
			end = memmem(w->head + seen, w->head_len - seen, "\n---", 4);
		if (end && memchr(end + 1, '\n', (size_t)(w->head + w->head_len - end - 1)))
			break;
		seen = w->head_len > 3 ? w->head_len - 3 : 0;
	}
	return 0;
}

/* A source that gives the bytes read after the header, then the rest of the input. */
struct rest {
	struct work *w;
	struct age_source in;
};

static int
rest_read(void *arg, uint8_t *buf, size_t cap, size_t *got)
{
	struct rest *rest = arg;
	struct work *w = rest->w;
	size_t left = w->head_len - w->head_used;

	if (left == 0)
		return rest->in.read(rest->in.arg, buf, cap, got);
	*got = left < cap ? left : cap;
	memcpy(buf, w->head + w->head_used, *got);
	w->head_used += *got;
	return 0;
}

/* A full chunk is first opened as one that others follow, then as the last one, after which
 * the input must end. So every authentic chunk has reached the sink before damage is reported. */
static int
open_chunks(struct work *w, struct age_source in, struct age_sink out)
{
	size_t got, extra;
	bool last;
	int err;

	do {
		if ((err = fill(in, w->in, AGE_PAYLOAD_SEALED, &got)) != 0)
			return err;
		last = got < AGE_PAYLOAD_SEALED;
		err = age_payload_open_chunk(&w->payload, w->out, w->in, got, last);
		if (err && !last) {
			last = true;
			err = age_payload_open_chunk(&w->payload, w->out, w->in, got, last);
		}
		if (!err && got > AGE_PAYLOAD_TAG_LEN)
			err = out.write(out.arg, w->out, got - AGE_PAYLOAD_TAG_LEN);
		if (err)
			return err;
	} while (!last);
	if (got < AGE_PAYLOAD_SEALED)
		return 0;
	if ((err = fill(in, w->in, 1, &extra)) != 0)
		return err;
	return extra == 0 ? 0 : ERR_PAYLOAD;
}

static int
open_header(struct work *w, const struct age_opener *who, struct age_source in)
{
	struct age_header h;
	uint8_t nonce[AGE_PAYLOAD_NONCE_LEN];
	struct rest rest = { w, in };
	size_t got;
	int err;

	if ((err = read_header(w, in)) != 0 ||
	    (err = age_header_parse(&h, w->head, w->head_len)) != 0 ||
	    (err = age_header_open(&w->key, &h, who)) != 0)
		return err;
	w->head_used = w->header_len = h.len;
	if ((err = fill((struct age_source){ rest_read, &rest }, nonce, sizeof(nonce), &got)) != 0)
		return err;
	if (got < sizeof(nonce))
		return ERR_HEADER;
	age_payload_init(&w->payload, &w->key, nonce);
	return 0;
}

/* The header is at the start of w->head. */
static int
keep(struct age_opened *opened, const struct work *w)
{
	if (!(opened->header = malloc(w->header_len)))
		return ERR_MEM;
	memcpy(opened->header, w->head, w->header_len);
	opened->header_len = w->header_len;
	opened->key = w->key;
	return 0;
}

int
age_stream_open(const struct age_opener *who, struct age_source in, struct age_sink out,
		struct age_opened *opened)
{
	struct work *w = secret_alloc(sizeof(*w));
	struct age_armor *armor = age_armor_new(in);
	struct age_source src = { age_armor_read, armor };
	struct rest rest = { w, src };
	int err = ERR_MEM;

	if (opened)
		memset(opened, 0, sizeof(*opened));
	if (!w || !armor || (err = open_header(w, who, src)) != 0)
		goto out;
	err = open_chunks(w, (struct age_source){ rest_read, &rest }, out);
	if (!err && opened)
		err = keep(opened, w);
out:
	age_armor_free(armor);
	work_free(w);
	return err;
}

void
age_stream_forget(struct age_opened *opened)
{
	if (!opened)
		return;
	free(opened->header);
	sodium_memzero(opened, sizeof(*opened));
}
