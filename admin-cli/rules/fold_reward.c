/*
 * The rules of rewards (FORMATS §18). An award is a book of the desk that had the case; two of it
 * sign it. In its month, another desk passes it on as a reward: a book of the desk that pays, which
 * says nothing of the case. A claim is the log of a source who collects.
 */
#include "admin-cli/rules/fold_rule.h"

#include "admin-cli/rules/fold_guard.h"
#include "admin-cli/rules/schema.h"
#include "crypto/b64.h"
#include "crypto/reward.h"
#include "crypto/text.h"

#include <sodium.h>
#include <string.h>

#define DUE_LEAST 30 /* days between an award and the month in which it is passed on */
#define DUE_MOST  92

bool
fold_blob(uint8_t *blob, const json_t *body)
{
	const char *text = schema_text(body, "blob");

	return !b64_decode_exact(blob, REWARD_BLOB_LEN, text, strlen(text), B64_PADDED);
}

/* The first day of a month, late enough that no day of the case can be told from it. */
static bool
due_fits(const json_t *body, uint32_t today)
{
	const char *due = schema_text(body, "due");
	uint32_t day;

	return !text_day(&day, due, strlen(due)) && !strcmp(due + 8, "01") &&
	       day >= today + DUE_LEAST && day <= today + DUE_MOST;
}

enum fold_reason
fold_rule_award(struct fold_run *run, const struct fold_move *how)
{
	uint8_t blob[REWARD_BLOB_LEN];
	const char *result = schema_text(how->body, "result");

	if (!how->who[0]->home)
		return FOLD_FOREIGN;
	if (!fold_blob(blob, how->body) || !due_fits(how->body, how->day) ||
	    !schema_is(how->body, "new") ||
	    (strcmp(result, "substantiated") != 0 && strcmp(result, "partly") != 0))
		return FOLD_BODY;
	return fold_begin_book(run);
}

/* Who pays has no part in saying what is to be paid. */
enum fold_reason
fold_rule_batch(struct fold_run *run, const struct fold_move *how)
{
	uint8_t blob[REWARD_BLOB_LEN];

	if (how->who[0]->home)
		return FOLD_FOREIGN;
	return fold_blob(blob, how->body) ? fold_begin_book(run) : FOLD_BODY;
}

/* Whoever has not the key of the blob cannot say that a code fits. */
static bool
code_fits(const struct fold_input *in, const json_t *body)
{
	const char *text = schema_text(body, "code");
	uint8_t got[REWARD_VERIFIER_LEN];
	struct reward_code code;
	bool fits;

	if (!in->verifier || reward_code_parse(&code, text, strlen(text)))
		return false;
	fits = !reward_verifier(got, &code, in->gateway) &&
	       !sodium_memcmp(got, in->verifier, sizeof(got));
	sodium_memzero(&code, sizeof(code));
	return fits;
}

/* A payment that was proposed is one of the claim before: nobody pays a new claim with it. */
static void
end_proposals(struct fold_run *run)
{
	for (size_t i = 0; i < run->in->entry_cnt; i++)
		run->in->entry[i].open = false;
}

enum fold_reason
fold_rule_claimed(struct fold_run *run, const struct fold_move *how)
{
	enum fold_reason reason;

	if (!run->f->book)
		return FOLD_FIRST;
	run->f->code_fits = code_fits(run->in, how->body);
	reason = fold_do_move(run->f,
			      schema_number(how->body, "way") ? REWARD_CLAIMED : REWARD_DECLINED,
			      how);
	if (reason == FOLD_FINE)
		end_proposals(run);
	return reason;
}

enum fold_reason
fold_rule_paid(struct fold_run *run, const struct fold_move *how)
{
	return run->f->book ? fold_do_move(run->f, REWARD_PAID, how) : FOLD_FIRST;
}

enum fold_reason
fold_rule_collect(struct fold_run *run, const struct fold_move *how)
{
	(void)how;
	if (run->f->tip != FOLD_NONE || run->e->number != 0)
		return FOLD_FIRST;
	run->f->tip = (size_t)(run->e - run->in->entry);
	return FOLD_FINE;
}

enum fold_reason
fold_rule_told(struct fold_run *run, const struct fold_move *how)
{
	bool answer = *schema_text(run->e->body, "status") == '5';

	if (schema_is(run->e->body, "dummy"))
		return FOLD_FINE;
	return answer ? fold_do_move(run->f, CLAIM_TOLD, how) : FOLD_FINE;
}
