/*
 * Reads the plan of a roster: one file in the notation of davyd.conf(5), which libconfuse parses.
 *
 *	name = "…"   name_en = "…"   days = 35   backstop = 4   sectors = "COAL,NCM,HAZ,FIRE,OTH"
 *	registrar = {"registrar.card"}
 *	desk 1 {
 *		name = "…"   name_en = "…"   kind = review   level = 3   area = "990000"   org = 1
 *above = 4 member "lead.card" { roles = {TR, SR, PL, lead} }
 *	}
 *
 * Each value is checked when it is read, so that the error names its line. Paths of cards start
 *from the plan's folder.
 */
#include "admin-cli/cmd/roster_plan.h"

#include <confuse.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/cli/cli.h"
#include "crypto/err.h"
#include "crypto/text.h"

#define PLAN_MAX (256 * 1024)
#define SECTORS  "COAL,NCM,HAZ,FIRE,OTH"

/* What the callbacks of libconfuse need; they get no pointer of ours. One plan is read at a time.
 */
static struct {
	struct cli *cli;
	struct roster_draft *d;
	const char *path, *dir;
	int err; /* the first failure, already recorded */
} plan;

static void __attribute__((format(printf, 2, 0))) on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	char text[512];

	if (plan.err)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	plan.err = cli_fail(plan.cli, DAVY_REFUSED, "format", _("%s, line %d: %s"),
			    cli_s(plan.cli, plan.path), cfg ? cfg->line : 0, cli_s(plan.cli, text));
}

/* A name of the roster or of a desk, at most `cap` - 1 bytes. */
static int
check_name(cfg_t *cfg, const char *option, const char *text, size_t cap)
{
	if (*text && strlen(text) < cap && text_printable(text, strlen(text), 0) == 0)
		return 0;
	cfg_error(cfg, _("%s has 1 to %zu bytes of UTF-8 without control characters"), option,
		  cap - 1);
	return -1;
}

static int
on_name(cfg_t *cfg, cfg_opt_t *opt)
{
	return check_name(cfg, opt->name, cfg_opt_getnstr(opt, 0), ROSTER_NAME_MAX);
}

static int
on_sectors(cfg_t *cfg, cfg_opt_t *opt)
{
	return check_name(cfg, opt->name, cfg_opt_getnstr(opt, 0), ROSTER_SECTORS_MAX);
}

static int
on_kind(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *kind = cfg_opt_getnstr(opt, 0);
	uint8_t bits;

	if (roster_kind_parse(&bits, kind, strlen(kind)) == 0)
		return 0;
	cfg_error(cfg, "%s",
		  _("kind is review, inspection, oversight, integrity, reward or planning"));
	return -1;
}

static int
on_area(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *area = cfg_opt_getnstr(opt, 0);

	if (strlen(area) == 6 && strspn(area, "0123456789") == 6)
		return 0;
	cfg_error(
		cfg, "%s",
		_("area is an administrative code of six digits in quotes; \"000000\" is everywhere"));
	return -1;
}

static int
on_number(cfg_t *cfg, cfg_opt_t *opt)
{
	static const struct {
		const char *name;
		long min, max;
	} ranges[] = {
		{ "days", 1, ROSTER_DAYS_MAX },
		{ "backstop", 1, 65535 },
		{ "level", 1, ROSTER_LEVEL_MAX },
		{ "org", 0, (long)UINT32_MAX },
		{ "above", 0, 65535 },
	};
	long v = cfg_opt_getnint(opt, 0);

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (!strcmp(ranges[i].name, opt->name) &&
		    (v < ranges[i].min || v > ranges[i].max)) {
			cfg_error(cfg, _("%s is a number from %ld to %ld"), opt->name,
				  ranges[i].min, ranges[i].max);
			return -1;
		}
	return 0;
}

int
roster_plan_card(struct cli *cli, const char *path, struct card_member *card)
{
	uint8_t *bytes;
	size_t len;
	int err = file_read(cli->ses, path, CARD_MAX, &bytes, &len);

	if (err)
		return err;
	err = card_member_parse(card, bytes, len);
	free(bytes);
	return err ? cli_fail_err(cli, err, _("%s is not a member's card"), cli_s(cli, path))
		   : DAVY_OK;
}

/* The card `name` as a member of a desk; the plan's folder is where the path starts. */
static int
add_member(cfg_t *cfg, const char *name, uint16_t desk, uint16_t roles)
{
	struct roster_members *m = plan.d->m;
	struct card_member card;
	char *path = NULL;

	if (asprintf(&path, "%s%s%s", *name == '/' ? "" : plan.dir, *name == '/' ? "" : "/", name) <
	    0)
		path = NULL;
	int err = roster_plan_card(plan.cli, path ? path : name, &card);
	free(path);
	if (err) {
		const char *why = cli_keep(plan.cli, strdup(cli_failure(plan.cli)));
		cli_forgive(plan.cli);
		cfg_error(cfg, "%s", why);
		return -1;
	}
	for (size_t i = 0; i < m->cnt; i++)
		if (memcmp(m->member[i].handle, card.handle, KEY_HANDLE_LEN) == 0 ||
		    memcmp(m->member[i].sign, card.sign, KEY_SIGN_PUBLIC_LEN) == 0) {
			/* The registrar who reads the plan is in the draft already. */
			if (roles == ROSTER_RG && m->member[i].roles == ROSTER_RG)
				return 0;
			cfg_error(
				cfg,
				_("the member of %s is in the plan already; a member is in one desk"),
				name);
			return -1;
		}
	if (m->cnt == ROSTER_MEMBER_MAX) {
		cfg_error(cfg, _("a roster has at most %d members"), ROSTER_MEMBER_MAX);
		return -1;
	}
	struct roster_member *to = &m->member[m->cnt++];
	*to = (struct roster_member){ .desk = desk, .roles = roles };
	memcpy(to->handle, card.handle, sizeof(to->handle));
	memcpy(to->name, card.name, sizeof(to->name));
	memcpy(to->sign, card.sign, sizeof(to->sign));
	memcpy(to->seal, card.seal, sizeof(to->seal));
	return 0;
}

static int
on_registrar(cfg_t *cfg, cfg_opt_t *opt)
{
	return add_member(cfg, cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1), 0, ROSTER_RG);
}

/* One role of the list `roles`. */
static int
on_role(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *role = cfg_opt_getnstr(opt, cfg_opt_size(opt) - 1);
	uint16_t bits;

	if (roster_roles_parse(&bits, role, strlen(role)) == 0)
		return 0;
	cfg_error(cfg, "%s", _("roles are TR, SR, PL, TL, IN, IG, RW, AU, RG and lead"));
	return -1;
}

/* The title of a desk is its number; 0 where it is none. */
static uint16_t
desk_number(const char *title)
{
	char *end;
	unsigned long n = strtoul(title, &end, 10);

	return *title >= '1' && *title <= '9' && !*end && n <= 65535 ? (uint16_t)n : 0;
}

static int
add_members(cfg_t *cfg, cfg_t *sec, uint16_t number)
{
	for (unsigned i = 0; i < cfg_size(sec, "member"); i++) {
		cfg_t *m = cfg_getnsec(sec, "member", i);
		uint16_t roles = 0, bits;
		for (unsigned j = 0; j < cfg_size(m, "roles"); j++) {
			const char *role = cfg_getnstr(m, "roles", j);
			if (roster_roles_parse(&bits, role, strlen(role)) == 0)
				roles |= bits;
		}
		if (!roles) {
			cfg_error(
				m,
				_("the member %s of desk %u has no roles; write roles = {TR, SR}"),
				cfg_title(m), number);
			return -1;
		}
		m->line = m->line ? m->line : cfg->line;
		if (add_member(m, cfg_title(m), number, roles))
			return -1;
	}
	return 0;
}

/* A desk has been read to its end. */
static int
on_desk(cfg_t *cfg, cfg_opt_t *opt)
{
	static const char *const needed[] = { "name", "kind", "level", "area", "org" };
	cfg_t *sec = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	uint16_t number = desk_number(cfg_title(sec));
	struct roster *r = &plan.d->r;

	if (!number || roster_draft_desk(plan.d, number)) {
		cfg_error(cfg,
			  number ? _("there is a desk %s already")
				 : _("%s is not a desk's number (1 to 65535)"),
			  cfg_title(sec));
		return -1;
	}
	if (r->desk_cnt == ROSTER_DESK_MAX) {
		cfg_error(cfg, _("a roster has at most %d desks"), ROSTER_DESK_MAX);
		return -1;
	}
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (cfg_size(sec, needed[i]) == 0) {
			cfg_error(cfg, _("desk %u has no %s"), number, needed[i]);
			return -1;
		}
	struct roster_desk *desk = &r->desk[r->desk_cnt++];
	const char *kind = cfg_getstr(sec, "kind"), *en = cfg_getstr(sec, "name_en");
	const char *sectors = cfg_size(sec, "sectors") ? cfg_getstr(sec, "sectors")
						       : cfg_getstr(cfg, "sectors");
	*desk = (struct roster_desk){ .number = number,
				      .level = (uint8_t)cfg_getint(sec, "level"),
				      .org = (uint32_t)cfg_getint(sec, "org"),
				      .above = (uint16_t)cfg_getint(sec, "above") };
	if (roster_kind_parse(&desk->kind, kind, strlen(kind)) != 0)
		return -1; /* on_kind has let it through, so that this does not happen */
	snprintf(desk->name, sizeof(desk->name), "%s", cfg_getstr(sec, "name"));
	snprintf(desk->name_en, sizeof(desk->name_en), "%s", en ? en : "");
	snprintf(desk->area, sizeof(desk->area), "%s", cfg_getstr(sec, "area"));
	snprintf(desk->sectors, sizeof(desk->sectors), "%s", sectors);
	return add_members(cfg, sec, number);
}

static void
validate(cfg_t *cfg)
{
	static const struct {
		const char *name;
		cfg_validate_callback_t check;
	} checks[] = {
		{ "name", on_name },
		{ "name_en", on_name },
		{ "days", on_number },
		{ "backstop", on_number },
		{ "sectors", on_sectors },
		{ "registrar", on_registrar },
		{ "desk", on_desk },
		{ "desk|name", on_name },
		{ "desk|name_en", on_name },
		{ "desk|kind", on_kind },
		{ "desk|level", on_number },
		{ "desk|area", on_area },
		{ "desk|org", on_number },
		{ "desk|above", on_number },
		{ "desk|sectors", on_sectors },
		{ "desk|member|roles", on_role },
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		cfg_set_validate_func(cfg, checks[i].name, checks[i].check);
}

/* What is said about the whole, once all of it has been read. */
static int
take_rest(struct cli *cli, cfg_t *cfg, uint64_t *days)
{
	struct roster *r = &plan.d->r;
	const char *name = cfg_getstr(cfg, "name"), *en = cfg_getstr(cfg, "name_en");

	if (!name || !en || !cfg_size(cfg, "backstop"))
		return cli_fail(
			cli, DAVY_REFUSED, "format",
			_("%s: a plan has name, name_en and backstop, and a desk for each desk."),
			cli_s(cli, plan.path));
	snprintf(r->name, sizeof(r->name), "%s", name);
	snprintf(r->name_en, sizeof(r->name_en), "%s", en);
	r->backstop = (uint16_t)cfg_getint(cfg, "backstop");
	if (!roster_draft_desk(plan.d, r->backstop))
		return cli_fail(cli, DAVY_REFUSED, "not-found",
				_("%s: the backstop is desk %u, which is not in the plan."),
				cli_s(cli, plan.path), r->backstop);
	if (cfg_size(cfg, "days"))
		*days = (uint64_t)cfg_getint(cfg, "days");
	return DAVY_OK;
}

static int
parse(struct cli *cli, const char *text, uint64_t *days)
{
	cfg_opt_t member[] = { CFG_STR_LIST("roles", NULL, CFGF_NODEFAULT), CFG_END() };
	cfg_opt_t desk[] = { CFG_STR("name", NULL, CFGF_NODEFAULT),
			     CFG_STR("name_en", NULL, CFGF_NODEFAULT),
			     CFG_STR("kind", NULL, CFGF_NODEFAULT),
			     CFG_INT("level", 0, CFGF_NODEFAULT),
			     CFG_STR("area", NULL, CFGF_NODEFAULT),
			     CFG_INT("org", 0, CFGF_NODEFAULT),
			     CFG_INT("above", 0, CFGF_NONE),
			     CFG_STR("sectors", NULL, CFGF_NODEFAULT),
			     CFG_SEC("member", member,
				     CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
			     CFG_END() };
	cfg_opt_t opts[] = { CFG_STR("name", NULL, CFGF_NODEFAULT),
			     CFG_STR("name_en", NULL, CFGF_NODEFAULT),
			     CFG_INT("days", 0, CFGF_NODEFAULT),
			     CFG_INT("backstop", 0, CFGF_NODEFAULT),
			     CFG_STR("sectors", SECTORS, CFGF_NONE),
			     CFG_STR_LIST("registrar", NULL, CFGF_NODEFAULT),
			     CFG_SEC("desk", desk, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
			     CFG_END() };
	cfg_t *cfg = cfg_init(opts, CFGF_NONE);

	if (!cfg)
		return cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	cfg_set_error_function(cfg, on_error);
	validate(cfg);
	int rc = cfg_parse_buf(cfg, text), err = plan.err;
	if (!err && rc != CFG_SUCCESS)
		err = cli_fail(cli, DAVY_REFUSED, "format", _("%s is not a plan."),
			       cli_s(cli, plan.path));
	if (!err)
		err = take_rest(cli, cfg, days);
	cfg_free(cfg);
	return err;
}

int
roster_plan_read(struct cli *cli, const char *path, struct roster_draft *d, uint64_t *days)
{
	struct roster_texts t;
	uint8_t *bytes;
	size_t len;
	int err = file_read(cli->ses, path, PLAN_MAX, &bytes, &len);

	if (err)
		return err;
	char *text = malloc(len + 1), *copy = strdup(path);
	if (!text || !copy) {
		err = cli_fail(cli, DAVY_REFUSED, "memory", _("Out of memory."));
	} else {
		memcpy(text, bytes, len);
		text[len] = 0;
		text_blank_comments(text);
		plan.cli = cli;
		plan.d = d;
		plan.path = path;
		plan.dir = dirname(copy);
		plan.err = DAVY_OK;
		/* libconfuse would put variables of the environment in. */
		err = memchr(bytes, 0, len) || strstr(text, "${")
			      ? cli_fail(cli, DAVY_REFUSED, "format",
					 _("%s: a plan is text and has no ${…}."), cli_s(cli, path))
			      : parse(cli, text, days);
	}
	free(text);
	free(copy);
	free(bytes);
	if (err)
		return err;
	/* The rules of a roster that no single line breaks: a lead for each desk, no circle of
	 * desks. */
	d->r.from = term_today();
	d->r.until = d->r.from + (uint32_t)*days;
	err = roster_draft_texts(cli->ses, d, &t);
	if (!err)
		roster_draft_texts_free(&t);
	return err;
}
