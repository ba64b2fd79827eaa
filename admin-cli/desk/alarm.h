/*
 * What was found hidden in the public log (FORMATS §19, account): one file for each in the folder
 * `alarms` of the gateway, which proves it to anybody who has the log's key. A file stays until
 * somebody takes it away.
 *
 * Functions return 0, or a positive enum davy_exit whose sentence has been recorded (session.h).
 */
#ifndef ALARM_H
#define ALARM_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/checkpoint.h"
#include "crypto/merkle.h"
#include "crypto/note.h"

struct session;

enum alarm_what {
	ALARM_UNLISTED,    /* a frame of a source, of a case that no list has */
	ALARM_UNACCOUNTED, /* an entry that is no filler, and that has no record */
	ALARM_REMOVED,     /* a case that is gone and was not closed */
	ALARM_VANISHED,    /* a case that was listed is no more, and no removal is in the log */
	ALARM_BUNDLE,      /* a bundle was served that is not in the log */
	ALARM_FORK,        /* the log shows another past than before */
	ALARM_ROLLBACK,    /* the log is older than it was */
	ALARM__MAX
};

/* Writes the file of one and warns of it; nothing where it is there already. `number` tells those
 * of one kind apart. `body` has what this kind needs, and is taken over. */
int alarm_raise(struct session *ses, enum alarm_what what, uint64_t number, json_t *body)
	__attribute__((warn_unused_result));
/* How many files there are. */
int alarm_count(struct session *ses, size_t *cnt) __attribute__((warn_unused_result));

/* A member in base64; nothing where there is no memory. */
void alarm_set(json_t *body, const char *name, const void *bytes, size_t len);
void alarm_set_path(json_t *body, const uint8_t (*path)[MERKLE_LEN], size_t cnt);

/* Checks the file of one against the key of the log; *what says what it proves. */
int alarm_check(struct session *ses, const char *path, const struct note_key *key,
		enum alarm_what *what) __attribute__((warn_unused_result));
/* In the reader's language: what such a file says. */
const char *alarm_text(enum alarm_what what);
/* The word for programs, which begins the name of the file. */
const char *alarm_name(enum alarm_what what);

#endif
