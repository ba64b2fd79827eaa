/* A text that a person writes in $EDITOR, beside the tip where a case is open. */
#ifndef CASE_EDIT_H
#define CASE_EDIT_H

struct cli;

/* Opens $VISUAL or $EDITOR with *text (NULL: empty), where a case is open above what its source
 * said, and replaces *text by what was written. The file lies in memory only (a tmpfs), is readable
 * to this user alone, and is overwritten and removed. Refused where there is no such folder, no
 * editor, or nothing was written. The caller wipes and frees *text. */
int case_edit(struct cli *cli, char **text) __attribute__((warn_unused_result));

#endif
