/* What the commands on plans share: the desk's register, and the files of a plan, which may be
 * named one by one or by their folder. */
#ifndef CMD_PLAN_FILES_H
#define CMD_PLAN_FILES_H

#include "admin-cli/cli/cli.h"
#include "admin-cli/plan/register.h"
#include "admin-cli/plan/verify.h"

#define PLAN_DESK_OPTION                                                                           \
	{                                                                                          \
		.name = "desk", .arg = N_("NUMBER"),                                               \
		.help = N_("the inspection desk; may be left out where there is one register")     \
	}

/* The number given with --desk; 0: none. */
int plan_desk(struct cli *cli, uint16_t *desk) __attribute__((warn_unused_result));
/* The sentence for a table that is none. */
int plan_register_failed(struct cli *cli, const char *path, int err, const struct plan_wrong *w)
	__attribute__((warn_unused_result));

/* Files that were read. A report borrows them. */
struct plan_files {
	struct plan_file file[PLAN_FILES_MAX];
	size_t cnt;
};

/* Adds a file, or all files of a folder. The caller frees *f in every case. */
int plan_files_add(struct cli *cli, struct plan_files *f, const char *path)
	__attribute__((warn_unused_result));
/* Adds bytes from malloc, which are taken over. */
int plan_files_give(struct cli *cli, struct plan_files *f, const char *name, uint8_t *bytes,
		    size_t len) __attribute__((warn_unused_result));
void plan_files_free(struct plan_files *f);
/* Verifies; out of memory and too many files are failures with a sentence. */
int plan_files_verify(struct cli *cli, const struct plan_files *f, struct plan_report *r)
	__attribute__((warn_unused_result));
/* Writes a document of a plan into a folder. */
int plan_files_write(struct cli *cli, const char *folder, const char *name, struct plan_body *b)
	__attribute__((warn_unused_result));

/* Prints findings and lists, for people and as data. */
void plan_show(struct cli *cli, const struct plan_report *r);

#endif
