/* Administrative codes on the command line. */
#ifndef AREA_H
#define AREA_H

struct cli;

/* Refuses what is neither six digits nor empty, which stands for "don't know". */
int area_check(struct cli *cli, const char *option, const char *value)
	__attribute__((warn_unused_result));

#endif
