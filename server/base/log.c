/* Log lines on standard error; see log.h for what may never be logged. */
#include "server/base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static char role_name[32] = "davyd";
static bool levels;

/* A level, and its number for the journal (syslog(3)). */
enum level { LEVEL_INFO, LEVEL_WARN, LEVEL_FATAL };
static const struct {
	const char *name, *prefix;
} level_text[] = {
	[LEVEL_INFO] = { "info", "<6>" },
	[LEVEL_WARN] = { "warn", "<4>" },
	[LEVEL_FATAL] = { "fatal", "<3>" },
};

void
log_role(const char *role, int index)
{
	if (index < 0)
		snprintf(role_name, sizeof(role_name), "%s", role);
	else
		snprintf(role_name, sizeof(role_name), "%s[%d]", role, index);
}

const char *
log_role_name(void)
{
	return role_name;
}

void
log_levels(void)
{
	levels = true;
}

/* Each line is a single write, so that lines of several processes do not mix. */
static void __attribute__((format(printf, 2, 0)))
log_line(enum level level, const char *fmt, va_list ap)
{
	char line[1024];
	int head = snprintf(line, sizeof(line), "%s%s level=%s ",
			    levels ? level_text[level].prefix : "", role_name,
			    level_text[level].name);
	if (head < 0)
		return;
	int body = vsnprintf(line + head, sizeof(line) - (size_t)head - 1, fmt, ap);
	if (body < 0)
		return;
	size_t len = (size_t)head + (size_t)body;
	if (len > sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';
	ssize_t n = write(STDERR_FILENO, line, len);
	(void)n;
}

void
log_info(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	log_line(LEVEL_INFO, fmt, ap);
	va_end(ap);
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	log_line(LEVEL_WARN, fmt, ap);
	va_end(ap);
}

void
log_fatal(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	log_line(LEVEL_FATAL, fmt, ap);
	va_end(ap);
	_exit(1);
}
