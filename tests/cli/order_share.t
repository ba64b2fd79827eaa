#!/bin/sh
# A leader hands a layer of a sealed order to those who go with him, in a file for their keys: who can read it, who may
# be given which layer, what the log says of it, without a network; and what is refused.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
before_midnight

# shellcheck source=tests/cli/visit.sh
. tests/cli/visit.sh
visit_world
ok $? 'a deployment with planners, leaders and inspectors'
usual='d.persons = 4; d.turn = ["人员t1", "人员t2", "人员x1", "检查员乙"]'
armed
ok $? 'an order is sealed, approved and armed'
shared() { # HOME NAME WANT FILE: what he reads there
	works "$2" "$1" order shared "$T/$4" --json
	is "... that is $3" "$3" \
		'[d.layer, d.body.region, d.body.muster, d.body.site, d.from].filter((x) => x != null).join(" ")'
}
share() { # HOME LAYER FILE MEMBER…
	share_home=$1 share_layer=$2 share_file=$3
	shift 3
	as "$share_home" order share "$id" "$share_layer" "$@" -o "$T/$share_file"
}
not_shared() { # NAME PATTERN HOME LAYER MEMBER…: and no file is there
	not_name=$1 not_pattern=$2
	shift 2
	rm -f "$T/none"
	not_home=$1 not_layer=$2
	shift 2
	share "$not_home" "$not_layer" none "$@"
	[ "$status" != 0 ] && [ ! -e "$T/none" ] && grep -q -e "$not_pattern" "$T/err" "$T/out"
	ok $? "$not_name"
}

not_shared 'what is not open is not shared' 'Layer 0 is not open here' t1 0 人员x1
layer 0 && layer 1
ok $? 'two layers are open'
share t1 0 zero 人员x1
ok $? 'the first goes to one inspector'
share t1 1 one 人员x1 检查员乙
ok $? 'the second to two'
[ "$(wc -c <"$T/zero") $(wc -c <"$T/one")" = '16128 16128' ]
ok $? 'both files have the size of every entry'
! grep -qa '北门\|云柘\|CM-\|muster' "$T/zero" "$T/one"
ok $? 'and no word of what they say'
shared x1 'the inspector reads' '0 云柘市北部 人员t1' zero
shared x1 'and' '1 北门停车场 人员t1' one
shared c2 'so does the other' '1 北门停车场 人员t1' one
for home in t1 t2 n1 i1 c2; do
	refused "nor does $home read what is for one inspector alone" 1 'not for you' "$home" order shared "$T/zero"
done
node -e 'const fs = require("fs"), b = fs.readFileSync(process.argv[1]); b[9000] ^= 1;
fs.writeFileSync(process.argv[2], b); fs.writeFileSync(process.argv[3], b.subarray(0, 16000));' \
	"$T/one" "$T/bent" "$T/short"
refused 'a changed file is refused' 1 'not for you, or it is damaged\|no layer that a leader' \
	x1 order shared "$T/bent"
refused 'a short one as well' 1 'no shared layer' x1 order shared "$T/short"

# ---- who is given what ----
not_shared 'a planner shares nothing' 'not on side B' n1 0 人员x1
not_shared 'nor does side A' 'not on side B' i1 0 人员x1
not_shared 'nor an inspector who has read it' 'No order begins' x1 1 检查员乙
not_shared 'a deputy of side B opens it himself' 'side B and opens' t1 1 人员t2
not_shared 'nobody of another desk gets it' 'Nobody in your desk' t1 1 独立甲
not_shared 'nobody is named twice' 'named twice' t1 1 人员x1 人员x1
not_shared 'five are too many' 'Too many' t1 1 人员x1 检查员乙 人员t2 人员t1 独立甲
refused 'it goes to a file' 2 'where it goes' t1 order share "$id" 1 人员x1

as t1 order depart "$id" --people 人员t1 --people 人员t2 --people 人员x1 --bagged 3 --paper K-07
ok $? 'three leave'
layer 2
ok $? 'on the road the last layer is opened'
not_shared 'who stayed at home is not told where they go' 'departure does not name' t1 2 检查员乙
as t1 gateway connect http://127.0.0.1:9 --card "$T/GW/gateway.card"
as x1 gateway connect http://127.0.0.1:9 --card "$T/GW/gateway.card"
share t1 2 two 人员x1
ok $? 'who is on the road is, without a network'
as t1 outbox list --json
is 'and that waits to be recorded' 1 'd.length'
shared x1 'he reads it without a network' '2 鹿鸣九号井 人员t1' two
is 'with its checklist' CM-15A 'd.body.checklist.join()'
as t1 gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"
as x1 gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"
grep -rl '鹿鸣\|四采区' "$T/x1" "$T/GW" "$T/two" >"$T/found"
[ ! -s "$T/found" ]
ok $? 'no word of it lies on a disk'

# ---- what the log says ----
as t1 sync
x=$(handle x1) c=$(handle c2)
for home in i1 n1; do
	as "$home" sync
	as "$home" order show "$id" --json
	is "$home reads in the log who got which layer" "share 0:$x share 1:$x,$c share 2:$x" \
		'd.entries.map((e) => e.body).filter((b) => b?.shared).map((b) => `${b.paper}:${b.shared}`).join(" ")'
	works 'and in its traces' "$home" order trace "$id" --json
	is 'beside those who took them' '0人员x1 1人员x1 1检查员乙 2人员x1' \
		'd.filter((t) => t.trace === "shared").map((t) => t.layer + t.who).sort().join(" ")'
done
as i1 --lang zh order trace "$id"
said 'in Chinese as well' '人员t1.*分享\|分享.*人员t1'
as c2 order list --json
is 'who was given a layer does not see the order' 0 d.length

# ---- a leader who is one no more ----
as registrar roster member-remove --dir "$T/draft" "$(handle t1)" && publish_draft && sleep 1
ok $? 'the leader has left the roster'
as x1 sync
refused 'what he shared is believed no more' 1 'no layer that a leader' x1 order shared "$T/one"
done_testing
