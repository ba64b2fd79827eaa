/* What is known of a plan, verified (see plan_step.h). */
#include "admin-cli/cmd/plan_step.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "admin-cli/desk/opened_inner.h"
#include "admin-cli/desk/plan_book.h"
#include "admin-cli/desk/planned.h"
#include "admin-cli/desk/submit.h"
#include "admin-cli/plan/draw.h"
#include "admin-cli/rules/schema.h"
#include "crypto/err.h"
#include "crypto/text.h"

void
plan_step_end(struct plan_step *s)
{
	if (!s)
		return;
	plan_report_free(&s->report);
	plan_files_free(&s->files);
	free(s->threshold);
	if (s->book)
		opened_free(s->book);
	free(s);
}

/* The plan of the book, or the only one of a folder. */
static int
find_plan(struct cli *cli, struct plan_step *s)
{
	s->seen = NULL;
	for (size_t i = 0; i < s->report.plans; i++)
		if (s->book ? !memcmp(s->report.plan[i].body.plan, s->book->fold.plan.plan, 32)
			    : s->report.plans == 1)
			s->seen = &s->report.plan[i];
	s->plan = s->seen ? &s->seen->body : NULL;
	return s->plan ? 0
		       : cli_fail(cli, DAVY_REFUSED, "not-found",
				  _("%s is not the folder or the book of one plan."),
				  cli_s(cli, cli->argv[0]));
}

static int
verify_again(struct cli *cli, struct plan_step *s)
{
	plan_report_free(&s->report);
	int err = plan_files_verify(cli, &s->files, &s->report);

	return err ? err : find_plan(cli, s);
}

int
plan_step_give(struct cli *cli, struct plan_step *s, const char *name, uint8_t *bytes, size_t len)
{
	int err = plan_files_give(cli, &s->files, name, bytes, len);

	return err ? err : verify_again(cli, s);
}

/* The table that follows from the register, if it is the one that the plan names. */
static int
add_table(struct cli *cli, struct plan_step *s, const struct plan_register *r)
{
	uint64_t *threshold;
	uint8_t hash[32];
	char *text = NULL;
	size_t len = 0;
	int err = plan_thresholds(&threshold, r, s->plan->day, s->plan->drawn, s->plan->least);

	if (!err)
		err = plan_table_print(&text, &len, threshold, r->cnt);
	free(threshold);
	if (err) /* a register that is not that of the plan */
		return 0;
	crypto_hash_sha256(hash, (uint8_t *)text, len);
	if (!memcmp(hash, s->plan->table, sizeof(hash)))
		return plan_step_give(cli, s, _("table of this home"), (uint8_t *)text, len);
	free(text);
	return 0;
}

/* This home's register of the plan's desk joins the files, where there is one. */
static int
add_register(struct cli *cli, struct plan_step *s)
{
	struct plan_register r;
	uint16_t desk = s->plan->desk;
	char *text;
	size_t len;

	if (s->seen->reg)
		return 0;
	if (planned_register(cli->ses, &desk, &r)) {
		plan_register_free(&r);
		if (strcmp(session_failure_name(cli->ses), "not-found") != 0)
			return DAVY_REFUSED;
		cli_forgive(cli);
		return 0;
	}
	int err = plan_register_print(&text, &len, &r);
	if (err)
		err = cli_fail_err(cli, err, "%s", _("The register of sites was not read"));
	else
		err = plan_step_give(cli, s, _("register of this home"), (uint8_t *)text, len);
	if (!err && s->book && !s->seen->sites)
		err = add_table(cli, s, &r);
	plan_register_free(&r);
	return err;
}

static int
refuse_wrong(struct cli *cli, struct plan_step *s)
{
	if (!plan_report_wrong(&s->report))
		return 0;
	plan_show(cli, &s->report);
	return cli_fail(cli, DAVY_REFUSED, "wrong",
			_("Something is wrong with these files; it is named above."));
}

int
plan_step_folder(struct cli *cli, struct plan_step **out, const char *path)
{
	struct plan_step *s = *out = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	err = plan_files_add(cli, &s->files, path);
	if (!err)
		err = verify_again(cli, s);
	if (!err)
		err = add_register(cli, s);
	return err ? err : refuse_wrong(cli, s);
}

/* ---- the book ---- */

struct taker {
	struct cli *cli;
	struct plan_files *files;
};

static int
take(void *arg, char *name, uint8_t *bytes, size_t len)
{
	struct taker *t = arg;

	return plan_files_give(t->cli, t->files, cli_keep(t->cli, name), bytes, len);
}

/* The id of the book of the plan in a folder. */
static int
id_of_folder(struct cli *cli, struct plan_step *s, const char *path, char hex[static 33])
{
	uint8_t id[16];
	int err = plan_files_add(cli, &s->files, path);

	if (!err)
		err = verify_again(cli, s);
	if (!err)
		plan_book_id(id, s->plan->plan);
	if (!err)
		term_hex(hex, id, sizeof(id));
	return err;
}

/* The documents of other plans for this desk and some of these days. */
static int
add_others(struct cli *cli, struct plan_step *s, struct taker *t)
{
	struct workspace_case *list;
	size_t cnt = 0;
	int err = 0;

	if (workspace_case_list(cli->ses->workspace, FRAME_BOOK, &list, &cnt))
		return cli_fail(cli, DAVY_REFUSED, "workspace", _("The books were not read."));
	for (size_t i = 0; i < cnt && !err; i++) {
		struct opened *d;
		bool same;
		if (machine_state(MACHINE_PLAN, list[i].line.state) < 0 ||
		    !memcmp(list[i].rec.id, s->book->c.rec.id, 16))
			continue;
		err = opened_glance(cli->ses, &list[i], &d);
		if (err)
			break;
		same = plan_book_overlaps(d, s->plan);
		if (same)
			err = plan_book_each(cli->ses, d, take, t);
		opened_free(d);
	}
	if (cnt)
		workspace_free(list, cnt * sizeof(*list));
	return err;
}

int
plan_step_book(struct cli *cli, struct plan_step **out, const char *name, bool wrong)
{
	struct plan_step *s = *out = calloc(1, sizeof(*s));
	struct taker t = { .cli = cli };
	struct stat st;
	char hex[33];
	int err = 0;

	if (!s)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	t.files = &s->files;
	if (stat(name, &st) == 0 && S_ISDIR(st.st_mode)) {
		err = id_of_folder(cli, s, name, hex);
		name = hex;
	}
	if (!err)
		err = submit_open(cli->ses, FRAME_BOOK, name, &s->book);
	if (!err && s->book->fold.machine != MACHINE_PLAN)
		err = cli_fail(cli, DAVY_REFUSED, "not-found", _("There is no such plan."));
	if (!err)
		err = plan_book_each(cli->ses, s->book, take, &t);
	if (!err)
		err = verify_again(cli, s);
	if (!err)
		err = add_others(cli, s, &t);
	if (!err)
		err = verify_again(cli, s);
	if (!err)
		err = add_register(cli, s);
	return err || wrong ? err : refuse_wrong(cli, s);
}

bool
plan_step_said(const struct plan_step *s, enum plan_said said, bool approver)
{
	for (size_t i = 0; i < s->report.cnt; i++)
		if (s->report.finding[i].said == said &&
		    s->report.finding[i].approver == approver &&
		    &s->report.plan[s->report.finding[i].plan] == s->seen)
			return true;
	return false;
}

int
plan_step_table(struct cli *cli, struct plan_step *s)
{
	for (size_t i = 0; i < s->files.cnt && !s->threshold; i++) {
		const struct plan_file *f = &s->files.file[i];
		uint8_t hash[32];
		crypto_hash_sha256(hash, f->bytes, f->len);
		if (!memcmp(hash, s->plan->table, 32) &&
		    plan_table_read(&s->threshold, &s->sites, f->bytes, f->len))
			s->threshold = NULL;
	}
	return s->threshold ? 0
			    : cli_fail(cli, DAVY_REFUSED, "not-found",
				       _("The table of the plan is not there."));
}

/* ---- shares ---- */

int
plan_refuse_second(struct cli *cli, const struct plan_body *b, const char *how)
{
	struct planned_share s = { .desk = b->desk, .from = b->from, .until = b->until };
	bool other;

	memcpy(s.plan, b->plan, sizeof(s.plan));
	int err = planned_other(cli->ses, &s, &other);
	if (!err && other)
		err = cli_fail(
			cli, DAVY_REFUSED, "exists",
			_("You have committed to another plan for desk %u and some of these days. "
			  "Whoever may draw twice chooses.%s"),
			b->desk, how);
	return err;
}

int
plan_share_new(struct cli *cli, const struct plan_body *plan, bool approver,
	       uint8_t share[static 32])
{
	struct planned_share s = {
		.approver = approver, .desk = plan->desk, .from = plan->from, .until = plan->until
	};

	memcpy(s.plan, plan->plan, sizeof(s.plan));
	randombytes_buf(s.share, sizeof(s.share));
	memcpy(share, s.share, sizeof(s.share));
	int err = planned_share_keep(cli->ses, &s);
	sodium_memzero(&s, sizeof(s));
	return err;
}

int
plan_share_write(struct cli *cli, const char *folder, const struct plan_body *plan, bool approver,
		 const uint8_t share[static 32])
{
	struct plan_body b = { .kind = PLAN_SHARE, .approver = approver };

	memcpy(b.plan, plan->plan, sizeof(b.plan));
	plan_share_commit(b.secret, share, plan->plan);
	return plan_files_write(cli, folder,
				approver ? "share-approver.json" : "share-planner.json", &b);
}
