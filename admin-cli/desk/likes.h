/*
 * Keeps the signature (rules/like.h) of every case that was opened here in the workspace, and looks
 * through them for cases that may be the same matter or the same site. Nothing is fetched for it,
 * so nobody's reading is recorded.
 */
#ifndef LIKES_H
#define LIKES_H

#include "admin-cli/rules/like.h"

struct opened;
struct session;

struct likes_hit {
	struct like_hit hit;
	char words[LIKE_WORDS_CAP]; /* of place, in common; as the source of this case wrote them */
};

/* Keeps the signature of an opened case, with the hazards that triage gave it; nothing where its
 * tip is not open here. 0 or enum err. */
int likes_keep(struct session *ses, const struct opened *d) __attribute__((warn_unused_result));
/* The cases that may be like this one, best first; the caller frees *out. A failure is recorded. */
int likes_find(struct session *ses, const struct opened *d, struct likes_hit **out, size_t *cnt)
	__attribute__((warn_unused_result));

/* The same for the cases at a place that is described in these words, however old. */
int likes_site(struct session *ses, const char *where, struct likes_hit **out, size_t *cnt)
	__attribute__((warn_unused_result));

#endif
