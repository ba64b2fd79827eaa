/*
 * davy ui: the full-screen desk. This room draws and reads keys; it has no rule of its own. What a
 * key does is a command of the table, run in this session by ui_run(), or a function of the engine
 * that the command calls, too.
 *
 * A screen is a function that draws, waits for a key with ui_key() and returns when it is left.
 * ui_key() runs the event loop: each second the tray is looked at and the time to the lock counts
 * down. When it gives UI_LEAVE, the desk is being locked: every screen saves its draft and returns.
 * While the screen is on, nothing is written to the terminal but by curses, and a picture by
 * ui_view.c.
 */
#ifndef UI_H
#define UI_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/waiting.h"

struct cli;
struct command;
struct draft;
struct event;
struct event_base;
struct search_hit;
struct ui_list;
struct workspace_case;

#define UI_COLUMNS 80
#define UI_ROWS    24
#define UI_WIDE    100 /* columns from which two things stand beside each other */
#define UI_AHEAD   64

/* What ui_key() gives besides characters: a function key of curses is UI_FUNCTION + its number. */
enum { UI_LEAVE = -1, UI_TICK = -2, UI_RESIZED = -3, UI_FUNCTION = 0x200000 };
#define UI_CTRL(letter) ((letter)&0x1f)
#define UI_ESC          27

struct ui {
	struct session *ses;
	/* As the command line gave them; the session only borrows these. */
	char *home, *gateway, *passphrase_file;
	struct event_base *base;
	struct event *in, *tick, *size, *end;
	bool ticked, sized, leave, quit;
	bool training;   /* there is no home: nothing is counted, nothing is unlocked */
	time_t touched;  /* the last key */
	int64_t escaped; /* the last Esc, or 0; in milliseconds */
	unsigned idle;   /* seconds without a key until the desk locks */
	uint32_t group;
	bool together;   /* the next command is undone together with the one before */
	char *note;      /* what happened last, one line */
	char **captured; /* while a command runs: what it has printed */
	char *warned;    /* while a command runs: its warnings */
	struct waiting waiting;
	char who[160];
	struct ui_list *list;
	bool stale; /* an entry has left: the case on the screen is shown anew */
	/* Keys that were pressed while a command waited for the network. */
	int ahead[UI_AHEAD];
	size_t ahead_cnt;
};

/* One key of a screen. The footer is made of `name` and `label`, the help of `help`. A table ends
 * with {0}. */
struct ui_keys {
	int key;
	const char *name;  /* as it stands on the keyboard */
	const char *label; /* N_(): one or two words; NULL: not in the footer */
	const char *help;  /* N_(): a sentence */
};

/* A key, or UI_LEAVE, UI_TICK, UI_RESIZED. */
int ui_key(struct ui *ui);
/* session_face.stop: reads the keys while a command waits for the network, so that the panic key,
 * the idle lock and the end of the terminal act at once. Other keys are kept for ui_key(). */
bool ui_stop(void *arg);
/* Sets the line above the footer; NULL: none. The text is made harmless. */
void ui_note(struct ui *ui, const char *text);
void ui_notef(struct ui *ui, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Reads the counters of the header again. */
void ui_count(struct ui *ui);

/* ui_draw.c */
/* Puts a text into `width` columns, cut, and blank behind it; the text is made harmless. */
void ui_put(int y, int x, int width, const char *text);
void ui_put_style(int y, int x, int width, const char *text, unsigned style);
/* Clears the screen and draws header and title. */
void ui_frame(struct ui *ui, const char *title);
/* Draws note and footer; returns the row at which they begin. */
int ui_foot(struct ui *ui, const struct ui_keys *keys);
/* Shows what the keys of a screen do, until a key is pressed. */
void ui_help(struct ui *ui, const char *title, const struct ui_keys *keys, const char *more);
/* The key that a person means in this table: the same, or the letter of another case where the
 * table does not have it. */
const struct ui_keys *ui_find(const struct ui_keys *keys, int key);
/* What every list, case, book and order has: rows for the table of its keys, and whether this key
 * was one of them, which is done then with what is on the screen (`id`, or NULL). Moves the cursor
 * of a plain list: whether this key does so.
 */
#define UI_USUAL_KEYS                                                                              \
	{ 'd', "d", N_("more to do"), N_("choose among all that can be done; each has a form") },  \
		{ 'u', "u", N_("undo"),                                                            \
		  N_("take back what was written last, while it is in the tray") },                \
		{ 'T', "T", N_("tray"),                                                            \
		  N_("what was written and has not left, and replies that are held") },            \
	{                                                                                          \
		'L', "L", N_("lock"), N_("wipe the keys; the passphrase opens the desk again")     \
	}
bool ui_usual(struct ui *ui, int key, const uint8_t *id);
bool ui_moves(size_t *at, size_t cnt, int key);

/* ui_page.c: a text that is longer than the screen. */
struct ui_page {
	char *text;
	char **line;
	size_t cnt, top;
	int columns;
	bool end;     /* the last line was on the screen */
	int x, width; /* its column of the screen; width 0: all of it */
};
void ui_page_set(struct ui_page *p, const char *text);
void ui_page_free(struct ui_page *p);
void ui_page_draw(struct ui_page *p, int from, int to);
/* Whether the key moved the page. */
bool ui_page_key(struct ui_page *p, int key, int rows);
/* A screen of its own; returns at q, Esc or Enter. */
void ui_pager(struct ui *ui, const char *title, const char *text);

/* ui_ask.c */
/* A line at the bottom; false: it was left. `echo` false: for a passphrase. */
bool ui_prompt(struct ui *ui, const char *label, char *buf, size_t cap, bool echo);
/* Yes or no. What it is about stands above, page by page; yes counts once its end was seen. */
bool ui_confirm(struct ui *ui, const char *question, const char *above);
/* Chooses one of cnt: by digit or letter, or by typing a piece of its text. False: it was left. */
bool ui_pick(struct ui *ui, const char *title, char *const *item, size_t cnt, size_t *chosen);
/* The same; what was typed is looked for by `find`, which gives the indices that fit, best first.
 */
typedef size_t ui_find_fn(void *arg, const char *typed, size_t *fit, size_t max);
bool ui_pick_by(struct ui *ui, const char *title, char *const *item, size_t cnt, ui_find_fn *find,
		void *arg, size_t *chosen);

/* ui_choice.c: what the digits take on a field of a draft (rules/draft.h). */
#define UI_CHOICES 9
struct ui_choices {
	unsigned field;
	size_t cnt;
	char value[UI_CHOICES][40];
	const char *name[UI_CHOICES]; /* borrowed from the tables and from the draft */
	char begun[8];                /* of a mark of two signs: the first */
};
void ui_choices(struct ui_choices *c, const struct draft *d, unsigned field);
/* What the field becomes by this digit, as draft_set() reads it; false: nothing yet. */
bool ui_choose(struct ui_choices *c, const struct draft *d, int key, char *out, size_t cap);
/* The codes of a field of several, with this one put in or taken out. */
void ui_toggle(const struct draft *d, unsigned field, const char *code, char *out, size_t cap);
/* Shows them in two lines. */
void ui_choices_draw(const struct ui_choices *c, const struct draft *d, int y);

/* ui_edit.c: a text of several lines, kept as the draft `sort` of the case (home/kept.h) while it
 * is written. True: Ctrl-S; *text is then the caller's. Else the draft stays. */
/* `above`: what stands over it while one writes, or NULL. */
bool ui_edit(struct ui *ui, const char *title, const char *above, const uint8_t id[static 16],
	     const char *sort, char **text);

/* The same with more beside the text. */
struct ui_edit {
	const char *title, *above;
	const uint8_t *id;
	const char *sort;
	const struct ui_keys *keys; /* with those of every text; NULL: only those */
	int below;                  /* rows that draw() fills under the text */
	void *arg;
	void (*changed)(void *arg, const char *text);
	unsigned (*style)(void *arg, size_t byte); /* how the character at this byte is shown */
	void (*draw)(void *arg, int y);
	/* Whether it took the key; *byte, where it is set, is where the cursor goes. */
	bool (*key)(struct ui *ui, void *arg, int key, size_t *byte);
};
bool ui_edit_with(struct ui *ui, const struct ui_edit *how, char **text);

/* ui_run.c */
/* Runs a command in this session: words ended by NULL. *out: what it printed, freed by the caller
 * (NULL: not wanted). A failure's sentence becomes the note. Returns the exit code. */
int ui_run(struct ui *ui, const char *const *words, char **out);
/* Says what a command printed last, where nothing else was said. Changes `out`. */
void ui_say_last(struct ui *ui, char *out);
/* Does the same as ui_run() with a function in place of a command. */
int ui_call(struct ui *ui, int (*call)(struct cli *cli, void *arg), void *arg, char **out);
/* Asks for a command and runs it; its output goes to a pager. `id`: what "." stands for, or NULL.
 * What lacks something becomes a form; of an empty line, ui_menu(). */
void ui_command(struct ui *ui, const uint8_t *id);
/* Whether a session on the screen must not run it in itself. */
bool ui_is_for_shell(const char *noun, const char *verb);
/* Makes this program the face of the session. */
void ui_face(struct ui *ui);

/* ui_do.c: a command of the table as a form. `id`: the case, order or book that its first argument
 * names, which is not asked for then, or NULL. `words`: what was typed behind the command, or NULL.
 * Whether it was done. */
bool ui_do(struct ui *ui, const struct command *cmd, const uint8_t *id, const char *const *words);
bool ui_do_named(struct ui *ui, const char *noun, const char *verb, const uint8_t *id);
/* Lets the person choose among all that can be done with it, or without it, and does that by its
 * form. */
void ui_menu(struct ui *ui, const uint8_t *id);

/* ui_draft.c: the draft of a sealed order as a form. `id`: of one that is kept, or NULL; `need`:
 * the need that it answers, or NULL. Whether it was kept. */
bool ui_draft(struct ui *ui, const uint8_t *id, const char *need);
/* Seals, changes or removes a draft. */
void ui_draft_steps(struct ui *ui, const uint8_t id[static 16]);

/* ui_limit.c: which lines of the list are shown. Words that are no pattern of the list ("unread",
 * "S2") are looked for in all that was opened here, too. */
struct ui_limit {
	char text[96];    /* as it was typed; empty: all */
	json_t *counties; /* their names, or NULL */
	struct search_hit *found;
	size_t cnt;
};
/* Looks again after the text or the cases have changed. */
void ui_limit_look(struct ui *ui, struct ui_limit *l);
void ui_limit_free(struct ui_limit *l);
/* Whether each word fits; of a case that was found, each pattern. `now`: unix hour. */
bool ui_limit_fits(const struct ui_limit *l, const struct workspace_case *c, uint32_t now);
/* The state of a case, as lists show it. */
const char *ui_state_text(const struct workspace_case *c);

/* "08:00" today, else the day; and how long that is from now; empty: never. Unix hours. */
void ui_due(uint32_t due, uint32_t now, char *when, size_t cap, char *left, size_t left_cap);
/* The row of tabs. */
void ui_list_tabs(const struct ui *ui);
/* The tab of the books; returns the digit of the tab that is wanted next, or UI_LEAVE. And one
 * book, until it is left. */
int ui_books_run(struct ui *ui);
void ui_book_run(struct ui *ui, const uint8_t id[static 16]);
/* The same of the days of sealed orders; and one order, until it is left. */
int ui_orders_run(struct ui *ui);
void ui_order_run(struct ui *ui, const uint8_t id[static 16]);
/* Whether a key is the digit of a tab. */
bool ui_is_tab(int key);
/* Fetches what is new and says what came. */
void ui_sync(struct ui *ui);

/* The screens. `id`: the case. */
void ui_list_run(struct ui *ui);
void ui_list_free(struct ui *ui);
/* The list is read again before it is drawn. */
void ui_list_stale(struct ui *ui);
/* The case behind `id` in the list that is on the screen; false: there is none. */
bool ui_list_next(struct ui *ui, uint8_t id[static 16]);
/* Where the case stands in that list, "3 of 31". */
void ui_list_place(struct ui *ui, const uint8_t id[static 16], char *out, size_t cap);
/* Opens cases, beginning with this one, until the list is wanted. */
void ui_case_run(struct ui *ui, const uint8_t id[static 16]);
void ui_tray_run(struct ui *ui);
/* A case is left, or judged: what was written in the others leaves the tray. */
void ui_send_others(struct ui *ui, const uint8_t id[static 16]);
/* What can be done with a case from the list and from the case. */
void ui_reply(struct ui *ui, const uint8_t id[static 16]);
/* The two on duty say from whom of the desk a case is hidden. */
void ui_readers(struct ui *ui, const uint8_t id[static 16]);
void ui_ask(struct ui *ui, const uint8_t id[static 16]);
void ui_write(struct ui *ui, const uint8_t id[static 16]);
void ui_sign(struct ui *ui, const uint8_t id[static 16]);
void ui_triage(struct ui *ui, const uint8_t id[static 16]);
/* `hazards`: the codes that it names, with commas; NULL: all of the case. Whether it was written.
 */
bool ui_abstract_of(struct ui *ui, const uint8_t id[static 16], const char *hazards);
/* Chooses a desk for an abstract of these; its number, and in words whether it may get it. */
bool ui_desk(struct ui *ui, const uint8_t id[static 16], const char *hazards, uint16_t *number,
	     char *name, size_t cap);
/* Lets a matter leave the case; `draft`: the triage that is being filled in, or NULL. Whether it
 * was written or proposed. */
bool ui_split(struct ui *ui, const uint8_t id[static 16], const struct draft *draft);
void ui_forward(struct ui *ui, const uint8_t id[static 16]);
void ui_view(struct ui *ui, const uint8_t id[static 16]);
void ui_undo(struct ui *ui);
/* The form on sample tips, one after the other; without a home. */
void ui_training(struct ui *ui);
/* Puts the words of an item of the tray back into its draft. */
void ui_keep(struct ui *ui, const struct workspace_out *o);

#endif
