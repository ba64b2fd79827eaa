/*
 * A form of fields on the screen: one row each, with its name, what it means, and what was filled
 * in. What a field takes is a text, a yes, or one of several words; a command of the table becomes
 * such a form by its options (ui_do.c), the draft of an order by the members of its layers
 * (ui_draft.c).
 */
#ifndef UI_FIELDS_H
#define UI_FIELDS_H

#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/ui/ui.h"

#define UI_FIELDS  48
#define UI_VALUES  24
#define UI_FILL    4000 /* bytes of a text that is typed */
#define UI_NO_AXIS (-1)

/* What may be chosen for a field; `value` is filled in, `text` is shown. */
struct ui_option {
	char *value, *text;
};

struct ui_field {
	const char *name; /* borrowed: what sentences of a failure call it */
	const char *help; /* N_(), borrowed */
	bool many, is_switch;
	struct ui_option *option;
	size_t option_cnt;
	char *value[UI_VALUES];
	size_t cnt;
};

struct ui_fields {
	char title[300];
	const char *more; /* N_(), borrowed, or NULL: a paragraph that ? shows */
	struct ui_field field[UI_FIELDS];
	size_t cnt, at, top;
};

/* A new field behind the others; NULL: there is no room. */
struct ui_field *ui_fields_add(struct ui_fields *f, const char *name, const char *help);
/* One more word that may be chosen; text NULL: it is shown as it is. */
void ui_field_offer(struct ui_field *x, const char *value, const char *text);
/* All words of an axis. */
void ui_field_axis(struct ui_field *x, enum taxonomy_axis axis);
/* Fills in a value; of a field that takes one, in place of what stands there. */
void ui_field_put(struct ui_field *x, const char *value);
/* Takes out and wipes what stands in it. */
void ui_field_clear(struct ui_field *x);

/* The form until it is done (true) or left (false). What was filled in stays, so that it can be
 * shown again with a note that says what is wrong. */
bool ui_fields_run(struct ui *ui, struct ui_fields *f);
/* Wipes and frees what was filled in and offered. */
void ui_fields_free(struct ui_fields *f);

#endif
