/* What clang's analyser cannot see from one file: a recorded failure is never CLI_OK. */
#ifndef TESTS_ANALYSE_MODEL_H
#define TESTS_ANALYSE_MODEL_H

#include "admin-cli/cli/cli.h"

#define cli_fail(cli, code, ...)    ((void)(cli_fail)(cli, code, __VA_ARGS__), (int)(code))
#define cli_fail_err(cli, err, ...) ((void)(cli_fail_err)(cli, err, __VA_ARGS__), (int)CLI_REFUSED)

#endif
