/* Counties on the command line. */
#ifndef AREA_H
#define AREA_H

struct cli;

/* Makes the code of *value, which is one already, a name of the list of counties, or empty for
 * "don't know"; refuses anything else. */
int area_take(struct cli *cli, const char *option, const char **value)
	__attribute__((warn_unused_result));

#endif
