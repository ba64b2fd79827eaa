/*
 * When illegal mining comes back, it is no longer the matter of one mine: a second confirmed case
 * at one site, at any time, or in one county within PACKET_DAYS, calls for a packet, which says
 * which posts of that county are to answer. Pure: what is known of each confirmed case comes in.
 *
 * A packet is a referral of the kind PACKET (rules/book.h): it names posts at the township, at the
 * county and at the regulator, and lies at a desk of level 3 or above, so that it never passes
 * through the county that it is about.
 */
#ifndef PACKET_H
#define PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_LEVEL 3  /* the lowest level of a desk that drafts one */
#define PACKET_DAYS  30 /* between the two; the days themselves are not counted */

/* A case of illegal mining that a visit has confirmed. */
struct packet_case {
	uint8_t id[16];
	char county[7]; /* "" unknown */
	uint32_t day;   /* unix day on which the result was signed */
};

/* Two cases that call for a packet, the later one second. */
struct packet {
	size_t first, second; /* places in the list */
	bool site;            /* the same site; else the same county */
};

/* Whether two places of the list are one site. */
typedef bool packet_same(void *arg, size_t a, size_t b);

/* One packet for each county, the newest pair of cases; `list` is put in the order of days. Returns
 * how many, at most cap. */
size_t packet_find(struct packet *out, size_t cap, struct packet_case *list, size_t cnt,
		   packet_same *same, void *arg);

#endif
