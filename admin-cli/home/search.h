/*
 * The index of the words of every case that was opened on this machine. It lies in the encrypted
 * workspace: FTS5 without content, whose pages are records (pages.h), and beside it a record for
 * each case with the texts that stand in the index, so that they can be taken out again exactly,
 * and shown as snippets. It changes with the transaction of the workspace that changes the case.
 *
 * Of what may be searched this file knows nothing: desk/searched.c gives it the texts. What is
 * damaged or of another version is emptied and filled again.
 */
#ifndef SEARCH_H
#define SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admin-cli/home/search_word.h"

struct workspace;

/* Where a word stands; also the columns of the index, and the words of --in. */
enum search_place {
	SEARCH_TIP,
	SEARCH_MESSAGE,
	SEARCH_REPLY,
	SEARCH_NOTE,
	SEARCH_ABSTRACT,
	SEARCH_TRIAGE,
	SEARCH_AREA,
	SEARCH__MAX
};
/* "tip", "message"… in that order. */
extern const char *const search_place_name[SEARCH__MAX];

/* The texts of a case; NULL stands for none. */
struct search_text {
	uint32_t day; /* on which it came */
	char *place[SEARCH__MAX];
};
void search_text_free(struct search_text *t);

/* Puts what is to be found of a case in place of what was. 0 or enum err. */
int search_put(struct workspace *ws, const uint8_t id[static 16], const struct search_text *t)
	__attribute__((warn_unused_result));
/* Takes a case out: from now on it is not found, and its texts are gone. Single words of it may
 * stay inside the encryption of an index of many thousand cases until FTS5 merges its pieces.
 * Nothing to do is no failure. */
int search_forget(struct workspace *ws, const uint8_t id[static 16])
	__attribute__((warn_unused_result));
/* Empties the index. */
int search_clear(struct workspace *ws) __attribute__((warn_unused_result));
/* Whether a case stands in the index. */
bool search_has(struct workspace *ws, const uint8_t id[static 16]);
/* Whether all that may be in the index is in it, as the last search_whole_set() said: whoever fills
 * it knows. An emptied index is not whole. */
bool search_whole(struct workspace *ws);
int search_whole_set(struct workspace *ws, bool whole) __attribute__((warn_unused_result));

struct search_hit {
	uint8_t id[16];
	uint32_t day;
};
/* The cases that fit, best first (bm25), then the newest; the caller frees *out. 0 or enum err. */
int search_find(struct workspace *ws, const struct search_query *q, struct search_hit **out,
		size_t *cnt) __attribute__((warn_unused_result));

/* What stands in the index of a case; the caller ends with search_text_free(). */
int search_text_get(struct workspace *ws, const uint8_t id[static 16], struct search_text *out)
	__attribute__((warn_unused_result));
/* The place in which most of the query is found, and where there: the first byte of what fits
 * first. False where nothing fits. */
bool search_best(const struct search_query *q, const struct search_text *t,
		 enum search_place *place, size_t *at);

#endif
