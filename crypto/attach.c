/* Attachments (FORMATS.md section 8): content of any length up to 4 MiB, padded to one of four
 * sizes and sealed as an age file for the recipients of its entry. crypto/ opens no file or
 * connection, never logs and never exits. */
#include "crypto/attach.h"

#include "crypto/err.h"

#include <nettle/sha2.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#define LENGTH_LEN 8

static const uint32_t classes[ATTACH_CLASS_CNT] = { 65536, 262144, 1048576, 4194304 };

uint32_t
attach_class(uint64_t content_len)
{
	for (size_t i = 0; i < ATTACH_CLASS_CNT; i++)
		if (content_len <= classes[i] - LENGTH_LEN)
			return classes[i];
	return 0;
}

static bool
is_class(uint64_t padded)
{
	for (size_t i = 0; i < ATTACH_CLASS_CNT; i++)
		if (classes[i] == padded)
			return true;
	return false;
}

uint32_t
attach_file_len(uint32_t padded)
{
	return is_class(padded) ? (uint32_t)(SEAL_HEADER_LEN + AGE_PAYLOAD_LEN(padded)) : 0;
}

uint16_t
attach_parts(uint32_t padded)
{
	return (uint16_t)((attach_file_len(padded) + ATTACH_PART_LEN - 1) / ATTACH_PART_LEN);
}

int
attach_part(uint32_t *offset, uint32_t *len, uint32_t file_len, uint16_t part)
{
	uint32_t at = (uint32_t)part * ATTACH_PART_LEN;
	*offset = *len = 0;
	if (at >= file_len)
		return ERR_RANGE;
	*offset = at;
	*len = file_len - at < ATTACH_PART_LEN ? file_len - at : ATTACH_PART_LEN;
	return 0;
}

/* The plaintext as one source: length ‖ content ‖ zeros. */
struct padder {
	struct age_source in;
	uint64_t content, padded, at;
};

static int
padder_read(void *arg, uint8_t *buf, size_t cap, size_t *got)
{
	struct padder *p = arg;
	uint64_t end = p->at < LENGTH_LEN                ? LENGTH_LEN
		       : p->at < LENGTH_LEN + p->content ? LENGTH_LEN + p->content
							 : p->padded;
	size_t n = end - p->at < cap ? (size_t)(end - p->at) : cap;
	*got = 0;
	if (n == 0)
		return 0;
	if (p->at < LENGTH_LEN) {
		for (size_t i = 0; i < n; i++)
			buf[i] = (uint8_t)(p->content >> 8 * (p->at + i));
	} else if (p->at < LENGTH_LEN + p->content) {
		size_t read = 0;
		int err = p->in.read(p->in.arg, buf, n, &read);
		if (err)
			return err;
		if (read == 0 || read > n)
			return ERR_RANGE; /* the content is shorter than its announced length */
		n = read;
	} else {
		memset(buf, 0, n);
	}
	p->at += n;
	*got = n;
	return 0;
}

struct hasher {
	struct age_sink out;
	struct sha256_ctx st;
};

static int
hasher_write(void *arg, const uint8_t *buf, size_t len)
{
	struct hasher *h = arg;
	sha256_update(&h->st, len, buf);
	return h->out.write(h->out.arg, buf, len);
}

static int
attach_stream(const struct seal *s, const uint8_t *nonce, struct padder *p, struct hasher *h)
{
	uint8_t stanzas[SEAL_CNT * AGE_STANZA_PQ_LEN], more;
	size_t got = 0;
	struct age_sealing how = { .key = &s->file_key,
				   .stanzas = HKDF_IN(stanzas, sizeof(stanzas)),
				   .nonce = nonce };
	int err = seal_stanzas(stanzas, s);
	if (!err)
		err = age_stream_seal(&how, (struct age_source){ padder_read, p },
				      (struct age_sink){ hasher_write, h });
	if (!err)
		err = p->in.read(p->in.arg, &more, 1, &got);
	if (!err && got != 0)
		err = ERR_RANGE; /* the content is longer than its announced length */
	return err;
}

int
attach_seal(const struct attach_how *how, uint8_t sha256[static 32], struct age_source in,
	    struct age_sink out)
{
	struct seal s;
	struct hasher h = { .out = out };
	struct padder p = { .in = in, .content = how->len, .padded = attach_class(how->len) };
	uint8_t nonce[AGE_PAYLOAD_NONCE_LEN];
	memset(sha256, 0, 32);
	if (p.padded == 0)
		return ERR_RANGE;
	int err = seal_begin(&s, how->set, how->id, how->rng);
	if (err)
		return err;
	seal_fill(how->rng, nonce, sizeof(nonce));
	sha256_init(&h.st);
	err = attach_stream(&s, nonce, &p, &h);
	if (!err)
		sha256_digest(&h.st, 32, sha256);
	seal_wipe(&s);
	return err;
}

/* A sink that splits the plaintext into length, content and padding while it arrives. */
struct opener {
	struct age_sink out;
	uint64_t content, at;
};

static int
opener_write(void *arg, const uint8_t *buf, size_t len)
{
	struct opener *o = arg;
	size_t i = 0;
	for (; i < len && o->at < LENGTH_LEN; i++, o->at++)
		o->content |= (uint64_t)buf[i] << 8 * o->at;
	if (o->at < LENGTH_LEN)
		return 0;
	if (o->content > ATTACH_MAX)
		return ERR_FORMAT;
	uint64_t left = LENGTH_LEN + o->content - o->at;
	if (o->at >= LENGTH_LEN + o->content)
		left = 0;
	size_t n = len - i < left ? len - i : (size_t)left;
	o->at += len - i;
	if (!sodium_is_zero(buf + i + n, len - i - n))
		return ERR_FORMAT;
	return n > 0 ? o->out.write(o->out.arg, buf + i, n) : 0;
}

static int
open_by(const struct age_opener *who, uint64_t *len, struct age_source in, struct age_sink out,
	struct age_opened *opened)
{
	struct opener o = { .out = out };
	*len = 0;
	int err = age_stream_open(who, in, (struct age_sink){ opener_write, &o }, opened);
	if (!err && (!is_class(o.at) || o.content > o.at - LENGTH_LEN)) {
		err = ERR_FORMAT;
		if (opened != NULL)
			age_stream_forget(opened);
	}
	if (!err)
		*len = o.content;
	return err;
}

int
attach_open(const struct open_key *key, uint64_t *len, struct age_source in, struct age_sink out,
	    struct age_opened *opened)
{
	struct age_opener who = { .ids = open_key_identity(key), .id_cnt = 1 };
	return open_by(&who, len, in, out, opened);
}

int
attach_open_handed(const struct age_file_key *key, uint64_t *len, struct age_source in,
		   struct age_sink out, struct age_opened *opened)
{
	return open_by(&(struct age_opener){ .key = key }, len, in, out, opened);
}

/* Finds which of the recipients not yet found made stanza i. 0 and *which, or SEAL_CNT for a
 * dummy. */
static int
stanza_by(size_t *which, const struct age_opened *opened, const uint8_t *id, uint8_t i,
	  const struct open_known *const left[static SEAL_CNT])
{
	const uint8_t *there = opened->header + AGE_HEADER_BEGIN + (size_t)i * AGE_STANZA_PQ_LEN;
	uint8_t made[AGE_STANZA_PQ_LEN], hash[32];
	struct xwing_public pk;
	struct seal_stanza in = {
		.file_key = &opened->key, .id = id, .pk = &pk, .hash = hash, .place = i
	};
	for (size_t k = 0; k <= SEAL_CNT; k++) {
		if (k < SEAL_CNT && left[k] == NULL)
			continue;
		if (k < SEAL_CNT)
			memcpy(pk.b, left[k]->pk, sizeof(pk.b));
		else if (seal_dummy(&pk, &opened->key, i))
			return ERR_AUTH;
		key_sha256(hash, pk.b, sizeof(pk.b));
		if (seal_stanza(made, &in) == 0 && memcmp(made, there, sizeof(made)) == 0) {
			*which = k;
			return 0;
		}
	}
	return ERR_AUTH;
}

int
attach_audit(const struct age_opened *opened, const uint8_t id[static KEY_ID_LEN],
	     const struct open_known *const who[static SEAL_CNT])
{
	const struct open_known *left[SEAL_CNT];
	size_t which = 0;
	memcpy(left, who, sizeof(left));
	if (opened->header_len != SEAL_HEADER_LEN)
		return ERR_AUTH;
	for (uint8_t i = 0; i < SEAL_CNT; i++) {
		int err = stanza_by(&which, opened, id, i, left);
		if (err)
			return err;
		if (which < SEAL_CNT)
			left[which] = NULL;
	}
	/* No recipient may be missing: a dummy in his place would show here. */
	for (size_t i = 0; i < SEAL_CNT; i++)
		if (left[i] != NULL)
			return ERR_AUTH;
	return 0;
}
