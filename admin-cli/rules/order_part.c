/* What the parts of a sealed order say (see order_part.h). */
#include "admin-cli/rules/order_part.h"

#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#include "admin-cli/rules/entry_type.h"
#include "admin-cli/rules/taxonomy.h"
#include "crypto/entry.h"
#include "crypto/err.h"

#define INSPECTORS 24 /* on duty, and experts of the pool, in the order in which they are asked */

/* Region, kit and how long, so that people can pack; and the later hours, which the gateway knows
 * by their commitment alone. */
static const struct entry_field first_fields[] = {
	{ .name = "kind", .kind = FIELD_TEXT, .needed = true, .max = 16 },
	{ .name = "region", .kind = FIELD_TEXT, .max = 200 },
	{ .name = "kit", .kind = FIELD_TEXT, .max = 200 },
	{ .name = "persons", .kind = FIELD_NUMBER, .max = 99 },
	{ .name = "days", .kind = FIELD_NUMBER, .max = 30 }, /* how long */
	{ .name = "h1", .kind = FIELD_NUMBER, .needed = true, .max = UINT32_MAX },
	{ .name = "h2", .kind = FIELD_NUMBER, .needed = true, .max = UINT32_MAX },
	{ .name = "salt", .kind = FIELD_HEX, .needed = true, .max = ORDER_SALT_LEN },
	{ 0 },
};

static const struct entry_field muster_fields[] = {
	{ .name = "muster", .kind = FIELD_TEXT, .max = 400 },
	{ .name = "vehicles", .kind = FIELD_TEXT, .max = 400 },
	{ .name = "papers", .kind = FIELD_WORDS, .max = 16 }, /* by code */
	{ .name = "turn", .kind = FIELD_WORDS, .max = INSPECTORS },
	{ 0 },
};

static const struct entry_field site_fields[] = {
	{ .name = "site", .kind = FIELD_TEXT, .max = 200 },
	{ .name = "companion", .kind = FIELD_TEXT, .max = 200 },
	{ .name = "operator", .kind = FIELD_WORDS, .max = 16 }, /* and its group */
	{ .name = "county", .kind = FIELD_COUNTY },
	{ .name = "cover", .kind = FIELD_CODE, .axis = TAXONOMY_COVER },
	{ .name = "route", .kind = FIELD_WORDS, .max = ORDER_ROUTE_MAX },
	{ .name = "at", .kind = FIELD_NUMBER, .max = ORDER_ROUTE_MAX }, /* the true one, from 1 */
	{ .name = "questions", .kind = FIELD_WORDS, .max = 16 },
	{ .name = "checklist", .kind = FIELD_CODES, .max = 30, .axis = TAXONOMY_HAZARD },
	{ .name = "abstract", .kind = FIELD_TEXT, .max = 6000 },
	{ .name = "excluded", .kind = FIELD_WORDS, .max = 16 },
	{ .name = "agencies", .kind = FIELD_WORDS, .max = 8 }, /* "name: its part" */
	{ .name = "need", .kind = FIELD_HEX, .max = 32 },      /* hash of its first entry */
	{ .name = "plan", .kind = FIELD_HEX, .max = 32 },      /* or of the plan that drew it */
	{ .name = "safety", .kind = FIELD_WORDS, .max = 16 },
	{ 0 },
};

const struct entry_field *const order_layer_fields[ORDER_LAYERS] = { first_fields, muster_fields,
								     site_fields };

int
order_part_order(struct order_head *out, const json_t *body)
{
	char *text = json_dumps(body, JSON_COMPACT);
	int err = text ? order_head_read(out, text, strlen(text)) : ERR_MEM;

	free(text);
	return err;
}

static int
refuse(char *why, const char *what)
{
	snprintf(why, SCHEMA_WHY_CAP, "%s", what);
	return ERR_FORMAT;
}

/* An order that its desk may read, with the abstract in it, has the form of that. */
int
order_form_order(const json_t *body, const char *json, size_t len, char *why)
{
	struct order_head head;

	if (json_object_get(body, "hours") && order_head_read(&head, json, len))
		return refuse(why, "not the one form of a sealed order");
	return 0;
}

int
order_form_half(const json_t *body, const char *json, size_t len, char *why)
{
	struct order_halves halves;
	enum order_who side = json_object_get(body, "code") ? ORDER_A : ORDER_B;
	int err = order_halves_read(&halves, side, json, len);

	sodium_memzero(&halves, sizeof(halves));
	return err ? refuse(why, "not the one form of a half") : 0;
}

int
order_form_code(const json_t *body, const char *json, size_t len, char *why)
{
	struct order_code code;
	int err = order_code_read(&code, json, len);

	(void)body;
	sodium_memzero(&code, sizeof(code));
	return err ? refuse(why, "not the one form of a code") : 0;
}

bool
order_is_standby(const json_t *layer0)
{
	return !strcmp(schema_text(layer0, "kind"), ORDER_STANDBY);
}

int
order_form_layer(const json_t *body, const char *json, size_t len, char *why)
{
	unsigned layer = schema_number(body, "layer");
	size_t stops = json_array_size(schema_list(body, "route"));
	int err = layer < ORDER_LAYERS ? schema_check(order_layer_fields[layer], body, why)
				       : refuse(why, "there is no such layer");

	(void)json;
	(void)len;
	if (!err && layer == 0 && !order_is_standby(body) &&
	    !taxonomy_find(TAXONOMY_ORDER_KIND, schema_text(body, "kind")))
		return refuse(why, "\"kind\" is invalid: a kind of visit or STANDBY is expected");
	/* Who follows them must not know from the first stop, or the last, which one is meant. */
	if (!err && layer == 2 && stops &&
	    (stops < ORDER_ROUTE_MIN || schema_number(body, "at") < 2 ||
	     schema_number(body, "at") >= stops))
		return refuse(why, "\"route\" is invalid: 5 to 9 checkpoints are expected, and "
				   "\"at\" neither the first nor the last");
	return err;
}

json_t *
order_layer_body(unsigned layer, const json_t *draft)
{
	json_t *body = json_pack("{s:i,s:i}", "v", 1, "layer", (int)layer);
	const struct entry_field *f;

	for (f = order_layer_fields[layer]; body && f->name; f++)
		if (json_object_get(draft, f->name))
			json_object_set(body, f->name, json_object_get(draft, f->name));
	return body;
}
