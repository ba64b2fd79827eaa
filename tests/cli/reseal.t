#!/bin/sh
# A case is handed to members of another desk, because too few of its readers are left: two say to whom, whoever opens
# an entry hands its file key on, and nobody else of their desk learns of it. What one reader alone comes to, and a
# member who takes himself off.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'
open_tips
# A third member of the desk to which the case is handed, who is not named.
new_key l3 望塬审核丙
as l3 gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"
as registrar roster member-add --dir "$T/draft" --card "$T/l3.card" --desk 3 --roles TR,SR
publish_draft
ok $? 'the other desk has three members'
for h in s1 s2 l1 l2 l3 p1 p2; do as $h sync; done
as l1 desk admit "$(sed -n 's/^handle //p' "$T/l3.card")"
as l3 sync

# Everything that a member can ask about his cases, as bytes.
asked() { # HOME ID OUT
	: >"$3"
	for q in sync 'case list --json' 'case next' 'status --json' 'stats --json' "case show $2" \
		"case history $2 --json" \
		"case note $2 --text x" "case recuse $2" "case reseal $2" 'watch --once' 'case search 砚坪 --json' \
		"case attach $2 0 -o $T/none"; do
		# shellcheck disable=SC2086
		as "$1" $q
		{ echo "$q: $status"; cat "$T/out" "$T/err"; } |
			sed "s/$2/ID/g; s/$(printf %.6s "$2")/ID/g; s/ [0-9][0-9]:00/ HOUR/" >>"$3"
	done
}
asked l3 00112233445566778899aabbccddeeff "$T/before"
echo 'a picture of the face' >"$T/face"
echo 'a picture of the fan' >"$T/fan"
works 'a tip with two pictures comes' source tip send --tip "$T/open-tips.json" --pick T02 --words zh \
	--county 990102 --attach "$T/face" --attach "$T/fan" --receipt-file "$T/r" --json
for h in s1 s2; do as $h sync; done
as s1 case list --json
id=$(field 'd[0].id')
works 'its reader opens it' s1 case show "$id"
as s1 case ack "$id"
as s1 case note "$id" --text '先前写的一句'

# ---- one alone ----

refused 'to whom has to be said' 2 'Say to whom' s1 case reseal "$id"
refused 'by a name of that desk' 1 'Not one member' s1 case reseal "$id" --desk 3 --to 云柘审核乙
refused 'not to inspectors: they never see a tip' 1 'written' s1 case reseal "$id" --desk 7 --to 检查员甲
works 'one reader names two' s1 case reseal "$id" --desk 3 --to 望塬审核甲 --to 望塬审核乙 --text 人手不够
refused 'and cannot sign it himself' 2 'Say to whom' s1 case reseal "$id"
as l1 sync
as l1 case list --json
is 'who is named sees nothing yet' 0 d.length
refused 'nor finds it by its id' 1 'No case' l1 case show "$id"

# ---- two ----

works 'another reader signs' s2 case reseal "$id"
as s2 case show "$id" --json
is 'it is said to whom' '2 0' '`${d.given.length} ${d.given_left}`'
as s1 case show "$id"
said 'by names' 'Handed to 望塬审核甲.*, 望塬审核乙'
for h in l1 l2; do
	works 'who is named lists it' $h sync
	as $h case list --json
	is 'and nothing else' "$id" 'd.map((x) => x.id).join()'
	works 'opens it' $h case show "$id"
	said 'with the words of the source' '里头还有一个面在出煤'
	said 'and those of its desk' '先前写的一句'
	grep -q ALARM "$T/out"
	[ $? = 1 ]
	ok $? 'no key was left out or false'
	works 'fetches a picture of the source' $h case attach "$id" 1 -o "$T/fan.$h"
	cmp -s "$T/fan" "$T/fan.$h" && ! [ -s "$T/err" ]
	ok $? 'with every byte of it, and nothing to warn of'
done
asked l3 "$id" "$T/after"
cmp -s "$T/before" "$T/after"
ok $? 'his colleague has every byte of a world without it'
diff "$T/before" "$T/after" | head -20 | sed 's/^/# /'

# ---- they work on it ----

works 'he writes into it' l1 case note "$id" --text '接手的人写的'
as l1 case show "$id"
said 'and reads it again' '接手的人写的'
as s1 case show "$id"
said 'as the desk of the case does' '接手的人写的'
works 'the other to whom it was handed syncs' l2 sync
as l2 case show "$id"
said 'and so does he' '接手的人写的'
works 'he triages it' l2 case triage "$id" --outcome ACCEPT --sector COAL --hazard CM-04 --severity S2 \
	--credibility B2 --actionability 6 --knower 6-20 --text 受理
works 'and answers her' l1 case reply "$id" --status 2 --now
works 'she reads it' source tip check --receipt-file "$T/r"
said 'as from anybody' 'read it\|看过'
works 'she writes again' source tip say --receipt-file "$T/r" --text '今晚又扒开了'
for h in s1 l1; do as $h sync; done
as l1 case show "$id"
grep -q '今晚又扒开了' "$T/out"
[ $? = 1 ]
ok $? 'her word is sealed to the desks of the case'
as s1 case show "$id"
said 'whose readers are told that it is to be handed on' 'keys of entries and attachments are not handed on yet'
works 'and hand it on' s1 case reseal "$id"
as s1 case show "$id" --json
is 'all of it, pictures, too' 0 d.given_left
as l1 sync
as l1 case show "$id"
said 'then he reads it' '今晚又扒开了'

# ---- he goes; it is taken back ----

works 'one of them takes himself off' l2 case recuse "$id"
as l2 sync
refused 'and has nothing left' 1 'No case' l2 case show "$id"
refused 'no picture either' 1 'No case' l2 case attach "$id" 0 -o "$T/left"
works 'the other cannot hand it to a colleague' l1 case note "$id" --text x
as l1 case reseal "$id" --desk 3 --to 望塬审核丙
[ "$status" = 1 ]
ok $? 'he hands it to nobody'
works 'a reader of the case proposes to take it back' s2 case reseal "$id" --back
works 'another signs' s1 case reseal "$id"
as l1 sync
refused 'then the gateway gives him nothing more' 1 . l1 case note "$id" --text y
refused 'and no picture' 1 . l1 case attach "$id" 0 -o "$T/back"
[ ! -e "$T/none" ] && [ ! -e "$T/left" ] && [ ! -e "$T/back" ]
ok $? 'none of those who may not has a file'
done_testing
