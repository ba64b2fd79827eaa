#!/bin/sh
# No branch and no address depends on a secret in sealing, opening, receipts, the keystore and the workspace, in
# signing, and where secrets are compared: valgrind says so about the compiled code. What may be known stands,
# function by function, in secrets.supp.
cd "$(dirname "$0")/../.." || exit 1
tool=${BUILD:-build}/tests/ct_secrets
if [ -n "${SANITIZE:-}" ]; then
	echo "1..0 # SKIP valgrind and sanitizers exclude each other"
	exit 0
fi
check() {
	valgrind -q --error-exitcode=99 --track-origins=no --suppressions=tests/ct/xwing.supp \
		--suppressions=tests/ct/secrets.supp "$tool" "$@" 2>&1
}
echo 1..3
status=0
if out=$(check); then
	echo "ok 1 - sealing, opening, receipts, keystore, workspace, signatures, comparisons"
else
	echo "not ok 1 - sealing, opening, receipts, keystore, workspace, signatures, comparisons"
	echo "$out" | sed 's/^/#   /' | head -60
	status=1
fi
n=1
for leak in compare table; do
	n=$((n + 1))
	check "$leak" >/dev/null
	if [ $? -eq 99 ]; then
		echo "ok $n - a secret that leaks by a $leak is reported"
	else
		echo "not ok $n - a secret that leaks by a $leak is reported"
		status=1
	fi
done
exit $status
