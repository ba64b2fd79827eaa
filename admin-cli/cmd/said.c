/* What leaves a case says nothing in the words of its source (see said.h). */
#include "admin-cli/cmd/said.h"

#include <stdlib.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/rules/mark.h"

int
said_check(struct cli *cli, const struct opened *d)
{
	json_t *text = json_pack("{s:s}", "text", cli->text);
	const json_t **said = calloc(d->cnt + 1, sizeof(*said));
	struct marks *m = calloc(1, sizeof(*m));
	size_t i, k, runs = 0;
	int err = 0;

	if (!text || !said || !m)
		err = cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	for (i = k = 0; !err && i < d->cnt; i++)
		if (d->entry[i].by_source)
			said[k++] = d->x[i].body;
	if (!err)
		mark_all(text, said, k, m);
	for (i = 0; !err && i < m->cnt; i++)
		runs += m->mark[i].kind == MARK_RUN;
	if (!err && runs) {
		char *shown = mark_shown(m, "text", cli->text);

		err = cli_fail(
			cli, DAVY_REFUSED, "words",
			_("It holds words of the source, here in brackets; say it otherwise: %s"),
			cli_s(cli, shown ? shown : ""));
		free(shown);
	}
	json_decref(text);
	free(said);
	free(m);
	return err;
}
