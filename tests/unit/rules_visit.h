/* A visit under seal under construction, for the tests of its machines: the people of both sides,
 * and ways to every state of an order and of a finding. */
#ifndef TESTS_RULES_VISIT_H
#define TESTS_RULES_VISIT_H

#include "tests/unit/rules_fold.h"

#include <stdio.h>

/* The planner, both sides, inspectors who go along, others who do not, and who signs off. */
static struct fold_person planner = { .handle = { 0x10 }, .desk = 1, .level = 3, .related = true };
static struct fold_person planner2 = { .handle = { 0x11 }, .desk = 1, .level = 3, .related = true };
static struct fold_person above = { .handle = { 0x12 }, .desk = 5, .level = 4, .related = true };
static struct fold_person a1 = { .handle = { 0xa1 }, .desk = 1, .level = 3, .related = true };
static struct fold_person a2 = { .handle = { 0xa2 }, .desk = 1, .level = 3, .related = true };
static struct fold_person b1 = { .handle = { 0xb1 }, .desk = 7, .level = 2, .related = true };
static struct fold_person b2 = { .handle = { 0xb2 }, .desk = 7, .level = 2, .related = true };
static struct fold_person i1 = { .handle = { 0xc1 }, .desk = 7, .level = 2, .related = true };
static struct fold_person i2 = { .handle = { 0xc2 }, .desk = 7, .level = 2, .related = true };
static struct fold_person r1 = { .handle = { 0xd1 }, .desk = 7, .level = 2, .related = true };
static struct fold_person r2 = { .handle = { 0xd2 }, .desk = 7, .level = 2, .related = true };
static struct fold_person s1 = { .handle = { 0xe1 }, .desk = 5, .level = 4, .related = true };
static struct fold_person s2 = { .handle = { 0xe2 }, .desk = 5, .level = 4, .related = true };

static inline int
setup(void **state)
{
	(void)state;
	planner.roles = planner2.roles = above.roles = ROLE(PL);
	a1.roles = a2.roles = s1.roles = s2.roles = ROLE(SR);
	b1.roles = b2.roles = ROLE(TL) | ROLE(IN);
	i1.roles = i2.roles = r1.roles = r2.roles = ROLE(IN);
	return 0;
}

#define REST   "111111111111111111111111111111111111111111111111111111111111111"
#define HASH   "1" REST
#define KEYS   "\"keys\":[\"1" REST "\",\"2" REST "\",\"3" REST "\",\"4" REST "\"]"
#define PARTS  "\"parts\":[\"" HASH "\",\"" HASH "\",\"" HASH "\",\"" HASH "\",\"" HASH "\"]"
#define LAYERS "\"layers\":[\"" HASH "\",\"" HASH "\",\"" HASH "\"]"
#define A1     "\"a100000000000000\""
#define A2     "\"a200000000000000\""
#define B1     "\"b100000000000000\""
#define B2     "\"b200000000000000\""
#define SIDES(a, b)                                                                                \
	"{\"v\":1,\"hours\":480008,\"late\":\"00112233445566778899aabbccddeeff\",\"a\":[" a        \
	"],\"b\":[" b "]," KEYS "," PARTS "," LAYERS "}"
#define ORDER_JSON SIDES(A1 "," A2, B1 "," B2)
#define TEAM       "[" B1 "," B2 ",\"c100000000000000\",\"c200000000000000\"]"

static inline struct fold_entry *
desk(struct log *l, const struct fold_person *who, uint16_t type, const char *body)
{
	return add(l, who, type, 1, body);
}

static inline struct fold_entry *
both(struct log *l, const struct fold_person *p, const struct fold_person *q, const char *type,
     const char *body)
{
	return cosign(l, q, propose(l, p, type, body));
}

static inline struct fold_entry *
approve(struct log *l, const struct fold_person *p, const struct fold_person *q)
{
	char body[128], hex[65];
	int i;

	for (i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", l->e[0].hash[i]);
	snprintf(body, sizeof(body), "{\"v\":1,\"order\":\"%s\"}", hex);
	return both(l, p, q, "order-approve", body);
}

static inline struct fold_entry *
layer(struct log *l, const struct fold_person *who, uint16_t type, int n)
{
	char body[64];

	snprintf(body, sizeof(body), "{\"v\":1,\"layer\":%d%s}", n,
		 type == ENTRY_ORDER_RELEASE ? ",\"how\":\"sealed\"" : "");
	return desk(l, who, type, body);
}

static inline struct fold_entry *
hand(struct log *l, int n)
{
	layer(l, &a1, ENTRY_ORDER_RELEASE, n);
	return layer(l, &b1, ENTRY_ORDER_TAKE, n);
}

#define DEPART "{\"v\":1,\"bagged\":4,\"people\":" TEAM "}"

/* Brings an order to a state on the way to its end. */
static inline void
bring(struct log *l, int state)
{
	static const int way[] = { ORDER_SEALED,         ORDER_APPROVED,  ORDER_ARMED,
				   ORDER_RELEASED,       ORDER_EN_ROUTE,  ORDER_ON_SITE,
				   ORDER_FINDINGS_FILED, ORDER_SIGNED_OFF };
	size_t i;

	start(l);
	for (i = 0; i < sizeof(way) / sizeof(*way); i++) {
		if (way[i] == ORDER_SEALED)
			desk(l, &planner, ENTRY_ORDER, ORDER_JSON);
		else if (way[i] == ORDER_APPROVED)
			approve(l, &a1, &a2);
		else if (way[i] == ORDER_ARMED)
			desk(l, &planner2, ENTRY_ORDER_ARM, "{\"v\":1,\"stands\":true}");
		else if (way[i] == ORDER_RELEASED)
			hand(l, 0);
		else if (way[i] == ORDER_EN_ROUTE) {
			hand(l, 1);
			desk(l, &b1, ENTRY_DEPART, DEPART);
			hand(l, 2);
		} else if (way[i] == ORDER_ON_SITE)
			desk(l, &b1, ENTRY_ARRIVE, "{\"v\":1,\"as\":\"COVERT\"}");
		else if (way[i] == ORDER_FINDINGS_FILED)
			both(l, &i1, &i2, "findings", "{\"v\":1,\"count\":2,\"anomaly\":true}");
		else {
			both(l, &i1, &i2, "finding",
			     "{\"v\":1,\"k\":1,\"hazard\":\"CM-04\",\"grade\":\"general\","
			     "\"text\":\"t\"}");
			both(l, &i1, &b2, "finding",
			     "{\"v\":1,\"k\":2,\"hazard\":\"CM-01\",\"grade\":\"major\","
			     "\"plain\":true,\"text\":\"t\"}");
			desk(l, &a1, ENTRY_SIGN_OFF, "{\"v\":1}");
		}
		if (way[i] == state)
			break;
	}
	if (run(l, MACHINE_ORDER) != state)
		fail_msg("%s instead of %s: %s", machine_state_name(MACHINE_ORDER, l->f.state),
			 machine_state_name(MACHINE_ORDER, state),
			 fold_reason_name(l->e[l->cnt - 1].reason));
	assert_int_equal(l->f.rejected, 0);
}

#define WHY  "{\"v\":1,\"text\":\"t\"}"
#define NONE "{\"v\":1}"

#define RECTIFY                                                                                    \
	"{\"v\":1,\"k\":%d,\"article\":\"a\",\"owner\":\"o\",\"measures\":\"m\",\"money\":\"y\","  \
	"\"plan\":\"p\",\"deadline\":\"%s\"%s}"
#define SOON "2024-10-20" /* DAY is 2024-10-04 */

static inline void
rectify(struct log *l, int k, const char *more)
{
	char body[300];

	snprintf(body, sizeof(body), RECTIFY, k, SOON, more);
	both(l, &i1, &i2, "rectify", body);
}

static inline void
claim(struct log *l, int k)
{
	char body[128];

	snprintf(body, sizeof(body), "{\"v\":1,\"k\":%d,\"file\":\"" HASH "\"}", k);
	desk(l, &i1, ENTRY_CLAIM_FIXED, body);
}

static inline struct fold_entry *
reinspect(struct log *l, const struct fold_person *p, const struct fold_person *q, int k, bool pass)
{
	char body[128];

	snprintf(body, sizeof(body), "{\"v\":1,\"k\":%d,\"pass\":%s,\"proof\":[\"" HASH "\"]}", k,
		 pass ? "true" : "false");
	return both(l, p, q, "reinspect", body);
}

static inline struct fold_entry *
strike(struct log *l, const struct fold_person *p, const struct fold_person *q, const char *more,
       int k)
{
	char body[200];

	snprintf(body, sizeof(body), "{\"v\":1,\"k\":%d,\"look_back\":\"2024-11-20\"%s}", k, more);
	if (!q)
		return desk(l, p, ENTRY_STRIKE_OFF, body);
	return both(l, p, q, "strike-off", body);
}

#define DONE ",\"code\":\"NONE\",\"text\":\"t\",\"no_tip\":true"

/* Brings finding 2, a major one, to a state. */
static inline void
bring_finding(struct log *l, int state)
{
	bring(l, ORDER_SIGNED_OFF);
	if (state == FINDING_RECORDED)
		return;
	rectify(l, 2, "");
	if (state == FINDING_OVERDUE)
		l->day += 20;
	if (state == FINDING_CLAIMED_FIXED || state == FINDING_REINSPECTED_PASS ||
	    state == FINDING_REINSPECTED_FAIL || state == FINDING_STRUCK_OFF)
		claim(l, 2);
	if (state == FINDING_REINSPECTED_PASS || state == FINDING_STRUCK_OFF)
		reinspect(l, &r1, &r2, 2, true);
	if (state == FINDING_REINSPECTED_FAIL)
		reinspect(l, &r1, &r2, 2, false);
	if (state == FINDING_STRUCK_OFF)
		strike(l, &s1, &s2, DONE, 2);
}

#endif
