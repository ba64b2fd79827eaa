/* The members note (FORMATS.md section 9): who belongs to which desk, with which roles and
 * keys. crypto/ opens no file or connection, never logs and never exits. */
#include "crypto/roster_members.h"

#include "crypto/err.h"
#include "crypto/field.h"
#include "crypto/roster.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const char *const role_name[] = { "TR", "SR", "PL", "TL", "IN",
					 "IG", "RW", "AU", "RG", "lead" };
#define ROLE_CNT (sizeof(role_name) / sizeof(*role_name))

int
roster_roles_parse(uint16_t *roles, const char *s, size_t len)
{
	size_t at = 0, next = 0;
	*roles = 0;
	while (at <= len) {
		const char *comma = at < len ? memchr(s + at, ',', len - at) : NULL;
		size_t n = comma == NULL ? len - at : (size_t)(comma - s) - at;
		size_t i = next;
		while (i < ROLE_CNT &&
		       (strlen(role_name[i]) != n || memcmp(role_name[i], s + at, n) != 0))
			i++;
		if (i == ROLE_CNT) {
			*roles = 0;
			return ERR_FORMAT;
		}
		*roles = (uint16_t)(*roles | 1u << i);
		next = i + 1;
		at += n + 1;
	}
	return 0;
}

void
roster_roles_print(char *dst, size_t cap, uint16_t roles)
{
	struct bufw w;
	if (cap == 0)
		return;
	bufw_init(&w, dst, cap - 1);
	for (size_t i = 0; i < ROLE_CNT; i++) {
		if ((roles & 1u << i) == 0)
			continue;
		if (w.len > 0)
			bufw_text(&w, ",");
		bufw_text(&w, role_name[i]);
	}
	dst[w.len] = '\0';
}

static int
roles_get(void *base, const char *v, size_t len)
{
	struct roster_member *m = base;
	return roster_roles_parse(&m->roles, v, len);
}

static void
roles_put(struct bufw *w, const void *base)
{
	const struct roster_member *m = base;
	char text[ROSTER_ROLES_MAX];
	roster_roles_print(text, sizeof(text), m->roles);
	bufw_text(w, text);
}

#define IN(name)                                                                                   \
	.at = offsetof(struct roster_member, name),                                                \
	.size = sizeof(((struct roster_member *)0)->name), .flags = FIELD_INNER

static const struct field fields[] = {
	{ .word = "gateway",
	  .type = FIELD_HEX,
	  .at = offsetof(struct roster_members, gateway),
	  .size = KEY_ID_LEN },
	{ .word = "member",
	  .type = FIELD_HEX,
	  .at = offsetof(struct roster_member, handle),
	  .size = KEY_HANDLE_LEN,
	  .flags = FIELD_BLOCK },
	{ .word = "name", .type = FIELD_TEXT, IN(name) },
	{ .word = "desk", .type = FIELD_UINT, IN(desk), .max = UINT16_MAX },
	{ .word = "roles", .type = FIELD_OWN, IN(roles), .get = roles_get, .put = roles_put },
	{ .word = "sign", .type = FIELD_BASE64, IN(sign) },
	{ .word = "seal", .type = FIELD_BASE64, IN(seal) },
};

static void *
member_open(void *top)
{
	struct roster_members *m = top;
	return &m->member[m->cnt++]; /* members_alloc counted the lines */
}

static const void *
member_at(const void *top, size_t i)
{
	const struct roster_members *m = top;
	return i < m->cnt ? &m->member[i] : NULL;
}

static const struct field_doc doc = {
	.first = "davylamp/v1 members",
	.field = fields,
	.cnt = sizeof(fields) / sizeof(*fields),
	.open = member_open,
	.block = member_at,
};

/* Allocates room for as many members as there are lines that begin with "member ". */
static int
members_alloc(struct roster_members **out, const char *text, size_t len)
{
	static const char word[] = "member ";
	struct buf b;
	size_t cnt = 0, n = 0;
	buf_init(&b, text, len);
	for (const char *line = buf_line(&b, &n); line != NULL; line = buf_line(&b, &n))
		if (n >= sizeof(word) - 1 && memcmp(line, word, sizeof(word) - 1) == 0)
			cnt++;
	if (cnt > ROSTER_MEMBER_MAX)
		return ERR_RANGE;
	*out = calloc(1, sizeof **out + cnt * sizeof *(*out)->member);
	return *out == NULL ? ERR_MEM : 0;
}

/* There are at most 512 members, so comparing all pairs is fast enough, and it is simpler than
 * sorting. */
static int
members_unique(const struct roster_members *m)
{
	for (size_t i = 0; i < m->cnt; i++)
		for (size_t j = 0; j < i; j++) {
			const struct roster_member *a = &m->member[i], *b = &m->member[j];
			if (memcmp(a->handle, b->handle, sizeof(a->handle)) == 0 ||
			    memcmp(a->sign, b->sign, sizeof(a->sign)) == 0 ||
			    memcmp(a->seal, b->seal, sizeof(a->seal)) == 0)
				return ERR_ROSTER;
		}
	return 0;
}

int
roster_members_parse(struct roster_members **out, const char *text, size_t len)
{
	struct roster_members *m = NULL;
	*out = NULL;
	int err = members_alloc(&m, text, len);
	if (err)
		return err;
	err = field_read(m, &doc, text, len);
	if (!err)
		err = members_unique(m);
	if (err) {
		free(m);
		return err;
	}
	*out = m; /* transferred */
	return 0;
}

int
roster_members_check(const struct roster_members *m, const struct roster *r, const void *note,
		     size_t len)
{
	uint8_t hash[32];
	key_sha256(hash, note, len);
	if (memcmp(hash, r->members, sizeof(hash)) != 0)
		return ERR_AUTH;
	if (memcmp(m->gateway, r->gateway, KEY_ID_LEN) != 0)
		return ERR_ROSTER;
	for (size_t i = 0; i < m->cnt; i++)
		if (m->member[i].desk != 0 && roster_find(r, m->member[i].desk) == NULL)
			return ERR_ROSTER;
	return 0;
}

int
roster_members_print(struct bufw *w, const struct roster_members *m)
{
	struct roster_members *back = NULL;
	size_t from = w->len;
	field_print(w, &doc, m);
	int err = bufw_end(w);
	if (err)
		return err;
	if (roster_members_parse(&back, (const char *)w->base + from, w->len - from))
		err = ERR_ROSTER;
	free(back);
	return err;
}

const struct roster_member *
roster_member_by_key(const struct roster_members *m, const uint8_t sign[static KEY_SIGN_PUBLIC_LEN])
{
	for (size_t i = 0; i < m->cnt; i++)
		if (memcmp(m->member[i].sign, sign, KEY_SIGN_PUBLIC_LEN) == 0)
			return &m->member[i];
	return NULL;
}

const struct roster_member *
roster_member_by_handle(const struct roster_members *m, const uint8_t handle[static KEY_HANDLE_LEN])
{
	for (size_t i = 0; i < m->cnt; i++)
		if (memcmp(m->member[i].handle, handle, KEY_HANDLE_LEN) == 0)
			return &m->member[i];
	return NULL;
}
