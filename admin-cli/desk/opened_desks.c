/* Which desks an entry of a case is sealed to, and the line that lists show of a case (see
 * opened.h). */
#include "admin-cli/desk/clocks.h"
#include "admin-cli/desk/opened_inner.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/copy.h"
#include "admin-cli/desk/duty_book.h"
#include "admin-cli/desk/figures.h"
#include "admin-cli/desk/likes.h"
#include "admin-cli/desk/searched.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/rewards.h"
#include "admin-cli/desk/visit_facts.h"
#include "admin-cli/rules/book.h"
#include "admin-cli/rules/form.h"
#include "admin-cli/rules/priority.h"

#define TITLE_COLUMNS 60

static bool
has(const uint16_t *desk, unsigned cnt, uint16_t number)
{
	unsigned i;

	for (i = 0; i < cnt; i++)
		if (desk[i] == number)
			return true;
	return false;
}

/* The desks to which the first entry is sealed; where no audit tells them, those that the roster
 * would choose. */
static unsigned
candidates(const struct opened *d, uint16_t out[static SEAL_CNT])
{
	const struct roster *r = d->view->bundle.roster;
	const struct roster_desk *receiving = roster_find(r, d->c.rec.desk);
	size_t first = opened_find(d, d->c.rec.kind == FRAME_CASE ? FRAME_SOURCE : FRAME_DESK, 0);
	unsigned i, cnt = 0;

	if (first != FOLD_NONE && d->x[first].audit == OPENED_AUDITED) {
		for (i = 0; i < d->x[first].desk_cnt; i++)
			if (d->x[first].desk[i])
				out[cnt++] = d->x[first].desk[i];
		return cnt;
	}
	out[cnt++] = d->c.rec.desk;
	if (receiving && receiving->above)
		out[cnt++] = receiving->above;
	if (!has(out, cnt, r->backstop))
		out[cnt++] = r->backstop;
	if (d->view->me && d->view->me->desk && !has(out, cnt, d->view->me->desk))
		out[cnt++] = d->view->me->desk;
	return cnt;
}

unsigned
opened_desks(const struct opened *d, uint16_t desk[static SEAL_CNT])
{
	const struct roster *r = d->view->bundle.roster;
	const struct roster_desk *x;
	uint16_t in[SEAL_CNT];
	unsigned i, cnt = 0, in_cnt = candidates(d, in), hops;
	uint16_t above = d->c.rec.desk;

	for (hops = 0; above && hops < ROSTER_DESK_MAX; hops++) {
		if (has(in, in_cnt, above) && !has(desk, cnt, above))
			desk[cnt++] = above;
		x = roster_find(r, above);
		above = x ? x->above : 0;
	}
	if (has(in, in_cnt, r->backstop) && !has(desk, cnt, r->backstop))
		desk[cnt++] = r->backstop;
	for (i = 0; i < in_cnt; i++)
		if (!has(desk, cnt, in[i]))
			desk[cnt++] = in[i];
	return cnt;
}

const uint8_t *
opened_desk_key(const struct opened *d, uint16_t desk)
{
	const struct epoch *e = bundle_key(&d->view->bundle, desk, EPOCH_ONLINE, d->view->today);

	return e ? e->key : opened_keys_good(d->inner->ring, desk, d->view->today);
}

int
opened_seal_set(struct session *ses, const struct opened *d, const uint8_t *first,
		struct seal_set *set)
{
	uint16_t desk[SEAL_CNT];
	unsigned i, cnt = opened_desks(d, desk), n = 0, desks = 0;

	memset(set, 0, sizeof(*set));
	int err = trust_may_seal(ses, d->view);
	if (err)
		return err;
	if (d->fold.machine == MACHINE_ROTA || d->fold.machine == MACHINE_CONFLICT)
		return duty_seal_again(ses, d, set);
	if (d->fold.machine == MACHINE_REWARD || d->fold.machine == MACHINE_CLAIM)
		return rewards_seal_set(ses, d, first, set);
	if (first)
		set->pk[n++] = first;
	for (i = 0; i < cnt && n < SEAL_CNT; i++) {
		const uint8_t *pk = opened_desk_key(d, desk[i]);

		if (!pk) { /* a dummy takes the place of a desk without a key */
			session_warn(ses,
				     _("Desk %u has no current key, so it cannot open this entry."),
				     desk[i]);
			continue;
		}
		set->pk[n++] = pk;
		desks++;
	}
	if (desks < 2)
		return session_fail(
			ses, DAVY_REFUSED, "no-key",
			_("Fewer than two desks of this case have a current key; their leads "
			  "run davy desk rotate."));
	return 0;
}

/* Of a rota the names of its pair, of a conflict with whom; NULL: it is another log. */
static char *
on_duty(const struct opened *d, const json_t *body)
{
	static const char *const with[] = { "body", "site", "area" };
	uint8_t duty[CONFLICT_DUTY][8];
	const struct roster_member *m[2];
	const char *word = "";
	char *out;

	if (d->fold.machine == MACHINE_ROTA && conflict_duty(duty, body) >= 2) {
		for (int i = 0; i < 2; i++)
			m[i] = roster_member_by_handle(d->view->members, duty[i]);
		if (asprintf(&out, "%s, %s", m[0] ? m[0]->name : "?", m[1] ? m[1]->name : "?") < 0)
			return NULL;
	} else if (d->fold.machine == MACHINE_CONFLICT) {
		for (int i = 3; i-- > 0;)
			if (json_array_size(schema_list(body, with[i])))
				word = json_string_value(
					json_array_get(schema_list(body, with[i]), 0));
		out = strdup(word);
	} else {
		return NULL;
	}
	char *safe = out ? term_safe(out, strlen(out), TERM_ONE_LINE) : NULL;
	free(out);
	return safe;
}

/* Line ends become blanks; freed by the caller. */
static char *
in_one_line(const char *text)
{
	char *flat = strdup(text), *safe, *at;

	for (at = flat; at && (at = strchr(at, '\n'));)
		*at = ' ';
	safe = flat ? term_safe(flat, strlen(flat), TERM_ONE_LINE) : NULL;
	if (flat)
		sodium_memzero(flat, strlen(flat));
	free(flat);
	return safe ? safe : strdup("");
}

/* The first words of what the tip or order is about, for lists. */
static void
title(const struct opened *d, char *out, size_t cap)
{
	size_t first = opened_first(d);
	json_t *body = copy_mine(d, first == FOLD_NONE ? NULL : d->x[first].body);
	const char *text = schema_text(body, d->fold.machine == MACHINE_TIP        ? "what"
					     : d->fold.machine == MACHINE_REFERRAL ? "target"
					     : d->fold.machine == MACHINE_CAMPAIGN ? "name"
					     : d->fold.machine == MACHINE_AWARD    ? "case"
										   : "text");
	char *pair = on_duty(d, body), *cut, *marked, *one = pair ? pair : in_one_line(text);
	const struct taxonomy_word *taken = form_taken(body);
	int columns = TITLE_COLUMNS;

	if (taken && asprintf(&marked, "[%s] %s", taxonomy_name(taken), one) >= 0) {
		free(one);
		one = marked;
	}

	/* letters of four bytes, or with many marks, may need fewer columns to fit */
	while (cut = term_cut(one, columns--), strlen(cut) >= cap)
		free(cut);
	snprintf(out, cap, "%s", cut);
	free(one);
	free(cut);
	json_decref(body);
}

/* The county that the source named, or else the newest abstract. */
static void
county(const struct opened *d, char *out, size_t cap)
{
	size_t first = opened_first(d), abstract = d->fold.abstract;
	const char *code = first == FOLD_NONE ? "" : schema_text(d->x[first].body, "county");

	if (!*code && d->fold.machine == MACHINE_TIP && abstract != FOLD_NONE && d->cnt)
		code = schema_text(d->x[abstract].body, "county");
	snprintf(out, cap, "%s", code);
}

/* Whether the last to say something in an accepted entry was the source, after her tip. */
static bool
source_spoke_last(const struct opened *d)
{
	for (size_t i = d->fold.order_cnt; i-- > 0;) {
		const struct fold_entry *f = &d->entry[d->fold.order[i]];

		if (f->verdict == FOLD_ACCEPTED && f->type != ENTRY_CLAIM)
			return f->by_source && f->number > 0;
	}
	return false;
}

/* Whether a cosignature in the log names entry i. */
static bool
is_signed(const struct opened *d, size_t i)
{
	uint8_t hash[32];

	for (size_t k = 0; k < d->cnt; k++)
		if (d->entry[k].type == ENTRY_COSIGN &&
		    schema_hex(d->x[k].body, "proposal", hash, sizeof(hash)) &&
		    !memcmp(hash, d->entry[i].hash, sizeof(hash)))
			return true;
	return false;
}

/* Whether this member could sign entry i, a proposal, as things stand. Where the tip is not here,
 * because he has not opened it yet, nothing can be folded: then every proposal counts that nobody
 * has signed. */
static bool
may_sign(const struct opened *d, size_t i)
{
	bool proposal = d->entry[i].type == ENTRY_PROPOSE;

	if ((!proposal && !d->entry[i].open) || !d->view->me || d->x[i].author == d->view->me)
		return false;
	if (!d->c.have_source && d->c.rec.kind == FRAME_CASE)
		return proposal && !is_signed(d, i);
	return d->entry[i].open && submit_signs(d, i);
}

/* How many proposals of others this member can sign. */
static uint8_t
can_sign(const struct opened *d)
{
	unsigned cnt = 0;

	for (size_t i = 0; i < d->cnt && cnt < UINT8_MAX; i++)
		cnt += may_sign(d, i);
	return (uint8_t)cnt;
}

enum fold_reason
opened_refused(const struct opened *d)
{
	size_t first = opened_find(d, FRAME_DESK, 0);
	bool begun = d->c.rec.kind == FRAME_BOOK ? d->fold.book != NULL : d->fold.tip != FOLD_NONE;

	return d->c.rec.kind != FRAME_CASE && !begun && first != FOLD_NONE && d->x[first].plain
		       ? d->entry[first].reason
		       : FOLD_FINE;
}

/* Of a need that is none only whether it still waits for an answer. */
const char *
opened_state(const struct opened *d)
{
	if (opened_refused(d) != FOLD_FINE)
		return BOOK_REFUSED;
	if (d->fold.machine == MACHINE_NEED && book_blank(d->fold.book))
		return machine_rests(MACHINE_NEED, d->fold.state) ? BOOK_SPENT : BOOK_BLANK;
	return machine_state_name(d->fold.machine, d->fold.state);
}

void
opened_line(const struct opened *d, struct workspace_line *out)
{
	*out = (struct workspace_line){ .severity = (uint8_t)d->fold.severity,
					.date = d->fold.date ? d->fold.date
							     : fold_review_due(&d->fold),
					.question = d->fold.question,
					.said = source_spoke_last(d),
					.sign = can_sign(d) };
	for (size_t i = 0; i < d->cnt; i++)
		out->proposed |= d->entry[i].open;
	out->claim = d->fold.claim.until;
	memcpy(out->claimer, d->fold.claim.handle, sizeof(out->claimer));
	snprintf(out->state, sizeof(out->state), "%s", opened_state(d));
	if (machine_get(d->fold.machine)->terms)
		out->date = !d->fold.book ? 0
					  : book_due(d->fold.machine, d->fold.state, d->fold.book,
						     d->fold.since);
	if (d->fold.machine == MACHINE_TIP && d->fold.severity)
		out->priority = (int16_t)priority_rank(&d->fold);
	county(d, out->county, sizeof(out->county));
	title(d, out->title, sizeof(out->title));
	clocks_keep(out, d);
}

json_t *
opened_line_json(const struct workspace_line *line)
{
	json_t *out = json_object();

	if (!*line->state)
		return out;
	json_object_set_new(out, "state", json_string(line->state));
	json_object_set_new(out, "title", json_string(line->title));
	if (*line->county)
		json_object_set_new(out, "county", json_string(line->county));
	if (line->severity)
		json_object_set_new(out, "severity", json_sprintf("S%d", line->severity));
	if (line->priority)
		json_object_set_new(out, "priority", json_integer(line->priority));
	if (line->date) {
		char date[TERM_DATE_CAP];

		json_object_set_new(out, strcmp(line->state, "held") ? "date" : "review",
				    json_string(term_date(date, line->date)));
	}
	if (line->question)
		json_object_set_new(out, "question", json_true());
	if (line->said)
		json_object_set_new(out, "said", json_true());
	if (line->proposed)
		json_object_set_new(out, "proposed", json_true());
	if (line->sign)
		json_object_set_new(out, "sign", json_integer(line->sign));
	return out;
}

/* Whether nothing but notes has come since the case was folded last: what its source said and the
 * hazards that triage gave it are as they were. */
static bool
only_notes(const struct opened *d)
{
	size_t cnt = 0;

	for (size_t i = 0; i < d->cnt; i++) {
		if (d->x[i].came && d->entry[i].type != ENTRY_NOTE)
			return false;
		cnt += d->x[i].came;
	}
	return d->c.folded && d->c.folded + cnt == d->c.have_source + d->c.have_desk;
}

int
opened_changed(struct session *ses, struct workspace_case *c)
{
	struct opened *d;
	int err = opened_glance(ses, c, &d);

	if (err)
		return err;
	if (opened_alarm(d)) {
		char id[2 * KEY_ID_LEN + 1];

		session_warn(ses, _("Alarm in case %s: davy case show says which."),
			     term_hex(id, c->rec.id, sizeof(c->rec.id)));
	}
	if (!only_notes(d))
		(void)!likes_keep(ses, d); /* only suggestions are lost where it fails */
	(void)!duty_keep(ses, d);          /* the next sync of the book keeps it */
	(void)!searched_keep(ses, d);      /* the next search puts it in */
	(void)!figures_keep(ses, d);       /* and the case counts as one that was not opened here */
	(void)!visit_facts_keep(ses, d);   /* so does the order */
	opened_line(d, &c->line);
	c->folded = c->have_source + c->have_desk;
	opened_free(d);
	return 0;
}
