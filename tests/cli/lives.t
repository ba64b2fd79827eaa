#!/bin/sh
# The lives of keys, by the procedures of docs/operations.md: a lead and a certifier hand over, a member joins, leaves,
# loses a laptop, forgets a passphrase; a root is lost; and what happens when days pass and nobody does anything.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
before_midnight
tips=tests/data/sample-tips.json

warned() { # NAME PATTERN: in the errors of the last command
	grep -q -e "$2" "$T/err"
	ok $? "$1"
}
day() { printf "%-12d" $(($1 * 1440)) 1<>"$T/clock"; } # so many days after today, for everybody
send() { # NAME RECEIPT
	works "$1" source tip send --tip "$tips" --pick T02 --words zh --county 990102 --receipt-file "$T/$2" --json
}
# The registrar's draft, signed by two roots and published.
publish() { # NAME
	as root1 roster sign --dir "$T/draft" && as "${second:-root2}" roster sign --dir "$T/draft" &&
		as registrar roster merge --dir "$T/draft" && as registrar roster publish --dir "$T/draft"
	ok $? "$1"
}
# What the member with that name is called by commands.
handle() { sed -n 's/^handle //p' "$T/$1.card"; }

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
davyd=$(realpath "$BUILD/tests/davyd-clock")
davy=$(realpath "$BUILD/tests/davy-clock")
export DAVY_TEST_CLOCK="$T/clock"
day 0
start_gateway "$T/GW"
ok $? 'the gateway runs'
send 'a tip before everything' r0

# -- a lead hands over to another member of the desk
h1=$(handle p1) h2=$(handle p2)
as registrar roster member-remove --dir "$T/draft" "$h1"
as registrar roster member-remove --dir "$T/draft" "$h2"
works 'the lead becomes a member' registrar roster member-add --dir "$T/draft" --card "$T/p1.card" --desk 1 \
	--roles TR,SR,PL
works 'and a member the lead' registrar roster member-add --dir "$T/draft" --card "$T/p2.card" --desk 1 \
	--roles TR,SR,PL,lead
as registrar roster diff --dir "$T/draft"
said 'the draft names the certificate that stays good' '+  *keeps [0-9a-f]'
! grep -q 'loses its key' "$T/err"
ok $? 'so no desk loses its key'
publish 'the handover is published'
send 'a tip on the day of the handover' r1
is 'goes to the same desks' 1,4,5 'd.desks.join()'
as p2 sync
works 'the new lead makes the next key' p2 desk rotate
as p1 sync
works 'and the old one confirms it' p1 desk rotate --confirm --json
is 'with the next number' 2 d.epoch
as p1 inbox --json
is 'both tips are there' 2 'd.length'

# -- a certifier leaves; the one who stays is alone, and says so; a new one joins
works 'the certifier of desk 4 leaves' registrar roster member-remove --dir "$T/draft" "$(handle i2)"
new_key i3 独立丙
works 'and another joins' registrar roster member-add --dir "$T/draft" --card "$T/i3.card" --desk 4 --roles TR,SR
publish 'both are published'
send 'a tip on the day of the change' r2
is 'the desk still has its key' 1,4,5 'd.desks.join()'
as i3 gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"
as i3 sync
warned 'the new member is told whom to ask' 'davy desk admit'
works 'the lead admits the new member' i1 desk admit "$(handle i3)"
works 'who fetches the keys' i3 sync --json
is 'one of them' 1 d.keys
as i1 desk rotate
works 'and confirms the next one' i3 desk rotate --confirm
refused 'who left cannot' 1 'not a member' i2 desk rotate --confirm

# -- without the file of certificates a change of lead is said to cost the key
cp -r "$T/draft" "$T/draft2"
rm "$T/draft2/certificates"
as registrar roster member-remove --dir "$T/draft2" "$(handle m2)"
rm "$T/draft2/certificates"
as registrar roster diff --dir "$T/draft2"
warned 'a draft without certificates warns' 'may lose its key'

# -- a laptop is lost: a new key for the same person; a passphrase is forgotten: the same
new_key s3 云柘审核乙二
as registrar roster member-remove --dir "$T/draft" "$(handle s2)"
works 'the lost key leaves the roster, the new one comes' registrar roster member-add --dir "$T/draft" \
	--card "$T/s3.card" --desk 2 --roles TR,SR,PL
publish 'and it is published'
as s3 gateway connect "unix:$T/gw.sock" --card "$T/GW/gateway.card"
as s3 sync
works 'the lead admits the new key' s1 desk admit "$(handle s3)"
works 'and makes the next epoch key' s1 desk rotate
works 'which the new key confirms' s3 desk rotate --confirm
refused 'the lost laptop gets nothing more' 1 'not a member' s2 desk rotate

# -- a root is lost: where two of three are enough, the others go on
if [ -d "$T/root3" ]; then
	mv "$T/root2" "$T/root2-lost"
	as registrar roster desk-set --dir "$T/draft" --number 1 --name-en 'Province desk of today'
	second=root3
	publish 'without the lost root a roster is published'

	# -- and replaced: a new card, in which the new root has the place of the lost one
	new_key root4 根四
	new_key root5 根五
	key() { sed -n 's/^sign //p' "$T/$1.card"; }
	sed "s|^root $(key root2)\$|root $(key root4)|" "$T/GW/gateway.card" >"$T/new.card"
	sed "s|^root $(key root3)\$|root $(key root5)|" "$T/new.card" >"$T/two.card"
	refused 'not two roots at once' 1 'keep their places' registrar roster renew --dir "$T/draft" \
		--gateway "$T/two.card"
	works 'the registrar takes the new card' registrar roster renew --dir "$T/draft" --gateway "$T/new.card"
	publish 'the roots that stay sign, so that old and new card verify it'
	send 'a source with the old card sends' r2a
	cp "$T/new.card" "$T/GW/gateway.card"
	stop_gateway
	start_gateway "$T/GW"
	for h in registrar p1 p2 i1; do
		as "$h" gateway connect "unix:$T/gw.sock" --card "$T/new.card"
	done
	works 'a member with the new card goes on' p1 sync
	send 'and so does a source with the old one' r2b
	works 'the next roster' registrar roster renew --dir "$T/draft"
	second=root4
	publish 'is signed by the new root'
	works 'and holds for the new card' p1 sync
	refused 'but not for the old one' 1 'not signed by the roots' m1 sync
	for h in source s1 s2 s3 i3 m1 m2; do
		as "$h" gateway connect "unix:$T/gw.sock" --card "$T/new.card"
	done
	works 'until the home has the new card' m1 sync
fi

# -- days pass
[ -d "$T/root3" ] && next=8 || next=5
day 25
works 'on day 25 a timer finds the roster old enough' registrar roster renew --dir "$T/draft" --if-older 25 --json
is 'and starts the next version' "$next" d.version
works 'a second run leaves the draft alone' registrar roster renew --dir "$T/draft" --if-older 25
said 'and says that it waits for signatures' 'roots sign it'
publish 'the renewal is published'
as registrar roster renew --dir "$T/draft" --if-older 25
said 'then there is nothing to renew' 'nothing to renew'
send 'a tip on day 25' r3
day 36
send 'a tip on day 36, although nobody has made a key' r4
day 59
send 'a tip on the last day of the roster' r5
day 60
refused 'a day later nothing is sealed' 1 'was valid until' source tip send --tip "$tips" --pick T02 --words zh \
	--receipt-file "$T/r6"
works 'a source can still read' source tip check --receipt-file "$T/r0"
works 'a member can still sync' p1 sync
warned 'and is told' 'nothing can be sealed'
as p1 inbox --json
id=$(field 'd[0].id')
works 'and open a tip' p1 case show "$id"
refused 'but not answer it' 1 'was valid until' p1 case note "$id" --text 'late'
works 'the registrar renews' registrar roster renew --dir "$T/draft"
publish 'late, but it works'
send 'a tip on day 60' r6
day 65
as p2 sync
warned 'a lead is told in time that the key of the desk ends' 'key of your desk ends on 20'
day 80
refused 'on day 80 the keys of some desks are over' 1 'has no current key' source tip send --tip "$tips" --pick T02 \
	--words zh --county 990102 --receipt-file "$T/r7"
for h in p2 i1 m1; do as "$h" desk rotate; done
for h in p1 i3 m2; do as "$h" sync; as "$h" desk rotate --confirm; done
send 'and when they have new ones tips go again' r7
day 100
refused 'on day 100 the roster is over again' 1 'was valid until' source tip send --tip "$tips" --pick T02 --words zh \
	--receipt-file "$T/r8"
as registrar roster renew --dir "$T/draft"
publish 'and can be renewed'
send 'a tip on day 100' r8
done_testing
