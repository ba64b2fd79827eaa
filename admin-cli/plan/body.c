/* Reads and prints the documents of a plan (see body.h). Unknown members are refused: what nobody
 * understands must not be part of what two persons commit to. */
#include "admin-cli/plan/body.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/plan/draw.h"
#include "crypto/err.h"
#include "crypto/text.h"

static const char *const types[PLAN_KINDS] = { "plan", "plan-share", "plan-reveal", "plan-result" };

const char *
plan_by(bool approver)
{
	return approver ? "approver" : "planner";
}

static bool
hash_of(uint8_t out[static 32], const char *hex)
{
	return text_unhex(out, 32, hex, strlen(hex)) == 0;
}

static bool
day_of(uint32_t *day, const char *text)
{
	return text && text_day(day, text, strlen(text)) == 0;
}

static bool
by_of(bool *approver, const char *by)
{
	*approver = !strcmp(by, plan_by(true));
	return *approver || !strcmp(by, plan_by(false));
}

static bool
beacon_of(char out[static PLAN_BEACON_MAX + 1], const char *text)
{
	size_t n = strlen(text);

	if (n > PLAN_BEACON_MAX || text_printable(text, n, 0) != 0)
		return false;
	memcpy(out, text, n + 1);
	return true;
}

/* Appends the days of a list; each within the period, in order. */
static int
slots_of(struct plan_body *b, size_t *cnt, const json_t *list)
{
	size_t have = b->drawn + b->free, n = json_array_size(list);
	uint32_t *more, before = b->from;

	*cnt = 0;
	if (!json_is_array(list) || have + n > PLAN_VISITS_MAX)
		return ERR_FORMAT;
	if (!n)
		return 0;
	more = realloc(b->slot, (have + n) * sizeof(*more));
	if (!more)
		return ERR_MEM;
	b->slot = more;
	for (size_t i = 0; i < n; i++) {
		uint32_t day;
		if (!day_of(&day, json_string_value(json_array_get(list, i))) || day < before ||
		    day > b->until)
			return ERR_FORMAT;
		b->slot[have + i] = before = day;
	}
	*cnt = n;
	return 0;
}

static int
read_plan(struct plan_body *b, json_t *root)
{
	const char *type, *from, *until, *day, *reg, *table, *beacon;
	json_t *drawn, *free_days;
	int v, desk, least, standby = 0, err;

	if (json_unpack_ex(root, NULL, JSON_STRICT,
			   "{s:i,s:s,s:i,s:s,s:s,s:s,s:i,s:s,s:s,s:s,s:o,s:o,s?i}", "v", &v, "type",
			   &type, "desk", &desk, "from", &from, "until", &until, "day", &day,
			   "least", &least, "register", &reg, "table", &table, "beacon", &beacon,
			   "drawn", &drawn, "free", &free_days, "standby", &standby) != 0 ||
	    (json_object_get(root, "standby") && standby < 1))
		return ERR_FORMAT;
	if (desk < 1 || desk > 65535 || least < 1 || least > 5000 || !day_of(&b->from, from) ||
	    !day_of(&b->until, until) || !day_of(&b->day, day) || b->from > b->until ||
	    b->until - b->from > 366 || !hash_of(b->reg, reg) || !hash_of(b->table, table) ||
	    !beacon_of(b->beacon, beacon))
		return ERR_FORMAT;
	b->desk = (uint16_t)desk;
	b->least = least / 10000.0;
	err = slots_of(b, &b->drawn, drawn);
	if (!err)
		err = slots_of(b, &b->free, free_days);
	b->standby = (size_t)standby;
	return !err && (!b->drawn || b->standby > b->free) ? ERR_FORMAT : err;
}

static int
read_share(struct plan_body *b, json_t *root)
{
	const char *type, *plan, *by, *commit;
	int v;

	if (json_unpack_ex(root, NULL, JSON_STRICT, "{s:i,s:s,s:s,s:s,s:s}", "v", &v, "type", &type,
			   "plan", &plan, "by", &by, "commit", &commit) != 0 ||
	    !hash_of(b->plan, plan) || !by_of(&b->approver, by) || !hash_of(b->secret, commit))
		return ERR_FORMAT;
	return 0;
}

static int
read_reveal(struct plan_body *b, json_t *root)
{
	const char *type, *plan, *by, *share, *other, *beacon;
	int v, escrow;

	if (json_unpack_ex(root, NULL, JSON_STRICT, "{s:i,s:s,s:s,s:s,s:s,s:s,s:b,s:s}", "v", &v,
			   "type", &type, "plan", &plan, "by", &by, "share", &share, "other",
			   &other, "escrow", &escrow, "beacon", &beacon) != 0 ||
	    !hash_of(b->plan, plan) || !by_of(&b->approver, by) || !hash_of(b->secret, share) ||
	    !hash_of(b->other, other) || !beacon_of(b->beacon, beacon))
		return ERR_FORMAT;
	b->escrow = escrow;
	return 0;
}

static int
read_visit(struct plan_visit *v, json_t *one, bool missed)
{
	const char *day, *why = NULL;
	int site, hour = 0, drawn, bad;

	if (missed)
		bad = json_unpack_ex(one, NULL, JSON_STRICT, "{s:i,s:s,s:b,s:s}", "site", &site,
				     "day", &day, "drawn", &drawn, "why", &why);
	else
		bad = json_unpack_ex(one, NULL, JSON_STRICT, "{s:i,s:s,s:i,s:b}", "site", &site,
				     "day", &day, "hour", &hour, "drawn", &drawn);
	if (bad || site < 0 || site >= PLAN_SITES_MAX || hour < 0 || hour > 23 ||
	    !day_of(&v->day, day) ||
	    (missed && (!*why || strlen(why) > 400 || text_printable(why, strlen(why), 0) != 0)))
		return ERR_FORMAT;
	v->site = (uint32_t)site;
	v->hour = (uint8_t)hour;
	v->drawn = drawn;
	v->why = why;
	return 0;
}

static int
read_result(struct plan_body *b, json_t *root)
{
	const char *type, *plan;
	json_t *visits, *missed;
	size_t n, all;
	int v, err = 0;

	if (json_unpack_ex(root, NULL, JSON_STRICT, "{s:i,s:s,s:s,s:o,s:o}", "v", &v, "type", &type,
			   "plan", &plan, "visits", &visits, "missed", &missed) != 0 ||
	    !hash_of(b->plan, plan) || !json_is_array(visits) || !json_is_array(missed))
		return ERR_FORMAT;
	n = json_array_size(visits);
	all = n + json_array_size(missed);
	if (!all || all > 2 * PLAN_VISITS_MAX)
		return ERR_FORMAT;
	b->visit = calloc(all, sizeof(*b->visit));
	if (!b->visit)
		return ERR_MEM;
	for (size_t i = 0; i < all && !err; i++)
		err = read_visit(&b->visit[i],
				 i < n ? json_array_get(visits, i) : json_array_get(missed, i - n),
				 i >= n);
	b->visits = all;
	return err;
}

int
plan_body_read(struct plan_body *b, const void *bytes, size_t len)
{
	static int (*const read[PLAN_KINDS])(struct plan_body *,
					     json_t *) = { read_plan, read_share, read_reveal,
							   read_result };
	const char *type;
	json_int_t v;

	memset(b, 0, sizeof(*b));
	if (len > PLAN_BODY_MAX || text_utf8(bytes, len) != 0)
		return ERR_FORMAT;
	b->root = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, NULL);
	if (json_unpack(b->root, "{s:I,s:s}", "v", &v, "type", &type) != 0)
		return ERR_FORMAT;
	if (v != 1)
		return v > 1 ? ERR_STALE : ERR_FORMAT;
	crypto_hash_sha256(b->plan, bytes, len);
	for (size_t i = 0; i < PLAN_KINDS; i++)
		if (!strcmp(type, types[i])) {
			b->kind = (enum plan_kind)i;
			return read[i](b, b->root);
		}
	return ERR_FORMAT;
}

void
plan_body_free(struct plan_body *b)
{
	free(b->slot);
	free(b->visit);
	json_decref(b->root);
	sodium_memzero(b, sizeof(*b));
}

static json_t *
days(const uint32_t *day, size_t cnt)
{
	json_t *list = json_array();
	char text[TEXT_DAY_LEN + 1];

	for (size_t i = 0; i < cnt; i++) {
		text_day_print(text, day[i]);
		json_array_append_new(list, json_string(text));
	}
	return list;
}

static json_t *
make_plan(const struct plan_body *b)
{
	char from[TEXT_DAY_LEN + 1], until[TEXT_DAY_LEN + 1], day[TEXT_DAY_LEN + 1], reg[65],
		table[65];

	text_day_print(from, b->from);
	text_day_print(until, b->until);
	text_day_print(day, b->day);
	text_hex(reg, sizeof(reg), b->reg, 32);
	text_hex(table, sizeof(table), b->table, 32);
	json_t *j = json_pack("{s:i,s:s,s:i,s:s,s:s,s:s,s:i,s:s,s:s,s:s,s:o,s:o}", "v", 1, "type",
			      types[PLAN_PLAN], "desk", b->desk, "from", from, "until", until,
			      "day", day, "least", (int)(b->least * 10000 + 0.5), "register", reg,
			      "table", table, "beacon", b->beacon, "drawn", days(b->slot, b->drawn),
			      "free", days(b->slot + b->drawn, b->free));
	if (j && b->standby)
		json_object_set_new(j, "standby", json_integer((json_int_t)b->standby));
	return j;
}

static json_t *
make_result(const struct plan_body *b, const char *plan)
{
	json_t *visits = json_array(), *missed = json_array();
	char day[TEXT_DAY_LEN + 1];

	for (size_t i = 0; i < b->visits; i++) {
		const struct plan_visit *v = &b->visit[i];
		text_day_print(day, v->day);
		if (v->why)
			json_array_append_new(missed, json_pack("{s:i,s:s,s:b,s:s}", "site",
								(int)v->site, "day", day, "drawn",
								v->drawn, "why", v->why));
		else
			json_array_append_new(visits, json_pack("{s:i,s:s,s:i,s:b}", "site",
								(int)v->site, "day", day, "hour",
								v->hour, "drawn", v->drawn));
	}
	return json_pack("{s:i,s:s,s:s,s:o,s:o}", "v", 1, "type", types[PLAN_RESULT], "plan", plan,
			 "visits", visits, "missed", missed);
}

json_t *
plan_body_json(const struct plan_body *b)
{
	char plan[65], secret[65], other[65];
	json_t *j;

	text_hex(plan, sizeof(plan), b->plan, 32);
	text_hex(secret, sizeof(secret), b->secret, 32);
	text_hex(other, sizeof(other), b->other, 32);
	switch (b->kind) {
	case PLAN_PLAN:
		j = make_plan(b);
		break;
	case PLAN_SHARE:
		j = json_pack("{s:i,s:s,s:s,s:s,s:s}", "v", 1, "type", types[PLAN_SHARE], "plan",
			      plan, "by", plan_by(b->approver), "commit", secret);
		break;
	case PLAN_REVEAL:
		j = json_pack("{s:i,s:s,s:s,s:s,s:s,s:s,s:b,s:s}", "v", 1, "type",
			      types[PLAN_REVEAL], "plan", plan, "by", plan_by(b->approver), "share",
			      secret, "other", other, "escrow", b->escrow, "beacon", b->beacon);
		break;
	default:
		j = make_result(b, plan);
	}
	sodium_memzero(secret, sizeof(secret));
	return j;
}

int
plan_body_print(char **out, size_t *len, struct plan_body *b)
{
	json_t *j = plan_body_json(b);

	*out = j ? json_dumps(j, JSON_COMPACT) : NULL;
	json_decref(j);
	if (!*out)
		return ERR_MEM;
	*len = strlen(*out);
	if (b->kind == PLAN_PLAN)
		crypto_hash_sha256(b->plan, (uint8_t *)*out, *len);
	return 0;
}
