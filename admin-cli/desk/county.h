/*
 * The counties of a deployment by name. The list is a file that the registrar gives out with the
 * gateway's card, the same one that the page is built with; `davy county set` keeps a copy beside
 * the card. No gateway can change it. It only helps people to read and to type: what is written and
 * checked is the code, and without a list the code stands alone.
 */
#ifndef COUNTY_H
#define COUNTY_H

#include <jansson.h>

struct session;

/* Reads and checks a list, [{"code", "zh", "en"}, …]. On success *out is a new reference. */
int county_read(struct session *ses, const char *path, json_t **out)
	__attribute__((warn_unused_result));
/* Keeps a list for the gateway in use. */
int county_keep(struct session *ses, const json_t *list) __attribute__((warn_unused_result));
/* The list of the gateway in use, empty where none is kept; it is read once in a session. *out is
 * a new reference, and nobody changes what it names. */
int county_list(struct session *ses, json_t **out) __attribute__((warn_unused_result));
void county_close(struct session *ses);

/* The name of one county of a list in the user's language; borrowed. */
const char *county_name(const json_t *county);
/* The name of a code; the code itself where the list lacks it. Borrowed. */
const char *county_named(const json_t *list, const char *code);
/* Whether the word is in a name of the county, or begins its code. */
int county_like(const json_t *county, const char *word);
/* A code with the county's name behind it, where the list has one; lives until the session ends. */
const char *county_text(struct session *ses, const char *code);
/* The code of the county with exactly this name, Chinese or English; NULL if there is none, or more
 * than one. Lives until the session ends. */
const char *county_code(struct session *ses, const char *name);

#endif
