/*
 * The JSON bodies of entries (FORMATS §7): read strictly, checked by the fields of entry_type.h,
 * written.
 *
 * A body that was read has every member that its type needs, each of the right kind and within its
 * limits. Unknown members are kept and ignored. The codes of a source are not checked: a newer page
 * may send a code that this version does not know, and its tip must still open.
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCHEMA_WHY_CAP 128

struct entry_field; /* entry_type.h */

/* Reads the body of an entry of this type into *out (json_decref by the caller). ERR_FORMAT, with
 * the reason in `why` (English, for history and tests); ERR_STALE where "v" is above 1: written
 * by a newer davy. Types without a body table are ERR_STALE too. */
int schema_parse(json_t **out, uint16_t type, const char *json, size_t len,
		 char why[static SCHEMA_WHY_CAP]) __attribute__((warn_unused_result));

/* Checks by the same table and prints compactly, members in the order in which they were set.
 * *out is freed by the caller. ERR_FORMAT with `why`, ERR_RANGE where it exceeds `room` bytes. */
int schema_print(char **out, size_t *len, uint16_t type, const json_t *body, size_t room,
		 char why[static SCHEMA_WHY_CAP]) __attribute__((warn_unused_result));

/* Checks the members of an object alone. ERR_FORMAT with the reason in `why` (SCHEMA_WHY_CAP). */
int schema_check(const struct entry_field *f, const json_t *body, char *why)
	__attribute__((warn_unused_result));

/* Members of a parsed body; "", NULL, false or 0 where they are not there. Borrowed. */
const char *schema_text(const json_t *body, const char *name);
bool schema_is(const json_t *body, const char *name);
uint32_t schema_number(const json_t *body, const char *name);
const json_t *schema_list(const json_t *body, const char *name);
/* Whether a list of texts (NULL: none) has this one. */
bool schema_has(const json_t *list, const char *text);
/* A hash or id in hex of exactly `len` bytes; false where it is not there. */
bool schema_hex(const json_t *body, const char *name, uint8_t *out, size_t len);

/* Reads a list of handles in hex; false where one is none, or there are more than `max`. */
bool schema_handles(uint8_t out[][8], unsigned *cnt, const json_t *list, unsigned max);

/* "after": [source entries, desk entries] that the author had before her. False where absent. */
bool schema_after(const json_t *body, uint32_t *source_cnt, uint32_t *desk_cnt);
void schema_set_after(json_t *body, uint32_t source_cnt, uint32_t desk_cnt);

/* The type that a propose names in "type"; 0 where it names none that can be proposed. */
uint16_t schema_proposed(const json_t *body);

#endif
