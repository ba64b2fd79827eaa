/* Shows from whom a case is hidden, and what the pair on duty has still to do. */
#ifndef SHOW_READERS_H
#define SHOW_READERS_H

#include <jansson.h>

struct cli;
struct opened;
struct readers;

/* Each member with whether he reads it, and why not. */
void show_reckoned(struct cli *cli, const struct readers *r);
/* The members whom a list of handles names, by name; those that are nobody's are left out. "-":
 * none. Freed by the caller. */
char *show_hidden(struct cli *cli, const json_t *list);
/* Says to who is on duty that nobody has said who reads this case; nothing to others. */
void show_unset(struct cli *cli, const struct opened *d);
/* Says which file keys were handed on falsely, or left out, and by whom. */
void show_handed(struct cli *cli, const struct opened *d);
/* Under a case: whose list stands, or that the pair has still to make one. Adds to `data`. */
void show_readers(struct cli *cli, const struct opened *d, json_t *data);

#endif
