#!/bin/sh
# What a visit brings back: photos that say nothing but what is seen on them, into the order's log and out of it again;
# the list before departure and the papers, which say what is open and no more.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
# shellcheck source=tests/cli/visit.sh
. tests/cli/visit.sh

for p in bwrap gm exiftool; do
	command -v $p >/dev/null || { echo "1..0 # SKIP $p is not installed"; exit 0; }
done
# A container may forbid what the sandbox is made of; that nothing is cleaned without it is tested where it can be made.
if ! bwrap --unshare-user --ro-bind / / true 2>/dev/null; then
	echo '1..0 # skip pictures need user namespaces, which nobody may make here'
	exit 0
fi

visit_world
ok $? 'a deployment with planners, leaders and inspectors'
usual='d.papers = ["record", "rectify"]; d.turn = ["人员t1", "人员t2"]; d.questions.push("自救器放在哪里？");
d.agencies = ["消防支队: 看安全出口"]'
armed
ok $? 'an order is armed'

# text PAPER [OPTIONS…]: a paper as t1 prints it, in $T/paper.txt
text() {
	paper=$1
	shift
	as t1 order print "$id" "$paper" -o "$T/$paper.pdf" "$@" && pdftotext -raw "$T/$paper.pdf" "$T/paper.txt"
}
has() { # NAME WORDS…
	has_name=$1
	shift
	missing=
	for word in "$@"; do grep -q "$word" "$T/paper.txt" || missing="$missing $word"; done
	[ -z "$missing" ]
	ok $? "$has_name" || printf '# missing:%s\n' "$missing"
}
lacks() { # NAME WORDS…
	lacks_name=$1
	shift
	there=
	for word in "$@"; do ! grep -q "$word" "$T/paper.txt" || there="$there $word"; done
	[ -z "$there" ]
	ok $? "$lacks_name"
}

# ---- papers by what is open ----
layer 0
works 'before layer 1 the list has no muster point' t1 order checklist "$id"
said 'but what to pack' 'to bring  C2'
! grep -q 北门停车场 "$T/out"
ok $? 'and no more'
layer 1
works 'with layer 1' t1 order checklist "$id"
said 'it has the muster point' 'muster  北门停车场'
said 'the people in the drawn order' '1  \[ \] 人员t1'
said 'and the papers' 'Record\|record of the inspection'
text checklist
ok $? 'it is printed'
as i1 sync && as i1 order show "$id" --json
is 'its log says which paper was made, and by whom' 'checklist 人员t1' \
	'((e) => `${e.body.paper} ${e.author.name ?? e.author}`)(d.entries.filter((e) => e.body?.paper).at(-1))'
has 'with the same' 北门停车场 人员t1 人员t2 现场检查记录 责令限期整改指令书 手机封存
lacks 'and no site' 鹿鸣 回风巷
text plan
has 'a plan without its site has lines' 现场检查方案 被检查单位
lacks 'and does not know it' 鹿鸣 四采区
as t1 order depart "$id" --people 人员t1 --people 人员t2 --bagged 2
layer 2
text plan --number 云检〔2026〕31 --office 云柘市应急管理局
has 'with layer 2 it has site, cover and list' 鹿鸣九号井 季节性安全检查 云检〔2026〕31 云柘市应急管理局 两人同行
lacks 'and nothing of why, what else, or which order' 墙 雁回 青柏 COVERT 暗 "$(echo "$id" | cut -c1-8)" 举报 线索
text interview
has 'questions are those of the order' '今天几个班' '自救器放在哪里'
text agency --agency 消防支队
has 'an agency has its part' 看安全出口 鹿鸣九号井
refused 'another has none' 1 'no part for' t1 order print "$id" agency --agency 公安 -o "$T/x.pdf"
refused 'a paper of no finding is not of one' 2 'not of one finding' t1 order print "$id" plan --finding 1 -o "$T/x.pdf"
as n1 sync && as n1 order print "$id" plan -o "$T/n1.pdf" && pdftotext -raw "$T/n1.pdf" "$T/paper.txt"
ok $? 'the planner prints one, too'
lacks 'from what the log says: layers are open to who opened them' 鹿鸣 季节性

# The trace comes before the file: where the file cannot be made it stands already, and without a network it lies in
# the outbox.
papers() { as i1 sync && as i1 order show "$id" --json && field 'd.entries.filter((e) => e.body?.paper).length'; }
before=$(papers)
refused 'a file that cannot be made' 1 . t1 order print "$id" plan -o "$T/no-such-folder/x.pdf"
[ "$(papers)" = $((before + 1)) ]
ok $? 'has left its trace before'
as t1 gateway connect http://127.0.0.1:9 --card "$T/GW/gateway.card"
works 'a paper is made without a network' t1 order print "$id" record -o "$T/offline.pdf"
as t1 outbox list --json
is 'its trace waits in the outbox' 1 'd.filter((e) => /order-note|66/.test(JSON.stringify(e))).length'
as t1 gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card" && as t1 sync
[ "$(papers)" = $((before + 2)) ]
ok $? 'and arrives with the next sync'

# ---- photos ----
M=$T/media
mkdir "$M"
convert -size 2400x1800 plasma:red-blue -quality 92 "$M/a.jpg"
exiftool -q -overwrite_original -GPSLatitude=38.5 -GPSLongitude=112.2 -Make=CANARY1 -Artist=CANARY2 -Comment=CANARY3 \
	-XMP:Creator=CANARY4 -IPTC:Keywords=CANARY5 -Orientation#=6 "$M/a.jpg"
cat "$M/a.jpg" >"$M/b.jpg" && printf 'CANARY6 behind the picture' >>"$M/b.jpg"
convert -size 300x200 xc:red -set CANARY7 CANARY8 "$M/c.png" &&
	exiftool -q -m -overwrite_original -Comment=CANARY9 "$M/c.png"
grep -qa CANARY3 "$M/a.jpg" && grep -qa CANARY6 "$M/b.jpg" && grep -qa CANARY9 "$M/c.png"
ok $? 'pictures with what cameras hide'
refused 'nothing was seen before they arrive' 1 'cannot be done in the state' t1 order photo "$id" "$M/c.png"
as t1 order arrive "$id" --as SURPRISE --site 鹿鸣九号井
ok $? 'they arrive'
refused 'who releases took none' 1 'the role' i1 order photo "$id" "$M/c.png"
printf 'not a picture' >"$M/d.jpg"
refused 'a text is no picture' 1 'no picture that can be cleaned' t1 order photo "$id" "$M/d.jpg"
printf '\377\330\377\340 broken' >"$M/e.jpg"
refused 'nor is a broken one' 1 'broken' t1 order photo "$id" "$M/e.jpg"
works 'three are added' t1 order photo "$id" "$M/a.jpg" "$M/b.jpg" "$M/c.png" --finding 1 --json
a=$(field 'd[0].picture')
as t1 order show "$id" --json
is 'the log says which' '3 1' "(() => { const l = d.entries.filter((e) => e.type === 'photo');
	return l.length + ' ' + l[0].body.k; })()"
is 'each under an index of its own, from 256 on' true "(() => { const l = d.entries.filter((e) => e.type === 'photo')
	.map((e) => e.body.media[0].i); return new Set(l).size === 3 && l.every((i) => i >= 256); })()"
index=$(field "d.entries.filter((e) => e.type === 'photo').map((e) => e.body.media[0].i).join(' ')")
as t2 sync
nth=0
for i in $index; do
	nth=$((nth + 1))
	works "the other leader fetches photo $nth" t2 order attach "$id" "$i" -o "$M/out-$nth.jpg"
	exiftool -a -G1 -s "$M/out-$nth.jpg" >"$T/exif"
	grep -q JFIFVersion "$T/exif" && ! grep -qaE 'CANARY|38\.5' "$M/out-$nth.jpg" &&
		! grep -qE 'GPS|IFD0|XMP|IPTC|Comment|ICC' "$T/exif"
	ok $? 'nothing hidden is left in it'
done
[ "$(sha256sum <"$M/out-1.jpg" | cut -c1-64)" = "$a" ]
ok $? 'its hash is the one that was printed'
[ "$(identify -format '%wx%h' "$M/out-1.jpg")" = 1200x1600 ]
ok $? 'it stands upright, and is no larger than 1600'
[ "$(stat -c %s "$M/out-1.jpg")" -le 204800 ]
ok $? 'nor than 200 KB'
works 'and is looked at in the terminal' t2 order view "$id" "${index%% *}"
looked() {
	as i1 sync && as i1 order show "$id" --json &&
		field "d.entries.filter((e) => e.body?.paper?.startsWith('photo '))
			.map((e) => e.author.name ?? e.author).join()"
}
[ "$(looked)" = 人员t2,人员t2,人员t2,人员t2 ]
ok $? 'each time the log says who, as of a printed paper'
refused 'a number that is none' 1 'no attachment' t2 order view "$id" 7
refused 'a file that is there already' 1 'cannot be made' t2 order attach "$id" "${index%% *}" -o "$M/out-1.jpg"
[ "$(looked)" = 人员t2,人员t2,人员t2,人员t2,人员t2 ]
ok $? 'a trace comes before the file, and none of a photo that there is not'
as i1 leaks --json
is 'and photos count' '人员t2 5' 'd.readers.filter((r) => r.looked).map((r) => `${r.name} ${r.looked}`).join()'
stop_gateway
grep -raq CANARY "$T/GW" "$T/t1" "$T/t2"
[ $? = 1 ]
ok $? 'no home and no gateway holds what was hidden'
start_gateway "$T/GW"

# ---- findings name them ----
two() { as t1 "$@" && as t2 sync && as t2 "$1" "$2" "$3" ${k:+"$k"} --yes; as t1 sync; }
k=
two order file "$id" --count 1
as t1 finding add "$id" --hazard CM-04 --grade major --text 传感器被包住 --place 四采区回风巷 --evidence "$a" &&
	as t2 sync && as t2 finding add "$id" --yes
as t1 sync && as t1 finding show "$id" 1 --json
is 'a finding of two has the photo' "$a" 'd.finding.evidence[0]'
text evidence --finding 1
has 'the receipt has place and hash' 四采区回风巷 "$(echo "$a" | cut -c1-20)"
text rectify --finding 1
has 'the instruction has the fault' 传感器被包住 重大隐患
refused 'there is no second one' 1 'no finding 2' t1 order print "$id" rectify --finding 2 -o "$T/x.pdf"

# ---- what is made public rests on findings ----
expose() { # EVIDENCE DAY: by one of side A, who sees the visit; the case is none, which is looked at last
	as i1 sync
	refused "$1" 1 "$2" i1 referral new --kind EXPOSE --to 省应急厅网站 --tier ENT --post 矿长 --signed-off "$4" \
		--evidence "$3" --text 传感器被包住。 --case 00112233
}
as t1 finding show "$id" 1 --json
finding=$(field d.hash)
expose 'a hash of nothing is no finding' 'no finding of the visits' "$a" "$(day 0)"
expose 'a finding counts when its visit is signed off' 'not signed off' "$finding" "$(day 0)"
as i1 order sign-off "$id"
ok $? 'it is signed off'
expose 'not before the day on which it was' 'or later than the day' "$finding" "$(day -1)"
expose 'then the case is looked at' '00112233' "$finding" "$(day 0)"

# ---- without the sandbox ----
mkdir "$T/empty"
if unshare -rm true 2>/dev/null; then
	PATH=/usr/bin:/bin unshare -rm sh -c 'mount --bind /bin/false /usr/bin/bwrap && exec "$@"' sh \
		"$davy" --home "$T/t1" --passphrase-file "$T/pass" order photo "$id" "$M/c.png" \
		>"$T/out" 2>"$T/err" </dev/null
	[ $? = 1 ] && grep -q 'sandbox' "$T/err"
	ok $? 'without a sandbox no picture is cleaned, and none leaves'
fi

stop_gateway
done_testing
