#!/bin/sh
# What davy refuses: rosters that are old, over, doubled or signed by others, and answers that the
# gateway's key did not sign. No gateway runs: a fake one serves what a thief of the address could.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
before_midnight

F=$T/fake
D=$T/draft
mkdir "$F"
for h in R1 OTHER REG A Y Z; do new_key "$h" "person $h" || ok 1 "key $h"; done
"$davyd" init "$T/GW" --root "$T/R1.card" --threshold 1 --listen "unix:$T/gw.sock" >"$T/out" 2>"$T/err"
"$davyd" init "$T/GW2" --root "$T/OTHER.card" --threshold 1 --listen "unix:$T/gw2.sock" >>"$T/out" 2>>"$T/err"
ok $? 'two gateways are made'
cp "$T/GW/gateway.card" "$F/card"
echo own-key >"$F/mode"

node "$(dirname "$0")/fake.mjs" "$F" &
fake=$!
trap 'kill $fake 2>/dev/null; cleanup' EXIT
i=0
while [ ! -s "$F/port" ] && [ "$i" -lt 50 ]; do i=$((i + 1)); sleep 0.1; done
url=http://127.0.0.1:$(cat "$F/port")

# bundle NAME: what GET /roster would serve for the draft's merged note
bundle() {
	{
		printf 'roster %s\n' "$(wc -c <"$D/roster.note")"
		cat "$D/roster.note"
		printf 'end\n'
	} >"$F/$1"
	size=$(wc -c <"$F/$1")
	head -c $((65536 - size)) /dev/zero | tr '\0' '\n' >>"$F/$1"
}
serve() { cp "$F/$1" "$F/roster"; }
sign() {
	as R1 roster sign --dir "$D" -o "$T/sig" && as REG roster merge --dir "$D" "$T/sig"
}
# As after a publication, without a gateway.
pretend_published() {
	cp "$D/roster.note" "$D/published"
	cp "$D/members" "$D/published-members"
	sed -i 's/"published": false/"published": true/' "$D/draft.json"
}
dates() { # FROM UNTIL
	sed -i "s/\"from\": \"[^\"]*\"/\"from\": \"$1\"/; s/\"until\": \"[^\"]*\"/\"until\": \"$2\"/" "$D/draft.json"
}

as REG roster new --gateway "$T/GW/gateway.card" --name 测试 --name-en Test --dir "$D"
for d in 1:review:3:990000:1:4 4:oversight:4:000000:4:0 5:oversight:4:000000:5:0; do
	IFS=: read -r no kind level area org above <<-END
	$d
	END
	as REG roster desk-add --dir "$D" --number "$no" --kind "$kind" --level "$level" --area "$area" \
		--org "$org" --above "$above" --sectors COAL --name "台$no" --name-en "Desk $no"
done
as REG roster desk-set --dir "$D" --backstop 5
as REG roster member-add --dir "$D" --card "$T/A.card" --desk 1 --roles TR,lead
as REG roster member-add --dir "$D" --card "$T/Y.card" --desk 4 --roles TR,lead
as REG roster member-add --dir "$D" --card "$T/Z.card" --desk 5 --roles TR,lead
key=$(head -c 32 /dev/urandom | base64)
other=$(printf '%32s' x | base64)
works 'a draft names the log of the gateway, and who witnesses it' \
	REG roster log --dir "$D" --key "$key" --witness "70 union.example/w1 $other" --quorum 2 --json
is 'with as many cosignatures as are asked for' '1 2' '`${d.witnesses} ${d.quorum}`'
refused 'a witness without a key' 2 'A witness is' REG roster log --dir "$D" --witness '70 union.example/w1'
refused 'a key that is none' 2 'no key of a log' REG roster log --dir "$D" --key AAAA
sign && grep -qxF "log $key" "$D/roster.note" && grep -q "^witness 70 union" "$D/roster.note" &&
	grep -q '^quorum 2$' "$D/roster.note"
ok $? 'and what is signed says so'
works 'it is taken out again' REG roster log --dir "$D" --none
sign && ! grep -q '^log\|^witness\|^quorum' "$D/roster.note"
ok $? 'roster 1 is signed'
bundle v1
pretend_published
as REG roster renew --dir "$D" && sign
ok $? 'roster 2 is signed'
bundle v2
cp "$D/roster.note" "$T/v2.note"
dates "$(date -u +%F)" "$(date -u -d '+9 days' +%F)"
sign
bundle twin
cp "$T/v2.note" "$D/roster.note"
pretend_published
as REG roster renew --dir "$D"
dates "$(date -u -d '-40 days' +%F)" "$(date -u -d '-5 days' +%F)"
sign
bundle over
dates "$(date -u -d '+4 days' +%F)" "$(date -u -d '+9 days' +%F)"
sign
bundle early
sed 's/oversight/integrity/' "$F/v2" >"$F/changed"

works 'a source connects without a key' S gateway connect "$url" --card "$F/card"
serve v1
works 'roster 1 is taken' S sync
serve v2
works 'and roster 2 after it' S sync
serve v1
refused 'roster 1 is not taken back' 1 'has seen 2' S sync
works 'roster 2 stays in use' S desk list --json
serve twin
refused 'another roster 2 is refused' 1 'two different rosters' S sync
serve over
works 'a home connects while the roster is over' S3 gateway connect "$url" --card "$F/card"
works 'a roster that is over is taken for reading' S3 sync
grep -q 'was valid until.*nothing can be sealed' "$T/err"
ok $? 'with a warning that nothing can be sealed'
refused 'and nothing is sealed with it' 1 'was valid until' S3 tip send --tip tests/data/sample-tips.json --pick T02 \
	--words zh --receipt-file "$T/receipt-over"
refused 'and roster verify' 1 'was valid until' S3 roster verify
serve early
refused 'one from the future too' 1 'valid from' S sync
serve changed
refused 'one changed on the way is forged' 1 'not signed by the roots' S sync
serve v2
works 'another home pins other roots' S2 gateway connect "$url" --card "$T/GW2/gateway.card"
refused 'and believes nothing' 1 'not signed by the roots' S2 sync
head -c 500000 /dev/zero >"$F/roster"
refused 'rubbish is refused' 1 'not usable' S sync
head -c 5000000 /dev/zero >"$F/roster"
refused 'too much of it as well' 1 'too long for a gateway' S sync
serve v2

for lie in own-key pinned-name zeros; do
	echo "$lie" >"$F/mode"
	refused "an answer that the pinned key did not sign ($lie)" 1 'not signed by the gateway' S gateway status
done
echo short >"$F/mode"
refused 'a short answer' 1 "not a gateway's" S gateway status
echo long >"$F/mode"
refused 'a long answer' 1 'too long for a gateway' S gateway status
echo redirect >"$F/mode"
refused 'no redirect is followed' 1 'HTTP 302' S gateway status
echo own-key >"$F/mode"
works 'a member connects' A gateway connect "$url" --card "$F/card"
refused 'members notes come signed or not at all' 1 'not signed by the gateway' A sync
cp "$F/card" "$T/other.card"
sed -i "s|^gateway \([0-9a-f]*\) .*|gateway \1 $(sed -n 's/^gateway [0-9a-f]* //p' "$T/GW2/gateway.card")|" \
	"$T/other.card"
refused 'a pinned key does not change' 1 'another key' S gateway connect "$url" --card "$T/other.card"
as S gateway connect 'http://gateway.example' --card "$F/card"
grep -q 'Plain http' "$T/err"
ok $? 'plain http is warned of'
refused 'a proxy that looks names up here' 2 'socks5h' S gateway connect "$url" --card "$F/card" \
	--proxy socks5://127.0.0.1:9
works 'a proxy that nobody runs is taken' S gateway connect "$url" --card "$F/card" --proxy socks5h://127.0.0.1:9
refused 'and never gone round' 3 'does not answer' S sync

# names that turn the line, hide, or pile up on a letter
evil=$(printf '台\342\200\256gpj\342\200\213X\314\201\314\201\314\201\314\201\314\201\314\201')
refused 'a name that moves the cursor is none' 2 'control' E key new --name "$(printf 'a\033[2Jb')" --memory 1
as E key new --name "$evil" --memory 1
as E key card -o "$T/E.card"
: >"$T/said"
for command in "roster new --gateway $T/GW/gateway.card --name $evil --name-en $evil" \
	"roster desk-add --number 4 --kind oversight --level 4 --area 000000 --org 4 --above 0 --sectors COAL \
		--name $evil --name-en $evil" \
	"roster member-add --card $T/E.card --desk 4 --roles TR,lead" 'roster show' 'roster show --json' \
	'roster diff'; do
	# shellcheck disable=SC2086
	as REG $command --dir "$T/evil"
	cat "$T/out" "$T/err" >>"$T/said"
done
[ "$(grep -c 'U+202E\|u202E' "$T/said")" -gt 5 ] && ! grep -q "$(printf '\342\200[\256\213]')" "$T/said"
ok $? 'in a card and in a roster it is shown by its numbers'
done_testing
