#!/bin/sh
# Every header compiles by itself: a source may include it first, and what a header needs is written in it.
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}"
out=$(mktemp)
trap 'rm -f "$out"' EXIT
n=0
ok() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		head -n 8 "$out" | sed 's/^/# /'
	fi
}
libraries='libsodium nettle libevent libmicrohttpd gnutls sqlite3 libcurl jansson pangocairo libpq'
flags=$(echo "$libraries" | xargs pkg-config --cflags 2>/dev/null)
for part in crypto admin-cli server; do
	headers=$(find "$part" -name '*.h' ! -name banned.h | sort)
	for h in $headers; do
		# shellcheck disable=SC2086
		echo "#include \"$h\"" | ${CC:-cc} -std=c11 -D_GNU_SOURCE -I. -I"$BUILD/gen" $flags -Werror \
			-fsyntax-only -x c - >/dev/null 2>&1 || echo "$h"
	done >"$out"
	[ "$(echo "$headers" | wc -l)" -ge 20 ] && [ ! -s "$out" ]
	ok $? "$part: each of $(echo "$headers" | wc -l) headers"
done
echo "1..$n"
