/*
 * Cases about one site, as people have linked them (triage LINK) and as far as this home has them:
 * an abstract of one goes to nobody who may not get that of another, since a visit for the lesser
 * matter would stand at the same gate.
 */
#ifndef SAME_SITE_H
#define SAME_SITE_H

#include <jansson.h>
#include <stdbool.h>

struct opened;
struct session;

/* What the living cases that are linked with this one ask of its abstract: "level", "keep_from",
 * and "case", the one that starts highest (new reference); NULL: there is none. 0 or enum err. */
int same_site(struct session *ses, const struct opened *d, json_t **out)
	__attribute__((warn_unused_result));
/* Puts it into an abstract, which is never lowered; whether that has changed it. */
bool same_site_raise(const json_t *site, json_t *abstract);
/* Does both, and says so where it has. */
int same_site_heed(struct session *ses, const struct opened *d, json_t *abstract)
	__attribute__((warn_unused_result));
/* Refuses an abstract that asks for less. A failure is recorded. */
int same_site_check(struct session *ses, const struct opened *d, const json_t *abstract)
	__attribute__((warn_unused_result));

#endif
