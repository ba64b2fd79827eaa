/*
 * The rota and declared conflicts of a desk: books whose entries are sealed to the own keys of
 * single members, not to desks. What of them opens here is kept in the workspace (WORKSPACE_DUTY),
 * so that asking who is on duty opens nothing.
 */
#ifndef DUTY_BOOK_H
#define DUTY_BOOK_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "admin-cli/rules/conflict.h"
#include "crypto/seal.h"

struct net_request;
struct opened;
struct session;
struct submit;
struct trust;

/* One book as it was kept: {"id","state","owner","day","since","desk","body"}; `since` is the day
 * on which its state began. */
/* Keeps an opened book; nothing for other logs, or where it did not open. 0 or enum err. */
int duty_keep(struct session *ses, const struct opened *d) __attribute__((warn_unused_result));
/* All books that are kept and in force or waiting to be, by the day on which they were written; the
 * caller drops the reference. A failure is recorded. */
int duty_list(struct session *ses, json_t **out) __attribute__((warn_unused_result));
/* The rota in force at a desk on a day, of a list by duty_list(): the newest; where there is none,
 * the copy that those have who stand in; NULL. Borrowed. */
const json_t *duty_on(const json_t *list, uint16_t desk, uint32_t day);
/* The count of the next rota of a desk, by those of the list. */
uint32_t duty_next(const json_t *list, uint16_t desk);
/* Whether a book is of this "what". */
bool duty_is(const json_t *book, const char *what);
/* Whether a rota names this member as on duty, or as standing in. */
bool duty_has(const json_t *rota, const uint8_t handle[static 8]);

/* The seed of the draw for a tip that came on this day; false where the rota, which is in force,
 * was put in force on that day or later: who draws one up must not know the tip. */
bool duty_seed(const json_t *rota, uint32_t day, uint8_t seed[static CONFLICT_SEED]);

/* Whether this member wrote the book. */
bool duty_wrote(const json_t *book, const uint8_t handle[static 8]);

/* Opens the book of a rota, a conflict or what else is for single members, sealed to those and to
 * a lead: at our desk, a rota where those are whom it names. Takes over the body, NULL where a text
 * of it is not UTF-8; *id is filled. A failure is recorded. */
int duty_open(struct session *ses, const struct trust *view, json_t *body, uint8_t id[static 16])
	__attribute__((warn_unused_result));
/* The same members for a later entry of the book. The keys are borrowed from the trust. */
int duty_seal_again(struct session *ses, const struct opened *d, struct seal_set *set)
	__attribute__((warn_unused_result));

/* Sets op and routing of what carries a list of those who do not read a case, or a rota. */
void submit_duty_route(const struct opened *d, const struct submit *p, struct net_request *q);

#endif
