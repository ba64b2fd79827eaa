/* The dossier of an opened case (see dossier.h). */
#include "admin-cli/view/dossier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/view/show.h"
#include "crypto/err.h"

static void
line(json_t *lines, bool bold, const char *text)
{
	json_array_append_new(lines, json_pack("{s:s,s:b}", "text", text, "bold", bold));
}

/* The members of a body, one a line. */
static void
add_body(json_t *lines, const json_t *body)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)body, key, value)
	{
		char *text = json_is_string(value) ? strdup(json_string_value(value))
						   : json_dumps(value, JSON_ENCODE_ANY);
		char *all;

		if (text && strcmp(key, "v") && asprintf(&all, "    %s: %s", key, text) >= 0) {
			line(lines, false, all);
			free(all);
		}
		free(text);
	}
}

static void
add_entry(struct cli *cli, const struct opened *d, size_t i, bool with_tip, json_t *lines)
{
	const struct fold_entry *e = &d->entry[i];
	char date[TERM_DATE_CAP], hash[65], *text;

	if (asprintf(&text, "%s %u  %s  %s  %s",
		     e->thread == FRAME_SOURCE ? _("source") : _("desk"), e->number,
		     d->x[i].plain ? show_type(cli, e->type) : "?", term_date(date, e->day),
		     show_author(cli, d, i)) >= 0) {
		line(lines, true, text);
		free(text);
	}
	if (asprintf(&text, "    SHA-256 %s", term_hex(hash, e->hash, sizeof(e->hash))) >= 0) {
		line(lines, false, text);
		free(text);
	}
	if (e->verdict == FOLD_REJECTED)
		line(lines, false, fold_reason_text(e->reason));
	if (e->thread == FRAME_SOURCE && !with_tip)
		line(lines, false, _("    (the words of the source are not printed)"));
	else if (d->x[i].body)
		add_body(lines, d->x[i].body);
}

int
dossier_page(struct cli *cli, const struct opened *d, bool with_tip, json_t **out)
{
	json_t *lines = json_array();
	char id[33];

	line(lines, false, term_hex(id, d->c.rec.id, sizeof(d->c.rec.id)));
	line(lines, false, show_desk(cli, d->view, d->c.rec.desk));
	line(lines, false,
	     fold_state_text(d->fold.machine, machine_state_name(d->fold.machine, d->fold.state)));
	for (size_t n = 0; n < d->fold.order_cnt; n++)
		add_entry(cli, d, d->fold.order[n], with_tip, lines);
	*out = json_pack("{s:s,s:I,s:o}", "title", _("Dossier under legal hold"), "day",
			 (json_int_t)(term_now_hour() / 24), "lines", lines);
	return *out ? 0 : cli_fail_err(cli, ERR_MEM, "%s", _("The dossier cannot be made"));
}

/* One file of a tar (POSIX ustar): a header of 512 bytes, then the bytes, filled up to 512. */
static void
put_file(FILE *out, const char *name, const void *buf, size_t len)
{
	static const char zeros[512];
	char head[512] = { 0 };
	unsigned sum = 0;

	snprintf(head, 100, "%s", name);
	snprintf(head + 100, 8, "%07o", 0600u);
	snprintf(head + 108, 8, "%07o", 0u);
	snprintf(head + 116, 8, "%07o", 0u);
	snprintf(head + 124, 12, "%011o", (unsigned)len & 0x3fffffff);
	snprintf(head + 136, 12, "%011o", 0u);
	memset(head + 148, ' ', 8);
	head[156] = '0';
	memcpy(head + 257,
	       "ustar\0"
	       "00",
	       8);
	for (size_t i = 0; i < sizeof(head); i++)
		sum += (unsigned char)head[i];
	snprintf(head + 148, 8, "%06o", sum);
	fwrite(head, 1, sizeof(head), out);
	fwrite(buf, 1, len, out);
	fwrite(zeros, 1, (512 - len % 512) % 512, out);
}

static int
add_sealed(struct cli *cli, const struct opened *d, size_t i, struct workspace_entry *w, FILE *out,
	   json_t *proofs)
{
	char name[64], hash[65], sig[2 * KEY_SIG_LEN + 1];
	int err = opened_sealed(cli->ses, d, i, w);

	if (err)
		return err;
	snprintf(name, sizeof(name), "%s-%u.sealed", w->thread == FRAME_SOURCE ? "source" : "desk",
		 w->number);
	put_file(out, name, w->sealed, sizeof(w->sealed));
	json_array_append_new(proofs,
			      json_pack("{s:s,s:I,s:s,s:s*}", "file", name, "day",
					(json_int_t)w->day, "sha256",
					term_hex(hash, w->hash, sizeof(w->hash)), "frame_signature",
					w->by_source ? term_hex(sig, w->sig, sizeof(w->sig))
						     : NULL));
	return 0;
}

int
dossier_tar(struct cli *cli, const struct opened *d, uint8_t **out, size_t *len)
{
	static const char end[1024];
	struct workspace_entry *w = malloc(sizeof(*w));
	json_t *proofs = json_array();
	char *text = NULL;
	FILE *f = open_memstream((char **)out, len);
	int err = 0;

	for (size_t i = 0; w && f && !err && i < d->cnt; i++)
		err = add_sealed(cli, d, i, w, f, proofs);
	text = json_dumps(proofs, JSON_INDENT(1));
	if (f && text && !err) {
		put_file(f, "proofs.json", text, strlen(text));
		fwrite(end, 1, sizeof(end), f);
	}
	if (!err && (!w || !text || !f))
		err = cli_fail_err(cli, ERR_MEM, "%s", _("The dossier cannot be made"));
	if (f && fclose(f) && !err)
		err = cli_fail_err(cli, ERR_MEM, "%s", _("The dossier cannot be made"));
	json_decref(proofs);
	free(text);
	free(w);
	return err;
}
