/*
 * A sealed order that was opened (desk/opened.h): whom its first entry names, on which side this
 * member is, and its parts: fetched once, kept in the workspace, opened, and compared with what the
 * first entry says of them. Nothing that the gateway says of a part is believed.
 */
#ifndef ORDER_DESK_H
#define ORDER_DESK_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "crypto/entry.h"
#include "crypto/order.h"
#include "crypto/seal.h"

struct opened;
struct roster_member;
struct session;

struct order {
	const struct opened *d; /* borrowed */
	struct order_head head;
	uint8_t planner[KEY_SIGN_PUBLIC_LEN]; /* of who sealed it */
	bool a, b;                            /* this member is on that side */
	bool stopped;                         /* by the log or by the gateway's list */
};

/* Refuses an order that is not sealed, or whose first entry the rules do not accept. */
int order_load(struct session *ses, const struct opened *d, struct order *out)
	__attribute__((warn_unused_result));
/* Refuses where this member is not on that side (ORDER_A, ORDER_B), or it was stopped. */
int order_for(struct session *ses, const struct order *o, enum order_who side)
	__attribute__((warn_unused_result));
/* Whether a handle is on that side. */
bool order_names(const struct order *o, enum order_who side, const uint8_t handle[static 8]);

/* Seals an entry of this order, made now: fills in of which gateway, order, roster and hour it is.
 * why: of a failure, in the member's language. */
int order_entry_seal(struct session *ses, const struct order *o, struct entry *e,
		     const struct seal_set *set, const char *why, uint8_t sealed[static SEAL_LEN])
	__attribute__((warn_unused_result));

/* Compares the gateway's list of parts with the hashes that the order names, and its first hour
 * with that of the gateway's record. *places: which places stand, as bits; may be NULL. */
int order_parts_check(struct session *ses, const struct order *o, uint32_t *places)
	__attribute__((warn_unused_result));

/* A part that was opened; borrows from `plain`. */
struct order_part {
	uint8_t *plain;
	struct entry e;
};
/* Whether these are the bytes that the order names for a place of the planner's; true for the other
 * places. */
bool order_part_fits(const struct order *o, uint32_t place, const uint8_t sealed[static SEAL_LEN]);
/* Opens a part with this secret, and refuses it where it is not by whom it ought to be, not sealed
 * to whom it ought to be and nobody else, not the part that the order names, or not in its place.
 * The caller ends with order_part_wipe(). */
int order_part_open(struct session *ses, const struct order *o, uint32_t place,
		    const struct xwing_secret *key, const uint8_t sealed[static SEAL_LEN],
		    struct order_part *out) __attribute__((warn_unused_result));
void order_part_wipe(struct order_part *p);
/* The sealed bytes of a place: those that are kept here, else those that the gateway gives, of
 * which nothing was checked; *fresh: they are not kept yet. DAVY_AGAIN without a network. Where the
 * gateway does not give it, that is a failure, or with `none` *none. */
int order_part_fetch(struct session *ses, const struct order *o, uint32_t place,
		     uint8_t sealed[static SEAL_LEN], bool *fresh, bool *none)
	__attribute__((warn_unused_result));
/* A half or a code, which this member's own key opens: what is kept here, else what the gateway
 * gives, which is then kept if it is right. DAVY_AGAIN without a network. Where the gateway does
 * not give it, that is a failure, or with `none` *none. */
int order_part_get(struct session *ses, const struct order *o, uint32_t place,
		   struct order_part *out, bool *none) __attribute__((warn_unused_result));

/* The half of this member's side; the caller wipes *out. */
int order_half_get(struct session *ses, const struct order *o, enum order_who side,
		   struct order_halves *out) __attribute__((warn_unused_result));

/* What a layer says that was opened here before, without a network; the caller drops *out. NULL
 * where it was not. */
int order_layer_get(struct session *ses, const struct order *o, unsigned layer, json_t **out)
	__attribute__((warn_unused_result));

/* What a layer says by the secret that the arrival names, for the order's desks: fetched once, from
 * a week after the first hour on. NULL where the gateway does not give it; the caller drops *out.
 */
int order_layer_after(struct session *ses, const struct order *o, unsigned layer,
		      const struct xwing_secret *secret, json_t **out)
	__attribute__((warn_unused_result));

/* The secrets of the three layers in hex, with which everybody can check what was sealed once the
 * visit has arrived; the caller drops *out. NULL where a layer was not opened here. */
int order_seeds_get(struct session *ses, const struct order *o, json_t **out)
	__attribute__((warn_unused_result));

/* The end of the log as it is here: the number and the hash of its last entry, and the five digits
 * that two people compare. */
struct order_tail {
	uint32_t number;
	uint8_t hash[32];
	char digits[ORDER_END_LEN + 1];
};
void order_tail(const struct opened *d, struct order_tail *out);

#endif
