/*
 * Lines on standard error: "role key=value …". Never a key, a token, an address, a user agent, a
 * size or an exact time of a tip: callers pass what is coarse only. The time of a line is added by
 * whoever collects it.
 */
#ifndef SERVER_LOG_H
#define SERVER_LOG_H

/* The role that begins every line; the text is copied. */
void log_role(const char *role, int index);
const char *log_role_name(void);
/* From now on lines begin with the level as the journal reads it: "<6>". */
void log_levels(void);

void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Logs and leaves the process with exit code 1. */
_Noreturn void log_fatal(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
