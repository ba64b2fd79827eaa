/*
 * Fills a paper of a visit from facts on standard input, as davy would from an order, and writes
 * what davy-paper draws.
 *     fill_paper FORM <facts.json
 */
#include <jansson.h>
#include <stdio.h>

#include "admin-cli/rules/printed.h"

int
main(int argc, char **argv)
{
	const struct printed *p = argc == 2 ? printed_find(argv[1]) : NULL;
	json_t *facts = json_loadf(stdin, 0, NULL), *page;

	if (!p || !facts) {
		fprintf(stderr, "usage: fill_paper FORM <facts.json\n");
		return 1;
	}
	page = printed_page(p, facts);
	json_dumpf(page, stdout, JSON_COMPACT);
	json_decref(page);
	json_decref(facts);
	return 0;
}
