/*
 * Showing an opened case in words or as JSON. The room view prints through struct cli and changes
 * nothing: not the case, not the workspace, not the gateway.
 */
#ifndef SHOW_H
#define SHOW_H

#include <jansson.h>
#include <stdbool.h>

#include "admin-cli/desk/opened.h"

struct cli;
struct trust;

/* The alarms of a case (an unknown or replaced roster, a wrong proof) in red, and a withdrawal. */
void show_alarms(struct cli *cli, const struct opened *d);
/* The head of a case or order: id, state, severity, clocks, and the desks that can open it. Where
 * cli->titled, in place of id and state how careful one has to be with the case. */
void show_head(struct cli *cli, const struct opened *d);
/* The state of a case of which nothing was opened here, as the gateway's record tells it, in words;
 * and for programs ("new", "read", "closing", "closed"). */
const char *show_record_state(const struct frame_record *rec);
const char *show_record_name(const struct frame_record *rec);
/* For a case whose tip is not in the workspace: says why, and when it may come. */
void show_missing(struct cli *cli, const struct opened *d);
/* All of it: head, alarms, entries, and what was written here and has not left; also as the data of
 * --json. A failure is one of the workspace. */
int show_whole(struct cli *cli, const struct opened *d) __attribute__((warn_unused_result));
/* Entry i: type, author, day, verdict and body. */
void show_entry(struct cli *cli, const struct opened *d, size_t i);
/* The same with another body in place of its own; NULL: one that could not be read. */
void show_entry_as(struct cli *cli, const struct opened *d, size_t i, const json_t *body);
/* The body of an entry, field by field, in the words of the taxonomy. */
void show_body(struct cli *cli, const json_t *body, int indent);
/* The history as a table, a line for each entry: thread, number, type, author, day, verdict,
 * reason. */
void show_history(struct cli *cli, const struct opened *d);
/* The gateway's read records: who read which entry on which day; also appended to `out`. Returns 0.
 */
int show_reads(struct cli *cli, const struct opened *d, json_t *out)
	__attribute__((warn_unused_result));

/* Entry i, and the whole case, as JSON; the caller drops the reference. */
json_t *show_entry_json(const struct opened *d, size_t i);
json_t *show_json(const struct opened *d);

/* A desk's name in the user's language; "desk 7" where the roster does not have it any more. This
 * and the names below live until the session ends. */
const char *show_desk(struct cli *cli, const struct trust *view, uint16_t number);
/* A member's name by handle; the handle in hex where it is unknown. */
const char *show_member(struct cli *cli, const struct trust *view, const uint8_t handle[static 8]);
/* Who wrote entry i: a member's name, "the source", "unknown". */
const char *show_author(struct cli *cli, const struct opened *d, size_t i);
/* The name of an entry type, "acknowledge"; "type 4711" where this davy does not know it. */
const char *show_type(struct cli *cli, uint16_t type);

#endif
