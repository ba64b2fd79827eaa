/*
 * A vault of an invented deployment in a folder of its own, for the unit tests and fuzzers of the
 * server. A test drives it request by request, without a face and without a socket, and moves its
 * clock. Its desks are those of scripts/deployment.json for which it has a lead: 1 province (above
 * 4), 2 city (above 1), 7 county inspection (above 2), 4 and 5 independent; 5 is the backstop.
 */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/bundle.h"
#include "crypto/epoch.h"
#include "crypto/err.h"
#include "crypto/note.h"
#include "server/base/clock.h"
#include "server/vault/vault.h"
#include "tests/lib/fixture_store.h"

/* The letters tell the members of one desk apart; the number is the desk. */
enum who { A1, B1, C1, A2, B2, A4, A5, I7, J7, REG, WHO_CNT };

struct person {
	struct key_sign key;
	uint8_t pk[32], handle[8];
	uint16_t desk, roles;
};

struct fixture {
	char dir[64], db[96];
	struct conf conf;
	struct conf_keys keys;
	struct key_sign root[2];
	struct person person[WHO_CNT];
	struct vault v;
	uint8_t upload[65536], note_hash[32];
	size_t upload_len;
	/* the last answer */
	int status;
	struct frame_routing out;
	uint8_t body[FRAME_BODY_LEN];
	size_t body_len;
	bool wrote;
};

extern struct fixture w;

/* The time that the server's clock_*() functions say; a test sets it. */
extern uint64_t fixture_minute;
/* Minutes by which only the time of day is off. */
extern int64_t fixture_jump;
/* The folder in which fixture_new() makes its own. */
extern const char *fixture_in;
/* While true, requests go into the transaction that the test has begun, as a batch of the vault's.
 */
extern bool fixture_batch;

/* A source: her key and case id, and a body of her own. */
struct source {
	struct key_sign key;
	uint8_t id[16], t[32], T[32], tip[FRAME_BODY_LEN];
};

/* ---- setup and teardown, as cmocka calls them ---- */

/* Keys, persons and an empty store; no roster is in force. */
int fixture_new(void **state);
/* The same with a roster in force. */
int fixture_ready(void **state);
/* Closes the vault and removes its files. */
int fixture_end(void **state);

/* Opens the vault on the files in w; fails the test where it does not open. */
void fixture_open_vault(void);
/* Signs a roster of that version by `roots` roots and puts the upload into w. */
void fixture_roster(uint32_t version, unsigned roots);
/* Changes each roster before it is signed, where it is set. */
extern void (*fixture_amend)(struct roster *r);
/* Sends the upload part by part; returns the status of the last. */
int fixture_upload(enum who who);
/* How many parts it has; one of them, at that minute (0: now). */
uint16_t fixture_parts(void);
int fixture_part(enum who who, uint16_t i, uint64_t minute);

/* ---- requests: each returns the status of the answer, which is in w then ---- */

/* Sends a frame to the vault as a face would, in a transaction of its own. */
int fixture_frame(const uint8_t frame[static FRAME_LEN]);
/* Signs a request with that key and sends it, at fixture_minute if it names no other minute. */
int fixture_send(struct frame_request rq, const struct key_sign *key);
int fixture_as(enum who who, struct frame_request rq);

/* A request without a body; id may be NULL. */
struct frame_request request(uint8_t op, const uint8_t *id);

void source_new(struct source *s);
int source_open(const struct source *s, uint16_t desk, uint8_t ladder);
int source_poll(const struct source *s, uint32_t from);
int source_say(const struct source *s, uint32_t number, const uint8_t *body);

int member_fetch(enum who who, const uint8_t *id, uint8_t thread, uint32_t number);
int member_put(enum who who, uint8_t op, const uint8_t *id, struct frame_routing r,
	       const uint8_t *body);
/* The same with fresh bytes in the next place of the case's desk thread. */
int member_act(enum who who, uint8_t op, const uint8_t *id, struct frame_routing r,
	       uint8_t body[static FRAME_BODY_LEN]);
int member_list(enum who who, uint8_t kind, const uint8_t *cursor);

/* Makes a desk of the roster in force one of another kind. */
void fixture_kind(uint16_t desk, uint8_t kind);
/* A certificate of a desk, signed by its lead and, if so, by the other; `fill` is what its key is
 * filled with. Returns its length. */
size_t fixture_certificate(uint16_t desk, int fill, char *dst, size_t cap, uint32_t number,
			   bool both);

/* Restrict: hides a case from so many of these, the rest dummies. */
struct frame_routing hide_from(const enum who *who, size_t cnt);

void random_body(uint8_t body[static FRAME_BODY_LEN]);

/* One number from the database of the world's store; -1 where there is none. */
int64_t fixture_number(const char *query);

#endif
