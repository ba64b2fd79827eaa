/*
 * Which counties call for a packet (rules/packet.h), from the confirmed cases of illegal mining
 * that were opened here, and from the visits that are signed off with a finding of it. A visit is
 * never paired with a case: it may be the one that has confirmed it. Nothing is fetched, and no
 * reading is recorded.
 */
#ifndef PACKETS_H
#define PACKETS_H

#include "admin-cli/rules/packet.h"

struct found;
struct session;

#define PACKETS_MAX 32

struct packets {
	struct packet_case *list; /* the confirmed cases */
	struct packet packet[PACKETS_MAX];
	size_t cnt;
	struct packet_case *visit; /* the visits; id: of the order */
	struct found *found;       /* what they found: desk/found.h */
	size_t found_cnt;
	struct packet by_visit[PACKETS_MAX]; /* of counties that no pair of cases names */
	size_t visit_cnt;
};

/* A finding of illegal mining in a visit of the list, and the name of its site; NULL: none. */
const struct found *packets_found(const struct packets *p, const uint8_t order[static 16]);

/* A failure is recorded. The caller ends with packets_free(). */
int packets_find(struct session *ses, struct packets *out) __attribute__((warn_unused_result));
void packets_free(struct packets *p);

#endif
