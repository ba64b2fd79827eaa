/*
 * What the parts of a sealed order say (FORMATS §17). Those of one form (the order itself, halves,
 * a code) are read by crypto/order.h alone; here stands what the three layers say, and which bodies
 * have a form of their own. Pure.
 */
#ifndef ORDER_PART_H
#define ORDER_PART_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "admin-cli/rules/schema.h"
#include "crypto/order.h"

struct entry_field;

#define ORDER_STANDBY   "STANDBY" /* in place of a kind of visit: nobody goes */
#define ORDER_ROUTE_MIN 5         /* checkpoints */
#define ORDER_ROUTE_MAX 9

/* The members of each layer, ended by {0}. */
extern const struct entry_field *const order_layer_fields[ORDER_LAYERS];

/* The first entry of a visit under seal, whose body has been read as JSON; the same as
 * order_head_read(). */
int order_part_order(struct order_head *out, const json_t *body)
	__attribute__((warn_unused_result));

/* entry_type.form: 0, or ERR_FORMAT with the reason. `json` are the bytes as they are signed. */
int order_form_order(const json_t *body, const char *json, size_t len, char *why);
int order_form_half(const json_t *body, const char *json, size_t len, char *why);
int order_form_code(const json_t *body, const char *json, size_t len, char *why);
int order_form_layer(const json_t *body, const char *json, size_t len, char *why);

/* The body of a layer, of a draft that has the members of all layers in one object (no name stands
 * in two of them). New reference. */
json_t *order_layer_body(unsigned layer, const json_t *draft);
/* Whether layer 0 says that nobody goes. */
bool order_is_standby(const json_t *layer0);

#endif
