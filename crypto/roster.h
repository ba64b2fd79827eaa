/* The roster (FORMATS.md section 9). See also roster_members.h, epoch.h and bundle.h. */
#ifndef CRYPTO_ROSTER_H
#define CRYPTO_ROSTER_H

#include "crypto/buf.h"
#include "crypto/key.h"
#include "crypto/roster_members.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct note;

#define ROSTER_DESK_MAX     64
#define ROSTER_COSIGNER_MAX 16
#define ROSTER_KEEPS_MAX    16
#define ROSTER_WITNESS_MAX  16
#define ROSTER_WITNESS_LEN  160
#define ROSTER_QUORUM_MAX   80 /* witnesses and desks */
#define ROSTER_ROOT_MAX     16
#define ROSTER_SECTORS_MAX  49
#define ROSTER_DAYS_MAX     35
#define ROSTER_TEXT_MAX     (256 * 1024)
#define ROSTER_LEVEL_MAX    4

enum roster_kind {
	ROSTER_REVIEW,
	ROSTER_INSPECTION,
	ROSTER_OVERSIGHT,
	ROSTER_INTEGRITY,
	ROSTER_REWARD,
	ROSTER_PLANNING,
	ROSTER_KIND__MAX
};
struct roster_desk {
	uint16_t number, above; /* above: 0 = none */
	uint8_t kind, level;
	uint32_t org;
	char area[7]; /* six digits */
	char name[ROSTER_NAME_MAX], name_en[ROSTER_NAME_MAX];
	char sectors[ROSTER_SECTORS_MAX]; /* COAL,NCM */
	uint8_t lead[KEY_SIGN_PUBLIC_LEN];
	uint8_t cosigner[ROSTER_COSIGNER_MAX][KEY_SIGN_PUBLIC_LEN];
	size_t cosigner_cnt;
	/* SHA-256 of the texts of certificates that stay good although their lead or cosigner is no
	 * longer named here */
	uint8_t keeps[ROSTER_KEEPS_MAX][32];
	size_t keeps_cnt;
};

struct roster {
	uint8_t gateway[KEY_ID_LEN];
	uint8_t gateway_key[KEY_SIGN_PUBLIC_LEN];
	uint32_t version;
	uint8_t previous[32];
	uint32_t from, until; /* unix days; valid if from ≤ day < until */
	uint8_t members[32];
	uint16_t backstop;
	/* the public log: its key (zeros: there is none), outside witnesses as in the line
	 * (roster_witness), and how many cosignatures a checkpoint needs */
	uint8_t log[KEY_SIGN_PUBLIC_LEN];
	char witness[ROSTER_WITNESS_MAX][ROSTER_WITNESS_LEN];
	size_t witness_cnt;
	uint8_t quorum;
	char name[ROSTER_NAME_MAX], name_en[ROSTER_NAME_MAX];
	size_t desk_cnt;
	struct roster_desk desk[ROSTER_DESK_MAX]; /* ascending numbers */
};

/* The pinned root keys: root-1 … root-n, k of them must sign. */
struct roster_roots {
	uint8_t key[ROSTER_ROOT_MAX][KEY_SIGN_PUBLIC_LEN];
	size_t cnt, threshold;
};

/* Parses the text of a roster (without signatures). ERR_FORMAT, ERR_UTF8, ERR_RANGE, or
 * ERR_ROSTER if roster_check refuses it. */
int roster_parse(struct roster *out, const char *text, size_t len)
	__attribute__((warn_unused_result));
/* Verifies a whole signed note: layout, k of n signatures, text and rules; not the day and not
 * the chain. ERR_AUTH, and the errors of roster_parse. */
int roster_verify(struct roster *out, const void *note, size_t len,
		  const struct roster_roots *roots) __attribute__((warn_unused_result));
/* Whether k of the n roots have signed a note (ERR_AUTH), by the names root-1, root-2, … */
int roster_note_verify(const struct note *note, const struct roster_roots *roots)
	__attribute__((warn_unused_result));
/* Checks the rules: from < until ≤ from + 35; numbers unique and ascending; above and backstop
 * name desks, and above makes no circle; the keys of a desk differ; there are two level-4
 * desks of different org. ERR_ROSTER; *why (why may be NULL) is one English sentence. */
int roster_check(const struct roster *r, const char **why) __attribute__((warn_unused_result));
/* ERR_STALE unless from ≤ day < until. */
int roster_current(const struct roster *r, uint32_t day) __attribute__((warn_unused_result));
/*
 * Tells whether r may replace old (NULL: r is the first): same gateway id, a higher
 * version (else ERR_STALE), and if it is the next version, previous = SHA-256 of old's
 * whole note (else ERR_ROSTER). A gap in versions is allowed, because the roots signed r; and so is
 * another key, because by that the roots succeed the gateway's key.
 */
int roster_follows(const struct roster *r, const struct roster *old, const uint8_t *old_note_hash)
	__attribute__((warn_unused_result));
/* Prints the canonical text. ERR_ROSTER if it would not parse, ERR_FULL if it does not fit. */
int roster_print(struct bufw *w, const struct roster *r) __attribute__((warn_unused_result));
/* A witness line: `<org> <name> <base64 key>`. */
struct roster_witness {
	uint16_t org;
	char name[ROSTER_WITNESS_LEN]; /* as in its signatures; no blank and no + */
	uint8_t key[KEY_SIGN_PUBLIC_LEN];
};
/* ERR_FORMAT, ERR_RANGE */
int roster_witness(struct roster_witness *out, const char *line)
	__attribute__((warn_unused_result));
const struct roster_desk *roster_find(const struct roster *r, uint16_t number);
/* Whether the desk holds cases at level 3 or 4: any desk may tell it of an accident, so that none
 * between the two can keep that back (section 7). Planners, inspectors and those who pay have no
 * cases to look into. */
bool roster_is_told(const struct roster_desk *d);
/* Whether the desk accounts for the public log (section 19). */
bool roster_accounts(const struct roster *r, const struct roster_desk *d);
const char *roster_kind_name(uint8_t kind);
/* ERR_NOT_FOUND */
int roster_kind_parse(uint8_t *kind, const char *name, size_t len)
	__attribute__((warn_unused_result));

#endif
