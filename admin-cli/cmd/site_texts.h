/*
 * The texts of the page: which languages it speaks, in which order, and what is written into it for
 * them. The template has the texts of Chinese and English; a further language is a file of the form
 * of share/davylamp/texts/en.json, and is taken only where it is whole.
 */
#ifndef SITE_TEXTS_H
#define SITE_TEXTS_H

#include <jansson.h>

struct cli;

/* Reads the texts of the template and of the files of --texts, and keeps the languages of --lang.
 * *out is the caller's. A failure is said. */
int site_texts_take(struct cli *cli, const char *page, json_t **out)
	__attribute__((warn_unused_result));
/* Adds to the Chinese and English texts who runs the relay, where --relay and --relay-en say so. */
int site_texts_relay(struct cli *cli, json_t *texts) __attribute__((warn_unused_result));
/* Writes them into the page, with the language, direction and title of the first one. `title`: of
 * all languages, or NULL. */
int site_texts_put(struct cli *cli, char **page, json_t *texts, const char *title)
	__attribute__((warn_unused_result));

/* A text as HTML and as a value in quotation marks. The caller frees it; NULL: no memory. */
char *site_html(const char *text);
/* JSON for an element of HTML that holds data: nothing in it can end the element. */
char *site_json(const json_t *value);
/* Replaces what stands between two marks, each in exactly one place of the page. */
int site_between(struct cli *cli, char **page, const char *begin, const char *end,
		 const char *value) __attribute__((warn_unused_result));

#endif
