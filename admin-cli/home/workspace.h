/*
 * The workspace: what was synced from one gateway, encrypted (crypto/record.h) in one SQLite
 * file. A record is (kind, key) -> value; keys are hashed under a key of their own, values sealed,
 * so the file tells how many records of a kind there are, how long, and no more. Several terminals
 * may use it at once.
 *
 * Records with names of their own have typed calls below; WORKSPACE_OPENED and WORKSPACE_NOTE are
 * free for the commands. A read gives a copy, freed with workspace_free (which wipes).
 */
#ifndef WORKSPACE_H
#define WORKSPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/frame.h"
#include "crypto/seal.h"

struct session;
struct workspace;

enum workspace_kind {
	WORKSPACE_META = 1,    /* key: a word */
	WORKSPACE_ROSTER = 2,  /* key: u32 version; the bundle as served */
	WORKSPACE_HASH = 3,    /* key: roster hash; u32 version ‖ u32 day first seen */
	WORKSPACE_MEMBERS = 4, /* key: SHA-256; the members note */
	WORKSPACE_CASE = 5,    /* key: id; struct workspace_case */
	WORKSPACE_ENTRY = 6,   /* key: id ‖ thread ‖ u32 number; struct workspace_entry */
	WORKSPACE_READS = 7,   /* key: id; the read records, 16 bytes each */
	WORKSPACE_PART = 8,    /* key: id ‖ u16 attach ‖ u16 part; a slice of an attachment */
	WORKSPACE_OUTBOX = 9,  /* key: u64 */
	WORKSPACE_OPENED = 10, /* key: SHA-256 of sealed bytes; SHA-256 of our key ‖ u8 stanza */
	WORKSPACE_NOTE = 11,   /* key: free */
	WORKSPACE_DRAFT = 12,  /* key: free */
	WORKSPACE__MAX
};

/* A case or order as the gateway's list told it (FORMATS §4), what is held here of it, and the
 * folded line for lists. */
struct workspace_case {
	struct frame_record rec;
	uint16_t asked;                              /* our desk, as which the list was asked */
	uint32_t have_source, have_desk, have_reads; /* how many of them are here */
	uint32_t folded; /* have_source + have_desk when `line` was made */
	uint32_t line_len;
	uint8_t line[512]; /* of the fold: state, severity, title…; its format is the fold's */
};

/* One entry as fetched. */
struct workspace_entry {
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
struct workspace_out {
	uint64_t seq;   /* given by workspace_out_add */
	uint8_t id[16]; /* case or order */
	uint8_t kind, thread;
	uint16_t type;    /* entry type (FORMATS §7) */
	uint16_t desk;    /* as which desk */
	uint32_t hour;    /* not_before of a reply, or 0 */
	uint32_t written; /* unix hour */
	char *json;       /* the body, exactly as it will be signed */
	char *extra;      /* what else the sender needs (JSON), or NULL */
	char *error;      /* why the last try failed, or NULL */
};

/* Opens the workspace of the gateway in use into ses->workspace (unlocks the keystore). */
int workspace_open(struct session *ses) __attribute__((warn_unused_result));
void workspace_close(struct session *ses);
/* What the database said last ("database or disk is full"). */
const char *workspace_fault(const struct workspace *ws);

/* Everything between begin and commit happens at once or not at all; nests. */
int workspace_begin(struct workspace *ws) __attribute__((warn_unused_result));
int workspace_commit(struct workspace *ws) __attribute__((warn_unused_result));
void workspace_abort(struct workspace *ws);

/* 0 or enum err: ERR_NOT_FOUND, ERR_AUTH (damaged), ERR_IO, ERR_MEM. */
int workspace_put(struct workspace *ws, enum workspace_kind kind, const void *key, size_t key_len,
		  const void *val, size_t len) __attribute__((warn_unused_result));
int workspace_get(struct workspace *ws, enum workspace_kind kind, const void *key, size_t key_len,
		  uint8_t **val, size_t *len) __attribute__((warn_unused_result));
int workspace_del(struct workspace *ws, enum workspace_kind kind, const void *key, size_t key_len)
	__attribute__((warn_unused_result));
/* Every record of a kind, in no order; stops when `each` returns non-zero and returns that. */
typedef int workspace_each_fn(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val,
			      size_t len);
int workspace_each(struct workspace *ws, enum workspace_kind kind, workspace_each_fn *each,
		   void *arg) __attribute__((warn_unused_result));
void workspace_free(void *val, size_t len);

int workspace_case_put(struct workspace *ws, const struct workspace_case *c)
	__attribute__((warn_unused_result));
int workspace_case_get(struct workspace *ws, const uint8_t id[static 16],
		       struct workspace_case *out) __attribute__((warn_unused_result));
/* All of one kind (0 case, 1 order), freed with workspace_free(list, cnt * sizeof(*list)). */
int workspace_case_list(struct workspace *ws, int kind, struct workspace_case **list, size_t *cnt)
	__attribute__((warn_unused_result));
/* The one case (or order) whose id begins so; records the failure: unknown, or the candidates. */
int workspace_case_find(struct session *ses, int kind, const char *prefix,
			struct workspace_case *out) __attribute__((warn_unused_result));

int workspace_entry_put(struct workspace *ws, const uint8_t id[static 16],
			const struct workspace_entry *e) __attribute__((warn_unused_result));
int workspace_entry_get(struct workspace *ws, const uint8_t id[static 16], int thread,
			uint32_t number, struct workspace_entry *out)
	__attribute__((warn_unused_result));

/* The outbox, oldest first. `o` is copied; workspace_out_free frees the members. */
int workspace_out_add(struct workspace *ws, struct workspace_out *o)
	__attribute__((warn_unused_result));
int workspace_out_list(struct workspace *ws, struct workspace_out **list, size_t *cnt)
	__attribute__((warn_unused_result));
int workspace_out_update(struct workspace *ws, const struct workspace_out *o)
	__attribute__((warn_unused_result));
int workspace_out_del(struct workspace *ws, uint64_t seq) __attribute__((warn_unused_result));
void workspace_out_free(struct workspace_out *list, size_t cnt);

#endif
