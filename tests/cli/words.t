#!/bin/sh
# What davy says and does where a person made a small mistake: which tip of a file is sent, what is not sent, what a
# question needs, which hazard holds a severity up.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
tips=tests/data/sample-tips.json

scripts/demo-world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'

refused 'of a file with many tips none is sent by chance' 1 'holds 12 tips.*--pick' source tip send --tip "$tips" \
	--save "$T/frames"
[ ! -e "$T/frames" ]
ok $? 'and nothing was written'
refused 'an id that is in no list' 1 'no tip with that id' source tip send --tip "$tips" --pick X9
works 'a tip of the second list is found' source tip send --tip "$tips" --pick E1 --county 990102 \
	--receipt-file "$T/receipt-edge" --save "$T/frames-edge"
works 'a tip with a pin' source tip send --tip "$tips" --pick T02 --words zh --county 990102 \
	--receipt-file "$T/receipt"
grep -q 'The pin is not sent' "$T/err"
ok $? 'and the person is told that the pin is not sent'

as p1 sync
as p1 inbox --json
id=$(field 'd[0].id')
as p1 case show "$id"
as p1 case ack "$id"
refused 'a refusal names the hazard and its floor' 1 'hazard CM-02 .*S1' p1 case triage "$id" --outcome ACCEPT \
	--severity S4 --hazard CM-15A,CM-02
works 'a question is its own status' p1 case reply "$id" --question --text 'which face?' --now
as p1 case show "$id" --json
[ "$(field 'd.entries.find((e) => e.type === "reply").body.status')" = 3 ]
ok $? 'which is 3'
refused 'an order that is not there is called an order' 1 'No order begins with 0000' i1 order show 0000
refused 'a wrong county tells where areas are listed' 2 'davy desk list' source tip send --tip "$tips" --county 12
as i1 desk list
said 'and they are' '990102\|9901'
done_testing
