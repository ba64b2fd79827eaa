/* davyd init --succeed and --switch (see succeed.c). Each prints what it did or why not, and
 * returns the exit code. */
#ifndef SERVER_SUCCEED_H
#define SERVER_SUCCEED_H

#include "crypto/card.h"
#include "server/base/conf.h"

int succeed_make(const char *dir);
int succeed_switch(const char *dir);

/* init.c: draws a key, puts its public half into the card and writes both files, which must not
 * exist. */
int init_pair(struct card_gateway *card, const char *key_path, const char *card_path);

#endif
