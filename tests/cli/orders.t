#!/bin/sh
# Sealed orders through the real tool and gateway, from the draft to the site: who writes, who releases, who goes; what
# is on no disk in clear; what is cut short and goes on; and what one of them alone, or a gateway that lies, cannot do.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

scripts/demo-world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
# shellcheck source=tests/cli/orders.sh
. tests/cli/orders.sh
bad() { # NAME PATTERN FIELDS…
	bad_name=$1 bad_pattern=$2
	shift 2
	draft "$@"
	refused "$bad_name" 1 "$bad_pattern" n1 order new --file "$T/draft.json"
}

# ---- drafts ----
draft
refused 'a reviewer writes no order' 1 'planner (PL)' p1 order new --file "$T/draft.json"
[ -e "$T/draft.json" ]
ok $? 'and his file stays'
bad 'four checkpoints are too few' '5 to 9' 'd.route.pop()'
bad 'the true one is not the first' 'neither the first' 'd.at = 1'
bad 'nor the last' 'neither the first' 'd.at = 5'
bad 'a cover reason is one of the list' 'cover' 'd.cover = "because"'
bad 'a visit has a companion site' 'companion' 'delete d.companion'
bad 'which is another one' 'another one' 'd.companion = d.site'
bad 'a word that orders do not know' 'do not know' 'd.colour = "red"'
bad 'one person releases nothing' 'two to four' 'd.a.pop()'
bad 'nobody is named twice' 'named twice' 'd.a[1] = d.a[0]'
bad 'who plans is on no side' 'neither side' 'd.a[0] = "人员n1"'
bad 'who releases is SR' 'role SR' 'd.a[0] = "人员n2"'
bad 'who leads is TL' 'role TL' 'd.b[0] = "检查员乙"'
bad 'side A is of one desk, near the planners' 'of one desk' 'd.a = ["互助甲", "互助乙"]'
bad 'an integrity desk goes nowhere' 'no inspection desk' 'd.desk = 6'
bad 'side B is of the desk that goes' 'role TL' 'd.b = ["独立甲", "人员t1"]'
bad 'the departure lies in its day' '24 to 47' 'd.depart = d.from + 48'
bad 'the first hour is to come' '60 days' 'd.from -= 100; d.depart -= 100'
bad 'no desk reads what it may not' 'may not read' 'd.level = 4'
bad 'nor an office that is excluded' 'may not read' 'd.excluded = ["L1"]'
draft
works 'a draft is kept' n1 order new --file "$T/draft.json" --json
id=$(field d.id)
[ ! -e "$T/draft.json" ]
ok $? 'and its file is wiped'
h0=$(now)
h0=$((h0 + 60))
is 'it is sealed at an hour of a day' true "d.seal >= $h0 - 36 && d.seal < $h0 - 12"
seal=$(field d.seal)
works 'it can be read again' n1 order draft "$id" --json
is 'as it was written' '鹿鸣九号井 3' '`${d.site} ${d.at}`'
refused 'and not by anybody else' 1 'No draft' n2 order draft "$id"
grep -rl '鹿鸣\|四采区' "$T/n1" "$T/GW" >"$T/found"
[ ! -s "$T/found" ]
ok $? 'no word of it is on the disk'

# ---- sealing ----
refused 'it is not sealed before its hour' 3 'hour was drawn' n1 order seal "$id"
later $((seal - $(now) + hours))
works 'at its hour it is sealed' n1 order seal "$id"
refused 'the draft is gone' 1 'No draft' n1 order draft "$id"
as n1 order list --json
is 'and it is an order' sealed "d.find((o) => o.id === '$id').state"

# ---- approving and arming ----
everybody
as c2 order list --json
is 'who is on no side does not see it' 0 d.length
refused 'nor approves it by its id' 1 'No order begins' c2 order approve "$id"
refused 'nor does a leader' 1 'not on side A' t1 order approve "$id"
refused 'a key that nobody has known for a week takes a second yes' 1 'less than 7 days' i1 order approve "$id"
works 'which one can give' i1 order approve "$id" --yes
refused 'alone he approves nothing' 1 'another member' i1 order approve "$id" --yes
as n1 order show "$id" --json
is 'so it is not approved' sealed d.state
works 'the second approves' i2 order approve "$id" --yes
as n1 order show "$id" --json
is 'then it is' approved d.state
refused 'it is armed in its last hours only' 3 '12 hours before' n2 order arm "$id" --yes
later $((h0 - 11 - $(now) + hours))
works 'then by any planner of the desk' n2 order arm "$id" --yes
as i1 order show "$id" --json
is 'and it is armed' armed d.state

# ---- layer 0, sealed ----
# spoken HOME LAYER: opens with the digits on standard input.
spoken() {
	timeout 20 "$davy" --home "$T/$1" --passphrase-file "$T/pass" order open "$id" "$2" --code --json \
		>"$T/out" 2>"$T/err"
	status=$?
	return "$status"
}
off() { as "$1" gateway connect http://127.0.0.1:9 --card "$T/GW/gateway.card"; }
on() { as "$1" gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"; }
everybody
refused 'before its first hour side A has no half' 1 'first hour' i1 order release "$id" 0
refused 'nor side B' 1 'first hour' t1 order open "$id" 0
later $((h0 - $(now) + hours))
refused 'a planner releases nothing' 1 'not on side A' n1 order release "$id" 0
refused 'nor does side B' 1 'not on side A' t1 order release "$id" 0
refused 'layers go in their order' 1 'comes first' i1 order release "$id" 1
works 'a leader takes the bytes before the code is given' t1 order open "$id" 0 --json
is 'and waits for it' 'true undefined' '`${d.waits} ${d.body}`'
as n1 order show "$id" --json
is 'nothing has moved' armed d.state
works 'side A releases layer 0' i1 order release "$id" 0
works 'side B opens it' t1 order open "$id" 0 --json
is 'and reads where roughly' '云柘市北部 COVERT' '`${d.body.region} ${d.body.kind}`'
is 'and when' "$((h0 + 28)) $((h0 + 29))" '`${d.body.h1} ${d.body.h2}`'
as n1 order show "$id" --json
is 'the log says so' released d.state
refused 'side A opens nothing' 1 'not on side B' i1 order open "$id" 0
grep -rl '鹿鸣\|四采区' "$T/t1" "$T/i1" "$T/GW" >"$T/found"
[ ! -s "$T/found" ]
ok $? 'and nobody has the site'

# ---- layer 1, by a deputy ----
works 'side A releases layer 1 before its hour' i2 order release "$id" 1
refused 'the gateway gives it not' 1 'hour has not come' t1 order open "$id" 1
later $((h0 + 28 - $(now) + hours))
refused 'a deputy begins with layer 0' 1 'Open layer 0 first' t2 order open "$id" 1
works 'which he opens himself' t2 order open "$id" 0
works 'then layer 1' t2 order open "$id" 1 --json
is 'the muster point' 北门停车场 d.body.muster
works 'and the leader too' t1 order open "$id" 1
as n1 order show "$id" --json
is 'each has left a trace' 5 'd.entries.filter((e) => e.type === "order-take").length'
done_testing
