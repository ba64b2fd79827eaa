/*
 * A small witness of public logs for a union, a newspaper or another authority (C2SP tlog-witness,
 * FORMATS §19). It has no home and knows no gateway. Its folder:
 *
 *	key                  name and seed, mode 0600; the first run makes it
 *	logs                 the verifier keys of the logs that it witnesses, one a line
 *	HASH.checkpoint      the last checkpoint of each log that it has cosigned
 *	HASH.fork            one that contradicts it, signed by the log: the two are a proof
 *	lock                 held while a witness runs
 *
 * Functions return 0, or a positive enum davy_exit whose sentence has been recorded (session.h).
 */
#ifndef WITNESS_H
#define WITNESS_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/checkpoint.h"
#include "crypto/note.h"

struct session;

#define WITNESS_LOGS 64

struct witness_log {
	struct note_key key;
	struct checkpoint last; /* size 0: none yet */
};
struct witness {
	const char *dir;
	struct note_key as; /* its own */
	struct key_sign sign;
	struct witness_log log[WITNESS_LOGS];
	size_t log_cnt;
	int lock; /* file descriptor */
};

/* Reads the folder; makes it and the key where there is a name and no key yet. */
int witness_open(struct session *ses, struct witness *w, const char *name)
	__attribute__((warn_unused_result));
/* Adds a log and keeps it. One with that name and another key takes its place. */
int witness_add(struct session *ses, struct witness *w, const struct note_key *log)
	__attribute__((warn_unused_result));
/* Nobody else witnesses with this folder as long as this process lives. */
int witness_lock(struct session *ses, struct witness *w) __attribute__((warn_unused_result));
void witness_close(struct witness *w);

/* One answer: the status of HTTP, and the body. */
struct witness_answer {
	unsigned status;
	const char *type;
	char body[512];
};
/* Answers add-checkpoint. What it cosigns is on disk before. */
void witness_serve(struct session *ses, struct witness *w, const void *bytes, size_t len,
		   struct witness_answer *out);
/* Serves HTTP at ADDRESS:PORT until SIGTERM or SIGINT. `ready` is told the address. */
int witness_run(struct session *ses, struct witness *w, const char *address,
		void (*ready)(void *arg, const char *address), void *arg)
	__attribute__((warn_unused_result));

#endif
