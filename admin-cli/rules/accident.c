/* Grades of accidents and how far a look back goes (see accident.h). */
#include "admin-cli/rules/accident.h"

#include <stddef.h>
#include <time.h>

#define N_(text) text

#define DAY_S 86400

/* At least so many dead, or heavily injured. */
static const struct {
	uint32_t dead, injured;
	const char *text;
} grades[] = {
	[ACCIDENT_ORDINARY] = { 0, 0, N_("ordinary") },
	[ACCIDENT_LARGER] = { 3, 10, N_("larger") },
	[ACCIDENT_MAJOR] = { 10, 50, N_("major") },
	[ACCIDENT_GRAVEST] = { 30, 100, N_("gravest") },
};

enum accident_grade
accident_grade(uint32_t dead, uint32_t injured)
{
	int g = ACCIDENT_GRAVEST;

	while (g > ACCIDENT_ORDINARY && dead < grades[g].dead && injured < grades[g].injured)
		g--;
	return (enum accident_grade)g;
}

const char *
accident_grade_text(enum accident_grade grade)
{
	return grades[grade].text;
}

/* Months since the year 1900, and the day of the month. */
static bool
split_day(uint32_t day, int *months, int *of_month)
{
	time_t t = (time_t)day * DAY_S;
	struct tm tm;

	if (!gmtime_r(&t, &tm))
		return false;
	*months = tm.tm_year * 12 + tm.tm_mon;
	*of_month = tm.tm_mday;
	return true;
}

bool
accident_looks_back(uint32_t accident, uint32_t tip)
{
	int am, ad, tm, td;

	if (tip > accident || !split_day(accident, &am, &ad) || !split_day(tip, &tm, &td))
		return false;
	return am - tm < ACCIDENT_MONTHS || (am - tm == ACCIDENT_MONTHS && td >= ad);
}
