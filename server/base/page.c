/* Loads the page and its compressed forms, and chooses the form that a client can read. */
#include "server/base/page.h"

#include "crypto/err.h"
#include "server/base/conf.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static const struct {
	const char *name, *suffix;
} codings[PAGE_CODING__MAX] = {
	[PAGE_BR] = { "br", ".br" },
	[PAGE_GZIP] = { "gzip", ".gz" },
	[PAGE_PLAIN] = { NULL, "" },
};

int
page_load(struct page *page, const char *path)
{
	struct stat plain, st;
	memset(page, 0, sizeof(*page));
	if (stat(path, &plain))
		return ERR_IO;
	for (int i = 0; i < PAGE_CODING__MAX; i++) {
		char name[PATH_MAX + 4];
		snprintf(name, sizeof(name), "%s%s", path, codings[i].suffix);
		if (stat(name, &st) || st.st_mtime < plain.st_mtime)
			continue;
		int err = conf_file(&page->bytes[i], &page->len[i], name, PAGE_MAX);
		if (err && i == PAGE_PLAIN) {
			page_free(page);
			return err;
		}
	}
	return 0;
}

void
page_free(struct page *page)
{
	for (int i = 0; i < PAGE_CODING__MAX; i++)
		free(page->bytes[i]);
	memset(page, 0, sizeof(*page));
}

const char *
page_coding_name(enum page_coding c)
{
	return codings[c].name;
}

/* Whether the list names this coding with a weight other than zero. */
static bool
accepts(const char *list, const char *name)
{
	size_t n = strlen(name);
	while (*list) {
		list += strspn(list, " \t,");
		size_t item = strcspn(list, ",");
		size_t word = strcspn(list, " \t;,");
		if (word == n && !strncasecmp(list, name, n)) {
			char rest[32];
			snprintf(rest, sizeof(rest), "%.*s", (int)(item - word), list + word);
			const char *q = strstr(rest, "q=");
			return !q || strtod(q + 2, NULL) > 0;
		}
		list += item;
	}
	return false;
}

enum page_coding
page_choose(const struct page *page, const char *accept)
{
	for (int i = 0; accept && i < PAGE_PLAIN; i++)
		if (page->bytes[i] && accepts(accept, codings[i].name))
			return (enum page_coding)i;
	return PAGE_PLAIN;
}
