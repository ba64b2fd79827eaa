/* The clocks of a case in words. */
#ifndef SHOW_CLOCK_H
#define SHOW_CLOCK_H

#include <jansson.h>
#include <stdint.h>

#include "admin-cli/desk/clocks.h"

struct cli;
struct opened;

#define SHOW_CLOCK_CAP 96

/* The clock that is due first, "triage decision in 3 h"; "" where none runs. Returns its state. */
enum clock_state show_clock_next(char out[static SHOW_CLOCK_CAP], const struct workspace_case *c,
				 uint32_t hour);
/* The same for programs, NULL where none runs; new reference. */
json_t *show_clock_next_json(const struct workspace_case *c, uint32_t hour);
/* The clocks of an opened case: a line for each that runs; all of them for programs. */
void show_clocks_of(struct cli *cli, const struct opened *d, uint32_t hour);
json_t *show_clocks_json(const struct opened *d, uint32_t hour);
/* Who sees that a clock is over: "desk above". */
const char *show_clock_seen(enum clock_id id, const struct frame_record *rec);
/* That a year's holidays are not in the table, from a month before it begins; else false and no
 * text. */
#define SHOW_HOLIDAYS_CAP 512
bool show_clock_holidays(char out[static SHOW_HOLIDAYS_CAP], struct session *ses, uint32_t hour);

#endif
