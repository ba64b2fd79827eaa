/* davy-paper: standard input to standard output (see paper.h). */
#include "admin-cli/paper/paper.h"

#include <stdio.h>
#include <string.h>

#define INPUT_MAX ((size_t)8 << 20)

const char *
paper_text(const json_t *of, const char *name)
{
	const char *text = json_string_value(json_object_get(of, name));

	return text ? text : "";
}

int
paper_write(const void *buf, size_t len)
{
	return fwrite(buf, 1, len, stdout) == len && !fflush(stdout) ? PAPER_OK : PAPER_FAILED;
}

static const struct {
	const char *name;
	int (*make)(const json_t *what);
} kinds[] = {
	{ "xlsx", paper_xlsx }, { "pdf", paper_pdf },       { "dossier", paper_dossier },
	{ "form", paper_form }, { "poster", paper_poster }, { "codes", paper_codes },
};

int
main(int argc, char **argv)
{
	static char text[INPUT_MAX];
	size_t len = fread(text, 1, sizeof(text), stdin);
	json_t *sheet;
	int code = PAPER_FAILED;

	if (argc != 2 || len == sizeof(text)) {
		fprintf(stderr, "davy-paper is started by davy.\n");
		return code;
	}
	sheet = json_loadb(text, len, 0, NULL);
	for (size_t i = 0; sheet && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(argv[1], kinds[i].name))
			code = kinds[i].make(sheet);
	json_decref(sheet);
	return code;
}
