/* Which certificates a draft of the roster keeps (see roster_keeps.h). */
#include "admin-cli/roster/roster_keeps.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin-cli/base/file.h"
#include "admin-cli/base/session.h"
#include "crypto/bundle.h"
#include "crypto/err.h"
#include "crypto/note.h"

/* One certificate of a bundle, given to `what`; stops at the first result that is not 0. */
typedef int each_cert(void *arg, const struct bundle_doc *doc);

static int
walk(const uint8_t *bytes, size_t len, each_cert *what, void *arg)
{
	struct bundle_doc doc;
	struct buf b;
	int err, found = 0;

	buf_init(&b, bytes, len);
	err = bundle_next(&b, &doc); /* the roster */
	while (!err && !(err = bundle_next(&b, &doc)) && !found)
		found = what(arg, &doc);
	return found;
}

static int
keep(void *arg, const struct bundle_doc *doc)
{
	struct roster_draft *d = arg;
	struct roster_desk *desk;
	struct epoch e, now;
	struct note note;

	if (note_parse(&note, doc->bytes, doc->len) || epoch_parse(&e, note.text, note.text_len) ||
	    e.until <= d->r.from || memcmp(e.gateway, d->r.gateway, KEY_ID_LEN) != 0)
		return 0;
	desk = roster_draft_desk(d, e.desk);
	if (!desk || desk->keeps_cnt == ROSTER_KEEPS_MAX ||
	    epoch_verify(&now, doc->bytes, doc->len, &d->r, EPOCH_COMPLETE) == 0)
		return 0;
	key_sha256(desk->keeps[desk->keeps_cnt++], note.text, note.text_len);
	return 0;
}

/* Reads the bundle of the draft's folder; *bytes is NULL where there is none. */
static int
read_bundle(struct session *ses, const struct roster_draft *d, uint8_t **bytes, size_t *len)
{
	const char *path = roster_draft_path(ses, d, ROSTER_KEEPS_FILE);

	*bytes = NULL;
	*len = 0;
	return access(path, F_OK) == 0 ? file_read(ses, path, BUNDLE_MAX, bytes, len) : DAVY_OK;
}

int
roster_keeps_fill(struct session *ses, struct roster_draft *d)
{
	struct bundle b;
	uint8_t *bytes;
	size_t len;
	int err = read_bundle(ses, d, &bytes, &len);

	for (size_t i = 0; i < d->r.desk_cnt; i++)
		d->r.desk[i].keeps_cnt = 0;
	if (err || !bytes)
		return err;
	/* Only what the roots' own roster vouched for may be kept. */
	err = bundle_parse(&b, bytes, len, &d->card.roots);
	if (err) {
		free(bytes);
		return session_fail_err(ses, err,
					_("%s does not verify against the gateway's card"),
					ROSTER_KEEPS_FILE);
	}
	(void)walk(bytes, len, keep, d);
	bundle_free(&b);
	free(bytes);
	return DAVY_OK;
}

struct search {
	const struct roster *r;
	uint16_t desk;
	uint32_t day;
};

static int
is_good(void *arg, const struct bundle_doc *doc)
{
	const struct search *s = arg;
	struct epoch e;

	return epoch_verify(&e, doc->bytes, doc->len, s->r, EPOCH_COMPLETE) == 0 &&
	       e.desk == s->desk && e.use == EPOCH_ONLINE && epoch_current(&e, s->day);
}

int
roster_keeps_lost(const uint8_t *bundle, size_t len, const struct roster_roots *roots,
		  const struct roster *r, uint32_t day, uint16_t lost[static ROSTER_DESK_MAX],
		  size_t *cnt)
{
	struct bundle b;

	*cnt = 0;
	int err = bundle_parse(&b, bundle, len, roots);
	if (err)
		return err;
	for (size_t i = 0; i < b.roster->desk_cnt; i++) {
		struct search s = { .r = r, .desk = b.roster->desk[i].number, .day = day };

		if (bundle_key(&b, s.desk, EPOCH_ONLINE, day) && !walk(bundle, len, is_good, &s))
			lost[(*cnt)++] = s.desk;
	}
	bundle_free(&b);
	return 0;
}

int
roster_keeps_warn(struct session *ses, const struct roster_draft *d)
{
	uint16_t lost[ROSTER_DESK_MAX];
	uint8_t *bytes;
	size_t len, cnt = 0;
	int err = read_bundle(ses, d, &bytes, &len);

	if (err)
		return err;
	if (!bytes && d->r.version > 1)
		session_warn(
			ses, "%s",
			_("The draft has no certificates of the published roster, so a desk whose lead or "
			  "cosigner changes may lose its key: davy roster renew, where the gateway can be "
			  "reached, brings them."));
	if (bytes &&
	    roster_keeps_lost(bytes, len, &d->card.roots, &d->r, d->r.from, lost, &cnt) == 0)
		for (size_t i = 0; i < cnt; i++)
			session_warn(ses, _("Desk %u loses its key by this roster."), lost[i]);
	free(bytes);
	return DAVY_OK;
}
