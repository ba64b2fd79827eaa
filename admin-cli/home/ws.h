/*
 * The workspace: what was synced from one gateway, encrypted (crypto/record.h) in one SQLite
 * file. A record is (kind, key) -> value; keys are hashed under a key of their own, values sealed,
 * so the file tells how many records of a kind there are, how long, and no more. Several terminals may use it at once.
 *
 * Records with names of their own have typed calls below; WS_OPENED and WS_NOTE are free for the
 * commands. A read gives a copy, freed with ws_free (which wipes).
 */
#ifndef WS_H
#define WS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/frame.h"
#include "crypto/seal.h"

struct cli;
struct ws;

enum ws_kind {
	WS_META = 1,    /* key: a word */
	WS_ROSTER = 2,  /* key: u32 version; the bundle as served */
	WS_HASH = 3,    /* key: roster hash; u32 version ‖ u32 day first seen */
	WS_MEMBERS = 4, /* key: SHA-256; the members note */
	WS_CASE = 5,    /* key: id; struct ws_case */
	WS_ENTRY = 6,   /* key: id ‖ thread ‖ u32 number; struct ws_entry */
	WS_READS = 7,   /* key: id; the read records, 16 bytes each */
	WS_PART = 8,    /* key: id ‖ u16 attach ‖ u16 part; a slice of an attachment */
	WS_OUTBOX = 9,  /* key: u64 */
	WS_OPENED = 10, /* key: SHA-256 of sealed bytes; what opening gave */
	WS_NOTE = 11,   /* key: free */
	WS_DRAFT = 12,  /* key: free */
	WS__MAX
};

/* A case or order as the gateway's list told it (FORMATS §4), what is held here of it, and the
 * folded line for lists. */
struct ws_case {
	struct frame_record rec;
	uint16_t asked;                              /* our desk, as which the list was asked */
	uint32_t have_source, have_desk, have_reads; /* how many of them are here */
	uint32_t folded;   /* have_source + have_desk when `line` was made */
	uint32_t line_len;
	uint8_t line[512]; /* of the fold: state, severity, title…; its format is the fold's */
};

/* One entry as fetched. */
struct ws_entry {
	uint8_t thread; /* 0 source, 1 desk */
	uint32_t number;
	uint32_t day;
	bool by_source;
	uint8_t proof[32]; /* T of a source's entry */
	uint8_t hash[32];  /* SHA-256 of the sealed bytes */
	uint8_t sealed[SEAL_LEN];
};

/* What was written without a network: sealed when it is sent, since its number and its hashes
 * depend on what stands in the log by then. */
struct ws_out {
	uint64_t seq;      /* given by ws_out_add */
	uint8_t id[16];    /* case or order */
	uint8_t kind, thread;
	uint16_t type;     /* entry type (FORMATS §7) */
	uint16_t desk;     /* as which desk */
	uint32_t hour;     /* not_before of a reply, or 0 */
	uint32_t written;  /* unix hour */
	char *json;        /* the body, exactly as it will be signed */
	char *extra;       /* what else the sender needs (JSON), or NULL */
	char *error;       /* why the last try failed, or NULL */
};

/* Opens the workspace of the gateway in use into cli->ws (unlocks the keystore). */
int ws_open(struct cli *cli) __attribute__((warn_unused_result));
void ws_close(struct cli *cli);
/* What the database said last ("database or disk is full"). */
const char *ws_fault(const struct ws *ws);

/* Everything between begin and commit happens at once or not at all; nests. */
int ws_begin(struct ws *ws) __attribute__((warn_unused_result));
int ws_commit(struct ws *ws) __attribute__((warn_unused_result));
void ws_abort(struct ws *ws);

/* 0 or enum err: ERR_NOT_FOUND, ERR_AUTH (damaged), ERR_IO, ERR_MEM. */
int ws_put(struct ws *ws, enum ws_kind kind, const void *key, size_t key_len, const void *val,
	   size_t len) __attribute__((warn_unused_result));
int ws_get(struct ws *ws, enum ws_kind kind, const void *key, size_t key_len, uint8_t **val,
	   size_t *len) __attribute__((warn_unused_result));
int ws_del(struct ws *ws, enum ws_kind kind, const void *key, size_t key_len)
	__attribute__((warn_unused_result));
/* Every record of a kind, in no order; stops when `each` returns non-zero and returns that. */
typedef int ws_each_fn(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val,
		       size_t len);
int ws_each(struct ws *ws, enum ws_kind kind, ws_each_fn *each, void *arg)
	__attribute__((warn_unused_result));
void ws_free(void *val, size_t len);

int ws_case_put(struct ws *ws, const struct ws_case *c) __attribute__((warn_unused_result));
int ws_case_get(struct ws *ws, const uint8_t id[static 16], struct ws_case *out)
	__attribute__((warn_unused_result));
/* All of one kind (0 case, 1 order), freed with ws_free(list, cnt * sizeof *list). */
int ws_case_list(struct ws *ws, int kind, struct ws_case **list, size_t *cnt)
	__attribute__((warn_unused_result));
/* The one case (or order) whose id begins so; records the failure: unknown, or the candidates. */
int ws_case_find(struct cli *cli, int kind, const char *prefix, struct ws_case *out)
	__attribute__((warn_unused_result));

int ws_entry_put(struct ws *ws, const uint8_t id[static 16], const struct ws_entry *e)
	__attribute__((warn_unused_result));
int ws_entry_get(struct ws *ws, const uint8_t id[static 16], int thread, uint32_t number,
		 struct ws_entry *out) __attribute__((warn_unused_result));

/* The outbox, oldest first. `o` is copied; ws_out_free frees the members. */
int ws_out_add(struct ws *ws, struct ws_out *o) __attribute__((warn_unused_result));
int ws_out_list(struct ws *ws, struct ws_out **list, size_t *cnt)
	__attribute__((warn_unused_result));
int ws_out_update(struct ws *ws, const struct ws_out *o) __attribute__((warn_unused_result));
int ws_out_del(struct ws *ws, uint64_t seq) __attribute__((warn_unused_result));
void ws_out_free(struct ws_out *list, size_t cnt);

#endif
