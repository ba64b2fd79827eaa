#!/bin/sh
# What davy suggests for a tip: codes from its words, and cases that may be the same matter or the same site.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

send() { # PICK WORDS
	as source tip send --tip "$T/open-tips.json" --pick "$1" --words "$2" --county '' \
		--receipt-file "$T/receipt-$1$2" || exit 1
	as p1 sync
	as p1 inbox --json
}

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'
open_tips

send T07 zh
fire=$(field 'd[0].id')
works 'a tip' p1 case show "$fire"
said 'her words are as she wrote them' '窗户焊了铁条'
script -qec "stty cols 200; '$davy' --home '$T/p1' --passphrase-file '$T/pass' case show $fire" /dev/null >"$T/out"
said 'on a terminal the words that speak for a code stand in braces' '{窗}户{焊}了{铁条}'
as p1 case show "$fire"
said 'the code stands beneath the tip, with its lowest severity and the words' 'hazard?  FR-01 .*  S2  {.*楼梯'
works 'the same for programs' p1 case show "$fire" --json
is 'a mark names entry, field and bytes' true \
	'd.suggested.marks.every((m) => Buffer.from(d.entries[m.number].body[m.field]).length >= m.at + m.len)'
is 'the first is the right one' FR-01 'd.suggested.hazard[0].code'
is 'what the source wrote is unchanged' false 'd.tip.what.includes("{")'
as p1 case show "$fire" --lang zh
said 'in Chinese' '危险？  FR-01 安全出口'

send T02 zh
mine=$(field "d.find((c) => c.id !== '$fire').id")
works 'another tip of the same site' p1 case show "$mine"
said 'is put beside the first, with the reason' \
	"^  $(echo "$fire" | cut -c1-8)  LINK .*the same words of place {砚坪甲矿"
works 'for programs' p1 case like "$mine" --json
is 'the same' "$fire false site" '`${d[0].id} ${d[0].same} ${d[0].why}`'
send T12 zh
second=$(field "d.find((c) => c.id !== '$fire' && c.id !== '$mine').id")
as p1 case show "$second"
works 'a second voice' p1 case like "$second"
said 'is the same matter' "^  $(echo "$mine" | cut -c1-8)  MERGE .*the same kind of danger"
said 'and beside the other only a link' "^  $(echo "$fire" | cut -c1-8)  LINK "
as p1 case show "$fire" --json
reads=$(field 'd.entries.length')
send T06 zh
other=$(field "d.find((c) => !['$fire', '$mine', '$second'].includes(c.id)).id")
as p1 case show "$other"
works 'a case that is like none' p1 case like "$other"
said 'is told so' 'No case that was opened here'
as p2 sync
works 'another member, who opened nothing yet' p2 case like "$mine" --json
is 'is offered nothing: suggestions do not open cases' 0 d.length
as p1 case show "$fire" --json
is 'nothing was written anywhere' "$reads" d.entries.length

# What makes a case like another is kept when it comes: a note leaves it as it is, a judgement changes it.
as p1 case show "$mine" --json
kind=$(field 'd.suggested.hazard[0].code')
as p2 case show "$mine" && as p2 case show "$fire" && as p1 case note "$fire" --text 问过工会 && as p2 sync
works 'after a note of the other member' p2 case like "$mine"
said 'the first is what it was' "^  $(echo "$fire" | cut -c1-8)  LINK "
as p1 case ack "$fire" && as p1 case note "$fire" --text 又问过 &&
	as p1 case triage "$fire" --outcome ACCEPT --severity S2 --hazard "$kind" && as p2 sync
works 'after a note and a judgement of the other member' p2 case like "$mine"
said 'it is the same matter' "^  $(echo "$fire" | cut -c1-8)  MERGE .*the same kind of danger"

done_testing
