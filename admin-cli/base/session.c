/* The session's own state: the sentence of the first failure, strings that live until the session
 * ends, and the calls that reach the person through the session's face (see session.h). */
#include "admin-cli/base/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin-cli/base/term.h"
#include "crypto/err.h"

void
session_end(struct session *ses)
{
	for (size_t i = 0; i < ses->pool_cnt; i++)
		free(ses->pool[i]);
	free(ses->pool);
	ses->pool = NULL;
	ses->pool_cnt = 0;
	session_forgive(ses);
}

static int
record(struct session *ses, int code, const char *name, char *text)
{
	if (ses->failure) {
		free(text);
		return code;
	}
	ses->failure = text;
	ses->failure_name = strdup(name);
	return code;
}

int
session_fail(struct session *ses, enum davy_exit code, const char *name, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	return record(ses, (int)code, name, text);
}

/* For each enum err of crypto/: the exit code, and the word that programs read. */
static const struct {
	int err;
	enum davy_exit code;
	const char *name;
} errors[] = {
	{ ERR_ARG, DAVY_REFUSED, "invalid" },     { ERR_MEM, DAVY_REFUSED, "memory" },
	{ ERR_IO, DAVY_REFUSED, "io" },           { ERR_FORMAT, DAVY_REFUSED, "format" },
	{ ERR_NO_MATCH, DAVY_REFUSED, "no-key" }, { ERR_AUTH, DAVY_REFUSED, "forged" },
	{ ERR_RANGE, DAVY_REFUSED, "range" },     { ERR_STALE, DAVY_REFUSED, "stale" },
	{ ERR_DUP, DAVY_REFUSED, "exists" },      { ERR_NOT_FOUND, DAVY_REFUSED, "not-found" },
	{ ERR_FULL, DAVY_REFUSED, "full" },       { ERR_BUSY, DAVY_AGAIN, "busy" },
	{ ERR_BEHIND, DAVY_AGAIN, "behind" },     { ERR_DENIED, DAVY_REFUSED, "denied" },
	{ ERR_KEY, DAVY_REFUSED, "key" },         { ERR_ROSTER, DAVY_REFUSED, "roster" },
	{ ERR_UTF8, DAVY_REFUSED, "utf8" },       { ERR_NET, DAVY_AGAIN, "network" },
};

int
session_fail_err(struct session *ses, int err, const char *fmt, ...)
{
	enum davy_exit code = DAVY_REFUSED;
	const char *name = "internal";
	char *what = NULL, *text = NULL;
	va_list ap;

	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (errors[i].err == err) {
			code = errors[i].code;
			name = errors[i].name;
		}
	va_start(ap, fmt);
	if (vasprintf(&what, fmt, ap) < 0)
		what = NULL;
	va_end(ap);
	if (asprintf(&text, _("%s: %s."), what ? what : "", gettext(err_text(err))) < 0)
		text = NULL;
	free(what);
	return record(ses, (int)code, name, text);
}

void
session_forgive(struct session *ses)
{
	free(ses->failure);
	free(ses->failure_name);
	ses->failure = ses->failure_name = NULL;
}

const char *
session_failure(const struct session *ses)
{
	return ses->failure;
}

const char *
session_failure_name(const struct session *ses)
{
	return ses->failure_name;
}

void
session_warn(struct session *ses, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	if (!ses->face || !ses->face->warn)
		return;
	va_start(ap, fmt);
	int n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	ses->face->warn(ses->face_arg, text);
	free(text);
}

bool
session_can_ask(const struct session *ses)
{
	return ses->face && ses->face->secret;
}

static int
nobody(struct session *ses, const char *prompt)
{
	return session_fail(
		ses, DAVY_REFUSED, "no-terminal",
		_("%s: there is no terminal to ask on; give it by an option or a file."), prompt);
}

int
session_secret(struct session *ses, const char *prompt, char *buf, size_t cap)
{
	return session_can_ask(ses) ? ses->face->secret(ses, prompt, buf, cap)
				    : nobody(ses, prompt);
}

int
session_ask(struct session *ses, const char *prompt, char *buf, size_t cap)
{
	return ses->face && ses->face->ask ? ses->face->ask(ses, prompt, buf, cap)
					   : nobody(ses, prompt);
}

int
session_confirm(struct session *ses, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	int n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return session_fail(ses, DAVY_REFUSED, "memory", _("Out of memory."));
	int err = ses->face && ses->face->confirm
			  ? ses->face->confirm(ses, text)
			  : session_fail(ses, DAVY_REFUSED, "unconfirmed", _("Nothing was done."));
	free(text);
	return err;
}

bool
session_stopped(const struct session *ses)
{
	return ses->face && ses->face->stop && ses->face->stop(ses->face_arg);
}

const char *
session_keep(struct session *ses, char *text)
{
	if (!text)
		return _("(out of memory)");
	if (ses->pool_cnt % 64 == 0) {
		char **more = realloc(ses->pool, (ses->pool_cnt + 64) * sizeof(*more));
		if (!more) {
			free(text);
			return _("(out of memory)");
		}
		ses->pool = more;
	}
	return ses->pool[ses->pool_cnt++] = text;
}

const char *
session_s(struct session *ses, const char *text)
{
	return session_keep(ses, text ? term_safe(text, strlen(text), TERM_ONE_LINE) : NULL);
}
