/*
 * Drafts: what a member began to write and has not written yet. They lie in the encrypted workspace
 * and are saved while he types, so that a crash, a lock or an empty battery takes no word away. A
 * case has one draft of each sort: "reply", "note", "triage"… A draft is text; what it means is the
 * caller's.
 */
#ifndef KEPT_H
#define KEPT_H

#include <stddef.h>
#include <stdint.h>

struct workspace;

#define KEPT_SORT_MAX 32

/* 0 or enum err. kept_get: ERR_NOT_FOUND where there is none; *text is freed with workspace_free()
 * of strlen(*text) + 1. An empty text drops the draft. */
int kept_put(struct workspace *ws, const uint8_t id[static 16], const char *sort, const char *text)
	__attribute__((warn_unused_result));
int kept_get(struct workspace *ws, const uint8_t id[static 16], const char *sort, char **text)
	__attribute__((warn_unused_result));
int kept_drop(struct workspace *ws, const uint8_t id[static 16], const char *sort)
	__attribute__((warn_unused_result));
/* Calls `each` for every draft; the strings are borrowed for the call. Stops where it returns
 * non-zero, and returns that. */
typedef int kept_each_fn(void *arg, const uint8_t id[static 16], const char *sort,
			 const char *text);
int kept_each(struct workspace *ws, kept_each_fn *each, void *arg)
	__attribute__((warn_unused_result));
int kept_count(struct workspace *ws, size_t *cnt) __attribute__((warn_unused_result));

#endif
