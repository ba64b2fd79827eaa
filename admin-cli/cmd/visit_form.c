/* The body of an entry of a visit, from options, a form or a terminal (see visit_form.h). */
#include "admin-cli/cmd/visit_form.h"

#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/file.h"
#include "admin-cli/cli/cli.h"
#include "admin-cli/cmd/member_arg.h"
#include "admin-cli/cmd/triage.h"
#include "admin-cli/desk/opened.h"
#include "admin-cli/desk/trust.h"
#include "crypto/key.h"
#include "crypto/text.h"

#define ANSWER_CAP 4000
#define FILE_MAX   (64u << 20)
#define FORM_MAX   65536

static const struct cli_option *
option_of(const struct cli *cli, const struct visit_field *f)
{
	const struct cli_option *o = cli->command->options;

	while (strcmp(o->name, f->option) != 0)
		o++;
	return o;
}

/* The text of a command is read by the frame. */
static const char *
given(const struct cli *cli, const struct visit_field *f)
{
	return strcmp(f->option, "text") ? cli_opt(cli, f->option) : cli->text;
}

static bool
was_given(const struct cli *cli, const struct visit_field *f)
{
	return f->kind == VISIT_SWITCH ? cli_flag(cli, f->option) : given(cli, f) != NULL;
}

bool
visit_form_given(const struct cli *cli, const struct visit_field *f)
{
	for (; f->option; f++)
		if (was_given(cli, f))
			return true;
	return cli_opt(cli, "form") != NULL;
}

static bool
is_many(const struct visit_field *f)
{
	return f->kind == VISIT_WORDS || f->kind == VISIT_FILES || f->kind == VISIT_PEOPLE;
}

static void
put(json_t *body, const struct visit_field *f, json_t *value)
{
	json_t *list;

	if (!is_many(f)) {
		json_object_set_new(body, f->member, value);
		return;
	}
	list = json_object_get(body, f->member);
	if (!list) {
		list = json_array();
		json_object_set_new(body, f->member, list);
	}
	json_array_append_new(list, value);
}

/* What a file is, by its SHA-256: the bytes stay where they are. */
static int
hash_of(struct cli *cli, const char *text, json_t **out)
{
	uint8_t hash[32], *bytes;
	char hex[65];
	size_t len;
	int err = 0;

	if (!term_unhex(hash, sizeof(hash), text)) {
		err = file_read(cli->ses, text, FILE_MAX, &bytes, &len);
		if (err)
			return err;
		key_sha256(hash, bytes, len);
		free(bytes);
	}
	*out = json_string(term_hex(hex, hash, sizeof(hash)));
	return 0;
}

static int
person(struct cli *cli, const char *text, json_t **out)
{
	const struct roster_member *m;
	const struct trust *view;
	char hex[17];
	int err = trust_get(cli->ses, false, &view);

	if (!err)
		err = member_arg_at(cli, view, cli->target->rec.desk, text, &m);
	if (!err)
		*out = json_string(term_hex(hex, m->handle, sizeof(m->handle)));
	return err;
}

static bool
yes(const char *text, bool *out)
{
	static const char *const words[][3] = { { "no", "n", "否" }, { "yes", "y", "是" } };

	for (int i = 0; i < 2; i++)
		for (int k = 0; k < 3; k++)
			if (!strcmp(text, words[i][k])) {
				*out = i;
				return true;
			}
	return false;
}

/* One value from what a person wrote. People are looked up only with a target. */
static int
value_of(struct cli *cli, const struct visit_field *f, const char *text, json_t **out)
{
	const char *code = text;
	uint64_t number = 0;
	uint32_t time;
	bool is;
	int err = 0;

	*out = NULL;
	switch (f->kind) {
	case VISIT_NUMBER:
		err = cli_number(cli, f->option, text, 0, 99, &number);
		*out = json_integer((json_int_t)number);
		break;
	case VISIT_DAY:
		if (!term_parse_date(text, &time))
			return cli_fail(cli, DAVY_USAGE, "usage",
					_("%s is not a date; write it like 2026-12-01."),
					cli_s(cli, text));
		*out = json_string(text);
		break;
	case VISIT_HOUR:
		if (!term_parse_hour(text, &time))
			return cli_fail(cli, DAVY_USAGE, "usage",
					_("%s is not an hour; write it like \"2026-12-01 08:00\"."),
					cli_s(cli, text));
		*out = json_integer(time);
		break;
	case VISIT_YES:
		if (!yes(text, &is))
			return cli_fail(cli, DAVY_USAGE, "usage", _("--%s is yes or no."),
					f->option);
		*out = json_boolean(is);
		break;
	case VISIT_CODE:
		err = triage_code(cli, (int)f->axis, f->option, &code);
		*out = err ? NULL : json_string(code);
		break;
	case VISIT_FILE:
	case VISIT_FILES:
		err = hash_of(cli, text, out);
		break;
	case VISIT_PEOPLE:
		err = cli->target ? person(cli, text, out) : 0;
		break;
	default:
		*out = json_string(text);
	}
	return err || *out || (f->kind == VISIT_PEOPLE && !cli->target)
		       ? err
		       : cli_fail(cli, DAVY_REFUSED, "utf8", _("The text is not UTF-8."));
}

static int
take_options(struct cli *cli, const struct visit_field *f, json_t *body)
{
	const char *text = given(cli, f);
	json_t *value;
	int err = 0;

	if (f->kind == VISIT_SWITCH) {
		if (cli_flag(cli, f->option))
			put(body, f, json_true());
		return 0;
	}
	for (size_t i = 0; !err && text; i++) {
		err = value_of(cli, f, text, &value);
		if (!err && value)
			put(body, f, value);
		text = is_many(f) ? cli_opt_at(cli, f->option, i + 1) : NULL;
	}
	return err;
}

int
visit_form_check(struct cli *cli, const struct visit_field *f)
{
	json_t *body = json_object();
	int err = 0;

	for (; !err && f->option; f++)
		if (f->kind != VISIT_FILE && f->kind != VISIT_FILES) /* read once, when it counts */
			err = take_options(cli, f, body);
	json_decref(body);
	return err;
}

/* A member of a form: a text or a list of texts is read as an option is, the rest as it is. */
static int
take_member(struct cli *cli, const struct visit_field *f, const json_t *v, json_t *body)
{
	json_t *value = NULL;
	int err = 0;

	for (size_t i = 0; !err && i < json_array_size(v); i++) {
		const char *text = json_string_value(json_array_get(v, i));

		err = value_of(cli, f, text ? text : "", &value);
		if (!err)
			put(body, f, value);
	}
	if (json_is_string(v)) {
		err = value_of(cli, f, json_string_value(v), &value);
		if (!err)
			put(body, f, value);
	} else if (!json_is_array(v)) {
		json_object_set(body, f->member, (json_t *)v);
	}
	return err;
}

static int
take_form(struct cli *cli, const struct visit_field *fields, json_t *body)
{
	const char *path = cli_opt(cli, "form"), *name;
	const struct visit_field *f;
	json_t *form, *v;
	char *text;
	int err = path ? file_read_text(cli->ses, path, FORM_MAX, &text) : 0;

	if (!path || err)
		return err;
	form = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	if (!json_is_object(form))
		err = cli_fail(cli, DAVY_REFUSED, "form", _("The form is no JSON object."));
	json_object_foreach(form, name, v)
	{
		for (f = fields; f->option && strcmp(f->member, name) != 0;)
			f++;
		if (!err && !f->option)
			err = cli_fail(
				cli, DAVY_REFUSED, "form",
				_("The form has a member \"%s\", which this command does not "
				  "know."),
				cli_s(cli, name));
		if (!err)
			err = take_member(cli, f, v, body);
	}
	json_decref(form);
	return err;
}

static void
show_codes(struct cli *cli, enum taxonomy_axis axis)
{
	size_t cnt, i;
	const struct taxonomy_word *all = taxonomy_all(axis, &cnt);

	for (i = 0; i < cnt; i++)
		cli_printf(cli, "  %-12s %s\n", all[i].code, taxonomy_name(&all[i]));
}

/* Asks for one member until the answer fits; Enter leaves out what is not needed. */
static int
ask(struct cli *cli, const struct visit_field *f, json_t *body)
{
	const struct cli_option *o = option_of(cli, f);
	char answer[ANSWER_CAP], prompt[600];
	json_t *value;
	int err;

	for (;;) {
		snprintf(prompt, sizeof(prompt), "%s%s%s", _(o->help),
			 f->kind == VISIT_CODE ? " (?)" : "",
			 f->kind == VISIT_SWITCH || f->kind == VISIT_YES ? _(" (yes, no)")
			 : f->needed                                     ? ""
									 : _(" (or Enter)"));
		err = cli_ask(cli, prompt, answer, sizeof(answer));
		if (err)
			return err;
		if (!strcmp(answer, "."))
			return cli_fail(cli, DAVY_REFUSED, "left", _("Nothing was written."));
		if (f->kind == VISIT_CODE && !strcmp(answer, "?")) {
			show_codes(cli, f->axis);
			continue;
		}
		if (!*answer && (!f->needed || json_object_get(body, f->member)))
			return 0;
		if (!*answer)
			continue;
		struct visit_field as = *f;

		if (f->kind == VISIT_SWITCH)
			as.kind = VISIT_YES;
		err = value_of(cli, &as, answer, &value);
		if (!err) {
			put(body, f, value);
			if (!is_many(f))
				return 0;
			continue;
		}
		cli_printf(cli, "  %s\n", cli_failure(cli));
		cli_forgive(cli);
	}
}

/* "--hazard, --grade": what is needed and not there. */
static char *
missing(const struct visit_field *f, const json_t *body)
{
	char *out = NULL, *more;

	for (; f->option; f++) {
		if (!f->needed || json_object_get(body, f->member))
			continue;
		if (asprintf(&more, "%s%s--%s", out ? out : "", out ? ", " : "", f->option) < 0)
			more = NULL;
		free(out);
		out = more;
	}
	return out;
}

int
visit_form_make(struct cli *cli, const struct visit_field *f, json_t **body)
{
	json_t *out = json_pack("{s:i}", "v", 1);
	bool all = !visit_form_given(cli, f), terminal = cli->tty_in && !cli->json;
	const struct visit_field *at;
	char *lacks;
	int err = take_form(cli, f, out);

	for (at = f; !err && at->option; at++)
		err = take_options(cli, at, out);
	if (!err && terminal && all)
		cli_printf(cli,
			   _("Enter leaves out what is not needed; ? lists the codes; . leaves "
			     "without writing.\n"));
	for (at = f; !err && terminal && at->option; at++)
		if (!json_object_get(out, at->member) && (all || at->needed))
			err = ask(cli, at, out);
	lacks = err ? NULL : missing(f, out);
	if (lacks)
		err = cli_fail(cli, DAVY_USAGE, "usage", _("This is missing: %s."),
			       cli_keep(cli, lacks));
	if (err)
		json_decref(out);
	*body = err ? NULL : out;
	return err;
}
