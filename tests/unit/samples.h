/* For the unit tests that read the sample tips of tests/data. */
#ifndef SAMPLES_H
#define SAMPLES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

static inline json_t *
samples_load(const char *path)
{
	json_error_t why;
	json_t *all = json_load_file(path, 0, &why);

	if (!all)
		fail_msg("%s: %s", path, why.text);
	return all;
}

/* A sample's form as the body of a tip in one language. */
static inline json_t *
samples_body(const json_t *form, const char *lang)
{
	static const char *const names[][2] = {
		{ "where", "where" },         { "what", "what" },
		{ "inside", "inside" },       { "hiding", "hiding_text" },
		{ "check_how", "check_how" }, { "keep_from", "keep_from_text" }
	};
	json_t *body = json_object();
	char name[32];
	size_t i;

	json_object_set(body, "tile", json_object_get(form, "tile"));
	if (json_object_get(form, "hiding"))
		json_object_set(body, "hiding", json_object_get(form, "hiding"));
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(name, sizeof(name), "%s_%s", names[i][0], lang);
		if (json_object_get(form, name))
			json_object_set(body, names[i][1], json_object_get(form, name));
	}
	return body;
}

#endif
