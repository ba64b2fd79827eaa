/*
 * davy: the command-line tool of reviewers, inspectors, registrars and sources. main() prepares the
 * process, has the words run as a command (cmd/run.c) and closes what was opened.
 */
#include <curl/curl.h>
#include <malloc.h>
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "admin-cli/cli/cli_state.h"
#include "admin-cli/cmd/run.h"
#include "admin-cli/desk/desk.h"

/* This process holds keys and opened tips: it leaves no core file, no process of the same user may
 * trace it, no program that it starts gains privileges, and its files are the user's alone. */
static void
guard_process(void)
{
	struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	umask(077);
}

/* Secrets and opened text pass through jansson, so what it frees is wiped first. */
static void
wiping_free(void *p)
{
	if (p)
		sodium_memzero(p, malloc_usable_size(p));
	free(p);
}

static int
run(struct cli *cli, int argc, char **argv)
{
	int code;

	if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return cli_fail(cli, DAVY_REFUSED, "internal",
				_("libsodium or libcurl failed to initialise."));
	code = run_words(cli, argc, argv);
	return code < 0 ? cli_fail_err(cli, code, "davy") : code;
}

int
main(int argc, char **argv)
{
	struct cli_state state = { 0 };
	struct session ses = { 0 };
	struct cli cli = { .state = &state, .ses = &ses };

	guard_process();
	json_set_alloc_funcs(malloc, wiping_free);
	cli_lang_init(argc, argv);
	/* An error in the options themselves must already be answered in JSON. */
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		cli.json |= strcmp(argv[i], "--json") == 0;
	cli_out_init(&cli);
	cli_ask_init(&cli);
	int code = cli_out_end(&cli, run(&cli, argc, argv));
	desk_close(&ses);
	curl_global_cleanup();
	return code;
}
