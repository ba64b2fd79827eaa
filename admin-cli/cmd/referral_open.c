/* Opens the referral that follows a case, and brings its receipt back into the case (see
 * referral_open.h). */
#include "admin-cli/cmd/referral_open.h"

#include <stdlib.h>
#include <sodium.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "crypto/entry.h"
#include "crypto/frame.h"

/* The dangers by code and name: what the move says, else what the case says. The reason of the
 * move stays in the case, because it may speak of the source. */
static char *
about(const struct opened *d, const json_t *move)
{
	const json_t *list = schema_list(move, "hazard");
	size_t cnt = json_array_size(list), i, n = cnt ? cnt : d->fold.hazard_cnt, len = 0;
	char *out = NULL;
	FILE *f = open_memstream(&out, &len);

	for (i = 0; f && i < n; i++) {
		const char *code = cnt ? json_string_value(json_array_get(list, i))
				       : d->fold.hazard[i];
		const struct taxonomy_word *w = taxonomy_find(TAXONOMY_HAZARD, code);

		fprintf(f, "%s%s %s", i ? "; " : "", code, w ? w->zh : "");
	}
	if (f && !n)
		fputs("-", f);
	if (f)
		fclose(f);
	return out;
}

int
referral_open(struct cli *cli, const struct opened *d, json_t *move)
{
	char id[33], origin[33], *text = about(d, move);
	uint8_t book[16];
	json_t *body;
	int err;

	if (!d->view->me)
		return cli_fail(cli, DAVY_REFUSED, "denied", _("You are in no desk."));
	body = json_pack("{s:i,s:s,s:s,s:s*,s:s}", "v", 1, "kind", "REFER", "target",
			 schema_text(move, "target"), "text", text, "case",
			 term_hex(origin, d->c.rec.id, sizeof(d->c.rec.id)));
	free(text);
	randombytes_buf(book, sizeof(book));
	err = body ? submit_book(cli->ses, d->view,
				 &(struct submit_book){ .type = ENTRY_REFERRAL, .body = body },
				 book)
		   : cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	json_decref(body);
	if (err)
		return err;
	json_object_set_new(move, "into", json_string(term_hex(id, book, sizeof(book))));
	cli_printf(
		cli,
		_("Referral %s follows it; two members approve it: davy referral approve %.8s\n"),
		id, id);
	return 0;
}

/* The referral that the newest move to "referred" names; false: there was none. */
static bool
followed_by(const struct opened *d, char hex[static 33])
{
	size_t n = d->fold.order_cnt;

	while (n-- > 0) {
		const struct fold_entry *e = &d->entry[d->fold.order[n]];
		const json_t *body = e->body;
		uint8_t hash[32], id[16];
		size_t i;

		if (e->verdict != FOLD_ACCEPTED || e->from == e->to || e->to != TIP_REFERRED)
			continue;
		if (e->type == ENTRY_COSIGN && schema_hex(body, "proposal", hash, sizeof(hash)))
			for (i = 0; i < d->cnt; i++)
				if (!memcmp(d->entry[i].hash, hash, sizeof(hash)))
					body = json_object_get(d->entry[i].body, "body");
		return schema_hex(body, "into", id, sizeof(id)) && term_hex(hex, id, sizeof(id));
	}
	return false;
}

static bool
may_recall(const struct opened *book)
{
	return book->fold.book && book->fold.machine == MACHINE_REFERRAL &&
	       (book->fold.state == REFERRAL_DRAFTED || book->fold.state == REFERRAL_APPROVED);
}

void
referral_come_back(struct cli *cli, const struct opened *d)
{
	struct submit p = { .type = ENTRY_PROPOSE };
	struct opened *book = NULL;
	char id[33];
	int err;

	if (!followed_by(d, id))
		return;
	err = submit_open(cli->ses, FRAME_BOOK, id, &book);
	if (!err && may_recall(book)) {
		p.body = json_pack("{s:i,s:s,s:{s:i,s:s,s:s}}", "v", 1, "type", "book-move", "body",
				   "v", 1, "move", "recalled", "text",
				   _("its case is in triage again"));
		err = submit_send(cli->ses, &book->c, &p);
		json_decref(p.body);
		if (!err)
			cli_printf(
				cli,
				_("Its referral is to be recalled; another member signs that: davy "
				  "referral recall %.8s\n"),
				id);
	}
	opened_free(book);
	if (!err)
		return;
	cli_warn(
		cli,
		_("Its referral still stands: %s Two members recall it: davy referral recall %.8s"),
		cli_failure(cli), id);
	cli_forgive(cli);
}

int
referral_tell_case(struct cli *cli, const json_t *referral, const char *receipt)
{
	struct submit p = { .type = ENTRY_CORRECTION };
	const char *id = schema_text(referral, "case");
	struct opened *d;
	int err;

	if (!*id || !*receipt)
		return 0;
	err = submit_open(cli->ses, FRAME_CASE, id, &d);
	if (err)
		return err;
	p.body = json_pack("{s:i,s:s,s:s}", "v", 1, "receipt", receipt, "text",
			   _("receipt of the referral"));
	err = submit_send(cli->ses, &d->c, &p);
	json_decref(p.body);
	opened_free(d);
	return err;
}
