/* Asks where a source's frame stands in the public log, and checks what the gateway shows (see
 * source.h). */
#include "admin-cli/source/source.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sodium.h>

#include "admin-cli/base/session.h"
#include "admin-cli/base/term.h"
#include "admin-cli/desk/trust.h"
#include "admin-cli/home/home.h"
#include "admin-cli/net/net.h"
#include "crypto/err.h"
#include "crypto/statement.h"

/* What the bundle says of the log. An answer can say an hour of long ago, for which cosignatures of
 * then are fresh: this machine's clock stands beside it, as on the page. */
static void
trust_log(struct log_trust *out, struct cosigners *by, const struct bundle *b, uint64_t minute)
{
	uint64_t here = (uint64_t)time(NULL), there = minute * 60;

	cosigners_of(by, b);
	*out = (struct log_trust){ .cosigners = by,
				   .quorum = b->roster->quorum,
				   .now = here > there ? here : there };
	memcpy(out->gateway, b->roster->gateway, sizeof(out->gateway));
	memcpy(out->log, b->roster->log, sizeof(out->log));
}

/* The record behind the statements of the answer. */
static int
proof_of(struct log_proof *out, const struct net_answer *a)
{
	struct buf b;
	size_t at = (size_t)a->routing.count * STATEMENT_RECORD_LEN;

	if (a->routing.count > FRAME_BODY_LEN / STATEMENT_RECORD_LEN)
		return ERR_FORMAT;
	buf_init(&b, a->body + at, FRAME_BODY_LEN - at);
	return log_proof_get(out, &b);
}

/* What came in before yesterday waits no longer, as on the page: a batch closes every four hours.
 */
static bool
overdue(const struct net_answer *a)
{
	uint64_t today = a->minute / (24 * 60);

	return a->routing.hour / 24 + 1 < (today > term_today() ? today : term_today());
}

static enum source_log
judge(const struct log_proof *p, const struct log_trust *trust, const struct source *s,
      uint32_t number, struct cosigned *seen)
{
	if (p->state == LOG_NONE)
		return SOURCE_LOG_NONE;
	if (p->state == LOG_WAITS)
		return SOURCE_LOG_WAITS;
	if (p->state == LOG_MISSING)
		return SOURCE_LOG_MISSING;
	enum log_verdict v = log_proof_check(p, trust, &s->keys, number, seen);
	return v == LOG_PROVEN   ? SOURCE_LOG_STANDS
	       : v == LOG_UNSEEN ? SOURCE_LOG_UNSEEN
				 : SOURCE_LOG_REFUTED;
}

int
source_logged(struct session *ses, const struct source *s, uint32_t number,
	      struct source_logged *out)
{
	struct net_request q = { .op = FRAME_OPENED,
				 .key = &s->keys.sign,
				 .routing.number = number,
				 .what = _("The public log was not asked") };
	struct cosigners by;
	struct log_trust trust;
	struct log_proof p;
	const struct roster *r = s->view->bundle.roster;
	struct net_answer *a;

	*out = (struct source_logged){ .log = SOURCE_LOG_OFF, .quorum = r->quorum };
	if (sodium_is_zero(r->log, sizeof(r->log)))
		return DAVY_OK;
	a = malloc(sizeof(*a));
	memcpy(q.routing.id, s->keys.case_id, sizeof(q.routing.id));
	int err = a ? net_exchange(ses, &q, a) : session_fail_err(ses, ERR_MEM, "%s", q.what);
	if (!err) {
		trust_log(&trust, &by, &s->view->bundle, a->minute);
		out->log = proof_of(&p, a) ? SOURCE_LOG_REFUTED
					   : judge(&p, &trust, s, number, &out->seen);
		if (out->log == SOURCE_LOG_WAITS && overdue(a))
			out->log = SOURCE_LOG_MISSING;
	}
	free(a);
	return err;
}
