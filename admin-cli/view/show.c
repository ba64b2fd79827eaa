/* Shows an opened case to a person: head, alarms, entries, bodies (see show.h). */
#include "admin-cli/view/show.h"

#include "admin-cli/rules/class.h"
#include "admin-cli/rules/priority.h"
#include "admin-cli/rules/form.h"
#include "admin-cli/rules/level.h"
#include "admin-cli/rules/schema.h"
#include "admin-cli/rules/taxonomy.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/copy.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/view/show_readers.h"
#include "crypto/text.h"

const char *
show_desk(struct cli *cli, const struct trust *view, uint16_t number)
{
	const struct roster_desk *desk = roster_find(view->bundle.roster, number);
	char text[32];

	if (desk && !taxonomy_chinese() && *desk->name_en)
		return cli_s(cli, desk->name_en);
	if (desk)
		return cli_s(cli, desk->name);
	snprintf(text, sizeof(text), "desk %u", number);
	return cli_s(cli, text);
}

const char *
show_member(struct cli *cli, const struct trust *view, const uint8_t handle[static 8])
{
	const struct roster_member *m = view->members
						? roster_member_by_handle(view->members, handle)
						: NULL;
	char hex[17];

	return cli_s(cli, m ? m->name : term_hex(hex, handle, 8));
}

const char *
show_type(struct cli *cli, uint16_t type)
{
	const char *known = fold_type_text(type);
	char text[16];

	if (known)
		return known;
	snprintf(text, sizeof(text), "type %u", type);
	return cli_s(cli, text);
}

static unsigned
desks_that_open(const struct opened_entry *x)
{
	unsigned i, n = 0;

	for (i = 0; i < x->desk_cnt; i++)
		n += x->desk[i] != 0;
	return n;
}

static void
show_audit(struct cli *cli, const struct opened *d, const struct opened_entry *x)
{
	unsigned i, n = 0;

	if (x->audit == OPENED_UNAUDITED) {
		cli_printf(
			cli,
			_("%sunaudited%s: not made by this protocol (by the age tool?); who else can open it "
			  "is unknown\n"),
			cli_style(cli, "yellow"), cli_style(cli, "off"));
		return;
	}
	if (x->audit == OPENED_UNKNOWN) {
		cli_printf(cli, _("%sunaudited%s: sealed to a key that no roster here has named\n"),
			   cli_style(cli, "yellow"), cli_style(cli, "off"));
		return;
	}
	if (x->audit != OPENED_AUDITED)
		return;
	cli_printf(cli, _("%saudited%s: %u desks could open this ("), cli_style(cli, "green"),
		   cli_style(cli, "off"), desks_that_open(x));
	for (i = 0; i < x->desk_cnt; i++)
		if (x->desk[i])
			cli_printf(cli, "%s%s", n++ ? taxonomy_chinese() ? "、" : ", " : "",
				   show_desk(cli, d->view, x->desk[i]));
	cli_printf(cli, "%s\n", taxonomy_chinese() ? "）" : ")");
}

/* What a reader of a tip that staff typed must know: who typed it is not said. */
static void
show_taken(struct cli *cli, const struct opened *d)
{
	size_t first = opened_first(d);
	const json_t *tip = first == FOLD_NONE ? NULL : d->x[first].body;
	const json_t *out = json_object_get(tip, "excluded");
	const struct taxonomy_word *taken = form_taken(tip);
	size_t i;

	if (!taken)
		return;
	cli_printf(cli, _("%sTyped by staff%s (%s), as the tip says of itself. "),
		   cli_style(cli, "yellow"), cli_style(cli, "off"), taxonomy_name(taken));
	cli_printf(
		cli, "%s\n",
		form_can_answer(tip)
			? _("The source was given the number, and whoever typed it saw it too: an "
			    "answer, an objection or a withdrawal may be his.")
			: _("The source has no number: no question or answer reaches her."));
	for (i = 0; i < json_array_size(out); i++)
		cli_printf(cli, _("Left out, by what staff typed as the source's wish: %s\n"),
			   show_desk(cli, d->view,
				     (uint16_t)json_integer_value(json_array_get(out, i))));
}

void
show_alarms(struct cli *cli, const struct opened *d)
{
	const char *red = cli_style(cli, "red"), *off = cli_style(cli, "off");
	size_t i;

	show_taken(cli, d);
	for (i = 0; i < d->cnt; i++) {
		const struct opened_entry *x = &d->x[i];

		if (x->roster == OPENED_ROSTER_UNKNOWN)
			cli_printf(
				cli,
				_("%sALARM%s entry %u of the source was sealed with a roster that was never "
				  "ours: her page or her gateway may have been forged. Tell the backstop.\n"),
				red, off, d->entry[i].number);
		if (x->roster == OPENED_ROSTER_UNSEEN)
			cli_printf(
				cli,
				_("%sALARM%s entry %u of the source was sealed with a roster that this home does "
				  "not know: it was fetched from the gateway just now (version %u), which proves "
				  "nothing, since a gateway can leave out the keys of desks for one source. Tell "
				  "the backstop.\n"),
				red, off, d->entry[i].number, x->roster_version);
		if (x->choice == OPENED_CHOICE_MISSING)
			cli_printf(
				cli,
				_("%sALARM%s entry %u of the source: by the rules %s ought to be able to open it, and "
				  "it cannot. The source may have been served a roster without that desk's key. Show "
				  "the case to that desk.\n"),
				red, off, d->entry[i].number,
				show_desk(cli, d->view, x->choice_desk));
		if (x->choice == OPENED_CHOICE_OTHER)
			cli_printf(
				cli,
				_("%sALARM%s entry %u of the source: %s can open it although the rules do not name "
				  "that desk: her page or her roster may have been false. Tell the backstop.\n"),
				red, off, d->entry[i].number,
				show_desk(cli, d->view, x->choice_desk));
		if (x->roster == OPENED_ROSTER_OLDER)
			cli_printf(
				cli,
				_("%sALARM%s entry %u of the source was sealed with roster version %u, long "
				  "after it had been replaced: she may have been served an old one. Tell the "
				  "backstop.\n"),
				red, off, d->entry[i].number, x->roster_version);
		if (x->plain && !x->proof)
			cli_printf(
				cli,
				_("%sALARM%s entry %u does not fit the frame that the source signed: its bytes, "
				  "desk, urgency or proof of opening were changed. Tell the backstop.\n"),
				red, off, d->entry[i].number);
	}
	show_handed(cli, d);
	if (d->fold.withdrawn)
		cli_printf(
			cli,
			_("%sA withdrawal%s was sent. It may have been forced: nothing is deleted, no clock "
			  "stops; two members look at it within 72 hours.\n"),
			cli_style(cli, "yellow"), off);
}

const char *
show_record_name(const struct frame_record *rec)
{
	return rec->flags & FRAME_R_CLOSING  ? N_("closing")
	       : rec->flags & FRAME_R_CLOSED ? N_("closed")
	       : rec->flags & FRAME_R_ACKED  ? N_("read")
					     : N_("new");
}

const char *
show_record_state(const struct frame_record *rec)
{
	return _(show_record_name(rec));
}

/* The fold's state; where nothing was opened here, what the gateway's record says. */
static const char *
state_of(const struct opened *d)
{
	const struct fold *f = &d->fold;

	return d->cnt || d->c.rec.kind != FRAME_CASE ? fold_state_text(f->machine, opened_state(d))
						     : show_record_state(&d->c.rec);
}

/* The clocks of a case: by when it is read, answered, closed. */
static void
show_clocks(struct cli *cli, const struct opened *d)
{
	const struct frame_record *rec = &d->c.rec;
	char date[TERM_DATE_CAP], due[TERM_DATE_CAP];

	if (rec->read_due)
		cli_printf(cli, _(" · to be read %s"),
			   term_due(due, rec->read_due, term_now_hour()));
	/* Once answered, this hour is the end of the term (FORMATS section 4). */
	if (rec->answer_due && (rec->flags & FRAME_R_ANSWERED))
		cli_printf(cli, _(" · answered, term ends %s"),
			   term_due(due, rec->answer_due, term_now_hour()));
	else if (rec->answer_due)
		cli_printf(cli, _(" · to be answered %s"),
			   term_due(due, rec->answer_due, term_now_hour()));
	if (d->fold.date)
		cli_printf(cli, _(" · date %s"), term_date(date, d->fold.date));
	if (rec->close_due)
		cli_printf(cli, _(" · closing takes effect %s"),
			   term_due(due, rec->close_due, term_now_hour()));
	else if (d->fold.closed)
		cli_printf(cli, _(" · closed by two %s"), term_date(date, d->fold.closed_day));
}

/* A source is protected by waiting, and forgotten by waiting too long. */
static void
show_review(struct cli *cli, const struct opened *d)
{
	uint32_t due = fold_review_due(&d->fold);
	char date[TERM_DATE_CAP];

	if (!due)
		return;
	if (due < d->in.today)
		cli_printf(cli, _("%sThe review of the hold is overdue%s since %s: "),
			   cli_style(cli, "red"), cli_style(cli, "off"), term_date(date, due));
	else
		cli_printf(cli, _("The hold is to be reviewed by %s: "), term_date(date, due));
	cli_printf(cli, _("davy case triage ID --move held --text WHY, or --move in_triage.\n"));
}

/* No referral ends silently: who took it over confirms that. */
static void
show_receipt(struct cli *cli, const struct opened *d)
{
	const char *receipt = json_string_value(d->fold.said[CLASS_RECEIPT]);
	char date[TERM_DATE_CAP];

	if (d->fold.referred && (!receipt || !*receipt))
		cli_printf(
			cli,
			_("Referred on %s, and no receipt yet: davy referral receipt files it.\n"),
			term_date(date, d->fold.referred));
}

/* Why the case stands where it does in a list by priority. */
static void
show_priority(struct cli *cli, const struct opened *d)
{
	char *text = d->fold.machine == MACHINE_TIP && d->fold.severity ? priority_text(&d->fold)
									: NULL;

	if (text)
		cli_wrap(cli, 0, text);
	free(text);
}

/* What was proposed and waits for another member: the state does not say it yet. */
static void
show_proposed(struct cli *cli, const struct opened *d)
{
	for (size_t i = 0; i < d->cnt; i++) {
		const json_t *body = json_object_get(d->x[i].body, "body");
		const char *move = schema_text(body, "move");

		if (!d->entry[i].open)
			continue;
		if (d->entry[i].type == ENTRY_PROPOSE)
			cli_printf(cli, _("Proposed by %s, waits for a second member: %s"),
				   show_author(cli, d, i),
				   show_type(cli, schema_proposed(d->x[i].body)));
		else
			cli_printf(cli, _("Done by %s alone, waits for a second signature: %s"),
				   show_author(cli, d, i), show_type(cli, d->entry[i].type));
		if (*move)
			cli_printf(cli, " → %s", fold_state_text(d->fold.machine, move));
		cli_printf(cli, "\n");
	}
}

/* Its id and state, and how grave it is. */
static void
show_name(struct cli *cli, const struct opened *d)
{
	const struct fold *f = &d->fold;
	char id[33];

	cli_printf(cli, "%s%s%s  %s%s%s", cli_style(cli, "bold"),
		   term_hex(id, d->c.rec.id, sizeof(d->c.rec.id)), cli_style(cli, "off"),
		   cli_style(cli, "bold"), state_of(d), cli_style(cli, "off"));
	if (f->severity)
		cli_printf(cli, "  S%d %s", f->severity, f->credibility);
	if (d->c.rec.ladder == FRAME_URGENT)
		cli_printf(cli, "  %s%s%s", cli_style(cli, "red"), _("urgent"),
			   cli_style(cli, "off"));
	cli_printf(cli, "\n");
}

/* How careful one has to be with it: who could have told it, how many it could kill, how far up it
 * starts. */
static void
show_care(struct cli *cli, const struct opened *d)
{
	const struct fold *f = &d->fold;
	size_t tip = opened_first(d);
	const struct taxonomy_word *knower = taxonomy_find(TAXONOMY_KNOWER,
							   json_string_value(
								   f->said[CLASS_KNOWER]));

	if (f->machine != MACHINE_TIP)
		return;
	cli_printf(cli, _("starts at L%d"),
		   level_start(f, tip == FOLD_NONE ? NULL : d->x[tip].body, NULL));
	if (f->severity)
		cli_printf(cli, " · %s", f->credibility);
	if (d->c.rec.ladder == FRAME_URGENT)
		cli_printf(cli, " · %s%s%s", cli_style(cli, "red"), _("urgent"),
			   cli_style(cli, "off"));
	if (knower)
		cli_printf(cli, _(" · %s could know"), taxonomy_name(knower));
	if (class_mass(f))
		cli_printf(cli, " · %s", _("mass casualty"));
	cli_printf(cli, "\n");
}

void
show_head(struct cli *cli, const struct opened *d)
{
	const struct fold *f = &d->fold;
	size_t first = opened_first(d);
	char date[TERM_DATE_CAP];

	if (cli->titled)
		show_care(cli, d);
	else
		show_name(cli, d);
	cli_printf(cli, _("%s · opened %s"), show_desk(cli, d->view, d->c.rec.desk),
		   term_date(date, d->c.rec.day));
	show_clocks(cli, d);
	if (d->c.rec.held)
		cli_printf(cli, ngettext(" · %u reply held", " · %u replies held", d->c.rec.held),
			   d->c.rec.held);
	cli_printf(cli, "\n");
	if (first != FOLD_NONE)
		show_audit(cli, d, &d->x[first]);
	show_review(cli, d);
	show_receipt(cli, d);
	show_priority(cli, d);
	show_proposed(cli, d);
	if (f->rejected)
		cli_printf(cli,
			   ngettext("%u entry is rejected: davy case history\n",
				    "%u entries are rejected: davy case history\n", f->rejected),
			   f->rejected);
}

/* A case of a desk below whose bytes this desk may not have: what opens it, and when. */
static void
show_below(struct cli *cli, const struct opened *d)
{
	const struct frame_record *rec = &d->c.rec;
	const char *desk = show_desk(cli, d->view, rec->desk);
	uint32_t hour = rec->read_due;
	char due[TERM_DATE_CAP], id[33];

	if (rec->answer_due && (!hour || rec->answer_due < hour))
		hour = rec->answer_due;
	if (rec->flags & FRAME_R_CLOSING)
		cli_printf(
			cli,
			_("\nTwo members of %s announced its closing, which takes effect %s. Until "
			  "then davy case object %.8s makes it void and opens the case to you.\n"),
			desk, term_due(due, rec->close_due, term_now_hour()),
			term_hex(id, rec->id, sizeof(rec->id)));
	else if (rec->flags & FRAME_R_CLOSED)
		cli_printf(cli, _("\nTwo members of %s closed it. It does not open to you.\n"),
			   desk);
	else
		cli_printf(cli,
			   _("\nYour desk sees that this case exists. It opens to you when a clock "
			     "runs out at %s.\n"),
			   desk);
	if (hour && !(rec->flags & (FRAME_R_CLOSING | FRAME_R_CLOSED)))
		cli_printf(cli, _("The next clock runs out %s.\n"),
			   term_due(due, hour, term_now_hour()));
}

void
show_missing(struct cli *cli, const struct opened *d)
{
	if (d->c.rec.kind == FRAME_ORDER && !sync_may_fetch(&d->c))
		cli_printf(
			cli,
			_("\nYour desk sees that this order exists. %s and the desk that wrote it "
			  "read it.\n"),
			show_desk(cli, d->view, d->c.rec.desk));
	else if (d->c.rec.kind == FRAME_BOOK)
		cli_printf(cli, _("\nIt has not been fetched yet. Run this again when the gateway "
				  "answers.\n"));
	else if (d->c.rec.kind == FRAME_ORDER)
		cli_printf(cli, _("\nThis order has not been fetched yet. Run this again when the "
				  "gateway answers.\n"));
	else if (!sync_may_fetch(&d->c))
		show_below(cli, d);
	else if (d->c.rec.flags & FRAME_R_READERS)
		cli_printf(cli,
			   _("\nThe tip of this case is not here. The gateway gives it only to the "
			     "readers that the case names.\n"));
	else
		cli_printf(
			cli,
			_("\nThe tip of this case has not been fetched yet. Run this again when the "
			  "gateway answers.\n"));
}

const char *
show_author(struct cli *cli, const struct opened *d, size_t i)
{
	if (d->entry[i].by_source)
		return _("the source");
	return d->x[i].author ? cli_s(cli, d->x[i].author->name) : _("unknown");
}

void
show_entry(struct cli *cli, const struct opened *d, size_t i)
{
	json_t *copy = copy_mine(d, d->x[i].body);

	show_entry_as(cli, d, i, copy);
	json_decref(copy);
}

void
show_entry_as(struct cli *cli, const struct opened *d, size_t i, const json_t *body)
{
	const struct fold_entry *f = &d->entry[i];
	char date[TERM_DATE_CAP], hash[9];

	cli_printf(cli, "\n%s%s%s  %s  %s", cli_style(cli, "bold"),
		   d->x[i].plain ? show_type(cli, f->type) : _("unopened"), cli_style(cli, "off"),
		   show_author(cli, d, i), term_date(date, f->day));
	if (f->verdict == FOLD_REJECTED)
		cli_printf(cli, _("  %srejected%s: %s"), cli_style(cli, "red"),
			   cli_style(cli, "off"), fold_reason_text(f->reason));
	if (f->verdict == FOLD_NEWER)
		cli_printf(cli, _("  written by a newer davy"));
	if (f->open)
		cli_printf(cli, _("  waits for a second signature (%s)"),
			   term_hex(hash, f->hash, 4));
	cli_printf(cli, "\n");
	if (body)
		show_body(cli, body, 2);
	else if (d->x[i].plain && *d->x[i].why) { /* a malformed body is shown as it is, so that
						     none of it is lost */
		char *raw = term_safe(d->x[i].e.json, d->x[i].e.json_len, TERM_LINES);

		cli_wrap(cli, 2, raw);
		free(raw);
	}
}
