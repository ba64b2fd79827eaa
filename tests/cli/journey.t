#!/bin/sh
# Registrar, gateway and two reviewers: from the first key to a confirmed desk key.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

for h in R1 R2 REG A B C X Y; do new_key "$h" "person $h" || { ok 1 "key new $h"; done_testing; exit; }; done
ok 0 'eight keys are made'
[ "$(stat -c %a "$T/A/keystore")" = 600 ]
ok $? 'a keystore is for its owner alone'

"$davyd" init "$T/GW" --root "$T/R1.card" --root "$T/R2.card" --threshold 2 --listen "unix:$T/gw.sock" \
	>"$T/out" 2>"$T/err"
ok $? 'davyd init takes the roots from their cards'
start_gateway "$T/GW"
ok $? 'the gateway runs'

for h in REG A B C X; do
	as "$h" gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card" || ok 1 "connect $h"
done
works 'gateway list' A gateway list
said 'it names the address' "unix:$T/gw.sock"
refused 'without a roster sync says so' 1 'has no roster yet' A sync

D="$T/draft"
works 'roster new' REG roster new --gateway "$T/GW/gateway.card" --name 云塬矿灯 --name-en Demo --dir "$D"
desk() { # NUMBER KIND LEVEL AREA ORG ABOVE NAME
	as REG roster desk-add --dir "$D" --number "$1" --kind "$2" --level "$3" --area "$4" --org "$5" \
		--above "$6" --sectors COAL,NCM --name "$7" --name-en "desk $1" || ok 1 "desk $1"
}
desk 1 review 3 990000 1 4 省台
desk 2 review 2 990100 2 1 市台
desk 4 oversight 4 000000 4 0 独立甲
desk 5 oversight 4 000000 5 0 独立乙
works 'the backstop is named' REG roster desk-set --dir "$D" --backstop 5
refused 'a desk without a lead is no roster' 1 'no lead' R1 roster sign --dir "$D" -o "$T/sig"
member() {
	as REG roster member-add --dir "$D" --card "$T/$1.card" --desk "$2" --roles "$3" || ok 1 "member $1"
}
member A 1 TR,PL,lead
member B 1 TR,SR
member X 2 TR,lead
member Y 4 TR,lead
new_key Z 'person Z'
member Z 5 TR,lead
works 'root 1 signs' R1 roster sign --dir "$D" -o "$T/sig1"
refused 'who is no root does not sign' 1 'not one of the 2 roots' A roster sign --dir "$D" -o "$T/sigA"
refused 'one signature is not enough' 1 '1 of the 2' REG roster merge --dir "$D" "$T/sig1"
works 'root 2 signs' R2 roster sign --dir "$D" -o "$T/sig2"
works 'merge' REG roster merge --dir "$D" "$T/sig1" "$T/sig2"
refused 'only a registrar publishes' 1 'not a registrar' A roster publish --dir "$D"
works 'publish' REG roster publish --dir "$D"
works 'sync' A sync
works 'roster verify' A roster verify
works 'roster show' A roster show --json
said 'it names the members' 'person B'
works 'a stranger syncs and is told' C sync
grep -q 'not in this' "$T/err"
ok $? 'that nobody named him'

refused 'only the lead rotates' 1 'Only the lead' B desk rotate
works 'B offers a subkey' B sync
works 'the lead rotates' A desk rotate
refused 'twice only on purpose' 1 'waits for its second' A desk rotate
refused 'the lead does not confirm his own' 1 'another member' A desk rotate --confirm
works 'another member confirms' B desk rotate --confirm
works 'the lead syncs' A sync
works 'desk list' A desk list --json
said 'the key is current' '"number":1[^}]*"epoch":1'
works 'the secret is in both keystores' B key show --json
said 'with its number' '"epoch":1'
works 'again rotated' A desk rotate --days 20
works 'and confirmed' B desk rotate --confirm
works 'an offline key' A desk rotate --offline
works 'confirmed' B desk rotate --confirm
works 'keys come with sync' A sync
works 'three keys' A key show --json
said 'numbered in one row' '"epoch":3'

# a third member comes, and goes
member C 1 TR
works 'diff shows the newcomer' REG roster diff --dir "$D" --json
said 'by name' 'person C'
refused 'old signatures do not fit' 1 'another text' REG roster merge --dir "$D" "$T/sig1" "$T/sig2"
refused 'a draft that nobody signed is not published' 1 'not the roster that was merged' REG roster publish --dir "$D"
as R1 roster sign --dir "$D" -o "$T/sig1"
as R2 roster sign --dir "$D" -o "$T/sig2"
works 'merge again' REG roster merge --dir "$D" "$T/sig1" "$T/sig2"
cp "$D/roster.note" "$T/roster2.note"
works 'publish version 2' REG roster publish --dir "$D"
works 'C syncs' C sync
as C key show --json
grep -q '"epochs":\[\]' "$T/out"
ok $? 'and has no desk key yet'
handle=$(sed -n 's/^handle //p' "$T/C.card")
works 'A syncs' A sync
works 'admit' A desk admit "$handle"
works 'C syncs again' C sync
as C key show --json
said 'and has the three keys' '"epoch":1.*"epoch":3\|"epoch":3.*"epoch":1'
works 'remove makes the next key without him' A desk remove "$(printf %.6s "$handle")"
works 'B confirms' B desk rotate --confirm
works 'C syncs after' C sync
# The faces have the new certificate a moment after it was confirmed.
for i in 1 2 3 4 5 6 7 8; do
	grep -q 'Nobody has sealed epoch key 4' "$T/err" && break
	sleep 0.3
	as C sync
done
grep -q 'Nobody has sealed epoch key 4' "$T/err"
ok $? 'and is told that key 4 is closed to him'

# the clock and the passphrase
works 'unlock' A unlock --for 1
agents="$T/A"
timeout 20 "$davy" --home "$T/A" key show >"$T/out" 2>"$T/err" </dev/null
ok $? 'the agent opens the keystore'
"$davy" --home "$T/A" lock >"$T/out" 2>&1
timeout 20 "$davy" --home "$T/A" key show >"$T/out" 2>"$T/err" </dev/null
[ $? = 1 ] && grep -q 'locked' "$T/err"
ok $? 'after lock it is closed'
chmod 640 "$T/A/keystore"
refused 'a keystore that others may read is refused' 1 'chmod 600' A key show
chmod 600 "$T/A/keystore"

stop_gateway
refused 'without a network: try again' 3 'does not answer on the Unix socket .*/gw.sock' A sync
works 'what is here stays readable' A desk list
done_testing
