/* Hands file keys on (see hand_on.h). Who is named in the log is the work of two; which keys he
 * gets is the work of one, for it widens nothing. */
#include "admin-cli/desk/hand_on.h"

#include <sodium.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/attached.h"
#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/rules/schema.h"

/* Whether an entry hands the file key of what has that hash to this member: this one, or any where
 * `key` is NULL. */
static bool
handed(const struct opened *d, const uint8_t to[static 8], const uint8_t hash[static 32],
       const struct age_file_key *key)
{
	struct age_file_key one;
	bool has = false;

	for (size_t k = 0; k < d->cnt && !has; k++)
		has = d->entry[k].verdict == FOLD_ACCEPTED && opened_handed_to(d, k, to) &&
		      opened_handed_names(d, k, hash, &one) &&
		      (!key || !sodium_memcmp(one.b, key->b, sizeof(one.b)));
	sodium_memzero(&one, sizeof(one));
	return has;
}

/* Whether entry i is to be handed to him. That of the keys of another reader alone is no reason to
 * write: it goes with the next that is. */
static bool
lacks(const struct opened *d, const uint8_t to[static 8], size_t i, bool all)
{
	bool keys = d->entry[i].type == ENTRY_FILE_KEYS;

	if (!d->x[i].plain || (keys && !all) ||
	    (d->entry[i].verdict == FOLD_ACCEPTED && opened_handed_to(d, i, to)))
		return false; /* what hands keys to him is sealed to him */
	return !handed(d, to, d->entry[i].hash, &d->x[i].work->result.file_key);
}

size_t
hand_on_left(const struct opened *d)
{
	size_t cnt = 0;

	for (unsigned g = 0; g < d->fold.given_cnt; g++) {
		struct attached_at at = { 0 };
		struct attached a;

		for (size_t i = 0; i < d->cnt; i++)
			cnt += lacks(d, d->fold.given[g], i, false);
		while (attached_next(d, &at, &a))
			cnt += !handed(d, d->fold.given[g], a.sha256, NULL);
	}
	return cnt;
}

static void
add_word(json_t *words, const uint8_t hash[static 32], const struct age_file_key *key)
{
	char word[2 * (32 + AGE_FILE_KEY_LEN) + 1];

	term_hex(word, hash, 32);
	term_hex(word + 64, key->b, AGE_FILE_KEY_LEN);
	json_array_append_new(words, json_string(word));
	sodium_memzero(word, sizeof(word));
}

/* Adds the entries that he lacks. */
static void
add_entries(const struct opened *d, const uint8_t to[static 8], json_t *words)
{
	bool any = json_array_size(words) > 0;

	for (size_t i = 0; i < d->cnt; i++)
		any |= lacks(d, to, i, false);
	for (size_t i = 0; any && i < d->cnt; i++)
		if (lacks(d, to, i, true))
			add_word(words, d->entry[i].hash, &d->x[i].work->result.file_key);
}

static int
nowhere(void *arg, const uint8_t *buf, size_t len)
{
	(void)arg, (void)buf, (void)len;
	return 0;
}

/* Adds one attachment for all who lack it. Its file key is known only after it was fetched and was
 * found to be the one that the source described: else a gateway could make this member hand on a
 * false key. */
static int
add_attached(struct session *ses, const struct opened *d, struct attached *a, bool sure,
	     json_t *const words[static FOLD_GIVEN])
{
	struct age_file_key key = { 0 };
	uint64_t len;
	bool any = sure;
	int err = 0;

	for (unsigned g = 0; g < d->fold.given_cnt; g++)
		any |= !handed(d, d->fold.given[g], a->sha256, NULL);
	if (!any || !d->x[a->entry].plain)
		return 0;
	err = attached_load(ses, d, a);
	if (!err)
		err = attached_open(ses, d, a, (struct age_sink){ nowhere, NULL }, &len, &key);
	attached_free(a);
	for (unsigned g = 0; !err && g < d->fold.given_cnt; g++)
		if (!handed(d, d->fold.given[g], a->sha256, &key))
			add_word(words[g], a->sha256, &key);
	sodium_memzero(&key, sizeof(key));
	if (err && err != DAVY_AGAIN) { /* perhaps not all of it has arrived */
		session_warn(ses, _("The key of attachment %u was not handed on: %s"),
			     schema_number(a->about, "i"), session_failure(ses));
		session_forgive(ses);
		err = 0;
	}
	return err;
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

/* What each of those to whom the case is handed lacks of attachments, as words of a file-keys
 * entry. */
static int
gather(struct session *ses, const struct opened *d, bool sure,
       json_t *const words[static FOLD_GIVEN])
{
	struct attached_at at = { 0 };
	struct attached a;
	int err = 0;

	while (!err && d->fold.given_cnt && attached_next(d, &at, &a))
		err = add_attached(ses, d, &a, sure, words);
	return err;
}

int
hand_on(struct session *ses, struct workspace_case *c, bool sure, size_t *cnt)
{
	uint8_t to[FOLD_GIVEN][8];
	json_t *words[FOLD_GIVEN];
	struct opened *d;
	int err = opened_load(ses, c, &d);

	*cnt = 0;
	if (err)
		return err;
	for (unsigned g = 0; g < FOLD_GIVEN; g++)
		words[g] = json_array();
	memcpy(to, d->fold.given, sizeof(to));
	unsigned given_cnt = d->fold.given_cnt;
	int left = gather(ses, d, sure, words);
	for (unsigned g = 0; !err && g < given_cnt; g++) {
		const struct roster_member *m = roster_member_by_handle(d->view->members, to[g]);

		add_entries(d, to[g], words[g]); /* also what was just written for another */
		if (json_array_size(words[g]) && !m)
			session_warn(ses, _("A member to whom the case was handed has left the "
					    "roster."));
		else if (m) {
			*cnt += json_array_size(words[g]);
			err = write_keys(ses, c, m, words[g]);
		}
	}
	for (unsigned g = 0; g < FOLD_GIVEN; g++)
		json_decref(words[g]);
	opened_free(d);
	return err ? err : left;
}

void
hand_on_after(struct session *ses, struct workspace_case *c)
{
	const struct opened *d = ses->opened;
	size_t cnt;

	if (!d || memcmp(d->c.rec.id, c->rec.id, sizeof(c->rec.id)) != 0 || !hand_on_left(d) ||
	    !hand_on(ses, c, false, &cnt))
		return;
	session_warn(ses,
		     _("Written, but those to whom the case was handed have not got its key: %s "
		       "davy case reseal hands it on."),
		     session_failure(ses));
	session_forgive(ses);
}
