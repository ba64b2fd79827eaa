#!/bin/sh
# A backup was restored, and the roster in it is older than what homes have seen: they say so, and the newest roster,
# published once more, is the cure (docs/operations.md, "A backup was restored").
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'
works 'a home in step' p1 sync
"$davyd" backup -c "$T/GW/davyd.conf" "$T/old.db" >"$T/out" 2>"$T/err"
ok $? 'a backup'
D=$T/draft
as registrar roster renew --dir "$D"
as root1 roster sign --dir "$D" -o "$T/sig1"
as root2 roster sign --dir "$D" -o "$T/sig2"
as registrar roster merge --dir "$D" "$T/sig1" "$T/sig2"
works 'a newer roster' registrar roster publish --dir "$D" --yes
works 'the home has seen it' p1 sync
stop_gateway
"$davyd" restore -c "$T/GW/davyd.conf" "$T/old.db" >"$T/out" 2>"$T/err" &&
	"$davyd" check -c "$T/GW/davyd.conf" >"$T/out" 2>"$T/err"
ok $? 'the backup is restored, and sound'
start_gateway "$T/GW"
as p1 sync
[ "$status" != 0 ] && grep -qiE 'older|earlier|roster' "$T/err"
ok $? 'the home says that the roster is older'
cp "$T/err" "$T/said"
works 'the registrar publishes the newest roster once more' registrar roster publish --dir "$D" --yes
works 'and the home is in step again' p1 sync
! grep -qiE 'older|earlier' "$T/err"
ok $? 'without an alarm'
sed 's/^/# /' "$T/said" | head -n 3
done_testing
