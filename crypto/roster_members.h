/* The members note (FORMATS.md section 9): who belongs to which desk, with which roles and
 * keys. */
#ifndef CRYPTO_ROSTER_MEMBERS_H
#define CRYPTO_ROSTER_MEMBERS_H

#include "crypto/buf.h"
#include "crypto/key.h"

#include <stddef.h>
#include <stdint.h>

#define ROSTER_MEMBER_MAX 512
#define ROSTER_NAME_MAX   97 /* bytes of UTF-8 with the zero */
#define ROSTER_ROLES_MAX  40 /* text of all roles with the zero */

struct roster;

/* Bits of roster_member.roles, in the order in which they are written. */
enum roster_role {
	ROSTER_TR = 1,
	ROSTER_SR = 2,
	ROSTER_PL = 4,
	ROSTER_TL = 8,
	ROSTER_IN = 16,
	ROSTER_IG = 32,
	ROSTER_RW = 64,
	ROSTER_AU = 128,
	ROSTER_RG = 256,
	ROSTER_LEAD = 512
};

struct roster_member {
	uint8_t handle[KEY_HANDLE_LEN];
	char name[ROSTER_NAME_MAX];
	uint16_t desk; /* 0: a registrar without a desk */
	uint16_t roles;
	uint8_t sign[KEY_SIGN_PUBLIC_LEN];
	uint8_t seal[KEY_SEAL_PUBLIC_LEN];
};

struct roster_members {
	uint8_t gateway[KEY_ID_LEN];
	size_t cnt;
	struct roster_member member[]; /* as in the note; handles and keys are unique */
};

/* Parses the text of a members note; the caller frees *out with free(). ERR_FORMAT, ERR_UTF8,
 * ERR_RANGE, ERR_ROSTER (a handle or key appears twice), ERR_MEM. */
int roster_members_parse(struct roster_members **out, const char *text, size_t len)
	__attribute__((warn_unused_result));
/* Checks that the SHA-256 is the one that the roster names, that the gateway is the same, and
 * that every desk exists: ERR_AUTH, ERR_ROSTER. */
int roster_members_check(const struct roster_members *m, const struct roster *r, const void *note,
			 size_t len) __attribute__((warn_unused_result));
int roster_members_print(struct bufw *w, const struct roster_members *m)
	__attribute__((warn_unused_result));
const struct roster_member *roster_member_by_key(const struct roster_members *m,
						 const uint8_t sign[static KEY_SIGN_PUBLIC_LEN]);
const struct roster_member *roster_member_by_handle(const struct roster_members *m,
						    const uint8_t handle[static KEY_HANDLE_LEN]);
/* Convert "TR,PL,lead" to bits and back. The text has at most ROSTER_ROLES_MAX bytes,
 * including the zero. */
int roster_roles_parse(uint16_t *roles, const char *s, size_t len)
	__attribute__((warn_unused_result));
void roster_roles_print(char *dst, size_t cap, uint16_t roles);

#endif
