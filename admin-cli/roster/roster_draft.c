/* The draft of a roster: read from and written to its folder, checked, printed (see
 * roster_draft.h). */
#include "admin-cli/roster/roster_draft.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sodium.h>
#include <sys/stat.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/roster/roster_keeps.h"
#include "crypto/b64.h"
#include "crypto/err.h"
#include "crypto/text.h"

#define DRAFT_MAX (4 * 1024 * 1024)
#define TEXT_CAP  (2 * 1024 * 1024)

const char *
roster_draft_path(struct session *ses, const struct roster_draft *d, const char *name)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s", d->dir, name) < 0 ? "" : session_keep(ses, path);
}

void
roster_draft_free(struct roster_draft *d)
{
	free(d->m);
	d->m = NULL;
}

struct roster_desk *
roster_draft_desk(struct roster_draft *d, uint16_t number)
{
	for (size_t i = 0; i < d->r.desk_cnt; i++)
		if (d->r.desk[i].number == number)
			return &d->r.desk[i];
	return NULL;
}

static void
put_b64(json_t *o, const char *name, const void *bytes, size_t len)
{
	char text[B64_LEN(KEY_SEAL_PUBLIC_LEN) + 1];

	(void)b64_encode(text, sizeof(text), bytes, len, B64_PADDED);
	json_object_set_new(o, name, json_string(text));
}

static json_t *
desk_json(const struct roster_desk *d)
{
	return json_pack("{s:i, s:s, s:s, s:s, s:i, s:s, s:I, s:i, s:s}", "number", d->number,
			 "name", d->name, "name_en", d->name_en, "kind", roster_kind_name(d->kind),
			 "level", d->level, "area", d->area, "org", (json_int_t)d->org, "above",
			 d->above, "sectors", d->sectors);
}

static json_t *
member_json(const struct roster_member *m)
{
	char hex[2 * KEY_HANDLE_LEN + 1], roles[ROSTER_SECTORS_MAX];
	json_t *o;

	roster_roles_print(roles, sizeof(roles), m->roles);
	o = json_pack("{s:s, s:s, s:i, s:s}", "handle", term_hex(hex, m->handle, KEY_HANDLE_LEN),
		      "name", m->name, "desk", m->desk, "roles", roles);
	put_b64(o, "sign", m->sign, sizeof(m->sign));
	put_b64(o, "seal", m->seal, sizeof(m->seal));
	return o;
}

/* The public log; NULL where the draft names none. */
static json_t *
log_json(const struct roster *r)
{
	json_t *lines = json_array(), *o;

	if (sodium_is_zero(r->log, sizeof(r->log))) {
		json_decref(lines);
		return NULL;
	}
	for (size_t i = 0; i < r->witness_cnt; i++)
		json_array_append_new(lines, json_string(r->witness[i]));
	o = json_pack("{s:o, s:i}", "witness", lines, "quorum", r->quorum);
	put_b64(o, "key", r->log, sizeof(r->log));
	return o;
}

int
roster_draft_save(struct session *ses, const struct roster_draft *d)
{
	uint8_t card[CARD_MAX];
	char prev[65], from[TEXT_DAY_LEN + 1], until[TEXT_DAY_LEN + 1];
	json_t *desks = json_array(), *members = json_array();
	struct bufw w;

	bufw_init(&w, card, sizeof(card));
	if (card_gateway_print(&w, &d->card) != 0)
		return session_fail(ses, DAVY_REFUSED, "invalid",
				    _("The gateway's card is not usable."));
	for (size_t i = 0; i < d->r.desk_cnt; i++)
		json_array_append_new(desks, desk_json(&d->r.desk[i]));
	for (size_t i = 0; i < d->m->cnt; i++)
		json_array_append_new(members, member_json(&d->m->member[i]));
	text_day_print(from, d->r.from);
	text_day_print(until, d->r.until);
	json_t *j = json_pack("{s:i, s:s%, s:I, s:s, s:s, s:s, s:i, s:s, s:s, s:b, s:o*, s:o, s:o}",
			      "v", 1, "card", (char *)card, w.len, "version",
			      (json_int_t)d->r.version, "previous",
			      term_hex(prev, d->r.previous, 32), "from", from, "until", until,
			      "backstop", d->r.backstop, "name", d->r.name, "name_en", d->r.name_en,
			      "published", d->published, "log", log_json(&d->r), "desks", desks,
			      "members", members);
	char *text = j ? json_dumps(j, JSON_INDENT(1)) : NULL;
	json_decref(j);
	if (!text)
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	int err = file_write(ses, roster_draft_path(ses, d, "draft.json"), 0600, text,
			     strlen(text));
	free(text);
	return err;
}

static bool
get_text(const json_t *o, const char *name, char *out, size_t cap)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s && strlen(s) < cap && snprintf(out, cap, "%s", s) >= 0;
}

static bool
get_int(const json_t *o, const char *name, uint32_t max, uint32_t *out)
{
	const json_t *v = json_object_get(o, name);

	if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > max)
		return false;
	*out = (uint32_t)json_integer_value(v);
	return true;
}

static bool
get_b64(const json_t *o, const char *name, uint8_t *out, size_t len)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s && b64_decode_exact(out, len, s, strlen(s), B64_PADDED) == 0;
}

static bool
get_day(const json_t *o, const char *name, uint32_t *day)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s && text_day(day, s, strlen(s)) == 0;
}

static bool
desk_get(const json_t *o, struct roster_desk *d)
{
	uint32_t number, level, above;
	char kind[32];

	if (!get_int(o, "number", 65535, &number) || !get_int(o, "level", 4, &level) ||
	    !get_int(o, "above", 65535, &above) || !get_int(o, "org", UINT32_MAX, &d->org) ||
	    !get_text(o, "kind", kind, sizeof(kind)) ||
	    !get_text(o, "name", d->name, sizeof(d->name)) ||
	    !get_text(o, "name_en", d->name_en, sizeof(d->name_en)) ||
	    !get_text(o, "area", d->area, sizeof(d->area)) ||
	    !get_text(o, "sectors", d->sectors, sizeof(d->sectors)))
		return false;
	d->number = (uint16_t)number;
	d->level = (uint8_t)level;
	d->above = (uint16_t)above;
	return roster_kind_parse(&d->kind, kind, strlen(kind)) == 0;
}

static bool
member_get(const json_t *o, struct roster_member *m)
{
	char hex[2 * KEY_HANDLE_LEN + 1], roles[ROSTER_SECTORS_MAX];
	uint32_t desk;

	if (!get_text(o, "handle", hex, sizeof(hex)) ||
	    !term_unhex(m->handle, KEY_HANDLE_LEN, hex) ||
	    !get_text(o, "name", m->name, sizeof(m->name)) || !get_int(o, "desk", 65535, &desk) ||
	    !get_text(o, "roles", roles, sizeof(roles)) ||
	    !get_b64(o, "sign", m->sign, sizeof(m->sign)) ||
	    !get_b64(o, "seal", m->seal, sizeof(m->seal)))
		return false;
	m->desk = (uint16_t)desk;
	return roster_roles_parse(&m->roles, roles, strlen(roles)) == 0;
}

static bool
log_get(const json_t *o, struct roster *r)
{
	const json_t *lines = json_object_get(o, "witness");
	uint32_t quorum;

	if (!o)
		return true; /* the draft names no log */
	if (!get_b64(o, "key", r->log, sizeof(r->log)) ||
	    !get_int(o, "quorum", ROSTER_QUORUM_MAX, &quorum) ||
	    json_array_size(lines) > ROSTER_WITNESS_MAX)
		return false;
	r->quorum = (uint8_t)quorum;
	for (; r->witness_cnt < json_array_size(lines); r->witness_cnt++) {
		const char *s = json_string_value(json_array_get(lines, r->witness_cnt));
		if (!s || strlen(s) >= ROSTER_WITNESS_LEN)
			return false;
		snprintf(r->witness[r->witness_cnt], ROSTER_WITNESS_LEN, "%s", s);
	}
	return true;
}

static bool
draft_get(const json_t *j, struct roster_draft *d)
{
	const json_t *desks = json_object_get(j, "desks"), *members = json_object_get(j, "members");
	const char *card = json_string_value(json_object_get(j, "card"));
	const char *prev = json_string_value(json_object_get(j, "previous"));
	uint32_t backstop;

	if (!card || card_gateway_parse(&d->card, card, strlen(card)) != 0 || !prev ||
	    !term_unhex(d->r.previous, 32, prev) ||
	    !get_int(j, "version", UINT32_MAX, &d->r.version) ||
	    !get_int(j, "backstop", 65535, &backstop) || !get_day(j, "from", &d->r.from) ||
	    !get_day(j, "until", &d->r.until) ||
	    !get_text(j, "name", d->r.name, sizeof(d->r.name)) ||
	    !get_text(j, "name_en", d->r.name_en, sizeof(d->r.name_en)) ||
	    !log_get(json_object_get(j, "log"), &d->r) ||
	    json_array_size(desks) > ROSTER_DESK_MAX ||
	    json_array_size(members) > ROSTER_MEMBER_MAX)
		return false;
	d->r.backstop = (uint16_t)backstop;
	d->published = json_is_true(json_object_get(j, "published"));
	memcpy(d->r.gateway, d->card.id, sizeof(d->r.gateway));
	memcpy(d->r.gateway_key, d->card.key, sizeof(d->r.gateway_key));
	memcpy(d->m->gateway, d->card.id, sizeof(d->m->gateway));
	for (; d->r.desk_cnt < json_array_size(desks); d->r.desk_cnt++)
		if (!desk_get(json_array_get(desks, d->r.desk_cnt), &d->r.desk[d->r.desk_cnt]))
			return false;
	for (; d->m->cnt < json_array_size(members); d->m->cnt++)
		if (!member_get(json_array_get(members, d->m->cnt), &d->m->member[d->m->cnt]))
			return false;
	return true;
}

int
roster_draft_load(struct session *ses, const char *dir, struct roster_draft *d)
{
	const char *path;
	uint8_t *bytes;
	size_t len;

	*d = (struct roster_draft){ .dir = dir };
	path = roster_draft_path(ses, d, "draft.json");
	int err = file_read(ses, path, DRAFT_MAX, &bytes, &len);
	if (err)
		return err;
	d->m = calloc(1, sizeof(*d->m) + ROSTER_MEMBER_MAX * sizeof(d->m->member[0]));
	json_t *j = json_loadb((char *)bytes, len, 0, NULL);
	bool ok = j && d->m && draft_get(j, d);
	json_decref(j);
	free(bytes);
	if (ok)
		return DAVY_OK;
	roster_draft_free(d);
	return session_fail(ses, DAVY_REFUSED, "format",
			    _("%s is not a draft that this davy can read."), session_s(ses, path));
}

int
roster_draft_edit(struct session *ses, struct roster_draft *d, uint32_t days)
{
	uint8_t *note;
	size_t len;

	if (!d->published)
		return DAVY_OK;
	int err = file_read(ses, roster_draft_path(ses, d, "published"), DRAFT_MAX, &note, &len);
	if (err)
		return err;
	key_sha256(d->r.previous, note, len);
	free(note);
	d->r.version++;
	d->r.from = term_today();
	d->r.until = d->r.from + days;
	d->published = false;
	return DAVY_OK;
}

static int
by_number(const void *a, const void *b)
{
	const struct roster_desk *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

/* Fills in the lead and the cosigners of a desk from the members that belong to it. */
static int
fill_signers(struct session *ses, struct roster_draft *d, struct roster_desk *desk)
{
	bool lead = false;

	desk->cosigner_cnt = 0;
	for (size_t i = 0; i < d->m->cnt; i++) {
		const struct roster_member *m = &d->m->member[i];
		if (m->desk != desk->number)
			continue;
		if (m->roles & ROSTER_LEAD) {
			if (lead)
				return session_fail(ses, DAVY_REFUSED, "roster",
						    _("Desk %u has two leads; a desk has one."),
						    desk->number);
			memcpy(desk->lead, m->sign, sizeof(desk->lead));
			lead = true;
		} else if (desk->cosigner_cnt < ROSTER_COSIGNER_MAX) {
			memcpy(desk->cosigner[desk->cosigner_cnt++], m->sign, KEY_SIGN_PUBLIC_LEN);
		}
	}
	if (!lead)
		return session_fail(
			ses, DAVY_REFUSED, "roster",
			_("Desk %u has no lead: davy roster member-add --desk %u --roles …,lead."),
			desk->number, desk->number);
	if (desk->cosigner_cnt == 0)
		session_warn(
			ses,
			_("Desk %u has one member: nobody can sign its keys a second time, so it gets no tips."),
			desk->number);
	return DAVY_OK;
}

int
roster_draft_texts(struct session *ses, struct roster_draft *d, struct roster_texts *t)
{
	const char *why = "";
	struct bufw w;
	int err = DAVY_OK;

	*t = (struct roster_texts){ .roster = malloc(ROSTER_TEXT_MAX),
				    .members = malloc(TEXT_CAP) };
	if (!t->roster || !t->members)
		err = session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	qsort(d->r.desk, d->r.desk_cnt, sizeof(d->r.desk[0]), by_number);
	for (size_t i = 0; !err && i < d->r.desk_cnt; i++)
		err = fill_signers(ses, d, &d->r.desk[i]);
	if (!err)
		err = roster_keeps_fill(ses, d);
	if (!err) {
		bufw_init(&w, t->members, TEXT_CAP);
		err = roster_members_print(&w, d->m);
		t->members_len = w.len;
		key_sha256(d->r.members, t->members, t->members_len);
		if (err)
			err = session_fail_err(ses, err, "%s",
					       _("The members note cannot be written"));
	}
	if (!err && roster_check(&d->r, &why) != 0)
		err = session_fail(ses, DAVY_REFUSED, "roster", _("The roster breaks a rule: %s."),
				   why);
	if (!err) {
		bufw_init(&w, t->roster, ROSTER_TEXT_MAX);
		err = roster_print(&w, &d->r);
		t->roster_len = w.len;
		if (err)
			err = session_fail_err(ses, err, "%s", _("The roster cannot be written"));
	}
	if (err)
		roster_draft_texts_free(t);
	return err;
}

void
roster_draft_texts_free(struct roster_texts *t)
{
	free(t->roster);
	free(t->members);
	*t = (struct roster_texts){ 0 };
}

int
roster_draft_note(struct session *ses, const struct roster_draft *d, struct roster_texts *t)
{
	uint8_t *bytes;

	*t = (struct roster_texts){ 0 };
	int err = file_read(ses, roster_draft_path(ses, d, "roster.note"), DRAFT_MAX, &bytes,
			    &t->roster_len);
	if (err)
		return err;
	t->roster = (char *)bytes; /* transferred */
	err = file_read(ses, roster_draft_path(ses, d, "members"), DRAFT_MAX, &bytes,
			&t->members_len);
	if (err)
		roster_draft_texts_free(t);
	else
		t->members = (char *)bytes; /* transferred */
	return err;
}
