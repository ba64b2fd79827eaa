/* Who cosigns the public log, and a quorum of them; see cosigner.h. */
#include "crypto/cosigner.h"

#include <stdio.h>
#include <string.h>

void
cosigner_desk_name(char out[static NOTE_NAME_MAX], uint16_t desk)
{
	snprintf(out, NOTE_NAME_MAX, "desk-%u", (unsigned)desk);
}

/* The place for one more, or NULL. */
static struct note_key *
add(struct cosigners *list, uint16_t org, uint16_t desk, const uint8_t key[KEY_SIGN_PUBLIC_LEN])
{
	if (list->cnt == NOTE_KEY_MAX)
		return NULL;
	struct note_key *k = &list->key[list->cnt];
	list->org[list->cnt] = org;
	list->desk[list->cnt++] = desk;
	memcpy(k->key, key, sizeof(k->key));
	return k;
}

void
cosigners_of(struct cosigners *out, const struct bundle *b)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < b->roster->witness_cnt; i++) {
		struct roster_witness w;
		/* A longer name signs no note. */
		if (roster_witness(&w, b->roster->witness[i]) || strlen(w.name) >= NOTE_NAME_MAX)
			continue;
		struct note_key *k = add(out, w.org, 0, w.key);
		if (k)
			memcpy(k->name, w.name, strlen(w.name) + 1);
	}
	for (size_t i = 0; i < b->epoch_cnt; i++) {
		const struct epoch *e = &b->epoch[i];
		const struct roster_desk *d = roster_find(b->roster, e->desk);
		if (!d || e->use != EPOCH_ONLINE)
			continue;
		struct note_key *k = add(out, (uint16_t)d->org, e->desk, e->voice);
		if (k)
			cosigner_desk_name(k->name, e->desk);
	}
}

/* Whether an earlier one of the list that has signed is of the same desk, or organisation. */
static bool
seen_before(const uint16_t *what, const bool *by, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (by[j] && what[j] == what[i])
			return true;
	return false;
}

int
cosigners_count(struct cosigned *out, const struct cosigners *list, const struct note *note,
		uint64_t now)
{
	bool by[NOTE_KEY_MAX];
	uint64_t since = now > COSIGN_FRESH_SECONDS ? now - COSIGN_FRESH_SECONDS : 0;
	int err = note_cosigned(by, note, list->key, list->cnt, since);
	*out = (struct cosigned){ 0 };
	for (size_t i = 0; !err && i < list->cnt; i++) {
		if (!by[i])
			continue;
		out->cnt += !list->desk[i] || !seen_before(list->desk, by, i);
		out->orgs += !seen_before(list->org, by, i);
	}
	return err;
}

bool
cosigned_enough(const struct cosigned *c, size_t quorum)
{
	return c->cnt >= quorum && (quorum < 2 || c->orgs >= 2);
}
