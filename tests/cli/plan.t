#!/bin/sh
# davy roster new --from: the plan that the package gives as an example makes a draft that can be signed, and a mistake
# in a plan is named with its line and leaves no draft.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
example=$here/../../service/plan.example

new_key REG 登记 || exit 1
for r in R1 R2 R3; do new_key "$r" "$r"; done
mkdir "$T/P" "$T/P/cards"
for who in flint cedar amber reed slate maple basalt quartz; do
	as "$who" key new --name "$who" --memory 1 --card "$T/P/cards/$who.card" || exit 1
done
grep -q '^handle ' "$T/P/cards/flint.card"
ok $? 'key new --card writes the card as well'
"$davyd" init "$T/GW" --root "$T/R1.card" --root "$T/R2.card" --root "$T/R3.card" --threshold 2 >/dev/null
cp "$example" "$T/P/plan"
plan() { as REG roster new --from "$T/P/$1" --gateway "$T/GW/gateway.card" --dir "$T/$1.draft"; }

plan plan
ok $? 'the example is a plan'
said 'of four desks, and nine members with the registrar' '4 desks and 9 members'
as R1 roster sign --dir "$T/plan.draft" -o "$T/sig1"
ok $? 'a root signs it in one step'
as R3 roster sign --dir "$T/plan.draft" -o "$T/sig3"
works 'two of three are enough' REG roster merge --dir "$T/plan.draft" "$T/sig1" "$T/sig3"
for want in 'desk 3' 'kind integrity' 'kind oversight' 'kind inspection' 'area 990102' 'above 4' 'backstop 4' \
	'name 省值班台' 'sectors COAL,NCM,HAZ,FIRE,OTH'; do
	grep -q "^ *$want$" "$T/plan.draft/roster.note" || echo "no $want"
done >"$T/out"
[ ! -s "$T/out" ]
ok $? 'the roster says what the plan said'
plan plan
grep -q 'There is a draft' "$T/err"
ok $? 'a second time it is refused'

# wrong NAME LINE PATTERN EXPRESSION: the example changed by sed is refused, names the line, and makes no draft.
wrong() {
	sed "$4" "$example" >"$T/P/wrong"
	plan wrong
	[ "$status" = 1 ] && grep -q "$3" "$T/err" && { [ -z "$2" ] || grep -q "line $2:" "$T/err"; } &&
		[ ! -e "$T/wrong.draft/draft.json" ]
	ok $? "$1"
}
line() { grep -n "$1" "$example" | head -n 1 | cut -d: -f1; }
wrong 'a kind that there is not' "$(line 'kind = review')" 'kind is review, inspection' 's/kind = review/kind = revue/'
wrong 'a level out of range' "$(line 'level = 3')" 'level is a number from 1 to 4' '0,/level = 3/s//level = 9/'
wrong 'a level that is no number' "$(line 'level = 3')" 'level' '0,/level = 3/s//level = high/'
wrong 'an area that is no code' "$(line '"990102"')" 'six digits' 's/"990102"/"9901"/'
wrong 'a role that there is not' "$(line 'amber')" 'roles are TR' 's/TL, IN/TX, IN/'
wrong 'a member without roles' "$(line reed)" 'has no roles' 's/roles = {IN}//'
wrong 'a card that is not there' '' 'nobody.card' 's/cedar.card/nobody.card/'
cp "$T/GW/gateway.card" "$T/P/cards/other.card"
wrong 'a card of something else' '' "not a member's card" 's/cedar.card/other.card/'
wrong 'a member in two desks' '' 'in the plan already' 's/cedar.card/basalt.card/'
wrong 'a desk twice' '' 'duplicate\|already' 's/^desk 3/desk 1/'
wrong 'a desk that has no number' '' "is not a desk's number" 's/^desk 3/desk third/'
wrong 'a desk without an area' '' 'desk 2 has no area' '/990102/d'
wrong 'a name that is too long' "$(line '^name =')" 'name has 1 to' \
	"s/云塬矿灯/$(head -c 300 /dev/zero | tr '\0' x)/"
wrong 'a mistake after a comment at the end of a line' "$(line '^backstop')" 'backstopp' \
	's/^days = 35/days = 35 # at most/; s/^backstop/backstopp/'
wrong 'a word that there is not' "$(line '^backstop')" 'backstopp' 's/^backstop/backstopp/'
wrong 'a brace that is missing' '' 'no such option .desk' '0,/^}$/{/^}$/d}'
wrong 'a backstop that is no desk' '' 'which is not in the plan' 's/^backstop = 4/backstop = 9/'
wrong 'a plan without a name' '' 'has name, name_en and backstop' '/^name =/d'
wrong 'a desk without a lead' '' 'has no lead' 's/IN, lead/IN/'
wrong 'a desk above that is not there' '' 'breaks a rule' 's/above = 1$/above = 8/'
wrong 'a variable of the environment' '' 'no \${' 's/^name_en.*/name_en = "${HOME}"/'
head -c 300000 /dev/zero | tr '\0' '#' >"$T/P/long"
plan long
[ "$status" = 1 ] && [ ! -e "$T/long.draft/draft.json" ]
ok $? 'a plan that is too long'
done_testing
