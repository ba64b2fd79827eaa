/* The days of whoever has to do with sealed orders, in words (desk/agenda.h). */
#ifndef SHOW_AGENDA_H
#define SHOW_AGENDA_H

#include <stddef.h>

#include "admin-cli/desk/agenda.h"

struct cli;

/* What there is to do: "answer the telephone: layers 1 and 2 are asked for". */
void show_agenda_what(const struct agenda_item *a, char *out, size_t cap);
/* The step that visits_next() names. */
void show_agenda_next(const char *next, char *out, size_t cap);
/* "11-30 Mon 08:00", or "11-30 Mon 08:00 - 12-01 Tue 06:00". */
void show_agenda_when(const struct agenda_item *a, char *out, size_t cap);
/* What to bring, in one line; "" where no layer says it yet. */
void show_agenda_bring(const struct agenda_item *a, char *out, size_t cap);
/* "Mon". 0: Sunday. */
const char *show_weekday(unsigned day);

/* All of it as a table; also as the data of --json. */
int show_agenda(struct cli *cli) __attribute__((warn_unused_result));

#endif
