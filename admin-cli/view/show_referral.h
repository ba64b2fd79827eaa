/* The referrals that a case names, as far as this machine holds them. */
#ifndef SHOW_REFERRAL_H
#define SHOW_REFERRAL_H

#include <jansson.h>

struct cli;
struct opened;

/* Shows where each stands, with its newest receipt, and puts them into the data as "referrals". */
void show_referrals(struct cli *cli, const struct opened *d, json_t *data);

#endif
