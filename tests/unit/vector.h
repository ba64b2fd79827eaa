/* Reads the JSON files of tests/vectors: an array of flat objects, one member a line, as
 * gen.mjs writes them. No general JSON. */
#ifndef TESTS_VECTOR_H
#define TESTS_VECTOR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/roster.h"
#include "crypto/text.h"

struct vector {
	char *text;
	char *at, *end; /* the object */
};

static inline void
vector_open(struct vector *v, const char *name)
{
	char path[128];
	snprintf(path, sizeof(path), "tests/vectors/%s.json", name);
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		fail_msg("%s: run the tests in the project's folder", path);
	fseek(f, 0, SEEK_END);
	long len = ftell(f);
	rewind(f);
	v->text = calloc(1, (size_t)len + 1);
	assert_int_equal(fread(v->text, 1, (size_t)len, f), len);
	fclose(f);
	v->at = NULL;
	v->end = v->text;
}

/* The next object; 0 behind the last, and everything is freed. */
static inline int
vector_next(struct vector *v)
{
	v->at = strstr(v->end, "\n {\n");
	if (v->at != NULL) {
		v->at += 3;
		v->end = strstr(v->at, "\n }");
		assert_non_null(v->end);
		return 1;
	}
	free(v->text);
	return 0;
}

static inline const char *
vector_raw(const struct vector *v, const char *name)
{
	char key[64];
	snprintf(key, sizeof(key), "\n  \"%s\": ", name);
	const char *p = strstr(v->at, key);
	return p != NULL && p < v->end ? p + strlen(key) : NULL;
}

static inline int
vector_has(const struct vector *v, const char *name)
{
	return vector_raw(v, name) != NULL;
}

/* A string, unescaped; free() it. "" where it is missing. */
static inline char *
vector_text(const struct vector *v, const char *name, size_t *len)
{
	const char *p = vector_raw(v, name);
	char *out = calloc(1, (size_t)(v->end - v->at) + 1);
	size_t n = 0;
	if (p != NULL) {
		assert_int_equal(*p, '"');
		for (p++; *p != '"'; p++) {
			if (*p != '\\')
				out[n++] = *p;
			else if (*++p == 'n')
				out[n++] = '\n';
			else if (*p == 'r')
				out[n++] = '\r';
			else if (*p == 't')
				out[n++] = '\t';
			else if (*p == '"' || *p == '\\')
				out[n++] = *p;
			else
				fail_msg("%s: an escape that vector.h does not know", name);
		}
	}
	if (len != NULL)
		*len = n;
	return out;
}

static inline int
vector_is(const struct vector *v, const char *name, const char *want)
{
	char *s = vector_text(v, name, NULL);
	int same = strcmp(s, want) == 0;
	free(s);
	return same;
}

/* Hex; at most cap bytes, the rest is zero. How many there were. */
static inline size_t
vector_hex(const struct vector *v, const char *name, void *dst, size_t cap)
{
	size_t len = 0;
	char *s = vector_text(v, name, &len);
	memset(dst, 0, cap);
	assert_true(len / 2 <= cap);
	assert_int_equal(text_unhex(dst, len / 2, s, len), 0);
	free(s);
	return len / 2;
}

static inline long long
vector_int(const struct vector *v, const char *name)
{
	const char *p = vector_raw(v, name);
	return p == NULL ? 0 : strtoll(p, NULL, 10);
}

static inline void
vector_roots(const struct vector *v, struct roster_roots *roots)
{
	memset(roots, 0, sizeof(*roots));
	vector_hex(v, "root_0", roots->key[0], 32);
	vector_hex(v, "root_1", roots->key[1], 32);
	vector_hex(v, "root_2", roots->key[2], 32);
	roots->cnt = 3;
	roots->threshold = (size_t)vector_int(v, "threshold");
}

/* Is the value of that name the hex of these bytes? Says which case if not. */
#define vector_same(v, name, bytes, len) vector_same_at(v, name, bytes, len, __FILE__, __LINE__)
static inline void
vector_same_at(const struct vector *v, const char *name, const void *bytes, size_t len,
	       const char *file, int line)
{
	char *want = vector_text(v, name, NULL);
	char *got = calloc(1, 2 * len + 1);
	char *title = vector_text(v, "name", NULL);
	text_hex(got, 2 * len + 1, bytes, len);
	if (strcmp(want, got) != 0) {
		print_error("%s, %s:\nwant %s\ngot  %s\n", title, name, want, got);
		_fail(file, line);
	}
	free(want);
	free(got);
	free(title);
}

#endif
