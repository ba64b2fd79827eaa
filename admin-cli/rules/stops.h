/*
 * Stops by person. One reviewer or leader can stop a visit, because waiting costs a life or the
 * surprise; so whoever stops three within a quarter is named to the desk above, and to nobody else.
 * Pure: what is known of each stop comes in.
 */
#ifndef STOPS_H
#define STOPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STOPS_LEAST 3  /* stops that raise the flag */
#define STOPS_DAYS  91 /* within so many days, both ends in */
#define STOPS_HANDS 2

/* Who has signed the stop of one order, alone or as one of two, and of which desk each was. */
struct stops_stop {
	uint32_t day; /* unix day */
	uint8_t cnt;  /* 0: it was not stopped */
	uint8_t handle[STOPS_HANDS][8];
	uint16_t desk[STOPS_HANDS];
	uint16_t writer; /* the desk that wrote the order */
};

/* A person with STOPS_LEAST stops within STOPS_DAYS days. */
struct stops_flag {
	uint8_t handle[8];
	uint16_t desk, writer;
	unsigned cnt; /* the most within so many days */
	uint32_t day; /* of the last of these */
};

/* The persons of these stops who get the flag, by handle. Stops before `since` no longer count. The
 * caller frees *out. 0 or ERR_MEM. */
int stops_find(struct stops_flag **out, size_t *cnt, const struct stops_stop *list, size_t stops,
	       uint32_t since) __attribute__((warn_unused_result));

#endif
