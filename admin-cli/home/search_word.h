/*
 * The words of a text as search sees them, and what a person may ask for. Pure: no key, no file.
 *
 * Letters are folded (Unicode NFKD without marks over Latin letters, small letters), so that full
 * and half width, large and small are the same; traditional and simplified signs are not. A text in
 * a script with blanks between its words gives its words. One without (Chinese, kana) gives every
 * two signs that stand side by side, and each last sign before something else: thus every part of
 * it is found, and a single sign as the beginning of a pair.
 */
#ifndef SEARCH_WORD_H
#define SEARCH_WORD_H

#include <stdbool.h>
#include <stddef.h>

#define SEARCH_WORD_CAP 64  /* a longer word is cut */
#define SEARCH_TERMS    16  /* of a query */
#define SEARCH_ROW      64  /* words of a term */
#define SEARCH_QUERY    400 /* bytes of a query */

struct search_word {
	char text[SEARCH_WORD_CAP];
	size_t at, first, end; /* bytes of the original: from at to end; its first sign ends at
				* `first` */
	bool pair;             /* it is of a script without blanks */
};

struct search_reader {
	const char *text;
	size_t len, at;
	struct search_word ahead; /* a sign that was read and begins the next pair */
	bool has_ahead;
};

void search_words(struct search_reader *r, const char *text, size_t len);
/* The next word; false at the end. */
bool search_word_next(struct search_reader *r, struct search_word *out);

/* Words in a row that are looked for; the last may be the beginning of a word. */
struct search_term {
	char word[SEARCH_ROW][SEARCH_WORD_CAP];
	size_t cnt;
	bool prefix, without;
};

struct search_query {
	struct search_term term[SEARCH_TERMS];
	size_t cnt;
	unsigned places; /* bits of places (search.h); 0: all */
	unsigned since;  /* unix day; 0: any */
	size_t limit;
};

enum search_fault {
	SEARCH_FINE,
	SEARCH_LONG,    /* more bytes, words, or words in a row than there may be */
	SEARCH_QUOTE,   /* a quotation mark that has no other */
	SEARCH_NOTHING, /* no letter in it */
	SEARCH_ONLY_NOT /* words to leave out, and none to look for */
};

/* Reads what a person typed: words, "words in a row", -words to leave out. */
enum search_fault search_query_parse(struct search_query *q, const char *text);
/* Writes it as an expression of FTS5. False where `cap` is too small. */
bool search_query_print(const struct search_query *q, char *out, size_t cap);

/* The next place at or behind byte `from` where the term stands; false where there is none. */
bool search_term_find(const struct search_term *t, const char *text, size_t from, size_t *at,
		      size_t *len);

#endif
