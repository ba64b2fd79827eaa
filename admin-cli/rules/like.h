/*
 * Finds cases that may be about the same matter or the same site (duplicates): words of the place
 * in common, the same kind of danger, words of the place inside in common, the same text pasted. It
 * suggests and gives its reasons; a case is merged or linked by people only.
 *
 * Each case is put down as a signature: the pairs of neighbouring Chinese signs, and the English
 * words, of what its source wrote. To compare two signatures costs microseconds, so that all cases
 * which this machine has opened can be looked at.
 */
#ifndef LIKE_H
#define LIKE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIKE_DAYS      180 /* older cases are not looked at */
#define LIKE_PART      320 /* terms of a part, at most; what is beyond is left out */
#define LIKE_SIG_MAX   (16 + 4 + 4 + LIKE__PARTS * (2 + 4 * LIKE_PART))
#define LIKE_WORDS_CAP 120

enum like_part { LIKE_WHERE, LIKE_INSIDE, LIKE_TEXT, LIKE__PARTS };

struct like_sig {
	uint8_t id[16];
	uint32_t day;     /* unix day on which the case was opened */
	uint32_t dangers; /* bits: families of hazards; those about officials one by one */
	uint16_t cnt[LIKE__PARTS];
	/* In order, each once. Bit 0: a weak term (the name of a county or town, "office block").
	 */
	uint32_t term[LIKE__PARTS][LIKE_PART];
};

/* Why two cases are alike, as bits. */
enum like_why {
	LIKE_SITE = 1,   /* the same words of place */
	LIKE_DANGER = 2, /* the same family of hazards */
	LIKE_WITHIN = 4, /* the same words of the place inside */
	LIKE_TOLD = 8,   /* much of the text in common */
	LIKE_COPY = 16   /* the same text pasted */
};

struct like_hit {
	uint8_t id[16];
	uint32_t days; /* between the two */
	unsigned why;
	bool same; /* may be the same matter (MERGE); else the same site with another matter (LINK)
		    */
	int score;
};

/* Makes the signature of what a source said (bodies as in suggest_run()). `hazard`: codes that
 * triage gave, or NULL or empty: then the suggested ones count. */
void like_sign(struct like_sig *out, const uint8_t id[static 16], uint32_t day,
	       const json_t *const *said, size_t cnt, const char *const *hazard, size_t hazard_cnt);
/* Whether the two may be the same matter or site; fills *hit. False for one and the same case. */
bool like_compare(const struct like_sig *a, const struct like_sig *b, struct like_hit *hit);
/* The words of place in `said` that the other case has, too: "砚坪, 甲矿". */
void like_words(char out[static LIKE_WORDS_CAP], const json_t *const *said, size_t cnt,
		const struct like_sig *other);

/* As bytes, at most LIKE_SIG_MAX, for the workspace; returns how many. And back: false for other
 * bytes. */
size_t like_pack(uint8_t *out, const struct like_sig *sig);
bool like_unpack(struct like_sig *out, const uint8_t *buf, size_t len);

#endif
