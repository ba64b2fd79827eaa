/* The page as a face serves it: the file, and its compressed forms beside it, .br and .gz. */
#ifndef SERVER_PAGE_H
#define SERVER_PAGE_H

#include <stddef.h>
#include <stdint.h>

#define PAGE_MAX (8 * 1024 * 1024)

enum page_coding { PAGE_BR, PAGE_GZIP, PAGE_PLAIN, PAGE_CODING__MAX };

struct page {
	uint8_t *bytes[PAGE_CODING__MAX]; /* NULL where there is no such file */
	size_t len[PAGE_CODING__MAX];
};

/* 0, or ERR_IO where the plain file is missing; a compressed one that is older than it is left out.
 */
int page_load(struct page *page, const char *path) __attribute__((warn_unused_result));
void page_free(struct page *page);
const char *page_coding_name(enum page_coding c); /* NULL for the plain file */
/* The best form that exists, br before gzip before plain, and that this Accept-Encoding (may be
 * NULL) permits. */
enum page_coding page_choose(const struct page *page, const char *accept);

#endif
