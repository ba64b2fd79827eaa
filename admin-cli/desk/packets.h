/*
 * Which counties call for a packet (rules/packet.h), from the confirmed cases of illegal mining
 * that were opened here. Nothing is fetched, and no reading is recorded.
 */
#ifndef PACKETS_H
#define PACKETS_H

#include "admin-cli/rules/packet.h"

struct session;

#define PACKETS_MAX 32

struct packets {
	struct packet_case *list; /* the confirmed cases */
	struct packet packet[PACKETS_MAX];
	size_t cnt;
};

/* A failure is recorded. The caller ends with packets_free(). */
int packets_find(struct session *ses, struct packets *out) __attribute__((warn_unused_result));
void packets_free(struct packets *p);

#endif
