/* What the commands that edit a draft of the roster share. */
#ifndef ROSTER_EDIT_H
#define ROSTER_EDIT_H

#include "admin-cli/roster/roster_draft.h"

struct cli;
struct home_keys;

/* Loads the draft of --dir, which every draft command takes; refused where it is not given. */
int roster_edit_load(struct cli *cli, struct roster_draft *d) __attribute__((warn_unused_result));
/* Loads the draft of --dir, does `what` with it, frees it. */
int roster_edit_with(struct cli *cli, int (*what)(struct cli *cli, struct roster_draft *d))
	__attribute__((warn_unused_result));
/* roster_draft_edit(), and says when it starts the next version. */
int roster_edit_begin(struct cli *cli, struct roster_draft *d, uint32_t days)
	__attribute__((warn_unused_result));
/* Sets what the options of desk-add and desk-set give. */
int roster_edit_desk(struct cli *cli, struct roster_desk *desk) __attribute__((warn_unused_result));

/* Our keys, and the number of our root (root-1, root-2, …), which is its place in the gateway's
 * card. Refused where our key is not a root. */
int roster_edit_root(struct cli *cli, const struct roster_draft *d, const struct home_keys **k,
		     size_t *root) __attribute__((warn_unused_result));
/* Where roster sign leaves the signature of a root in the draft's folder, and roster merge looks.
 */
const char *roster_sign_path(struct cli *cli, const struct roster_draft *d, size_t root);

#define ROSTER_EDIT_DIR                                                                            \
	{                                                                                          \
		.name = "dir", .arg = N_("DIR"), .words = "@dir", .help = N_("the draft's folder") \
	}

/* What roster_edit_desk reads. */
#define ROSTER_EDIT_DESK                                                                           \
	{ .name = "name", .arg = N_("NAME"), .help = N_("in Chinese") },                           \
		{ .name = "name-en", .arg = N_("NAME"), .help = N_("in English") },                \
		{ .name = "kind",                                                                  \
		  .arg = N_("KIND"),                                                               \
		  .words = "review inspection oversight integrity reward planning",                \
		  .help = N_("review, inspection, oversight, integrity, reward or planning") },    \
		{ .name = "level",                                                                 \
		  .arg = N_("N"),                                                                  \
		  .words = "1 2 3 4",                                                              \
		  .help = N_("1 county, 2 city, 3 province, 4 independent") },                     \
		{ .name = "area",                                                                  \
		  .arg = N_("CODE"),                                                               \
		  .help = N_("six digits; 000000 is everywhere") },                                \
		{ .name = "org",                                                                   \
		  .arg = N_("N"),                                                                  \
		  .help = N_("the body that it belongs to, by a number of yours") },               \
		{ .name = "above", .arg = N_("N"), .help = N_("the desk above, 0 for none") },     \
	{                                                                                          \
		.name = "sectors", .arg = N_("LIST"), .help = N_("COAL,NCM,HAZ,FIRE,OTH")          \
	}

#endif
