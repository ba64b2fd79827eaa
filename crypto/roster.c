/* The roster (FORMATS.md section 9): parsing, verifying the root signatures, its rules and its
 * chain. crypto/ opens no file or connection, never logs and never exits. */
#include "crypto/roster.h"

#include "crypto/err.h"
#include "crypto/field.h"
#include "crypto/note.h"
#include "crypto/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEVEL_TOLD        3 /* the lowest */
#define LEVEL_INDEPENDENT 4

static const char *const kinds[] = { "review", "inspection", "oversight", "integrity",
				     "reward", "planning",   NULL };

const char *
roster_kind_name(uint8_t kind)
{
	return kind < ROSTER_KIND__MAX ? kinds[kind] : "unknown";
}

int
roster_kind_parse(uint8_t *kind, const char *name, size_t len)
{
	for (uint8_t i = 0; i < ROSTER_KIND__MAX; i++)
		if (strlen(kinds[i]) == len && memcmp(kinds[i], name, len) == 0) {
			*kind = i;
			return 0;
		}
	return ERR_NOT_FOUND;
}

/* gateway <hex id> <base64 key> */
static int
gateway_get(void *base, const char *v, size_t len)
{
	struct roster *r = base;
	if (len < 2 * KEY_ID_LEN + 1 || v[2 * KEY_ID_LEN] != ' ')
		return ERR_FORMAT;
	int err = text_unhex(r->gateway, KEY_ID_LEN, v, 2 * KEY_ID_LEN);
	if (err)
		return err;
	v += 2 * KEY_ID_LEN + 1;
	return text_unbase64(r->gateway_key, KEY_SIGN_PUBLIC_LEN, v, len - 2 * KEY_ID_LEN - 1);
}

static void
gateway_put(struct bufw *w, const void *base)
{
	const struct roster *r = base;
	bufw_hex(w, r->gateway, KEY_ID_LEN);
	bufw_text(w, " ");
	bufw_base64(w, r->gateway_key, KEY_SIGN_PUBLIC_LEN);
}

#define AREA_LEN 6

static int
area_get(void *base, const char *v, size_t len)
{
	struct roster_desk *d = base;
	if (len != AREA_LEN || strspn(v, "0123456789") < AREA_LEN)
		return ERR_FORMAT;
	memcpy(d->area, v, AREA_LEN);
	d->area[AREA_LEN] = '\0';
	return 0;
}

static void
area_put(struct bufw *w, const void *base)
{
	const struct roster_desk *d = base;
	bufw_bytes(w, d->area, strnlen(d->area, AREA_LEN));
}

#define AT(type, name)       .at = offsetof(struct type, name), .size = sizeof(((struct type *)0)->name)
#define TOP(name)            AT(roster, name)
#define IN(name)             AT(roster_desk, name), .flags = FIELD_INNER
#define IN_FLAGS(name, more) AT(roster_desk, name), .flags = FIELD_INNER | (more)

static const struct field fields[] = {
	{ .word = "gateway", .type = FIELD_OWN, .get = gateway_get, .put = gateway_put },
	{ .word = "version", .type = FIELD_UINT, TOP(version), .min = 1, .max = UINT32_MAX },
	{ .word = "previous", .type = FIELD_HEX, TOP(previous) },
	{ .word = "from", .type = FIELD_DAY, TOP(from) },
	{ .word = "until", .type = FIELD_DAY, TOP(until) },
	{ .word = "members", .type = FIELD_HEX, TOP(members) },
	{ .word = "backstop", .type = FIELD_UINT, TOP(backstop), .min = 1, .max = UINT16_MAX },
	{ .word = "log", .type = FIELD_BASE64, TOP(log), .flags = FIELD_OPTIONAL },
	{ .word = "witness",
	  .type = FIELD_TEXT,
	  .at = offsetof(struct roster, witness),
	  .size = ROSTER_WITNESS_LEN,
	  .flags = FIELD_OPTIONAL | FIELD_REPEATS,
	  .cnt_at = offsetof(struct roster, witness_cnt),
	  .max = ROSTER_WITNESS_MAX },
	{ .word = "quorum",
	  .type = FIELD_UINT,
	  TOP(quorum),
	  .flags = FIELD_OPTIONAL,
	  .min = 1,
	  .max = ROSTER_QUORUM_MAX },
	{ .word = "name", .type = FIELD_TEXT, TOP(name) },
	{ .word = "name.en", .type = FIELD_TEXT, TOP(name_en), .flags = FIELD_OPTIONAL },
	{ .word = "desk",
	  .type = FIELD_UINT,
	  AT(roster_desk, number),
	  .flags = FIELD_BLOCK,
	  .min = 1,
	  .max = UINT16_MAX },
	{ .word = "name", .type = FIELD_TEXT, IN(name) },
	{ .word = "name.en", .type = FIELD_TEXT, IN_FLAGS(name_en, FIELD_OPTIONAL) },
	{ .word = "kind", .type = FIELD_WORD, IN(kind), .words = kinds },
	{ .word = "level", .type = FIELD_UINT, IN(level), .min = 1, .max = ROSTER_LEVEL_MAX },
	{ .word = "area", .type = FIELD_OWN, IN(area), .get = area_get, .put = area_put },
	{ .word = "org", .type = FIELD_UINT, IN(org), .min = 1, .max = UINT16_MAX },
	{ .word = "above", .type = FIELD_UINT, IN(above), .max = UINT16_MAX },
	{ .word = "sectors", .type = FIELD_TEXT, IN_FLAGS(sectors, FIELD_OPTIONAL) },
	{ .word = "lead", .type = FIELD_BASE64, IN(lead) },
	{ .word = "cosigner",
	  .type = FIELD_BASE64,
	  .at = offsetof(struct roster_desk, cosigner),
	  .size = KEY_SIGN_PUBLIC_LEN,
	  .flags = FIELD_INNER | FIELD_OPTIONAL | FIELD_REPEATS,
	  .cnt_at = offsetof(struct roster_desk, cosigner_cnt),
	  .max = ROSTER_COSIGNER_MAX },
	{ .word = "keeps",
	  .type = FIELD_HEX,
	  .at = offsetof(struct roster_desk, keeps),
	  .size = 32,
	  .flags = FIELD_INNER | FIELD_OPTIONAL | FIELD_REPEATS,
	  .cnt_at = offsetof(struct roster_desk, keeps_cnt),
	  .max = ROSTER_KEEPS_MAX },
};

static void *
desk_open(void *top)
{
	struct roster *r = top;
	return r->desk_cnt < ROSTER_DESK_MAX ? &r->desk[r->desk_cnt++] : NULL;
}

static const void *
desk_at(const void *top, size_t i)
{
	const struct roster *r = top;
	return i < r->desk_cnt ? &r->desk[i] : NULL;
}

static const struct field_doc doc = {
	.first = "davylamp/v1 roster",
	.field = fields,
	.cnt = sizeof(fields) / sizeof(*fields),
	.open = desk_open,
	.block = desk_at,
};

int
roster_parse(struct roster *out, const char *text, size_t len)
{
	memset(out, 0, sizeof(*out));
	int err = len > ROSTER_TEXT_MAX ? ERR_RANGE : field_read(out, &doc, text, len);
	if (!err)
		err = roster_check(out, NULL);
	if (err)
		memset(out, 0, sizeof(*out));
	return err;
}

static bool
roots_possible(const struct roster_roots *roots)
{
	return roots->cnt <= ROSTER_ROOT_MAX && roots->threshold > 0 &&
	       roots->threshold <= roots->cnt;
}

int
roster_note_verify(const struct note *note, const struct roster_roots *roots)
{
	struct note_key key[ROSTER_ROOT_MAX];
	if (!roots_possible(roots))
		return ERR_ARG;
	for (size_t i = 0; i < roots->cnt; i++) {
		snprintf(key[i].name, sizeof(key[i].name), "root-%zu", i + 1);
		memcpy(key[i].key, roots->key[i], KEY_SIGN_PUBLIC_LEN);
	}
	return note_verify(note, key, roots->cnt, roots->threshold);
}

int
roster_verify(struct roster *out, const void *bytes, size_t len, const struct roster_roots *roots)
{
	struct note note;
	memset(out, 0, sizeof(*out));
	int err = roots_possible(roots) ? note_parse(&note, bytes, len) : ERR_ARG;
	if (!err)
		err = roster_note_verify(&note, roots);
	if (!err)
		err = roster_parse(out, note.text, note.text_len);
	return err;
}

const struct roster_desk *
roster_find(const struct roster *r, uint16_t number)
{
	for (size_t i = 0; i < r->desk_cnt; i++)
		if (r->desk[i].number == number)
			return &r->desk[i];
	return NULL;
}

bool
roster_is_told(const struct roster_desk *d)
{
	return d->level >= LEVEL_TOLD && (d->kind == ROSTER_REVIEW || d->kind == ROSTER_OVERSIGHT ||
					  d->kind == ROSTER_INTEGRITY);
}

bool
roster_accounts(const struct roster *r, const struct roster_desk *d)
{
	return d->number == r->backstop || d->level == LEVEL_INDEPENDENT;
}

static const char *
desk_wrong(const struct roster *r, const struct roster_desk *d)
{
	const struct roster_desk *up = d;
	for (size_t steps = 0; up->above != 0; steps++) {
		up = roster_find(r, up->above);
		if (up == NULL)
			return "a desk above is not in the roster";
		if (steps >= r->desk_cnt)
			return "the desks above go round in a circle";
	}
	for (size_t i = 0; i < d->cosigner_cnt; i++) {
		if (memcmp(d->cosigner[i], d->lead, KEY_SIGN_PUBLIC_LEN) == 0)
			return "the lead of a desk is also its cosigner";
		for (size_t j = 0; j < i; j++)
			if (memcmp(d->cosigner[i], d->cosigner[j], KEY_SIGN_PUBLIC_LEN) == 0)
				return "a desk names a cosigner twice";
	}
	return NULL;
}

static bool
two_independent(const struct roster *r)
{
	const struct roster_desk *first = NULL;
	for (size_t i = 0; i < r->desk_cnt; i++) {
		const struct roster_desk *d = &r->desk[i];
		if (d->level != ROSTER_LEVEL_MAX)
			continue;
		if (first != NULL && first->org != d->org)
			return true;
		if (first == NULL)
			first = d;
	}
	return false;
}

int
roster_witness(struct roster_witness *out, const char *line)
{
	const char *name = strchr(line, ' ');
	const char *key = name == NULL ? NULL : strchr(name + 1, ' ');
	uint64_t org = 0;
	memset(out, 0, sizeof(*out));
	if (key == NULL || key == name + 1 || strlen(line) >= ROSTER_WITNESS_LEN)
		return ERR_FORMAT;
	int err = text_u64(&org, line, (size_t)(name - line), UINT16_MAX);
	if (err)
		return err;
	memcpy(out->name, name + 1, (size_t)(key - name - 1));
	out->org = (uint16_t)org;
	if (org == 0 || strchr(out->name, '+') != NULL)
		return ERR_FORMAT;
	return text_unbase64(out->key, KEY_SIGN_PUBLIC_LEN, key + 1, strlen(key + 1));
}

static const char *
log_wrong(const struct roster *r)
{
	static const uint8_t none[KEY_SIGN_PUBLIC_LEN];
	struct roster_witness w, other;
	if ((r->witness_cnt != 0 || r->quorum != 0) && memcmp(r->log, none, sizeof(none)) == 0)
		return "it names witnesses or a quorum, but no log";
	for (size_t i = 0; i < r->witness_cnt; i++) {
		if (roster_witness(&w, r->witness[i]))
			return "a witness must be an organisation, a name and a key";
		for (size_t j = 0; j < i; j++)
			if (!roster_witness(&other, r->witness[j]) &&
			    (strcmp(w.name, other.name) == 0 ||
			     memcmp(w.key, other.key, sizeof(w.key)) == 0))
				return "it names a witness twice";
	}
	return NULL;
}

static const char *
wrong(const struct roster *r)
{
	if (r->from >= r->until || r->until - r->from > ROSTER_DAYS_MAX)
		return "it must be good for 1 to 35 days";
	if (r->desk_cnt > ROSTER_DESK_MAX || roster_find(r, r->backstop) == NULL)
		return "the backstop is not a desk of the roster";
	for (size_t i = 0; i < r->desk_cnt; i++) {
		if (i > 0 && r->desk[i].number <= r->desk[i - 1].number)
			return "desk numbers must be different and ascending";
		const char *why = desk_wrong(r, &r->desk[i]);
		if (why != NULL)
			return why;
	}
	if (log_wrong(r) != NULL)
		return log_wrong(r);
	if (!two_independent(r))
		return "it needs two desks of level 4 that belong to different "
		       "organisations";
	return NULL;
}

int
roster_check(const struct roster *r, const char **why)
{
	const char *found = wrong(r);
	if (why != NULL)
		*why = found == NULL ? "" : found;
	return found == NULL ? 0 : ERR_ROSTER;
}

int
roster_current(const struct roster *r, uint32_t day)
{
	return day >= r->from && day < r->until ? 0 : ERR_STALE;
}

int
roster_follows(const struct roster *r, const struct roster *old, const uint8_t *old_note_hash)
{
	if (old == NULL)
		return 0;
	if (memcmp(r->gateway, old->gateway, KEY_ID_LEN) != 0)
		return ERR_ROSTER;
	if (r->version <= old->version)
		return ERR_STALE;
	if (r->version == old->version + 1 && memcmp(r->previous, old_note_hash, 32) != 0)
		return ERR_ROSTER;
	return 0;
}

int
roster_print(struct bufw *w, const struct roster *r)
{
	size_t from = w->len;
	int err = roster_check(r, NULL);
	if (err)
		return err;
	field_print(w, &doc, r);
	err = bufw_end(w);
	if (err)
		return err;
	/* The printed text must parse again: a name may hold characters that a note may not. */
	struct roster *back = malloc(sizeof(*back));
	if (back == NULL)
		return ERR_MEM;
	if (roster_parse(back, (const char *)w->base + from, w->len - from))
		err = ERR_ROSTER;
	free(back);
	return err;
}
