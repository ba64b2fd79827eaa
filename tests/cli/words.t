#!/bin/sh
# What davy says and does where a person made a small mistake: which tip of a file is sent, what is not sent, what a
# question needs, which hazard holds a severity up.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
tips=tests/data/sample-tips.json

tests/lib/world "$T" >"$T/out" 2>"$T/err"
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
refused 'a wrong county tells where they are listed' 2 'davy county list' source tip send --tip "$tips" --county 12

# Counties by name: the registrar's list is a file beside the gateway's card, and without it codes stand alone.
as p1 county list
grep -q 'No names of counties here yet.*davy county set' "$T/err"
ok $? 'without a list: where to get it'
refused 'nor does a name mean anything' 2 'davy county list' p1 case abstract "$id" --text x --hazard CM-01 \
	--county 'Yanxi county'
as p1 case abstract "$id" --text 摘要 --hazard CM-01 --county 990102
as p1 case show "$id"
said 'a code stands alone' 'county  *990102$'
refused 'what is no list is not kept' 1 'not a list of counties' p1 county set "$T/GW/gateway.card"
printf '[{"code": "990102", "zh": "砚\\u001b[31m", "en": "Yanxi"}]' >"$T/bad"
refused 'nor one that writes to the terminal' 1 'not a list of counties' p1 county set "$T/bad"
works 'the list is kept' p1 county set "$T/counties.json"
as p1 county list
said 'a name has its code and the desks that cover it' '^990102.砚溪县.Yanxi county.1 2 .* 7 8$'
as p1 county list 青柏 --json
[ "$(field 'd.map((c) => c.code).join()')" = 990103 ]
ok $? 'a word finds one'
[ "$(field 'd[0].desks.includes(2) && !d[0].desks.includes(7)')" = true ]
ok $? 'which the inspectors of another do not cover'
as p1 county list nowhere
grep -q 'No county has this' "$T/err" && [ ! -s "$T/out" ]
ok $? 'or none'
as p1 case show "$id"
said 'its name stands behind the code' 'county  *990102 Yanxi county$'
as p1 --lang zh case show "$id"
said 'in Chinese too' '990102 砚溪县$'
works 'a name is typed' p1 case abstract "$id" --text 摘要二 --hazard CM-01 --county 'qingbai COUNTY'
as p1 case show "$id"
said 'and the code is written' '990103 Qingbai county'
refused 'half a name is not taken' 2 'davy county list' p1 case abstract "$id" --text x --hazard CM-01 --county 青
printf '[' >"$(echo "$T"/p1/gateways/*/counties)"
refused 'a list that was damaged is told' 1 'not a list of counties' p1 county list
works 'and stops nothing' p1 case show "$id"
done_testing
