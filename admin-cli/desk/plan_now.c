/* A drawn plan and what its slots hold, from the workspace (see plan_now.h). */
#include "admin-cli/desk/plan_now.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/session.h"
#include "admin-cli/desk/need_taken.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/plan_book.h"
#include "admin-cli/desk/planned.h"
#include "admin-cli/plan/draw.h"
#include "admin-cli/plan/register.h"
#include "admin-cli/rules/schema.h"
#include "crypto/err.h"

void
plan_now_end(struct plan_now *p)
{
	plan_report_free(&p->report);
	for (size_t i = 0; i < p->files; i++) {
		sodium_memzero((void *)p->file[i].bytes, p->file[i].len);
		free((void *)p->file[i].bytes);
	}
	free(p->slot);
	free(p->need);
	memset(p, 0, sizeof(*p));
}

/* Takes over the bytes. */
static int
add(struct plan_now *p, const char *name, uint8_t *bytes, size_t len)
{
	if (p->files == PLAN_FILES_MAX) {
		free(bytes);
		return ERR_RANGE;
	}
	p->file[p->files++] = (struct plan_file){ name, bytes, len };
	return 0;
}

static int
take(void *arg, char *name, uint8_t *bytes, size_t len)
{
	free(name);
	return add(arg, "", bytes, len);
}

/* The register of this home, and the table that follows from it. */
static int
add_register(struct plan_now *p, const struct plan_register *r, const struct plan_body *b,
	     uint64_t **threshold)
{
	char *text = NULL;
	size_t len;
	int err = plan_register_print(&text, &len, r);

	if (!err)
		err = add(p, "", (uint8_t *)text, len);
	if (!err)
		err = plan_thresholds(threshold, r, b->day, b->drawn, b->least);
	if (!err)
		err = plan_table_print(&text, &len, *threshold, r->cnt);
	return err ? err : add(p, "", (uint8_t *)text, len);
}

static int
verify(struct plan_now *p, const uint8_t plan[static 32], const struct plan_seen **seen)
{
	*seen = NULL;
	plan_report_free(&p->report);
	int err = plan_verify(&p->report, p->file, p->files);

	for (size_t i = 0; i < p->report.plans && !err; i++)
		if (!memcmp(p->report.plan[i].body.plan, plan, 32))
			*seen = &p->report.plan[i];
	return err || *seen ? err : ERR_FORMAT;
}

static int
fill(struct plan_now *p, const struct plan_seen *seen, const json_t *first,
     const uint64_t *threshold)
{
	uint8_t seed[32];
	struct plan_slots in = { .plan = &seen->body,
				 .order = seen->order,
				 .hour = seen->hour,
				 .threshold = threshold,
				 .sites = seen->sites,
				 .seed = seed,
				 .need = p->need,
				 .needs = p->needs };

	if (!schema_hex(first, "seed", seed, sizeof(seed)))
		return ERR_FORMAT;
	p->cnt = plan_slots_cnt(&seen->body);
	p->slot = calloc(p->cnt, sizeof(*p->slot));
	int err = p->slot ? plan_slots_fill(p->slot, &in) : ERR_MEM;
	sodium_memzero(seed, sizeof(seed));
	return err;
}

/* With a register that is not that of the plan, nothing is known of its slots. */
static int
load(struct session *ses, const struct opened *book, const struct plan_register *r,
     struct plan_now *p)
{
	const uint8_t *plan = book->fold.plan.plan;
	const struct plan_seen *seen;
	uint64_t *threshold = NULL;
	int err = verify(p, plan, &seen);

	if (!err)
		err = add_register(p, r, &seen->body, &threshold);
	if (!err)
		err = verify(p, plan, &seen);
	if (!err && seen->order && seen->reg) {
		err = need_taken(ses, plan, seen->reg, &p->need, &p->needs);
		if (!err)
			err = fill(p, seen, book->fold.book, threshold);
		if (!err)
			p->plan = &seen->body;
	}
	free(threshold);
	return err == ERR_ARG || err == ERR_RANGE || err == ERR_FORMAT ? 0 : err;
}

/* A home without the register is no failure. */
static int
find_register(struct session *ses, const struct opened *book, struct plan_register *r)
{
	uint16_t desk = (uint16_t)schema_number(book->fold.book, "desk"), *list = NULL;
	size_t cnt = 0;
	bool there = false;
	int err = planned_desks(ses, &list, &cnt);

	memset(r, 0, sizeof(*r));
	for (size_t i = 0; i < cnt; i++)
		there |= list[i] == desk;
	free(list);
	return err || !there ? err : planned_register(ses, &desk, r);
}

int
plan_now(struct session *ses, const struct opened *book, struct plan_now *out)
{
	struct plan_register r;

	memset(out, 0, sizeof(*out));
	int err = find_register(ses, book, &r);
	if (!err && r.cnt)
		err = plan_book_each(ses, book, take, out);
	if (!err && r.cnt) {
		err = load(ses, book, &r, out);
		if (err < 0)
			err = session_fail_err(ses, err, "%s", _("The slots were not filled"));
	}
	plan_register_free(&r);
	return err;
}
