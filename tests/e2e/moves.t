#!/bin/sh
# Every move of a tip is driven once through the real tools, over real sockets with the members of the demo, and is
# refused once to somebody who may not make it: a member of the desk without the role, one without the office, anybody
# where only the source or the clock moves a case. The list of moves is that of admin-cli/data/states.json, which is
# built into davy: what no line here drives, fails. The programs are those whose clock this test moves.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
davyd=$(realpath "$BUILD/tests/davyd-clock") davy=$(realpath "$BUILD/tests/davy-clock")
echo 0 >"$T/clock"
export DAVY_TEST_CLOCK="$T/clock"
start_gateway "$T/GW"
ok $? 'the gateway runs'
: >"$T/driven"
: >"$T/refused"

# Two more members of the province: one who may only triage, one who may only plan.
for who in 'tr TR' 'pl PL'; do
	home=${who% *}
	new_key "$home" "省$home" && as "$home" gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card" &&
		as registrar roster member-add --dir "$T/draft" --card "$T/$home.card" --desk 1 --roles "${who#* }"
	ok $? "a member of the province with the role ${who#* } alone"
done
publish_draft
ok $? 'they stand in the roster'
sleep 1
as p1 sync
for home in tr pl; do
	as "$home" sync
	as p1 desk admit "$(sed -n 's/^handle //p' "$T/$home.card")" && as "$home" sync
	ok $? 'and get the keys of the desk'
done

now=0
days() { # N: so many go by for everybody
	now=$((now + $1 * 1440))
	printf '%-12d' "$now" 1<>"$T/clock"
	sleep 1.5
}
# tip NAME TILE WORDS: sent by a source, whose receipt is $T/NAME; its number in $T/NAME.id, read there by HOME.
tip() {
	printf '{"v":1,"lang":"zh","danger_now":false,"tile":%d,"county":"","where":"砚坪","what":"%s"}' "$3" "$4" \
		>"$T/$2.json"
	as source tip send --tip "$T/$2.json" --receipt-file "$T/$2" && as "$1" sync && as "$1" inbox --json &&
		field 'd.find((c) => !c.acknowledged).id' >"$T/$2.id" &&
		as "$1" case show "$(cat "$T/$2.id")" && grep -q "$4" "$T/out"
	ok $? "tip $2"
	at "$2" received
}
# at NAME STATE: the lines that follow are about that tip, which stands there.
at() {
	receipt=$T/$1 id=$(cat "$T/$1.id") last=$2
}
# moved HOME STATE BY: the case stands there for that member; TR, SR, PL, IG, SRC or SYS has moved it.
moved() {
	as "$1" case show "$id" --json
	[ "$(field 'd.state')" = "$2" ]
	ok $? "$last → $2 by $3"
	echo "$last $2 $3" >>"$T/driven"
	last=$2
}
# does HOME ARGS…: a command of davy case about this case that must work.
does() {
	who_=$1 verb_=$2
	shift 2
	as "$who_" case "$verb_" "$id" "$@"
	[ "$status" = 0 ] || { ok 1 "$who_: $verb_ $*"; }
}
# both ONE OTHER ARGS…: one proposes, and cannot sign for himself; the other signs.
both() {
	one=$1 other=$2
	shift 2
	does "$one" propose "$@"
	as "$one" case cosign "$id" && ok 1 'nobody signs for himself'
	as "$other" sync
	does "$other" show
	does "$other" cosign
}
# no HOME STATE PATTERN VERB ARGS…: whoever this is does not move it there, and it stays where it is.
no() {
	who_=$1 to_=$2 pattern_=$3 verb_=$4
	shift 4
	as "$who_" case "$verb_" "$id" "$@"
	[ "$status" = 1 ] && grep -q -e "$pattern_" "$T/err" "$T/out"
	ok $? "$last → $to_: not by $who_"
	as "$who_" case show "$id" --json
	[ "$(field d.state)" = "$last" ] || ok 1 "and it stays $last"
	echo "$last $to_" >>"$T/refused"
}
role='have the role' state='in the state'
# bars STATE [ARGS…]: the member without a role and, where a move is nobody's, he who has all of them.
bars() { to=$1; shift; no pl "$to" "$role" triage --move "$to" "$@"; }
nobody() { no p1 "$1" "$state" triage --move "$1"; }
says() { as source tip say --receipt-file "$receipt" "$@" || ok 1 "the source says $*"; }

# ---- what a desk does by itself ----

tip p1 main 2 风筒断开
does pl show
no pl in_triage "$role" ack
does p1 ack
moved p1 in_triage TR
bars accepted --severity S2
does p1 triage --outcome ACCEPT --severity S2 --hazard CM-01
moved p1 accepted TR
bars in_triage
does p1 triage --move in_triage
moved p1 in_triage TR
does p1 triage --outcome ACCEPT
moved p1 accepted TR
no tr in_action "$role" triage --move in_action
does p1 triage --move in_action
moved p1 in_action PL
no tr in_triage "$role" propose --move in_triage --text 重来
no p1 in_triage 'two members' triage --move in_triage --text 重来
both p1 p2 --move in_triage --text 重来
moved p1 in_triage SR
does p1 triage --outcome ACCEPT
moved p1 accepted TR
does p1 triage --move in_action
moved p1 in_action PL

# ---- merged into it ----

tip p1 same 2 风筒又断开
does p1 ack
moved p1 in_triage TR
no pl merged "$role" propose --move merged --into "$(cat "$T/main.id")"
no tr merged 'two members' triage --move merged --into "$(cat "$T/main.id")"
merge() {
	does p1 merge --into "$(cat "$T/main.id")"
	as p2 sync
	does p2 show
	does p2 cosign
	moved p1 merged TR
}
merge
says 今天又断了
moved p1 in_triage SRC
merge
bars in_triage
does p1 triage --move in_triage
moved p1 in_triage TR
merge
no pl in_action "$role" propose --move in_action --target-state verified
no p1 in_action 'two members' triage --move in_action --target-state in_action
both p1 p2 --move in_action --target-state in_action
moved p1 in_action SR

# ---- verified, answered, rechecked above ----

at main in_action
no tr verified "$role" propose --move verified --result partly
both p1 p2 --move verified --result partly
moved p1 verified SR
bars answered
no p1 answered 'told' triage --move answered
does p1 reply --status 5b --now --yes
moved p1 answered TR
nobody recheck
nobody closed
says --object --text 没有查
moved p1 recheck SRC
no p1 in_action 'did not sign' triage --move in_action

at same in_action
no tr verified_unfounded "$role" propose --move verified_unfounded --result not_found --no-leak
both p1 p2 --move verified_unfounded --result not_found --no-leak
moved p1 verified_unfounded SR
bars answered
does p1 reply --status 5c --now --yes
moved p1 answered TR

# ---- sealed ----

tip p1 seal 2 领导的矿
does p1 ack
moved p1 in_triage TR
no tr sealed "$role" propose --outcome SEAL --severity S2 --hazard CO-03
both p1 p2 --outcome SEAL --severity S2 --hazard CO-03
moved p1 sealed SR
no tr in_triage "$role" propose --move in_triage --text 误
no p1 in_action "$role" propose --move in_action
both p1 p2 --move in_triage --text 误
moved p1 in_triage SR

tip g1 bribe 10 检查前有人通气
does g1 ack
moved g1 in_triage TR
both g1 g2 --outcome SEAL --severity S2 --hazard CO-03
moved g1 sealed SR
no g1 in_action 'two members' triage --move in_action
both g1 g2 --move in_action
moved g2 in_action IG
both g1 g2 --move verified --result partly
moved g1 verified SR
does g1 reply --status 5b --now --yes
moved g1 answered TR
says --object --text 不是这样
moved g1 recheck SRC
no g1 answered 'two members\|did not sign' triage --move answered
as i1 sync
as i1 case show "$id"
said 'the desk above cannot open it while the desk below has time' 'opens to you when a clock runs out'

# ---- held ----

tip p1 hold 2 班里只有四人知道
does p1 ack
moved p1 in_triage TR
no tr held "$role" propose --outcome HOLD_SOURCE --severity S2 --hazard CM-01 --text 人少
hold() { both p1 p2 --outcome HOLD_SOURCE --severity S2 --hazard CM-01 --text 人少; moved p1 held SR; }
hold
no tr held "$role" triage --move held --text 再看
does p1 triage --move held --text 再看
moved p1 held SR
no tr in_triage "$role" triage --move in_triage
does p1 triage --move in_triage
moved p1 in_triage SR
hold
does p1 correct --severity S1 --text 冒顶
moved p1 in_triage SYS

# ---- to somebody else, out of scope, abuse ----

tip p1 other 2 楼道堆物
does p1 ack
moved p1 in_triage TR
bars referred --target 消防队
does p1 triage --outcome REFER --target 消防队 --severity S3 --hazard FR-05
moved p1 referred TR
bars in_triage
does p1 triage --move in_triage
moved p1 in_triage TR
does p1 triage --outcome REFER --target 消防队
moved p1 referred TR
bars answered
does p1 reply --status 6 --now --again
moved p1 answered TR

tip p1 scope 2 工资不发
does p1 ack
moved p1 in_triage TR
bars closed_out --severity S3
out() { does p1 triage --outcome OUT_SCOPE --severity S3 --hazard FR-05 --text 非安全; moved p1 closed_out TR; }
out
says 还有
moved p1 in_triage SRC
out
bars in_triage
does p1 triage --move in_triage
moved p1 in_triage TR
out

tip p1 junk 2 哈哈哈哈
does p1 ack
moved p1 in_triage TR
no tr closed_abuse "$role" propose --outcome ABUSE --text 乱写
abuse() { both p1 p2 --outcome ABUSE --text 乱写; moved p1 closed_abuse SR; }
abuse
says 真的有水
moved p1 in_triage SRC
abuse
no tr in_triage "$role" triage --move in_triage
does p1 triage --move in_triage
moved p1 in_triage SR
abuse

# ---- a question, its answer, its silence ----

ask() { does p1 triage --outcome NEED_INFO --severity S3 --hazard FR-05 --question 哪个面; moved p1 needs_info TR; }
for name in thin quiet gone; do
	tip p1 "$name" 2 "听说有水$name"
	does p1 ack
	moved p1 in_triage TR
	does p1 reply --template inside --now
	[ "$name" != thin ] || bars needs_info --severity S3
	does p1 triage --outcome NEED_INFO --severity S3
	moved p1 needs_info TR
done
at thin needs_info
bars in_triage
does p1 triage --move in_triage
moved p1 in_triage TR
does p1 triage --move needs_info
moved p1 needs_info TR
says 三号面
moved p1 in_triage SRC
does p1 reply --status 3 --text 哪个班 --now --again
does p1 triage --move needs_info
moved p1 needs_info TR
bars closed_insufficient
no p1 closed_insufficient '14 days' triage --move closed_insufficient

tip p1 lost 2 有人堵门
does p1 ack
moved p1 in_triage TR
ask
stop_gateway
days 6
moved p1 in_triage SYS
start_gateway "$T/GW"
ok $? 'the gateway is back'
days 9

for name in thin quiet gone; do
	at "$name" needs_info
	does p1 triage --outcome INSUFF
	moved p1 closed_insufficient TR
done
at thin closed_insufficient
says 是夜班
moved p1 in_triage SRC
at quiet closed_insufficient
bars in_triage
does p1 triage --move in_triage
moved p1 in_triage TR

# ---- the desk above decides again ----

at main recheck
as i1 sync
does i1 show
does i1 triage --move in_action
moved i1 in_action SR
at bribe recheck
as i1 sync
does i1 show
no i1 answered 'told' propose --move answered
does i1 reply --status 5b --now --yes
no g1 answered 'did not sign\|above' propose --move answered
both i1 i2 --move answered
moved i1 answered SR

# ---- the clock ----

at junk closed_abuse
nobody purged
days 20
moved p1 purged SYS
at scope closed_out
nobody purged
at same answered
days 50
as p1 sync
as p1 case show "$id" --json
is 'after 85 days an answered case is still open' answered d.state
days 10
moved p1 closed SYS
nobody purged
says_late() { as source tip say --receipt-file "$receipt" --object --text 还是不对; }
! says_late
ok $? 'an objection comes too late'
at scope closed_out
days 10
moved p1 purged SYS
at gone closed_insufficient
nobody purged
at same closed
days 80
moved p1 purged SYS
at gone closed_insufficient
days 200
moved p1 purged SYS

# ---- the list of moves comes from the table ----

node -e 'const m = JSON.parse(require("fs").readFileSync("admin-cli/data/states.json"));
for (const t of m.tip.transitions) console.log(t.from, t.to, t.by);' | sort -u >"$T/table"
sort -u "$T/driven" >"$T/done"
comm -23 "$T/table" "$T/done" >"$T/out"
! [ -s "$T/out" ]
ok $? 'every move of the tip machine was driven'
comm -13 "$T/table" "$T/done" >"$T/out"
! [ -s "$T/out" ]
ok $? 'and no other'
cut -d' ' -f1,2 "$T/table" | sort -u >"$T/pairs"
sort -u "$T/refused" | comm -23 "$T/pairs" - >"$T/out"
! [ -s "$T/out" ]
ok $? 'and each was refused to somebody who may not'
done_testing
