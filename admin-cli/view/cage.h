/*
 * Runs a decoder over bytes that a stranger sent, where it can do nothing else: in bubblewrap, with
 * no network, no home, a read-only /usr, one small file system in memory, a filter of system calls,
 * and limits of time, memory and output. The bytes reach it through memory, never as a file on the
 * disk; nothing stays behind.
 *
 * Without that sandbox nothing is decoded: there is no way around it.
 */
#ifndef CAGE_H
#define CAGE_H

#include <stddef.h>
#include <stdint.h>

struct session;

struct cage {
	const char *program;         /* /usr/bin/…, checked before it is started */
	const char *package;         /* which brings it */
	const char *start;           /* what is started in its place and starts it; or NULL */
	const char *const *argument; /* ended by NULL; the bytes are the file `name` */
	const char *name;            /* "/in.pdf" */
	const uint8_t *bytes;
	size_t len;
};

/* The decoder's output, at most CAGE_OUT_MAX bytes and a zero; the caller wipes and frees it. A
 * decoder that fails, hangs, or uses too much gives one sentence and nothing else. */
#define CAGE_OUT_MAX ((size_t)4 << 20)
int cage_run(struct session *ses, const struct cage *c, char **out, size_t *len)
	__attribute__((warn_unused_result));

#endif
