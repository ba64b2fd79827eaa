/* Compares a verification with the reports it rests on (see case_verify.h). */
#include "admin-cli/cmd/case_verify.h"

#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/triage.h"
#include "admin-cli/desk/needs.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"

static const char *
result_text(const char *code)
{
	const struct taxonomy_word *w = taxonomy_find(TAXONOMY_RESULT, code);

	return !w ? "?" : taxonomy_chinese() ? w->zh : w->code;
}

/* The newest report that says this; where the body names one, it is that one. NULL: there is none.
 */
static const struct need_named *
report_of(const struct need_named *list, size_t cnt, const json_t *body)
{
	const char *result = schema_text(body, "result");
	uint8_t named[32];
	bool names = schema_hex(body, "report", named, sizeof(named));

	while (cnt-- > 0)
		if (list[cnt].reported && !strcmp(list[cnt].result, result) &&
		    (!names || !memcmp(list[cnt].report, named, sizeof(named))))
			return &list[cnt];
	return NULL;
}

static int
refuse(struct cli *cli, const struct need_named *last, const json_t *body)
{
	char id[33], hash[65];

	return cli_fail(
		cli, DAVY_REFUSED, "report",
		_("Need %.8s was reported as \"%s\", in %.8s: a verification says what the report "
		  "says and names no other, and this one says \"%s\"."),
		term_hex(id, last->id, sizeof(last->id)), result_text(last->result),
		term_hex(hash, last->report, sizeof(last->report)),
		result_text(schema_text(body, "result")));
}

int
case_verify(struct cli *cli, const struct opened *d, json_t *body, bool fill)
{
	struct need_named list[NEEDS_MAX];
	const struct need_named *report, *last = NULL;
	const char *move = schema_text(body, "move");
	size_t cnt, i;
	char hash[65];

	if (strcmp(move, "verified") && strcmp(move, "verified_unfounded"))
		return 0;
	cnt = needs_of(cli->ses, d, list);
	for (i = 0; i < cnt; i++)
		if (list[i].reported)
			last = &list[i];
	if (!last)
		return 0;
	report = report_of(list, cnt, body);
	if (!report)
		return refuse(cli, last, body);
	if (fill)
		json_object_set_new(body, "report",
				    json_string(term_hex(hash, report->report, 32)));
	return 0;
}
