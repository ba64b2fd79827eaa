/*
 * The body of an entry of a visit. It is made from the options of a command, or from a form: a file
 * with a JSON object whose members are those of the body; what is missing is asked on a terminal,
 * step by step. The question is the help of the option.
 */
#ifndef VISIT_FORM_H
#define VISIT_FORM_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "admin-cli/rules/taxonomy.h"

struct cli;

enum visit_kind {
	VISIT_TEXT,
	VISIT_WORDS,  /* texts, one for each time that the option is given */
	VISIT_NUMBER, /* 0 to 99 */
	VISIT_DAY,    /* 2026-12-01 */
	VISIT_HOUR,   /* 2026-12-01 08:00, local time */
	VISIT_YES,    /* an option with yes or no */
	VISIT_SWITCH, /* an option without a value */
	VISIT_CODE,   /* a code of the axis */
	VISIT_FILE,   /* a file by its SHA-256, or that in hex */
	VISIT_FILES,
	VISIT_PEOPLE, /* members of the order's desk, by name or handle */
};

struct visit_field {
	const char *option, *member;
	enum visit_kind kind;
	bool needed;
	enum taxonomy_axis axis;
};

/* The option of a form, for option tables. */
#define VISIT_FORM_OPTION                                                                          \
	{                                                                                          \
		.name = "form", .arg = N_("FILE"), .words = "@file",                               \
		.help = N_("read the members from a JSON file; - is standard input")               \
	}

/* Whether the command line says anything of what goes into the body. */
bool visit_form_given(const struct cli *cli, const struct visit_field *f);
/* struct command.check: what was given is well formed. */
int visit_form_check(struct cli *cli, const struct visit_field *f)
	__attribute__((warn_unused_result));
/* Makes the body, with "v". The caller drops *body. Fails where something needed is missing and
 * there is no terminal to ask on. */
int visit_form_make(struct cli *cli, const struct visit_field *f, json_t **body)
	__attribute__((warn_unused_result));

#endif
