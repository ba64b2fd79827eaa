#!/bin/sh
# The rooms of server/ and the arrows between them. An #include may only follow an arrow of this list, so that no
# circle of rooms can come up; every header compiles by itself.
cd "$(dirname "$0")/../.." || exit 1
out=$(mktemp)
trap 'rm -f "$out"' EXIT
n=0
ok() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; head -n 8 "$out" | sed 's/^/# /'; fi; }
arrows='
davyd.c>base davyd.c>ctl
ctl>base ctl>parent ctl>store
parent>base parent>tls parent>face parent>vault
tls>base face>base
vault>base vault>store
store/sqlite>store store/sqlite>base
'
git grep -n '^#include "server/' -- 'server/*.c' 'server/*.h' |
	sed -E 's|^server/([^:]*):[0-9]+:#include "server/([^"]*)".*|\1 \2|' |
	awk -v list="$arrows" '
		function room(path) { return path ~ /\// ? substr(path, 1, match(path, /\/[^\/]*$/) - 1) : path }
		BEGIN { split(list, a, /[ \n]+/); for (i in a) if (a[i] != "") allowed[a[i]] = 1 }
		{ seen++; arrow = room($1) ">" room($2)
		  if (room($1) != room($2)) { used[arrow] = 1; if (!(arrow in allowed)) print $1 " includes " $2 } }
		END { for (k in allowed) if (!(k in used)) print "no source needs the arrow " k
		      if (seen < 100) print "only " seen + 0 " includes were read" }' >"$out" && ! [ -s "$out" ]
ok $? 'includes follow the arrows between the rooms of server/'
flags=$(pkg-config --cflags libsodium libevent libmicrohttpd gnutls sqlite3 2>/dev/null)
git ls-files 'server/*.h' | while read -r h; do
	# shellcheck disable=SC2086
	echo "#include \"$h\"" | ${CC:-cc} -std=c11 -D_GNU_SOURCE -I. $flags -Werror -fsyntax-only -x c - >/dev/null 2>&1 ||
		echo "$h"
done >"$out"
! [ -s "$out" ]
ok $? 'every header of server/ compiles by itself'
echo "1..$n"
