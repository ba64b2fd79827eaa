/* Options: what is given, what is not, and what a command may not ask for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "admin-cli/cli/cli_state.h"

static const struct cli_option options[] = {
	{ .name = "file", .arg = "FILE" },
	{ .name = "with", .arg = "WORD", .many = true },
	{ .name = "raw" },
	{ .name = "gateway", .arg = "CARD" }, /* hides the one of every command */
	{ 0 },
};

static const struct command command = { .noun = "case", .verb = "show", .options = options };

static struct cli_state kept;
static struct session ses;

static void
given(struct cli *cli, const struct command *c, char **argv)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	memset(&kept, 0, sizeof(kept));
	ses = (struct session){ .home_dir = "/nowhere" };
	*cli = (struct cli){ .state = &kept, .command = c, .ses = &ses };
	assert_int_equal(cli_opt_parse(cli, argc - 1, argv + 1), DAVY_OK);
}

static void
test_given(void **arg)
{
	char *argv[] = { "show",     "--with",    "a",    "12",     "--raw",
			 "--with=b", "--gateway", "card", "--json", NULL };
	struct cli cli;

	(void)arg;
	given(&cli, &command, argv);
	assert_string_equal(cli_opt_at(&cli, "with", 0), "a");
	assert_string_equal(cli_opt_at(&cli, "with", 1), "b");
	assert_null(cli_opt_at(&cli, "with", 2));
	assert_true(cli_flag(&cli, "raw"));
	assert_null(cli_opt(&cli, "file"));
	assert_string_equal(cli_opt(&cli, "gateway"), "card");
	assert_null(ses.gateway);
	assert_true(cli.json && cli_flag(&cli, "json"));
	assert_false(cli_flag(&cli, "yes"));
	assert_int_equal(cli.argc, 1);
	assert_string_equal(cli.argv[0], "12");
	free(kept.args);
}

/* The signal that ends a process which asks for this option; 0 where it ends by itself. */
static int
ends_by(const struct command *c, const char *name)
{
	char *argv[] = { "show", NULL };
	const struct rlimit none = { 0, 0 };
	struct cli cli;
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		signal(SIGABRT, SIG_DFL);
		(void)setrlimit(RLIMIT_CORE, &none);
		int null = open("/dev/null", O_WRONLY);
		(void)dup2(null, 2);
		given(&cli, c, argv);
		_exit(cli_opt(&cli, name) != NULL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void
test_undeclared(void **arg)
{
	const struct command bare = { .noun = "lock" };

	(void)arg;
	assert_int_equal(ends_by(&command, "file"), 0);
	assert_int_equal(ends_by(&command, "json"), 0);
	assert_int_equal(ends_by(&command, "fil"), SIGABRT);
	assert_int_equal(ends_by(&command, ""), SIGABRT);
	assert_int_equal(ends_by(&bare, "yes"), 0);
	assert_int_equal(ends_by(&bare, "file"), SIGABRT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_undeclared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
