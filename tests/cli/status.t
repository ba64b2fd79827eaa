#!/bin/sh
# davy status: what waits for a member, counted from the workspace, with the next command for each.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

all='`${d.unread} ${d.said} ${d.sign} ${d.held} ${d.offline} ${d.drafts} ${d.closed}`'

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'
open_tips
works 'before the first sync' p1 status
said 'it says what fetches the cases' 'davy sync'
as source tip send --tip "$T/open-tips.json" --pick T02 --words zh --county '' --receipt-file "$T/receipt" --json
as source tip send --tip "$T/open-tips.json" --pick T03 --words zh --county '' --danger
as p1 sync
as p1 status --json
is 'two tips wait' '2 0 0 0 0 0 0' "$all"
is 'one of them is urgent, and its clock is short' '1 true' '`${d.urgent} ${d.soon >= 1}`'
as p1 watch --once --json
[ "$status" = 4 ] && grep -q '"urgent":1' "$T/out"
ok $? 'the duty room rings'
printf '#!/bin/sh\necho "$# $(env | grep -c DAVY)" >"%s/rang"\n' "$T" >"$T/ring"
chmod 700 "$T/ring"
echo "$T/ring" >"$T/p1/duty"
as p1 watch --once --call
[ "$status" = 4 ] && grep -qx '0 0' "$T/rang" && ! grep -q "[0-9a-f]\{8\}" "$T/out"
ok $? 'and runs the program of the home, which learns nothing'
as p1 case list --json
id=$(field 'd.find((c) => !c.urgent).id')
urgent=$(field 'd.find((c) => c.urgent).id')
is 'nothing was opened for it' '0' 'd.filter((c) => c.title).length'
as p1 case show "$id"
as p1 case ack "$id"
as p1 status --json
is 'one is acknowledged' '1 0 0 0 0 0 0' "$all"
works 'she says more' source tip say 'there is another door' --receipt-file "$T/receipt"
as p1 sync
as p1 status --json
is 'which is an answer of a source' '1 1 0 0 0 0 0' "$all"
as p1 case triage "$id" --outcome ACCEPT --severity S2 --hazard CM-01
as p1 status --json
is 'until the desk has done something about it' '1 0 0 0 0 0 0' "$all"
as p1 case reply "$id" --status 2
as p1 status --json
is 'a reply is held' '1 0 0 1 0 0 0' "$all"
as p1 case show "$urgent"
as p1 case ack "$urgent"
works 'a proposal' p1 case propose "$urgent" --outcome REFER --target 别处 --severity S2
as p1 status --json
is 'nobody signs his own proposal' '0 0 0 1 0 0 0' "$all"
as p2 sync
as p2 status --json
is 'the other signs it, who has not even opened the case' '0 0 1 1 0 0 0' "$all"
works 'for people' p2 status
said 'with the command' 'proposals of others to sign  *davy case cosign ID'
works 'in Chinese' p2 status --lang zh
said 'under each other' '待你签署的提议  *davy case cosign ID'
as p2 case show "$urgent"
as p2 status --json
is 'nor does opening it change that' '0 0 1 1 0 0 0' "$all"
works 'signed' p2 case cosign "$urgent"
as p2 status --json
is 'it waits no more, and its source is told' '0 0 0 2 0 0 0' "$all"
works 'one more tip' source tip send --tip "$T/open-tips.json" --pick T01 --words zh --county '' \
	--receipt-file "$T/receipt-junk"
as p1 sync
as p1 case list --json
junk=$(field 'd.find((c) => !c.state).id')
as p1 case show "$junk"
as p1 case ack "$junk"
works 'is called abuse' p1 case propose "$junk" --outcome ABUSE --text spam
as p1 status --json
is 'which one alone cannot say' 0 d.settled
as p2 sync
works 'and another' p2 case cosign "$junk"
as p1 sync
as p1 status --json
is 'it is settled, and not closed' '1 0 0 2 0 0 0' \
	'`${d.settled} ${d.unread} ${d.said} ${d.held} ${d.sign} ${d.late} ${d.closed}`'
works 'which is said' p1 status
said 'with who closes it' 'two have not closed them  *davy case close ID'
works 'and when the desk is handed over' p1 handover
said 'there, too' "$(printf %.8s "$junk").*to close"
works 'its source speaks' source tip say 'it is true' --receipt-file "$T/receipt-junk"
as p1 sync
as p1 status --json
is 'and it is worked on again' '0 1' '`${d.settled} ${d.said}`'
as p1 watch --once
[ "$status" = 0 ] && [ ! -s "$T/out" ]
ok $? 'nothing urgent waits: nothing rings'
refused 'a beat has whole minutes' 2 'from 1 to 60' p1 watch --once --every 0
as p1 gateway connect http://127.0.0.1:9 --card "$T/GW/gateway.card"
as p1 case note "$id" --text 'no network'
works 'without a network' p1 status --json
is 'the outbox counts' 1 d.offline
done_testing
