/* What key card and key new share. */
#ifndef KEY_CARD_H
#define KEY_CARD_H

struct cli;

/* Writes the card with the public keys of this home to `path`, or prints it where that is NULL.
 * Sets the data of
 * --json. */
int key_card_write(struct cli *cli, const char *path) __attribute__((warn_unused_result));

#endif
