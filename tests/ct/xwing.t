#!/bin/sh
# No branch and no address depends on a secret: valgrind says so about the compiled code.
cd "$(dirname "$0")/../.." || exit 1
tool=${BUILD:-build}/tests/ct_xwing
if [ -n "${SANITIZE:-}" ]; then
	echo "1..0 # SKIP valgrind and sanitizers exclude each other"
	exit 0
fi
check() {
	valgrind -q --error-exitcode=99 --track-origins=no --suppressions=tests/ct/xwing.supp "$tool" "$@" 2>&1
}
echo 1..2
status=0
if out=$(check); then
	echo "ok 1 - X-Wing, HKDF, HPKE and the spelling of keys"
else
	echo "not ok 1 - X-Wing, HKDF, HPKE and the spelling of keys"
	echo "$out" | sed 's/^/#   /' | head -60
	status=1
fi
check leak >/dev/null
if [ $? -eq 99 ]; then
	echo "ok 2 - a table looked up by a secret is reported"
else
	echo "not ok 2 - a table looked up by a secret is reported"
	status=1
fi
exit $status
