/* Takes and keeps the lists of holidays (see workdays.h). */
#include "admin-cli/desk/workdays.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/home.h"
#include "crypto/err.h"
#include "crypto/text.h"

#define NAME_CAP 32

static const char *
name_of(char out[static NAME_CAP], unsigned year)
{
	snprintf(out, NAME_CAP, "holidays-%u", year);
	return out;
}

/* The later of this machine's day and the gateway's, so that a clock set back helps nobody. */
static uint32_t
today(struct session *ses)
{
	const struct trust *view;

	if (trust_get(ses, false, &view) == DAVY_OK)
		return view->today;
	session_forgive(ses);
	return term_today();
}

int
workdays_check(struct session *ses, const char *path, const struct holidays *h,
	       const uint8_t gateway[static KEY_ID_LEN])
{
	uint32_t day = today(ses);
	char text[TERM_DATE_CAP];

	if (memcmp(h->gateway, gateway, KEY_ID_LEN) != 0)
		return session_fail(ses, DAVY_REFUSED, "gateway", _("%s is for another gateway."),
				    session_s(ses, path));
	if (h->year <= text_day_year(clock_holidays_until()))
		return session_fail(ses, DAVY_REFUSED, "known",
				    _("This davy knows the holidays of %u itself."), h->year);
	if (h->year > text_day_year(day) + 1)
		return session_fail(
			ses, DAVY_REFUSED, "range",
			_("The holidays of %u are not announced yet: a list is for this "
			  "year or the next."),
			h->year);
	if (h->from <= day)
		return session_fail(
			ses, DAVY_REFUSED, "begun",
			_("%s counts from %s, and would lengthen clocks that have begun "
			  "since. Ask the registrar for a list that counts from a day to "
			  "come."),
			session_s(ses, path), term_date(text, h->from));
	return DAVY_OK;
}

/* A list that was taken stays: another one of the same year would move clocks that run by it. */
static int
keep(struct session *ses, const struct holidays *h, const uint8_t *bytes, size_t len)
{
	char name[NAME_CAP];
	const char *path;
	int err = home_gateway_path(ses, name_of(name, h->year), &path);

	if (!err && access(path, F_OK) == 0)
		return session_fail(
			ses, DAVY_REFUSED, "taken",
			_("This home has the holidays of %u. Clocks run by them, so that "
			  "no other list takes their place."),
			h->year);
	if (!err)
		err = file_write(ses, path, 0600, bytes, len);
	workdays_close(ses);
	return err;
}

int
workdays_take(struct session *ses, const char *path, struct holidays *out)
{
	const struct home_gateway *g;
	uint8_t *bytes = NULL;
	size_t len;
	int err = home_gateway(ses, &g);

	if (!err)
		err = file_read(ses, path, HOLIDAYS_NOTE_MAX, &bytes, &len);
	if (err)
		return err;
	err = holidays_verify(out, bytes, len, &g->card.roots);
	if (err == ERR_AUTH)
		err = session_fail(ses, DAVY_REFUSED, "forged",
				   _("%s is not signed by %zu of the roots of the gateway's card. "
				     "Nothing is taken from it."),
				   session_s(ses, path), g->card.roots.threshold);
	else if (err)
		err = session_fail_err(ses, err, _("%s is no list of holidays"),
				       session_s(ses, path));
	if (!err)
		err = workdays_check(ses, path, out, g->card.id);
	if (!err)
		err = keep(ses, out, bytes, len);
	free(bytes);
	return err;
}

static int
load(struct session *ses, const struct home_gateway *g, const char *path, struct clock_years *years)
{
	struct holidays *h = &years->year[years->cnt];
	uint8_t *bytes;
	size_t len;
	int err = file_read(ses, path, HOLIDAYS_NOTE_MAX, &bytes, &len);

	if (err)
		return err;
	err = holidays_verify(h, bytes, len, &g->card.roots);
	free(bytes);
	if (!err && memcmp(h->gateway, g->card.id, KEY_ID_LEN) != 0)
		err = ERR_AUTH;
	if (err)
		return session_fail_err(ses, err, "%s", session_s(ses, path));
	years->cnt++;
	return DAVY_OK;
}

const struct clock_years *
workdays_known(struct session *ses)
{
	unsigned year = text_day_year(clock_holidays_until()), i;
	bool failed = session_failure(ses) != NULL; /* what came before is folded all the same */
	const struct home_gateway *g;
	char name[NAME_CAP];
	const char *path;

	if (ses->workdays)
		return ses->workdays;
	ses->workdays = calloc(1, sizeof(*ses->workdays));
	for (i = 1; ses->workdays && i <= CLOCK_YEARS; i++) {
		if (home_gateway(ses, &g) == DAVY_OK &&
		    home_gateway_path(ses, name_of(name, year + i), &path) == DAVY_OK &&
		    access(path, F_OK) == 0 && load(ses, g, path, ses->workdays) != DAVY_OK)
			session_warn(ses, _("A list of holidays does not count: %s"), name);
		if (!failed)
			session_forgive(ses);
	}
	return ses->workdays;
}

uint32_t
workdays_until(struct session *ses)
{
	const struct clock_years *years = workdays_known(ses);
	uint32_t until = clock_holidays_until();

	while (!clock_holidays_missing(years, until + 1 - CLOCK_HOLIDAYS_SOON))
		until++;
	return until;
}

void
workdays_close(struct session *ses)
{
	free(ses->workdays);
	ses->workdays = NULL;
}
