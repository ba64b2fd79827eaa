/* The holidays of a year, signed by the roots (FORMATS.md section 9). crypto/ opens no file or
 * connection, never logs and never exits. */
#include "crypto/holidays.h"

#include "crypto/err.h"
#include "crypto/field.h"
#include "crypto/note.h"
#include "crypto/roster.h"
#include "crypto/text.h"

#include <string.h>

#define AT(name)   .at = offsetof(struct holidays, name)
#define SIZE(name) .size = sizeof(((struct holidays *)0)->name)

static const struct field fields[] = {
	{ .word = "gateway", .type = FIELD_HEX, AT(gateway), SIZE(gateway) },
	{ .word = "year", .type = FIELD_UINT, AT(year), SIZE(year), .min = 1970, .max = 2199 },
	{ .word = "from", .type = FIELD_DAY, AT(from), SIZE(from) },
	{ .word = "off",
	  .type = FIELD_DAY,
	  AT(off),
	  .size = sizeof(uint32_t),
	  .flags = FIELD_OPTIONAL | FIELD_REPEATS,
	  .cnt_at = offsetof(struct holidays, off_cnt),
	  .max = HOLIDAYS_OFF_MAX },
	{ .word = "work",
	  .type = FIELD_DAY,
	  AT(work),
	  .size = sizeof(uint32_t),
	  .flags = FIELD_OPTIONAL | FIELD_REPEATS,
	  .cnt_at = offsetof(struct holidays, work_cnt),
	  .max = HOLIDAYS_WORK_MAX },
};

static const struct field_doc doc = {
	.first = "davylamp/v1 holidays",
	.field = fields,
	.cnt = sizeof(fields) / sizeof(*fields),
};

bool
holidays_weekend(uint32_t day)
{
	return (day + 3) % 7 >= 5; /* 1 January 1970 was a Thursday; 0 is Monday */
}

bool
holidays_listed(const uint32_t *day, size_t cnt, uint32_t which)
{
	for (size_t i = 0; i < cnt; i++)
		if (day[i] == which)
			return true;
	return false;
}

bool
holidays_works(const struct holidays *h, uint32_t day)
{
	return holidays_weekend(day) ? holidays_listed(h->work, h->work_cnt, day)
				     : !holidays_listed(h->off, h->off_cnt, day);
}

/* The days of a list are of the year, ascend, and differ from an ordinary week. */
static int
list_check(const uint32_t *day, size_t cnt, uint16_t year, bool weekend)
{
	for (size_t i = 0; i < cnt; i++)
		if (text_day_year(day[i]) != year || holidays_weekend(day[i]) != weekend ||
		    (i && day[i] <= day[i - 1]))
			return ERR_RANGE;
	return 0;
}

/* A false list cannot stop a clock for long: the roots themselves are held to a bound. */
static int
run_check(const struct holidays *h)
{
	unsigned run = 0;
	if (h->off_cnt == 0)
		return 0;
	for (uint32_t day = h->off[0] - 7; day <= h->off[h->off_cnt - 1] + 7; day++) {
		run = holidays_works(h, day) ? 0 : run + 1;
		if (run > HOLIDAYS_RUN_MAX)
			return ERR_RANGE;
	}
	return 0;
}

int
holidays_parse(struct holidays *out, const char *text, size_t len)
{
	memset(out, 0, sizeof(*out));
	int err = len > HOLIDAYS_TEXT_MAX ? ERR_RANGE : field_read(out, &doc, text, len);
	if (!err)
		err = list_check(out->off, out->off_cnt, out->year, false);
	if (!err)
		err = list_check(out->work, out->work_cnt, out->year, true);
	if (!err)
		err = run_check(out);
	if (err)
		memset(out, 0, sizeof(*out));
	return err;
}

int
holidays_verify(struct holidays *out, const void *bytes, size_t len,
		const struct roster_roots *roots)
{
	struct note note;
	memset(out, 0, sizeof(*out));
	int err = len > HOLIDAYS_NOTE_MAX ? ERR_RANGE : note_parse(&note, bytes, len);
	if (!err)
		err = roster_note_verify(&note, roots);
	return err ? err : holidays_parse(out, note.text, note.text_len);
}

int
holidays_print(struct bufw *w, const struct holidays *h)
{
	field_print(w, &doc, h);
	return bufw_end(w);
}
