/* Showing an opened case: to people and as JSON. */
#ifndef SHOW_H
#define SHOW_H

#include <jansson.h>
#include <stdbool.h>

#include "admin-cli/desk/opened.h"

struct cli;
struct trust;

/* Who may open it and what is wrong, in red where it must not be overlooked. */
void show_alarms(struct cli *cli, const struct opened *d);
/* Head of a case or order: id, state, severity, clocks, desks. */
void show_head(struct cli *cli, const struct opened *d);
/* One entry with everything in it. */
void show_entry(struct cli *cli, const struct opened *d, size_t i);
/* The body of an entry, field by field, in the words of the taxonomy. */
void show_body(struct cli *cli, const json_t *body, int indent);
/* One line of history: place, type, author, day, verdict with its reason. */
void show_history(struct cli *cli, const struct opened *d);
/* Who read what: the records of the gateway. */
int show_reads(struct cli *cli, const struct opened *d, json_t *out)
	__attribute__((warn_unused_result));

json_t *show_entry_json(const struct opened *d, size_t i);
json_t *show_json(const struct opened *d);

/* A desk's name in the user's language, "desk 7" where the roster has it no more. Lives until
 * the command ends. */
const char *show_desk(struct cli *cli, const struct trust *view, uint16_t number);
/* A member's name by handle; its hex where unknown. */
const char *show_member(struct cli *cli, const struct trust *view, const uint8_t handle[static 8]);
/* Who wrote entry i: a member's name, "the source", "unknown". */
const char *show_author(struct cli *cli, const struct opened *d, size_t i);
/* "acknowledge" of a type; "type 4711" where it is none of ours. */
const char *show_type(struct cli *cli, uint16_t type);

#endif
