#!/bin/sh
# Mounts small file systems where nobody else sees them, then full.mjs: one in memory, and ext4 in a file where loop
# devices are.
skip() {
	echo '1..1'
	echo 'ok 1 - a full disk # SKIP no file system can be mounted here'
	exit 0
}
[ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null || skip
d=$(mktemp -d "${TMPDIR:-/tmp}/davyd-full.XXXXXX")
trap 'rm -rf "$d"' EXIT
mkdir "$d/disk"
head -c 12000000 /dev/zero >"$d/image"
unshare -m sh -c 'mkfs.ext4 -q -m 0 -O ^has_journal "$1/image" 2>/dev/null &&
	mount -o loop "$1/image" "$1/disk" 2>/dev/null && echo "# ext4" ||
	mount -t tmpfs -o size=8m,mode=1777 none "$1/disk" || exit 77
chmod 1777 "$1/disk"
head -c 3000000 /dev/zero >"$1/disk/ballast" || exit 1
BUILD=$2 node "$3/full.mjs" "$1/disk"' sh "$d" "${BUILD:-build}" "$(dirname "$0")"
rc=$?
[ $rc != 77 ] && [ $rc != 126 ] || skip
exit $rc
