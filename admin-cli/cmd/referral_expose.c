/* What making public asks of the case that it comes from (see referral_expose.h). */
#include "admin-cli/cmd/referral_expose.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "admin-cli/desk/books.h"
#include "admin-cli/desk/found.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/reading.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/rules/schema.h"
#include "crypto/frame.h"
#include "crypto/text.h"

static const char *
case_of(const struct cli *cli)
{
	return schema_text(cli->opened->fold.book, "case");
}

/* The proposal says of its author what the read records say, and this member is the other kind. */
static int
check_readers(struct cli *cli, size_t proposal, bool mine)
{
	const struct opened *d = cli->opened;
	bool said = schema_is(json_object_get(d->x[proposal].body, "body"), "read"), theirs;
	int err = reading_has(cli->ses, case_of(cli), d->entry[proposal].who.handle, &theirs);

	if (err)
		return err;
	if (said != theirs)
		return cli_fail(cli, DAVY_REFUSED, "readers",
				said ? _("Who proposed it says that he has read the tip, and the "
					 "read records of the case do not say so.")
				     : _("Who proposed it says that he has not read the tip, and "
					 "the read records of the case say that he has."));
	if (said == mine)
		return cli_fail(
			cli, DAVY_REFUSED, "readers",
			mine ? _("Both of you have read the tip. The other signature is of "
				 "somebody who has not: a member of your desk or of the desk above.")
			     : _("Neither of you has read the tip. One of the two must know it, to "
				 "see what would give its source away."));
	return 0;
}

/* One hash of the evidence. */
static int
check_finding(struct cli *cli, const struct found *f, uint32_t signed_off)
{
	if (!f)
		return cli_fail(cli, DAVY_REFUSED, "finding",
				_("A hash of the evidence is no finding of the visits and reports "
				  "that this desk sees: nothing is made public without a visit."));
	if (f->reported && f->signed_off > signed_off)
		return cli_fail(
			cli, DAVY_REFUSED, "finding",
			_("The report that names a finding is later than the day that is said. "
			  "Where this desk does not see the visit, the day of the report counts."));
	if (!f->signed_off || f->signed_off > signed_off)
		return cli_fail(cli, DAVY_REFUSED, "finding",
				_("The visit of a finding is not signed off, or later than the day "
				  "that is said."));
	return 0;
}

int
referral_expose_findings(struct cli *cli, const json_t *first)
{
	const char *text = schema_text(first, "evidence"), *day = schema_text(first, "signed_off");
	struct found *list = NULL;
	uint8_t hash[32];
	uint32_t signed_off = 0;
	size_t cnt = 0;
	int err = found_all(cli->ses, &list, &cnt);

	if (!err && !cnt)
		cli_warn(
			cli,
			_("No visit and no report with findings is here: whoever sees one compares "
			  "the evidence."));
	if (!err && text_day(&signed_off, day, strlen(day)))
		signed_off = 0; /* the form of the body is the schema's */
	for (text += strspn(text, " ,\n"); !err && cnt && *text; text += strspn(text, " ,\n")) {
		size_t len = strcspn(text, " ,\n");

		err = check_finding(cli,
				    text_unhex(hash, sizeof(hash), text, len)
					    ? NULL
					    : found_find(list, cnt, hash),
				    signed_off);
		text += len;
	}
	free(list);
	return err;
}

/* What is made public is approved by one who has read the tip and one who has not. */
static int
check_approval(struct cli *cli, json_t *body)
{
	const struct opened *d = cli->opened;
	size_t proposal = books_proposal(d, "approved", NULL);
	bool mine = false;
	int err = referral_expose_findings(cli, d->fold.book);

	if (!err && d->view->me) /* else the fold says that he may not */
		err = reading_has(cli->ses, case_of(cli), d->view->me->handle, &mine);
	if (!err && proposal != FOLD_NONE)
		err = check_readers(cli, proposal, mine);
	if (!err)
		json_object_set_new(body, "read", json_boolean(mine));
	return err;
}

/* Nothing is made public of a case whose source has not been answered, whatever a member says. */
static int
check_answered(struct cli *cli, const json_t *body)
{
	struct workspace_case c;
	struct opened *d;
	int err;

	if (!schema_is(body, "answered"))
		return 0;
	err = submit_find(cli->ses, FRAME_CASE, case_of(cli), &c);
	if (!err && !c.have_source) /* to look would make him a reader */
		err = cli_fail(
			cli, DAVY_REFUSED, "unread",
			_("You have not read its tip, so you cannot say that the source has been "
			  "answered: who has read it hands it over."));
	if (!err)
		err = submit_open(cli->ses, FRAME_CASE, case_of(cli), &d);
	if (err)
		return err;
	if (!d->fold.answered)
		err = cli_fail(
			cli, DAVY_REFUSED, "unanswered",
			_("Its case says that the source has not been answered: davy case reply."));
	opened_free(d);
	return err;
}

int
referral_expose_check(struct cli *cli, json_t *body)
{
	const char *move = schema_text(body, "move");

	if (!body || strcmp(schema_text(cli->opened->fold.book, "kind"), "EXPOSE") != 0)
		return 0;
	if (!strcmp(move, "approved"))
		return check_approval(cli, body);
	return strcmp(move, "handed_over") ? 0 : check_answered(cli, body);
}
