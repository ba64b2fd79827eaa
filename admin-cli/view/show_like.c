/* Cases that may be like one another, in words (see show_like.h). */
#include "admin-cli/view/show_like.h"

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/likes.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/view/show.h"

static const struct {
	enum like_why bit;
	const char *name, *text;
} reasons[] = {
	{ LIKE_COPY, "copy", N_("the same text, pasted") },
	{ LIKE_SITE, "site", N_("the same words of place") },
	{ LIKE_WITHIN, "within", N_("the same place inside") },
	{ LIKE_DANGER, "danger", N_("the same kind of danger") },
	{ LIKE_TOLD, "told", N_("much the same is told") },
};
#define REASONS (sizeof(reasons) / sizeof(*reasons))

static void
print(struct cli *cli, const struct likes_hit *h)
{
	struct workspace_case c;
	const char *comma = "";
	char hex[33];
	size_t i;

	cli_printf(cli, "  %.8s  %-5s  ", term_hex(hex, h->hit.id, sizeof(h->hit.id)),
		   h->hit.same ? "MERGE" : "LINK");
	if (!workspace_case_get(cli->ses->workspace, h->hit.id, &c)) {
		char date[TERM_DATE_CAP];

		cli_printf(cli, "%s  ", term_date(date, c.rec.day));
	}
	for (i = 0; i < REASONS; i++) {
		if (!(h->hit.why & reasons[i].bit))
			continue;
		cli_printf(cli, "%s%s", comma, _(reasons[i].text));
		if (reasons[i].bit == LIKE_SITE && *h->words)
			cli_printf(cli, " {%s}", cli_s(cli, h->words));
		comma = taxonomy_chinese() ? "，" : ", ";
	}
	cli_printf(cli, "\n");
}

int
show_like(struct cli *cli, const struct opened *d, size_t most, json_t *out)
{
	struct likes_hit *hit;
	size_t cnt, i, k;
	int err = likes_find(cli->ses, d, &hit, &cnt);

	if (err)
		return err;
	if (cnt)
		cli_printf(cli, _("\nMay be the same matter (MERGE) or the same site (LINK)\n"));
	for (i = 0; i < cnt; i++) {
		json_t *why = json_array();
		char hex[33];

		if (i < most)
			print(cli, &hit[i]);
		for (k = 0; k < REASONS; k++)
			if (hit[i].hit.why & reasons[k].bit)
				json_array_append_new(why, json_string(reasons[k].name));
		json_array_append_new(out,
				      json_pack("{s:s,s:b,s:I,s:o,s:s}", "id",
						term_hex(hex, hit[i].hit.id, sizeof(hit[i].hit.id)),
						"same", hit[i].hit.same, "days",
						(json_int_t)hit[i].hit.days, "why", why, "words",
						hit[i].words));
	}
	if (cnt > most)
		cli_printf(cli,
			   ngettext("  and %zu more: davy case like\n",
				    "  and %zu more: davy case like\n", cnt - most),
			   cnt - most);
	free(hit);
	return 0;
}
