/*
 * Attachments of a case, and photos of a visit: fetched from the gateway, compared with the hash in
 * the entry that describes them, and opened. In a case that was handed to this member their file
 * keys are those that its readers have handed on (FORMATS §7, file-keys).
 */
#ifndef ATTACHED_H
#define ATTACHED_H

#include <jansson.h>

#include "crypto/age_memory.h"

struct opened;
struct session;

struct attached {
	const json_t *about;    /* its description; borrowed from the opened case */
	size_t entry;           /* that describes it */
	uint8_t sha256[32];     /* of the sealed file, as the description says */
	struct age_memory file; /* sealed; attached_free() frees it */
};

/* Walks all that are described: start with zeros; false after the last. *a has no file. */
struct attached_at {
	size_t entry, k;
};
bool attached_next(const struct opened *d, struct attached_at *at, struct attached *a);
/* Fetches attachment n, or the file of one that attached_next() gave. The gateway records it. */
int attached_fetch(struct session *ses, const struct opened *d, uint32_t n, struct attached *out)
	__attribute__((warn_unused_result));
int attached_load(struct session *ses, const struct opened *d, struct attached *a)
	__attribute__((warn_unused_result));
void attached_free(struct attached *a);

/* Opens it into the sink; *len: how many bytes it has. Warns where others could open it, too. `key`
 * may be NULL, else it becomes the file key; wipe it. */
int attached_open(struct session *ses, const struct opened *d, struct attached *a,
		  struct age_sink sink, uint64_t *len, struct age_file_key *key)
	__attribute__((warn_unused_result));

#endif
