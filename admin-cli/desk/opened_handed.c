/*
 * A case that two have handed to this member (FORMATS §7, reseal): no key of his desk opens it. Its
 * readers hand on the file key of each entry, sealed to his own key. Each of them is checked by the
 * entry's own header, so a false one opens nothing and its giver is named. What was opened so is
 * shown only while the log says that two have handed him the case: neither one reader nor a gateway
 * that plays into his hands makes him a reader.
 */
#include "admin-cli/desk/opened_inner.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/trust.h"
#include "crypto/err.h"
#include "crypto/text.h"

#define WORD_LEN (2 * (32 + AGE_FILE_KEY_LEN))

bool
opened_handed_read(const json_t *word, uint8_t hash[static 32], struct age_file_key *key)
{
	const char *s = json_string_value(word);

	return s && json_string_length(word) == WORD_LEN && !text_unhex(hash, 32, s, 64) &&
	       !text_unhex(key->b, AGE_FILE_KEY_LEN, s + 64, 2 * AGE_FILE_KEY_LEN);
}

bool
opened_handed_names(const struct opened *d, size_t k, const uint8_t hash[static 32],
		    struct age_file_key *key)
{
	const json_t *list = schema_list(d->x[k].body, "keys");
	uint8_t one[32];

	for (size_t n = 0; n < json_array_size(list); n++)
		if (opened_handed_read(json_array_get(list, n), one, key) &&
		    !memcmp(one, hash, sizeof(one)))
			return true;
	return false;
}

/* The same for the file key of entry i. */
static bool
names(const struct opened *d, size_t k, size_t i, struct age_file_key *key)
{
	return opened_handed_names(d, k, d->entry[i].hash, key);
}

bool
opened_handed_to(const struct opened *d, size_t k, const uint8_t handle[static 8])
{
	uint8_t to[8];

	return d->entry[k].type == ENTRY_FILE_KEYS && d->x[k].body &&
	       schema_hex(d->x[k].body, "to", to, sizeof(to)) && !memcmp(to, handle, sizeof(to));
}

/* Whether entry k hands keys to this member. */
static bool
is_for_me(const struct opened *d, size_t k)
{
	return d->view->me && opened_handed_to(d, k, d->view->me->handle);
}

static int
try(struct session *ses, struct opened *d, size_t i, const struct opened_memo *memo)
{
	struct workspace_entry *w = malloc(sizeof(*w));
	int err = w ? workspace_entry_get(ses->workspace, d->c.rec.id, d->entry[i].thread,
					  d->entry[i].number, w)
		    : ERR_MEM;

	if (!err)
		opened_entry_open(ses, d, i,
				  &(struct opened_try){ .w = w, .memo = memo, .own = !memo });
	free(w);
	return err == ERR_NOT_FOUND ? 0 : err;
}

/* Tries the keys that were handed on; a false one opens nothing, and the next is tried. */
static int
try_handed(struct session *ses, struct opened *d, size_t i)
{
	struct opened_memo memo = { .has = true, .known = true, .key = d->inner->ring->key_cnt };
	int err = 0;

	for (size_t k = 0; !err && k < d->cnt && d->entry[i].fault == FOLD_UNOPENED; k++)
		if (is_for_me(d, k) && names(d, k, i, &memo.file_key))
			err = try(ses, d, i, &memo);
	sodium_memzero(&memo, sizeof(memo));
	return err;
}

int
opened_handed_open(struct session *ses, struct opened *d, size_t *from)
{
	int err = 0;

	if (d->c.rec.kind != FRAME_CASE || !d->inner->ring->own)
		return 0;
	for (size_t pass = 0; pass < 2; pass++)
		for (size_t i = 0; !err && i < d->cnt; i++) {
			if (d->entry[i].fault != FOLD_UNOPENED ||
			    (!pass && d->entry[i].thread != FRAME_DESK))
				continue;
			err = pass ? try_handed(ses, d, i) : try(ses, d, i, NULL);
			if (d->entry[i].fault != FOLD_UNOPENED && i < *from)
				*from = i;
		}
	return err;
}

bool
opened_handed_close(struct opened *d)
{
	bool any = false;

	if (d->view->me && fold_given(&d->fold, d->view->me->handle))
		return false;
	for (size_t i = 0; i < d->cnt; i++) {
		struct opened_entry *x = &d->x[i];
		struct opened_work *work = x->work;

		if (!x->handed)
			continue;
		any = true;
		json_decref(x->body);
		sodium_memzero(work->slot, ENTRY_LEN);
		*x = (struct opened_entry){ .work = work };
		d->entry[i].fault = FOLD_UNOPENED;
		d->entry[i].body = NULL;
	}
	if (any)
		d->source_pk = NULL;
	return any;
}

void
opened_handed_keep(struct session *ses, const struct opened *d,
		   const uint8_t sealed[static SEAL_LEN], const struct age_file_key *key)
{
	struct opened_memo memo = { .has = true, .known = true, .key = d->inner->ring->key_cnt };
	uint8_t hash[32];
	bool handed = false;

	for (size_t i = 0; i < d->cnt; i++)
		handed |= d->x[i].handed;
	if (!handed)
		return;
	memo.file_key = *key;
	key_sha256(hash, sealed, SEAL_LEN);
	opened_memo_put(ses, d->inner->ring, hash, &memo);
	sodium_memzero(&memo, sizeof(memo));
}

/* Whether the author of entry k had seen entry i. */
static bool
had_seen(const struct opened *d, size_t k, size_t i)
{
	uint32_t source, desk;

	return schema_after(d->x[k].body, &source, &desk) &&
	       d->entry[i].number < (d->entry[i].thread == FRAME_SOURCE ? source : desk);
}

enum opened_handed
opened_handed_fault(const struct opened *d, size_t i, size_t *by)
{
	enum opened_handed fault = OPENED_HANDED_FINE;
	bool unopened = d->entry[i].fault == FOLD_UNOPENED;
	struct age_file_key key;

	for (size_t k = 0; d->inner->file_keys && k < d->cnt; k++) {
		if (d->entry[k].type != ENTRY_FILE_KEYS || !d->x[k].author)
			continue;
		if (!names(d, k, i, &key)) {
			if (!unopened || !is_for_me(d, k) || !had_seen(d, k, i))
				continue;
			fault = OPENED_HANDED_LEFT_OUT;
		} else if (unopened ||
			   sodium_memcmp(key.b, d->x[i].work->result.file_key.b, sizeof(key.b))) {
			fault = OPENED_HANDED_FALSE;
		} else {
			continue;
		}
		*by = k;
		if (fault == OPENED_HANDED_FALSE)
			break;
	}
	sodium_memzero(&key, sizeof(key));
	return fault;
}
