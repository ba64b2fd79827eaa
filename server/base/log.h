/*
 * Log lines on standard error: "role key=value …". Callers never pass a key, a token, an address, a
 * user agent, nor the size or exact time of a tip. The journal or another collector adds the time
 * of a line.
 */
#ifndef SERVER_LOG_H
#define SERVER_LOG_H

/* The role that begins every line; the text is copied. */
void log_role(const char *role, int index);
const char *log_role_name(void);
/* From now on each line begins with its level as the journal reads it: "<6>". */
void log_levels(void);

void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Logs and leaves the process with exit code 1. */
_Noreturn void log_fatal(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
