/*
 * The form of a tip: its questions in the order of the page, what each may hold, what is missing,
 * and what in an answer may point at the person who tells it. For staff who type what somebody says
 * on the telephone or has written in a letter. No terminal, no network, no file.
 */
#ifndef FORM_H
#define FORM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "admin-cli/rules/taxonomy.h"

/* As on the page: bytes of the body without the list of attachments. */
#define FORM_MAX     5700
#define FORM_WHY_CAP 400

enum form_kind {
	FORM_YES,
	FORM_TILE,   /* a number of the axis */
	FORM_COUNTY, /* six digits, or "" for don't know */
	FORM_ONE,    /* one word of the axis */
	FORM_MANY,   /* any words of the axis */
	FORM_WORDS   /* free text */
};

struct form_question {
	const char *name; /* the member of the body */
	const char *ask;  /* N_(): what is asked, to be read to the caller */
	const char *help; /* N_(): what to say or leave out, or NULL */
	enum form_kind kind;
	enum taxonomy_axis axis; /* TAXONOMY__MAX: none */
	bool needed;
};

#define FORM_CNT 16
extern const struct form_question form_question[FORM_CNT];

/* What was typed for question q, as a body has it: codes or words, several separated by commas; ""
 * for don't know. New reference; NULL with the sentence why it is not understood. */
json_t *form_read(unsigned q, const char *typed, char why[static FORM_WHY_CAP]);
/* The answer in words, "" where there is none; freed by the caller. */
char *form_text(unsigned q, const json_t *body);
/* The first question that needs an answer and has none; FORM_CNT: none. */
unsigned form_missing(const json_t *body);
/* Whether the body is longer than the page lets it be. */
bool form_too_long(const json_t *body);

/* What pattern i of risk.h looks like, in words: "a telephone number". */
const char *form_risk_text(size_t i);
/* Whether it is a number that names one person by itself: nobody's may stand in a tip unless staff
 * says that it is part of the matter. */
bool form_risk_number(size_t i);
/* Whether pattern i is in the answer to question q. Only free text is looked at, as on the page. */
bool form_risk(unsigned q, const json_t *body, size_t i);

/* How staff got the tip: "paper", "telephone", "counter" (the axis TAXONOMY_TAKEN). */
const struct taxonomy_word *form_taken(const json_t *body);
/* Whether its source has a number to come back with: on the page she chooses, and whoever sends a
 * letter has none. */
bool form_can_answer(const json_t *body);

#endif
