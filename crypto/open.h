/* The opening half of FORMATS.md section 8: opening an entry with an X-Wing secret, and
 * auditing for whom it was sealed. Nothing in server/ may link this. */
#ifndef CRYPTO_OPEN_H
#define CRYPTO_OPEN_H

#include "crypto/entry.h"
#include "crypto/key.h"
#include "crypto/seal.h"

#include <stddef.h>
#include <stdint.h>

/* An expanded opening key. Expanding costs as much as opening, so a loop expands once. Keep it
 * in secret memory or wipe it. */
struct open_key;
/* Makes one in memory from secret_alloc, or NULL; the caller frees it with open_key_free. */
struct open_key *open_key_new(const struct xwing_secret *secret)
	__attribute__((warn_unused_result));
void open_key_free(struct open_key *key);
/* The public key, KEY_SEAL_PUBLIC_LEN bytes, borrowed; and its SHA-256. */
const uint8_t *open_key_public(const struct open_key *key);
const uint8_t *open_key_hash(const struct open_key *key);
/* For the age modules; borrowed. */
const struct age_identity *open_key_identity(const struct open_key *key);

/* Public keys that an auditor knows: the epoch keys of the roster, and the source's key. */
struct open_known {
	const uint8_t *pk; /* borrowed */
	uint8_t hash[32];
	uint16_t desk; /* 0: the source */
};
void open_known_set(struct open_known *known, const uint8_t *pk, uint16_t desk);

enum open_audit { OPEN_UNAUDITED, OPEN_AUDITED };

struct open_result {
	struct age_file_key file_key;           /* wipe */
	struct xwing_half half;                 /* of our stanza, where `key` is set; wipe */
	const struct open_key *key;             /* X-Wing opened it with this key; borrowed */
	uint8_t own[32];                        /* SHA-256 of the key that opened it, or zeros */
	uint8_t stanza;                         /* index of the stanza that our key opened */
	uint8_t audit;                          /* enum open_audit */
	const struct open_known *who[SEAL_CNT]; /* after an audit: whose key is at which place, NULL
						   = a dummy; borrowed */
};

/* Opens a sealed entry: header, MAC, payload. ERR_AUTH for every failure of a key, tag or MAC;
 * ERR_NO_MATCH if no stanza is ours; ERR_HEADER if it has no header of four stanzas. The
 * plaintext is not parsed. `first` is the stanza that is tried first. Any value finds ours;
 * the `stanza` of an earlier result saves up to three tries. */
int open_sealed(uint8_t plain[static ENTRY_LEN], struct open_result *out,
		const uint8_t sealed[static SEAL_LEN], const struct open_key *key, uint8_t first)
	__attribute__((warn_unused_result));
/* Opens the payload of these very bytes with the file key that an earlier open_sealed() with `key`
 * gave: no X-Wing, and what that verified of the header is not read again. The stanza is for the
 * caller to set. ERR_AUTH if the file key is not this entry's. */
int open_again(uint8_t plain[static ENTRY_LEN], struct open_result *out,
	       const uint8_t sealed[static SEAL_LEN], const struct open_key *key,
	       const struct age_file_key *file_key) __attribute__((warn_unused_result));
/* The same with a file key that another reader has handed on: no key of ours opens it, `own` is
 * zero, and an audit does not look for us among the recipients. */
int open_handed(uint8_t plain[static ENTRY_LEN], struct open_result *out,
		const uint8_t sealed[static SEAL_LEN], const struct age_file_key *file_key)
	__attribute__((warn_unused_result));
/*
 * Rebuilds the header of an entry that was opened, from its file key, and compares all of it but
 * for the MAC, which opening has verified. `known` must hold the public keys of all recipients
 * that are not dummies. ERR_AUTH: the header is not the one that this protocol makes (a file of
 * stock age, or a cheat): show the entry as unaudited. ERR_NOT_FOUND: a recipient is neither known
 * nor a dummy. ERR_FORMAT: the entry does not list the key that opened it. The caller compares
 * entry->id with the case that it asked for.
 */
int open_audit(struct open_result *out, const uint8_t sealed[static SEAL_LEN],
	       const struct entry *entry, const struct open_known *known, size_t known_cnt)
	__attribute__((warn_unused_result));

/* Names the recipients of an entry again of which an earlier open_audit() said that its header is
 * right, and at which places the dummies are (bit i of `dummies`). ERR_NOT_FOUND: a recipient is
 * not known any more. */
int open_audit_again(struct open_result *out, const struct entry *entry, uint8_t dummies,
		     const struct open_known *known, size_t known_cnt)
	__attribute__((warn_unused_result));

#endif
