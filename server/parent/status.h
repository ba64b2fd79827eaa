/*
 * Turns the facts that vault and parent report into the text of `davyd status`: one screen,
 * problems first, each with what to do.
 */
#ifndef SERVER_STATUS_H
#define SERVER_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How the gateway is; also the exit code of `davyd status`, which monitoring programs know. */
enum status_level { STATUS_OK, STATUS_WARNING, STATUS_CRITICAL, STATUS_UNKNOWN };
#define STATUS_LINE 320 /* room for the line of status_worst */
enum status_form { STATUS_SCREEN, STATUS_JSON, STATUS_PROMETHEUS };

/*
 * facts: lines "name number" (status.c has the names; others are left out). disk_free: bytes that
 * the store's disk has left, UINT64_MAX where that is not known. Prints to standard output.
 */
enum status_level status_print(const char *facts, size_t len, uint64_t disk_free,
			       enum status_form form);
/* The same in one line, "what: text": the most serious finding, or "all is well". *what points to
 * its name, which lives for ever. */
enum status_level status_worst(char *line, size_t cap, const char **what, const char *facts,
			       size_t len, uint64_t disk_free);
const char *status_name(enum status_level level);

#endif
