/* Hands file keys on (see hand_on.h). Who is named in the log is the work of two; which keys he
 * gets is the work of one, for it widens nothing. */
#include "admin-cli/desk/hand_on.h"

#include <sodium.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/trust.h"

/* Whether an entry hands the right file key of entry i to this member. */
static bool
has_it(const struct opened *d, const uint8_t to[static 8], size_t i)
{
	uint8_t handle[8], hash[32];
	struct age_file_key key;
	bool has = false;

	for (size_t k = 0; k < d->cnt && !has; k++) {
		const json_t *list = schema_list(d->x[k].body, "keys");

		if (d->entry[k].type != ENTRY_FILE_KEYS || d->entry[k].verdict != FOLD_ACCEPTED ||
		    !schema_hex(d->x[k].body, "to", handle, sizeof(handle)) ||
		    memcmp(handle, to, sizeof(handle)) != 0)
			continue;
		has = k == i; /* it is sealed to him */
		for (size_t n = 0; n < json_array_size(list) && !has; n++)
			has = opened_handed_read(json_array_get(list, n), hash, &key) &&
			      !memcmp(hash, d->entry[i].hash, sizeof(hash)) &&
			      !sodium_memcmp(key.b, d->x[i].work->result.file_key.b, sizeof(key.b));
	}
	sodium_memzero(&key, sizeof(key));
	return has;
}

/* Whether entry i is to be handed to him. That of the keys of another reader alone is no reason to
 * write: it goes with the next that is. */
static bool
lacks(const struct opened *d, const uint8_t to[static 8], size_t i, bool all)
{
	return d->x[i].plain && (all || d->entry[i].type != ENTRY_FILE_KEYS) && !has_it(d, to, i);
}

size_t
hand_on_left(const struct opened *d)
{
	size_t cnt = 0;

	for (unsigned g = 0; g < d->fold.given_cnt; g++)
		for (size_t i = 0; i < d->cnt; i++)
			cnt += lacks(d, d->fold.given[g], i, false);
	return cnt;
}

/* What he lacks, as words of a file-keys entry. */
static json_t *
words_for(const struct opened *d, const uint8_t to[static 8])
{
	json_t *words = json_array();
	bool any = false;

	for (size_t i = 0; i < d->cnt; i++)
		any |= lacks(d, to, i, false);
	for (size_t i = 0; any && i < d->cnt; i++) {
		char word[2 * (32 + AGE_FILE_KEY_LEN) + 1];

		if (!lacks(d, to, i, true))
			continue;
		term_hex(word, d->entry[i].hash, 32);
		term_hex(word + 64, d->x[i].work->result.file_key.b, AGE_FILE_KEY_LEN);
		json_array_append_new(words, json_string(word));
		sodium_memzero(word, sizeof(word));
	}
	return words;
}

static int
write_keys(struct session *ses, struct workspace_case *c, const struct roster_member *m,
	   json_t *words)
{
	struct submit p = { .type = ENTRY_FILE_KEYS, .now = true, .to = m->seal };
	char hex[17];
	int err = 0;

	while (!err && json_array_size(words)) {
		json_t *some = json_array();

		while (json_array_size(words) && json_array_size(some) < FOLD_KEYS) {
			json_array_append(some, json_array_get(words, 0));
			json_array_remove(words, 0);
		}
		p.body = json_pack("{s:i,s:s,s:o}", "v", 1, "to", term_hex(hex, m->handle, 8),
				   "keys", some);
		err = submit_send(ses, c, &p);
		json_decref(p.body);
	}
	return err;
}

int
hand_on(struct session *ses, struct workspace_case *c, size_t *cnt)
{
	struct opened *d;
	int err = opened_load(ses, c, &d);

	*cnt = 0;
	if (err)
		return err;
	for (unsigned g = 0; !err && g < d->fold.given_cnt; g++) {
		uint8_t to[8];

		memcpy(to, d->fold.given[g], sizeof(to));
		const struct roster_member *m = roster_member_by_handle(d->view->members, to);
		json_t *words = words_for(d, to);

		if (json_array_size(words) && !m)
			session_warn(ses, _("A member to whom the case was handed has left the "
					    "roster."));
		else if (m) {
			*cnt += json_array_size(words);
			err = write_keys(ses, c, m, words);
		}
		json_decref(words);
	}
	opened_free(d);
	return err;
}

void
hand_on_after(struct session *ses, struct workspace_case *c)
{
	const struct opened *d = ses->opened;
	size_t cnt;

	if (!d || memcmp(d->c.rec.id, c->rec.id, sizeof(c->rec.id)) != 0 || !hand_on_left(d) ||
	    !hand_on(ses, c, &cnt))
		return;
	session_warn(ses,
		     _("Written, but those to whom the case was handed have not got its key: %s "
		       "davy case reseal hands it on."),
		     session_failure(ses));
	session_forgive(ses);
}
