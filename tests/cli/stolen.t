#!/bin/sh
# A stolen laptop of a visit: of a planner, of who releases (side A), of a leader (side B), of an inspector who stays at
# home; before the first hour and after it, after each layer, and after the theft was reported. The thief does not know
# the passphrase, or he does; and with it he may have the gateway's database as well. What he has is what SECURITY.md
# says.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
before_midnight
# shellcheck source=tests/cli/visit.sh
. tests/cli/visit.sh
visit_world
ok $? 'a deployment with planners, leaders and inspectors'

# What the layers say, of the draft in visit.sh: in layer 0, in layer 1, in layer 2.
layer0='云柘市北部' layer1='北门停车场' layer2='鹿鸣\|四采区\|青柏\|有一道墙'
printf 'another lamp\n' >"$T/guess"
# steal NAME HOME: a copy of the home as it lies there.
steal() {
	rm -rf "${T:?}/$1"
	cp -R "$T/$2" "$T/$1"
}
# locked NAME WHAT: without the passphrase no word of the visit is in the copy, nor in what davy says to it.
locked() {
	grep -rl "$layer0\|$layer1\|$layer2\|$id" "$T/$1" >"$T/found"
	timeout 20 "$davy" --home "$T/$1" --passphrase-file "$T/guess" order list >"$T/out" 2>"$T/err" </dev/null
	[ $? = 1 ] && [ ! -s "$T/found" ] && ! grep -q "$layer0\|$layer1\|$layer2" "$T/out" "$T/err"
	ok $? "$2"
}
# says NAME LAYER: whether the thief, with the passphrase and no network, is shown that layer.
says() {
	eval "words=\$layer$2"
	{
		as "$1" order show "$id"
		cat "$T/out"
		as "$1" order show "$id" --json
		cat "$T/out"
		as "$1" order open "$id" "$2"
		cat "$T/out"
		as "$1" order draft "$id"
		cat "$T/out"
	} >"$T/said" 2>/dev/null
	grep -q "$words" "$T/said"
}
# knows NAME LAYERS WHAT: the layers that he can read, as "0 1", and no other.
knows() {
	got=
	for i in 0 1 2; do ! says "$1" $i || got="$got$i "; done
	[ "${got% }" = "$2" ]
	ok $? "$3"
	[ "${got% }" = "$2" ] || echo "#   he reads: $got"
}
# opened HOME: the types of what the keys of that home open in the database, apart from entries that all see.
opened() {
	mkdir -p "$T/seized" && cp "$T"/GW/store/davylamp.db* "$T/seized/" &&
		"$BUILD/tests/try_open" "$T/seized/davylamp.db" "$T/$1/keystore" "$T/pass" >"$T/opens" 2>"$T/err" &&
		sed -n 's/^entry \([0-9]*\) .*/\1/p' "$T/opens" | sort -nu | tr '\n' ' '
}
# has HOME TYPE: whether an entry of that type opens with the database.
has() { opened "$1" | tr ' ' '\n' | grep -qx "$2"; }
without_network() { for h in "$@"; do as "$h" gateway connect http://127.0.0.1:9 --card "$T/GW/gateway.card"; done; }

# ---- the planner's, before the sealing and after it ----
usual='d.turn = ["人员t1", "人员t2"]'
draft
as n1 order new --file "$T/draft.json" --json && id=$(field d.id) seal=$(field d.seal) h0=$(($(now) + 60))
ok $? 'a planner has written an order'
steal early n1
without_network early
locked early 'a planner'"'"'s laptop, locked: nothing'
as early order draft "$id"
grep -q "$layer0" "$T/out" && grep -q "$layer2" "$T/out"
ok $? 'unlocked: all of the visit, which is not sealed yet'
later $((seal - $(now) + hours))
as n1 order seal "$id"
ok $? 'it is sealed'
steal late n1
without_network late
locked late 'sealed, and locked: nothing'
knows late '' 'sealed, and unlocked: nothing is left'
has n1 67
[ $? = 1 ]
ok $? 'nor do his keys open a layer in the database'

# ---- the sides, before the first hour ----
everybody
as i1 order approve "$id" --yes && as i2 order approve "$id" --yes && later $((h0 - 11 - $(now) + hours)) &&
	as n2 order arm "$id" --yes
ok $? 'it is approved and armed'
everybody
for h in t1 i1 x1; do steal "stolen-$h" $h; done
without_network stolen-t1 stolen-i1 stolen-x1
locked stolen-t1 'before the first hour: a leader'"'"'s laptop, locked: nothing'
knows stolen-t1 '' 'unlocked: no layer'
locked stolen-i1 'one of side A, locked: nothing'
knows stolen-i1 '' 'unlocked: no layer'
knows stolen-x1 '' 'an inspector who is not named, unlocked: no layer'
as stolen-x1 order list --json
is 'nor that there is an order' 0 d.length
steal online t1
refused 'with the network: the gateway has no half for him yet' 1 'first hour' online order open "$id" 0
steal online i1
refused 'nor the codes' 1 'first hour' online order release "$id" 0
for h in t1 i1 x1; do has $h 67; [ $? = 1 ] || echo $h; done >"$T/found"
[ ! -s "$T/found" ]
ok $? 'with the database besides: no key of theirs opens a layer'
has t1 80 && has i1 80 && ! has x1 80
ok $? 'but each side its own half, which opens nothing alone'

# ---- after the first hour ----
later $((h0 - $(now) + hours))
everybody
steal stolen-t1 t1
without_network stolen-t1
knows stolen-t1 '' 'after the first hour, nothing released: no layer'
as i1 order release "$id" 0 && as t1 order open "$id" 0
ok $? 'layer 0 is released and opened'
for h in t1 t2 i1 x1; do steal "stolen-$h" $h; done
without_network stolen-t1 stolen-t2 stolen-i1 stolen-x1
locked stolen-t1 'then a leader'"'"'s laptop, locked: nothing'
knows stolen-t1 0 'unlocked: layer 0, and no site'
knows stolen-t2 '' 'his deputy'"'"'s, which has opened nothing: no layer without the network'
locked stolen-i1 'one of side A, locked: nothing'
knows stolen-i1 '' 'unlocked: no layer, though it has all three codes'
knows stolen-x1 '' 'an inspector'"'"'s who is not named: no layer'
steal online t2
works 'with the network the thief is that person: what was released opens' online order open "$id" 0
refused 'and nothing else' 1 'hour has not come\|not released\|comes first' online order open "$id" 2
as n1 sync
as n1 order show "$id" --json
is 'and all who plan see that he opened it' 2 \
	'd.entries.filter((e) => e.type === "order-take" && e.body.layer === 0).length'

later $((h0 + 28 - $(now) + hours))
everybody
as i1 order release "$id" 1 && as t1 order open "$id" 1
ok $? 'layer 1 is opened'
steal stolen-t1 t1
without_network stolen-t1
knows stolen-t1 '0 1' 'then: layers 0 and 1, and no site'
later $((h0 + 29 - $(now) + hours))
as t1 order depart "$id" --people 人员t1 --people 人员t2 --bagged 2 && everybody && as i1 order release "$id" 2 &&
	as t1 order open "$id" 2
ok $? 'the last layer is opened'
for h in t1 i1 x1; do steal "stolen-$h" $h; done
without_network stolen-t1 stolen-i1 stolen-x1
locked stolen-t1 'then a leader'"'"'s laptop, locked: nothing'
knows stolen-t1 '0 1 2' 'unlocked: the whole visit'
knows stolen-i1 '' 'one of side A: still no layer'
knows stolen-x1 '' 'an inspector'"'"'s who is not named: still none'

# ---- a theft that is reported ----
draft
as n1 order new --file "$T/draft.json" --json && id=$(field d.id) seal=$(field d.seal) h0=$(($(now) + 60)) &&
	later $((seal - $(now) + hours)) && as n1 order seal "$id" && everybody &&
	as i1 order approve "$id" --yes && as i2 order approve "$id" --yes
ok $? 'another order'
steal online t2
as registrar roster member-remove --dir "$T/draft" "$(handle t2)" && publish_draft && sleep 1
ok $? 'a theft is reported, and the member is off the roster'
later $((h0 - $(now) + hours))
for h in n1 n2 i1 i2 t1; do as $h sync; done
as online order open "$id" 0
[ "$status" != 0 ]
ok $? 'the gateway gives the thief nothing, at no hour'
knows online '' 'so he has no layer'
done_testing
