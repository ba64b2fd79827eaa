/* The triage form, shared by ui_triage.c (the screen and its keys), ui_form_draw.c (what is to be
 * seen) and ui_form_fill.c (what is filled in). Other files use ui.h. */
#ifndef UI_FORM_H
#define UI_FORM_H

#include "admin-cli/rules/draft.h"
#include "admin-cli/rules/suggest.h"
#include "admin-cli/ui/ui.h"

struct form {
	uint8_t id[16];
	const char
		*lesson; /* the title of a tip to practise on: nothing is kept or sent; or NULL */
	struct opened *d;
	struct draft *draft;
	unsigned field[DRAFT__MAX], cnt, at, top;
	char *hint[DRAFT__MAX]; /* what the tip suggests, in words, where nothing is filled in */
	json_t *hinted[DRAFT__MAX]; /* the same as a body has it */
	struct draft_problem problem[DRAFT_PROBLEMS];
	size_t problem_cnt;
	struct draft_outcome outcome[DRAFT_OUTCOMES];
	size_t outcome_cnt;
	struct ui_choices choices; /* what the digits take */
	struct suggest *suggest;
	struct ui_page tip;
};

/* The form until it is left; true: what was filled in has been written, of a lesson it is ready. */
bool ui_form_run(struct ui *ui, struct form *f);
/* The fields that have a place now, what there is to say of them, which outcomes are possible. */
void ui_form_look(struct form *f);
void ui_form_free(struct form *f);
/* Draws the form for these keys. */
void ui_form_draw(struct ui *ui, struct form *f, const struct ui_keys *keys);
/* How many rows of the tip are on the screen. */
int ui_form_tip_rows(void);

/* The letter of a field; ' ' where it has none. */
char ui_form_letter(unsigned field);
/* Puts the cursor on the field of a letter. */
void ui_form_go(struct form *f, int key);
/* The outcome of a capital letter, or NULL; the letter of an outcome. */
const char *ui_form_outcome(int key);
char ui_form_outcome_letter(const char *code);
/* Asks for the value of a field; false: it was left. */
bool ui_form_ask(struct ui *ui, struct form *f, unsigned field, char *out, size_t cap);
/* Sets a field to what was typed; false: it was not understood, and the note says why. */
bool ui_form_put(struct ui *ui, struct form *f, unsigned field, const char *text);
/* Takes what the tip suggests for a field. */
void ui_form_take(struct ui *ui, struct form *f, unsigned field);

#endif
