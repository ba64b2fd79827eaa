/* What clang's analyser cannot see from one file: a recorded failure is never DAVY_OK. */
#ifndef TESTS_ANALYSE_MODEL_H
#define TESTS_ANALYSE_MODEL_H

#include "admin-cli/base/session.h"
#include "admin-cli/net/net.h"

#define session_fail(ses, code, ...) ((void)(session_fail)(ses, code, __VA_ARGS__), (int)(code))
#define session_fail_err(ses, err, ...)                                                            \
	((void)(session_fail_err)(ses, err, __VA_ARGS__), (int)DAVY_REFUSED)
#define net_refusal(ses, what, status) ((void)(net_refusal)(ses, what, status), (int)DAVY_REFUSED)

#endif
