/*
 * The language: --lang, else $LC_ALL, $LC_MESSAGES or $LANG. It does not depend on the locales that
 * the system has: many machines have none but C.
 */
#include <limits.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin-cli/cli/cli_state.h"

/* The catalogues lie beside the program in a build folder, in ../share/locale when installed. */
static void
bind_domain(void)
{
	char exe[PATH_MAX], dir[PATH_MAX + 32];
	struct stat st;

	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (n <= 0)
		return;
	exe[n] = '\0';
	char *slash = strrchr(exe, '/');
	if (!slash)
		return;
	*slash = '\0';
	snprintf(dir, sizeof(dir), "%s/locale", exe);
	if (stat(dir, &st) != 0)
		snprintf(dir, sizeof(dir), "%s/../share/locale", exe);
	bindtextdomain("davylamp", dir);
	bind_textdomain_codeset("davylamp", "UTF-8");
	textdomain("davylamp");
}

static const char *
wanted(int argc, char **argv)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG", NULL };

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strncmp(argv[i], "--lang=", 7) == 0)
			return argv[i] + 7;
		if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
			return argv[i + 1];
	}
	for (size_t i = 0; names[i]; i++) {
		const char *v = getenv(names[i]);
		if (v && *v)
			return v;
	}
	return "en";
}

void
cli_lang_init(int argc, char **argv)
{
	static const char *const locales[] = { "C.UTF-8", "en_US.UTF-8", "zh_CN.UTF-8", NULL };
	const char *lang = wanted(argc, argv);

	/* gettext translates under any locale but "C", and takes the language from $LANGUAGE */
	for (size_t i = 0; locales[i] && !setlocale(LC_ALL, locales[i]); i++)
		continue;
	setenv("LANGUAGE", strncmp(lang, "zh", 2) == 0 ? "zh_CN" : "en", 1);
	bind_domain();
}
