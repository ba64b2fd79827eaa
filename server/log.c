#include "server/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static char role_name[32] = "davyd";

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

/* One write a line, so that lines of several processes do not mix. */
static void __attribute__((format(printf, 2, 0)))
log_line(const char *level, const char *fmt, va_list ap)
{
	char line[1024];
	int head = snprintf(line, sizeof(line), "%s level=%s ", role_name, level);
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
	log_line("info", fmt, ap);
	va_end(ap);
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	log_line("warn", fmt, ap);
	va_end(ap);
}

void
log_fatal(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	log_line("fatal", fmt, ap);
	va_end(ap);
	_exit(1);
}
