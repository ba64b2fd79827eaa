# For tests with planning desks in a deployment by scripts/demo-world: the desks, and how an abstract gets there. Comes
# after lib.sh, with the gateway running.
# shellcheck shell=sh
: "${T:?}" "${status:=0}"
case= need= last=

# Beside planning desk 8 of the province another one joins the roster: 9 of a county.
people='k1 9 PL,lead
k2 9 PL'
for home in k1 k2; do
	as "$home" key new --name "计划$home" --memory 1 && as "$home" key card -o "$T/$home.card" &&
		as "$home" gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"
done
ok $? 'two planners have keys'
as registrar roster desk-add --dir "$T/draft" --number 9 --kind planning --level 1 --area 990102 --org 6 --above 8 \
	--name 县计划台 --name-en 'County planners'
ok $? 'a roster knows another planning desk'
echo "$people" | while read -r home desk roles; do
	as registrar roster member-add --dir "$T/draft" --card "$T/$home.card" --desk "$desk" --roles "$roles" || exit 1
done
ok $? 'with their members'
publish_draft
ok $? 'it is signed by two roots and published'
sleep 1
for home in n1 n2 k1 k2; do as "$home" sync; done
as k1 desk rotate && as k2 desk rotate --confirm
ok $? 'which has a key'
sleep 1
for home in n1 n2 k1 k2 p1 p2 source; do as "$home" sync; done

# tip WORDS EXTRA [COUNTY]: a tip, accepted, with an abstract; its case in $case.
tip() {
	printf '{"v":1,"lang":"zh","danger_now":false,"tile":2,"county":"","where":"砚溪三号井","what":"%s"%s}' \
		"$1" "$2" >"$T/tip.json"
	as source tip send --tip "$T/tip.json" --receipt-file "$T/receipt.$$" && rm "$T/receipt.$$" &&
		as p1 sync && as p1 case list --json && case=$(field 'd.find((c) => !c.acknowledged).id') &&
		as p1 case show "$case" &&
		as p1 case ack "$case" && as p1 case triage "$case" --outcome ACCEPT --severity S2 --hazard CM-01 &&
		as p1 case abstract "$case" --text 该地点有通风隐患，请按常规检查 --hazard CM-01 --county "${3:-990102}"
}
# forward DESK: the abstract goes there; the need in $need.
forward() {
	as p1 case forward "$case" --desk "$1" --now --json && need=$(field d.order) && last=waiting
}
