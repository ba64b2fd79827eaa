#!/bin/sh
# Mounts a small file system where nobody else sees it, then full.mjs.
skip() {
	echo '1..1'
	echo 'ok 1 - a full disk # SKIP no file system can be mounted here'
	exit 0
}
[ "$(id -u)" = 0 ] || skip
d=$(mktemp -d "${TMPDIR:-/tmp}/davyd-full.XXXXXX")
trap 'rm -rf "$d"' EXIT
unshare -m sh -c 'mount -t tmpfs -o size=8m,mode=1777 none "$1" || exit 77
head -c 3000000 /dev/zero >"$1/ballast" || exit 1
BUILD=$2 node "$3/full.mjs" "$1"' sh "$d" "${BUILD:-build}" "$(dirname "$0")"
rc=$?
[ $rc != 77 ] && [ $rc != 126 ] || skip
exit $rc
