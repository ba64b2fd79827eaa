#!/bin/sh
# One dialect: C as .clang-format says, JavaScript as package.json's prettier says, and no line over 120 columns.
cd "$(dirname "$0")/../.." || exit 1
n=0
ok() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		sed 's/^/# /' "$out"
	fi
}
out=$(mktemp)
trap 'rm -f "$out"' EXIT

find crypto server admin-cli tests -name '*.[ch]' | sort >"$out.c"
find web tests scripts \( -name '*.js' -o -name '*.mjs' \) ! -path '*/corpus/*' | sort >"$out.js"
[ "$(wc -l <"$out.c")" -ge 300 ] && [ "$(wc -l <"$out.js")" -ge 80 ]
ok $? "there are $(wc -l <"$out.c") C files and $(wc -l <"$out.js") of JavaScript"
xargs clang-format-14 --dry-run --Werror <"$out.c" 2>&1 | grep -o '^[^ ]*: error' | sort -u >"$out"
[ ! -s "$out" ]
ok $? 'C is formatted: clang-format-14 -i FILE mends it'
xargs npx --no-install prettier --list-different <"$out.js" >"$out" 2>&1
[ ! -s "$out" ]
ok $? 'JavaScript is formatted: npx prettier --write FILE mends it'
find Makefile README.md SECURITY.md .ci crypto server admin-cli web tests scripts docs service debian -type f \
	! -path '*/corpus/*' ! -path '*/po/*' ! -path 'tests/data/*' ! -name '*.json' ! -name '*.png' \
	! -name '*.svg' -print0 |
	xargs -0 perl -CSD -ne '1 while s/\t/" " x (8 - $-[0] % 8)/e; chomp; s/\p{East_Asian_Width: Wide}/xx/g;
		print "$ARGV:$.: ", length, "\n" if length > 120; close ARGV if eof' >"$out"
[ ! -s "$out" ]
ok $? 'no line is over 120 columns'
rm -f "$out.c" "$out.js"
echo "1..$n"
