/*
 * The desks to which an entry of a source ought to have been sealed. A gateway that leaves the
 * certificate of a desk out of the roster bundle can try to keep a tip away from that desk. So the
 * choice of desks (FORMATS §8) is made here again, from the words of the entry, the roster that it
 * names and the certificates that this home has itself seen; what the gateway serves now plays no
 * part.
 */
#ifndef EXPECTED_H
#define EXPECTED_H

#include <jansson.h>
#include <stddef.h>

#include "admin-cli/desk/opened.h"
#include "crypto/choose.h"

struct session;

/* Sets county, route and named level of a tip by its body; the county borrows from the body. */
void expected_ask(struct choose_input *in, const json_t *body);
/* Compares what the audit of entry i found with the rules; sets x[i].choice and x[i].choice_desk.
 * Called when all entries of the case are open. */
void expected_check(struct session *ses, struct opened *d, size_t i);

#endif
