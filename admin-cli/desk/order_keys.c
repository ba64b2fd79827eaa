/* The keys of those whom an order names (see order_keys.h). */
#include "admin-cli/desk/order_keys.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/home.h"
#include "admin-cli/home/workspace.h"
#include "crypto/buf.h"
#include "crypto/bundle.h"
#include "crypto/err.h"

struct look {
	struct session *ses;
	const struct home_gateway *gateway;
	const struct order_head *head;
	struct order_person *out;
	/* of the roster at hand */
	uint32_t version, day;
};

static bool
has_key(const struct order_head *head, size_t i, const struct roster_member *m)
{
	uint8_t hash[32];

	if (!m)
		return false;
	key_sha256(hash, m->seal, sizeof(m->seal));
	return !memcmp(hash, head->key[i], sizeof(hash));
}

/* The first day on which this home saw any bundle of that roster. */
static int
each_hash(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	struct look *l = arg;
	struct buf b;

	(void)key;
	(void)key_len;
	buf_init(&b, val, len);
	uint32_t version = buf_u32(&b), day = buf_u32(&b);
	if (!buf_end(&b) && version == l->version && day < l->day)
		l->day = day;
	return 0;
}

/* Whose keys the members note of one roster has. */
static void
note_members(struct look *l, const struct roster_members *all)
{
	size_t cnt = l->head->a_cnt + l->head->b_cnt;

	for (size_t i = 0; i < cnt; i++) {
		struct order_person *p = &l->out[i];

		if (has_key(l->head, i, roster_member_by_handle(all, l->head->handle[i])) &&
		    (!p->since || l->day < p->since))
			p->since = l->day;
	}
}

static int
each_roster(void *arg, const uint8_t *key, size_t key_len, const uint8_t *val, size_t len)
{
	struct look *l = arg;
	struct roster_members *all = NULL;
	struct bundle bundle;
	uint8_t *note;
	size_t note_len;

	(void)key;
	(void)key_len;
	if (bundle_parse(&bundle, val, len, &l->gateway->card.roots))
		return 0; /* of other roots: it says nothing here */
	l->version = bundle.roster->version;
	l->day = UINT32_MAX;
	int err = workspace_each(l->ses->workspace, WORKSPACE_HASH, each_hash, l);
	if (!err && l->day != UINT32_MAX &&
	    !workspace_get(l->ses->workspace, WORKSPACE_MEMBERS, bundle.roster->members, 32, &note,
			   &note_len)) {
		if (!roster_members_parse(&all, (const char *)note, note_len))
			note_members(l, all);
		free(all);
		workspace_free(note, note_len);
	}
	bundle_free(&bundle);
	return err;
}

int
order_keys_look(struct session *ses, const struct trust *view, const struct order_head *head,
		uint16_t desk, struct order_person out[static 2 * ORDER_PERSONS])
{
	struct look l = { .ses = ses, .head = head, .out = out };
	uint16_t a_desk = 0;
	int err = home_gateway(ses, &l.gateway);

	memset(out, 0, sizeof(*out) * 2 * ORDER_PERSONS);
	for (size_t i = 0; i < head->a_cnt + head->b_cnt; i++) {
		const struct roster_member *m = roster_member_by_handle(view->members,
									head->handle[i]);
		bool a = i < head->a_cnt;

		if (i == 0)
			a_desk = m ? m->desk : 0;
		out[i].m = m;
		out[i].stands = has_key(head, i, m) && m->desk == (a ? a_desk : desk) &&
				m->roles & (a ? ROSTER_SR : ROSTER_TL);
	}
	if (!err)
		err = workspace_open(ses);
	if (err)
		return err;
	err = workspace_each(ses->workspace, WORKSPACE_ROSTER, each_roster, &l);
	return err ? session_fail_err(ses, err, "%s", _("The workspace cannot be read")) : 0;
}

int
order_keys_check(struct session *ses, const struct trust *view, const struct order_head *head,
		 uint16_t desk)
{
	struct order_person person[2 * ORDER_PERSONS];
	char hex[2 * KEY_HANDLE_LEN + 1];
	int err = order_keys_look(ses, view, head, desk, person);

	for (size_t i = 0; !err && i < head->a_cnt + head->b_cnt; i++) {
		const struct order_person *p = &person[i];
		const char *name = session_s(ses,
					     p->m ? p->m->name
						  : term_hex(hex, head->handle[i], KEY_HANDLE_LEN));

		if (!p->stands)
			return session_fail(
				ses, DAVY_REFUSED, "changed",
				_("%s has left, or has another role or key than when the order was "
				  "sealed: cancel it and seal another one."),
				name);
		if (p->since && p->since + ORDER_KEY_DAYS <= view->today)
			continue;
		session_warn(ses,
			     _("The key of %s has been in a roster for less than %d days as far as "
			       "this home has seen. Ask by voice whether it is %s's own."),
			     name, ORDER_KEY_DAYS, name);
		err = session_confirm(ses, _("Trust this key all the same?"));
	}
	return err;
}
