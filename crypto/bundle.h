/* Containers, the bundle (the answer to GET /roster) and the upload (FORMATS.md section 9). */
#ifndef CRYPTO_BUNDLE_H
#define CRYPTO_BUNDLE_H

#include "crypto/buf.h"
#include "crypto/epoch.h"
#include "crypto/roster.h"

#define BUNDLE_STEP     65536
#define BUNDLE_MAX      (4 * 1024 * 1024)
#define BUNDLE_KIND_MAX 16 /* with its zero */
#define BUNDLE_CERT_MAX 1024

struct bundle_doc {
	char kind[BUNDLE_KIND_MAX];
	const uint8_t *bytes; /* borrowed */
	size_t len;
};

struct bundle {
	struct roster *roster; /* owned */
	struct epoch *epoch;   /* owned; in the order of desk, use, number */
	size_t epoch_cnt;
	uint8_t hash[32];      /* the roster hash */
	uint8_t note_hash[32]; /* SHA-256 of the roster note: the `previous` of the next roster */
	size_t whole_len;      /* without the padding */
	size_t container_len;  /* without the proof and the padding */
	bool logged;           /* it stands in the log that its roster names, or that names none */
	struct bundle *before; /* owned; where it is not logged: the one that is, or NULL */
};

/* Reads the next document of a container. ERR_NOT_FOUND at its end, where the cursor is after
 * `end
 * `; ERR_FORMAT if the container is broken. */
int bundle_next(struct buf *b, struct bundle_doc *out) __attribute__((warn_unused_result));
void bundle_put(struct bufw *w, const char *kind, const void *bytes, size_t len);
void bundle_put_end(struct bufw *w);

/* Reads the answer to GET /roster and verifies everything in it: k of n roots, two signatures
 * on every certificate, the order, no certificate twice, no key of two desks, the padding. It does
 * not check days: use roster_current and bundle_key; and a bundle without a proof of the log
 * (bundle_log.h) is read as well: `logged` tells. On failure *out is empty. */
int bundle_parse(struct bundle *out, const void *bytes, size_t len,
		 const struct roster_roots *roots) __attribute__((warn_unused_result));
void bundle_free(struct bundle *b);
/* The one for who seals a tip: this, or the one before; NULL where neither is logged. */
const struct bundle *bundle_sealing(const struct bundle *b);
/* The current certificate of that desk and use: the one of the highest number among those that
 * are valid on that day; NULL if there is none. Borrowed. */
const struct epoch *bundle_key(const struct bundle *b, uint16_t desk, enum epoch_use use,
			       uint32_t day);

/* For the gateway: makes the padded bundle from the current roster note and all its
 * certificates, in any order. Certificates that do not verify under this roster, or are over
 * by `day`, are left out. *out is malloc'ed and the caller's; hash is the roster hash. */
struct bundle_source {
	const struct roster *roster;
	struct bundle_doc note;         /* the roster note; kind is ignored */
	const struct bundle_doc *certs; /* kinds are ignored */
	size_t cert_cnt;
	uint32_t day;
};
int bundle_build(uint8_t **out, size_t *len, uint8_t hash[static 32],
		 const struct bundle_source *src) __attribute__((warn_unused_result));
/* Reads the upload of roster put: exactly `roster` then `members`, nothing after them. */
int bundle_upload_parse(struct bundle_doc *note, struct bundle_doc *members, const void *bytes,
			size_t len) __attribute__((warn_unused_result));

#endif
