#!/bin/sh
# What davy says of what it has not: who only audits is not given the words of a source, which is no alarm; and where
# davy dies, or the network does, behind the list and before the entries, the list of cases says of when it is.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'
new_key au 省审计
as au gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"
as registrar roster member-add --dir "$T/draft" --card "$T/au.card" --desk 1 --roles AU
publish_draft
for h in p1 p2 au; do as $h sync; done
as p1 desk admit "$(sed -n 's/^handle //p' "$T/au.card")"
as au sync
works 'a tip comes' source tip send --tip tests/data/sample-tips.json --pick T02 --words zh --county 990102 \
	--receipt-file "$T/r" --json
for h in p1 p2; do as $h sync; done
as p1 case list --json
id=$(field 'd[0].id')
for h in p1 p2; do as $h case show "$id"; done
as p1 case note "$id" --text 'a word of the desk'

as au sync
grep -q withheld "$T/out" "$T/err"
[ $? = 1 ]
ok $? 'who only audits is not told that something is withheld'
works 'he opens the case' au case show "$id"
said 'reads what its desk wrote' 'a word of the desk'
grep -q '里头还有一个面\|withheld' "$T/out" "$T/err"
[ $? = 1 ]
ok $? 'not the tip, and nothing is said to be withheld'
as p2 sync
as p2 case list
grep -q 'as of' "$T/out"
[ $? = 1 ]
ok $? 'a list says nothing of a case of which all is here'
as p1 case note "$id" --text 'what came since'
node tests/cli/lossy.mjs "$T" "$T/gw.sock" 0 21 &
proxy=$!
trap 'kill $proxy 2>/dev/null; cleanup' EXIT
i=0
while [ ! -s "$T/lossy-port" ] && [ $i -lt 100 ]; do i=$((i + 1)); sleep 0.1; done
as p2 gateway connect "http://127.0.0.1:$(cat "$T/lossy-port")" --card "$T/GW/gateway.card"
"$davy" --home "$T/p2" --passphrase-file "$T/pass" sync >"$T/out" 2>&1 </dev/null &
dying=$!
i=0
while [ ! -e "$T/held" ] && [ $i -lt 200 ]; do i=$((i + 1)); sleep 0.1; done
kill -KILL $dying
wait $dying 2>/dev/null
kill $proxy
as p2 gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"
as p2 case list
said 'where the list came and the entries did not, it says of when it is' 'as of 2'
done_testing
