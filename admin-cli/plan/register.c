/* The register of sites: reads the table with libcsv, prints it (see register.h). */
#include "admin-cli/plan/register.h"

#include <csv.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uniconv.h>

#include "admin-cli/plan/draw.h"
#include "admin-cli/rules/taxonomy.h"
#include "crypto/err.h"
#include "crypto/text.h"

#define N_(text)  text
#define CELLS_MAX 64

static const struct column {
	const char *name, *zh;
	bool needed;
} columns[PLAN_COLUMNS] = {
	[PLAN_ID] = { "id", "编号", true },
	[PLAN_NAME] = { "name", "名称", true },
	[PLAN_SECTOR] = { "sector", "行业", true },
	[PLAN_AREA] = { "area", "区划", true },
	[PLAN_NICKNAMES] = { "nicknames", "俗名", false },
	[PLAN_OPERATOR] = { "operator", "经营单位", false },
	[PLAN_GROUP] = { "group", "集团", false },
	[PLAN_PARENT] = { "parent", "上级单位", false },
	[PLAN_CONTRACTORS] = { "contractors", "承包单位", false },
	[PLAN_LICENCE] = { "licence", "许可证", false },
	[PLAN_LAST_VISIT] = { "last_visit", "上次检查", false },
	[PLAN_FINDINGS] = { "findings", "上次结果", false },
	[PLAN_CHANGED] = { "changed", "经营变更", false },
	[PLAN_TIPS] = { "tips", "线索", false },
	[PLAN_PLACES] = { "places", "作业场所", false },
};

const char *
plan_column_name(enum plan_column c)
{
	return columns[c].name;
}

const char *
plan_column_zh(enum plan_column c)
{
	return columns[c].zh;
}

/* The reading of one table. libcsv calls on_field for each field and on_row behind each line. */
struct reading {
	struct plan_register *r;
	struct plan_wrong *wrong;
	size_t room, used;    /* of r->text */
	size_t cap;           /* of r->site */
	size_t line;          /* which is being read */
	size_t cell;          /* how many fields of the row came */
	int place[CELLS_MAX]; /* the column of each field; headings came first */
	size_t width;         /* how many headings; 0: not read yet */
	struct plan_site row;
	int err;
};

/* The first thing that is wrong is kept. */
static void
say(struct reading *d, size_t column, const char *text, const char *value)
{
	size_t n = strnlen(value, sizeof(d->wrong->value) - 1);

	if (d->err)
		return;
	d->err = ERR_FORMAT;
	while (n && text_printable(value, n, 0) != 0)
		n--;
	d->wrong->line = d->line;
	d->wrong->column = column;
	d->wrong->text = text;
	memcpy(d->wrong->value, value, n);
	d->wrong->value[n] = '\0';
}

static void
on_heading(struct reading *d, const char *s)
{
	int found = -1;

	for (int c = 0; c < PLAN_COLUMNS; c++)
		if (!strcasecmp(s, columns[c].name) || !strcmp(s, columns[c].zh))
			found = c;
	if (found < 0)
		say(d, d->cell + 1,
		    N_("there is no such column; davy help plan sites-import lists them"), s);
	for (size_t i = 0; i < d->cell; i++)
		if (d->place[i] == found)
			say(d, d->cell + 1, N_("this column is there twice"), s);
	d->place[d->cell] = found;
}

static void
on_field(void *field, size_t len, void *arg)
{
	struct reading *d = arg;
	char *s = d->r->text + d->used;

	if (d->err)
		return;
	if (d->used + len + 1 > d->room) {
		d->err = ERR_INTERNAL;
		return;
	}
	if (len)
		memcpy(s, field, len);
	s[len] = '\0';
	d->used += len + 1;
	if (len > PLAN_TEXT_MAX)
		say(d, d->cell + 1, N_("a field has at most 200 bytes"), s);
	else if (text_printable(s, len, 0) != 0)
		say(d, d->cell + 1, N_("a field has no control characters or line breaks"), s);
	else if (d->cell >= (d->width ? d->width : CELLS_MAX))
		say(d, d->cell + 1, N_("this line has more fields than there are headings"), s);
	else if (!d->width)
		on_heading(d, s);
	else
		d->row.text[d->place[d->cell]] = s;
	d->cell++;
}

/* The field of the file in which a column stands. */
static size_t
cell_of(const struct reading *d, enum plan_column c)
{
	for (size_t i = 0; i < d->width; i++)
		if (d->place[i] == (int)c)
			return i + 1;
	return 0;
}

static int
word(const char *s, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (!strcasecmp(s, words[i]))
			return i;
	return -1;
}

/* Checks what must be there and reads what is more than text. */
static void
take(struct reading *d, struct plan_site *site)
{
	static const char *const found[] = {
		"none", "general", "major", "无", "一般", "重大", NULL
	};
	static const char *const truth[] = { "0", "1", "no", "yes", "否", "是", NULL };
	static const char *const tips[] = { "0", "1", "2+", "2", NULL };
	const char *const *t = site->text;
	int v;

	for (enum plan_column c = 0; c < PLAN_COLUMNS; c++)
		if (columns[c].needed && !*t[c])
			say(d, cell_of(d, c), N_("this field may not be empty"), "");
	if (strspn(t[PLAN_ID],
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") !=
		    strlen(t[PLAN_ID]) ||
	    strlen(t[PLAN_ID]) > 32)
		say(d, cell_of(d, PLAN_ID),
		    N_("an id has at most 32 letters, digits, dots, lines and underlines"),
		    t[PLAN_ID]);
	if (!taxonomy_find(TAXONOMY_SECTOR, t[PLAN_SECTOR]))
		say(d, cell_of(d, PLAN_SECTOR), N_("a sector is COAL, NCM, HAZ, FIRE or OTH"),
		    t[PLAN_SECTOR]);
	if (strlen(t[PLAN_AREA]) != 6 || strspn(t[PLAN_AREA], "0123456789") != 6)
		say(d, cell_of(d, PLAN_AREA), N_("an area is a code of six digits"), t[PLAN_AREA]);
	if (*t[PLAN_LAST_VISIT] &&
	    text_day(&site->last, t[PLAN_LAST_VISIT], strlen(t[PLAN_LAST_VISIT])) != 0)
		say(d, cell_of(d, PLAN_LAST_VISIT),
		    N_("the last visit is a day such as 2026-03-09, or empty if there was none"),
		    t[PLAN_LAST_VISIT]);
	v = *t[PLAN_FINDINGS] ? word(t[PLAN_FINDINGS], found) : PLAN_FOUND_NONE;
	if (v < 0)
		say(d, cell_of(d, PLAN_FINDINGS), N_("findings are none, general or major"),
		    t[PLAN_FINDINGS]);
	site->found = (enum plan_findings)(v < 0 ? 0 : v % 3);
	v = *t[PLAN_CHANGED] ? word(t[PLAN_CHANGED], truth) : 0;
	if (v < 0)
		say(d, cell_of(d, PLAN_CHANGED), N_("changed is 0 or 1"), t[PLAN_CHANGED]);
	site->changed = v > 0 && v % 2;
	v = *t[PLAN_TIPS] ? word(t[PLAN_TIPS], tips) : 0;
	if (v < 0)
		say(d, cell_of(d, PLAN_TIPS),
		    N_("tips are a band: 0, 1 or 2+, as the review desk gives it each month"),
		    t[PLAN_TIPS]);
	site->tips = v < 0 ? 0 : v > 2 ? 2 : (unsigned)v;
}

static void
end_headings(struct reading *d)
{
	d->width = d->cell;
	for (enum plan_column c = 0; c < PLAN_COLUMNS && !d->err; c++)
		if (columns[c].needed && !cell_of(d, c))
			say(d, 0,
			    N_("a table begins with headings, among them id, name, sector and area; missing"),
			    columns[c].name);
}

static void
grow(struct reading *d)
{
	size_t cap = d->cap ? 2 * d->cap : 256;
	struct plan_site *more = realloc(d->r->site, cap * sizeof(*more));

	if (!more) {
		d->err = ERR_MEM;
		return;
	}
	d->r->site = more;
	d->cap = cap;
}

static void
on_row(int c, void *arg)
{
	struct reading *d = arg;
	struct plan_register *r = d->r;

	(void)c;
	if (d->err) {
		d->cell = 0;
		return;
	}
	if (!d->width) {
		end_headings(d);
	} else {
		if (d->cell < d->width)
			say(d, 0, N_("this line has fewer fields than there are headings"), "");
		else
			take(d, &d->row);
		if (!d->err && r->cnt == PLAN_SITES_MAX)
			say(d, 0, N_("a register has at most 20000 sites"), "");
		if (!d->err && r->cnt == d->cap)
			grow(d);
		if (!d->err)
			r->site[r->cnt++] = d->row;
	}
	d->cell = 0;
	d->row = (struct plan_site){ 0 };
	for (size_t i = 0; i < PLAN_COLUMNS; i++)
		d->row.text[i] = "";
}

static int
by_id(const void *a, const void *b)
{
	const struct plan_site *const *x = a, *const *y = b;

	return strcmp((*x)->text[PLAN_ID], (*y)->text[PLAN_ID]);
}

/* No two sites have one id. */
static int
check_ids(const struct plan_register *r, struct plan_wrong *wrong)
{
	const struct plan_site **list = calloc(r->cnt ? r->cnt : 1, sizeof(*list));
	int err = 0;

	if (!list)
		return ERR_MEM;
	for (size_t i = 0; i < r->cnt; i++)
		list[i] = &r->site[i];
	qsort(list, r->cnt, sizeof(*list), by_id);
	for (size_t i = 1; i < r->cnt && !err; i++)
		if (by_id(&list[i - 1], &list[i]) == 0) {
			err = ERR_FORMAT;
			wrong->text = N_("two sites have this id");
			snprintf(wrong->value, sizeof(wrong->value), "%s", list[i]->text[PLAN_ID]);
		}
	free(list);
	return err;
}

/* Feeds libcsv line by line, so that the line of every failure is known. */
static void
feed(struct reading *d, const char *text, size_t len)
{
	struct csv_parser p;

	if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) != 0) {
		d->err = ERR_MEM;
		return;
	}
	for (size_t at = 0, n; at < len && !d->err; at += n) {
		const char *end = memchr(text + at, '\n', len - at);
		n = end ? (size_t)(end - text) + 1 - at : len - at;
		d->line++;
		if (csv_parse(&p, text + at, n, on_field, on_row, d) != n && !d->err) {
			if (csv_error(&p) == CSV_EPARSE)
				say(d, d->cell + 1,
				    N_("a quotation mark within a field is doubled, the field stands in such marks"),
				    "");
			else
				d->err = ERR_MEM;
		}
	}
	if (!d->err && csv_fini(&p, on_field, on_row, d) != 0)
		say(d, d->cell + 1, N_("a quotation mark is opened and never closed"), "");
	csv_free(&p);
}

/* The text in UTF-8 without its mark of order; *own is to be freed, where there is one. */
static int
decode(struct plan_register *r, const char **text, size_t *len, char **own)
{
	static const uint8_t bom[] = { 0xef, 0xbb, 0xbf };

	*own = NULL;
	if (*len >= sizeof(bom) && !memcmp(*text, bom, sizeof(bom))) {
		*text += sizeof(bom);
		*len -= sizeof(bom);
	}
	if (text_utf8(*text, *len) == 0)
		return 0;
	*own = (char *)u8_conv_from_encoding("GB18030", iconveh_error, *text, *len, NULL, NULL,
					     len);
	if (!*own || text_utf8(*own, *len) != 0)
		return ERR_UTF8;
	r->gb18030 = true;
	*text = *own;
	return 0;
}

int
plan_register_read(struct plan_register *r, const void *bytes, size_t len, struct plan_wrong *wrong)
{
	struct reading d = { .r = r, .wrong = wrong };
	const char *text = bytes;
	char *own;

	memset(r, 0, sizeof(*r));
	memset(wrong, 0, sizeof(*wrong));
	if (len > PLAN_REGISTER_BYTES) {
		wrong->text = N_("a register has at most 8 MiB");
		return ERR_FORMAT;
	}
	d.err = len ? decode(r, &text, &len, &own) : (own = NULL, 0);
	if (d.err) {
		wrong->text = N_(
			"the text is neither UTF-8 nor GB18030; save the table as \"CSV UTF-8\"");
		free(own);
		return ERR_FORMAT;
	}
	d.room = len + 2;
	r->text = malloc(d.room);
	d.err = r->text ? 0 : ERR_MEM;
	if (!d.err)
		feed(&d, text, len);
	free(own);
	if (!d.err && !r->cnt) {
		wrong->text = N_("there is no site in this table");
		return ERR_FORMAT;
	}
	return d.err ? d.err : check_ids(r, wrong);
}

void
plan_register_free(struct plan_register *r)
{
	free(r->site);
	free(r->text);
	memset(r, 0, sizeof(*r));
}

/* A field in quotes, and what stands behind it. */
static void
put(char *out, size_t cap, size_t *at, const char *s, const char *behind)
{
	*at += csv_write(out + *at, cap - *at, s, strlen(s));
	memcpy(out + *at, behind, strlen(behind));
	*at += strlen(behind);
}

int
plan_register_print(char **out, size_t *len, const struct plan_register *r)
{
	size_t cap = PLAN_COLUMNS * 32, at = 0;

	for (size_t i = 0; i < r->cnt; i++)
		for (size_t c = 0; c < PLAN_COLUMNS; c++)
			cap += 2 * strlen(r->site[i].text[c]) + 4;
	char *text = malloc(cap + 1);
	if (!text)
		return ERR_MEM;
	for (size_t c = 0; c < PLAN_COLUMNS; c++)
		put(text, cap, &at, columns[c].name, c + 1 < PLAN_COLUMNS ? "," : "\r\n");
	for (size_t i = 0; i < r->cnt; i++)
		for (size_t c = 0; c < PLAN_COLUMNS; c++)
			put(text, cap, &at, r->site[i].text[c],
			    c + 1 < PLAN_COLUMNS ? "," : "\r\n");
	text[at] = '\0';
	*out = text;
	*len = at;
	return 0;
}

int
plan_register_hash(uint8_t hash[static 32], const struct plan_register *r)
{
	char *text;
	size_t len;
	int err = plan_register_print(&text, &len, r);

	if (err)
		return err;
	crypto_hash_sha256(hash, (const uint8_t *)text, len);
	sodium_memzero(text, len);
	free(text);
	return 0;
}
