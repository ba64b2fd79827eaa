/* The triage form, shared by ui_triage.c (the screen and its keys), ui_form_draw.c (what is to be
 * seen) and ui_form_fill.c (what is filled in). Other files use ui.h. */
#ifndef UI_FORM_H
#define UI_FORM_H

#include "admin-cli/rules/draft.h"
#include "admin-cli/rules/suggest.h"
#include "admin-cli/ui/ui.h"

struct form {
	uint8_t id[16];
	struct opened *d;
	struct draft *draft;
	unsigned field[DRAFT__MAX], cnt, at, top;
	char *hint[DRAFT__MAX]; /* what the tip suggests, in words, where nothing is filled in */
	struct draft_problem problem[DRAFT_PROBLEMS];
	size_t problem_cnt;
	struct draft_outcome outcome[DRAFT_OUTCOMES];
	size_t outcome_cnt;
	struct suggest *suggest;
	struct ui_page tip;
};

/* The fields that have a place now, what there is to say of them, which outcomes are possible. */
void ui_form_look(struct form *f);
void ui_form_free(struct form *f);
/* Draws the form for these keys. */
void ui_form_draw(struct ui *ui, struct form *f, const struct ui_keys *keys);
/* How many rows of the tip are on the screen. */
int ui_form_tip_rows(void);

/* The field of a letter, and the letter of a field; DRAFT__MAX or 0 where there is none. */
unsigned ui_form_field(int key);
char ui_form_letter(unsigned field);
/* The outcome of a capital letter, and the letter of an outcome; NULL or 0. */
const char *ui_form_outcome(int key);
char ui_form_outcome_letter(const char *code);
/* Asks for the value of a field. */
void ui_form_fill(struct ui *ui, struct form *f, unsigned field);
void ui_form_put(struct ui *ui, struct form *f, unsigned field, const char *text);
/* Takes what the tip suggests: for this field, or for all that are empty (DRAFT__MAX). */
void ui_form_take(struct ui *ui, struct form *f, unsigned field);

#endif
