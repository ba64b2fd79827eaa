#!/bin/sh
# The beat to the planners: as the gateway's own database has it, a day with needs is like one without. Each reviewer
# opens one book with each post, each book is answered twice, and none of it tells a need from a blank one; nor does
# anything come to the case with the post. Nothing is buried: what waits too long leaves, and who is in a hurry sends.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
moved_clock
echo 0 >"$T/clock"
minutes=0
# hour HOUR [DAYS]: the clock goes on to the middle of that hour of the day (UTC), and so many days more.
hour() {
	minutes=$(node -e 'const [had, hour, days] = process.argv.slice(1).map(Number);
const m = Math.floor(Date.now() / 60000) + had;
console.log(had + ((hour * 60 + 30 - m % 1440 + 1440) % 1440 || 1440) + days * 1440)' $minutes "$1" "${2:-0}")
	printf '%-12d' "$minutes" 1<>"$T/clock"
}
start_gateway "$T/GW"
ok $? 'the gateway runs'
# shellcheck source=tests/cli/planners.sh
. tests/cli/planners.sh

# rows SQL: what the operator of the gateway reads.
rows() {
	cp "$T/GW/store/davylamp.db" "$T/now.db" && cp "$T/GW/store/davylamp.db-wal" "$T/now.db-wal" &&
		sqlite3 "$T/now.db" "$1"
	rm -f "$T/now.db"*
}
books() { rows 'select count(*) from log where kind = 2 and desk = 8'; }
# count WHERE: entries of books at the planners; cases: of all cases
count() { rows "select count(*) from entry e join log l on e.log = l.n where l.kind = 2 and l.desk = 8 and $1"; }
cases() { rows 'select count(*) from entry e join log l on e.log = l.n where l.kind = 0'; }
# entries: of each book, how many have so many of them, as "entries:books"
entries() {
	rows 'select n || ":" || count(*) from (select count(*) n from entry e join log l on e.log = l.n
		where l.kind = 2 and l.desk = 8 and e.thread = 1 group by l.n) group by n order by n' | paste -sd' '
}
everybody() { for h in p1 p2 n1 n2; do as $h sync || return 1; done; }

hour 10
everybody
ok $? 'a first sync begins the beat'
had=$(books) first=$(books)
hour 11 && everybody
[ "$(books)" = "$had" ]
ok $? 'between two posts nothing is sent'

# ---- two days without a need, and two with one ----
hour 2 && everybody && hour 7 && everybody
[ "$(books)" = $((had + 4)) ]
ok $? "each of two reviewers sends a book with each of two posts"
as n1 need list --json
is 'the planners see none of them' 0 d.length
as s1 need list --json
is 'nor does anybody else' 0 d.length
as n1 status --json
! grep -q '"needs": *[1-9]' "$T/out"
ok $? 'and nothing waits'
hour 10
tip 风筒断开 ''
ok $? 'a tip is accepted and has an abstract'
works 'its abstract waits for the post' p1 case forward "$case" --desk 8 --json
need=$(field d.order)
had=$(cases)
as p1 outbox list --json
is 'of the next morning' 1 'd.length === 1 && d[0].leaves / 3600 % 24'
hour 22 && everybody
[ "$(books)" = $((first + 4)) ]
ok $? 'a sync does not hurry it'
hour 1 && everybody
[ "$(books)" = $((first + 6)) ]
ok $? 'the post is as long as on a day without'
[ "$(cases)" = "$had" ]
ok $? 'and nothing comes to the case with it'
sent=$(($(date +%s) / 3600 + minutes / 60))
as n1 need list --json
is 'one of the books is the need' "$need" 'd.map((x) => x.id).join()'
as p1 case show "$case" --json
is 'the case says nothing yet' accepted d.state
hour 14 && as p1 sync && as p1 sync && as p1 case show "$case" --json
is 'half a day later it does' in_action d.state

# ---- taken in rounds, whoever the keeper is ----
as n1 sync && as n2 sync
keeper= others=
for h in n1 n2; do
	as $h need take "$need"
	if grep -q 'keeps this need' "$T/err"; then
		as $h outbox drop "$(as $h outbox list --json; field 'd[0].number')" --yes
		others=$h
	else
		keeper=$h
	fi
done
[ "$others$keeper" = n1n2 ] || [ "$others$keeper" = n2n1 ]
ok $? 'it has one keeper, and the other is told who'
as "$keeper" outbox list --json
is 'what he decides waits for the round' '1 3' '`${d.length} ${d[0]?.leaves / 3600 % 24}`'
as "$keeper" sync && as "$keeper" need show "$need" --json
is 'a sync does not hurry that either' waiting d.state
hour 4 && everybody
as "$keeper" need show "$need" --json
is 'the round takes it' taken d.state
hour 9 && everybody && hour 4 && everybody && hour 9 && everybody
all=$(books)
[ "$(count 'e.thread = 1 and e.number = 1')" -ge 6 ]
ok $? "the others of that time are taken as well ($(entries))"
[ "$(count 'e.number > 1')" = 0 ]
ok $? 'and nothing else is said to any'

# ---- and reported after fourteen days ----
works 'a report waits for its round' "$keeper" need report "$need" --result substantiated --visits 1 --json
as "$keeper" outbox list --json
is 'which is fourteen days after the need came' 14 \
	'((sent) => Math.floor((d[0].leaves - sent * 3600) / 86400))('"$sent"')'
hour 4 11 && everybody && hour 9 && everybody && hour 4 && everybody && hour 9 && everybody
hour 4 2 && everybody
as "$keeper" need show "$need" --json
is 'then it leaves' reported d.state
[ "$(count 'e.thread = 1 and e.number = 2')" -ge 6 ]
ok $? "and the blank ones have as many answers ($(entries))"
as n1 need list --json
is 'still nobody sees them' 1 d.length

# ---- more than one at a time ----
all=$(books)
hour 10 && everybody && all=$(books)
for words in 支护不足 风机停运 瓦斯超限; do
	tip $words '' && as p1 case forward "$case" --desk 8 --json
	ok $? 'several abstracts wait'
done
hour 1 && everybody
[ "$(books)" = $((all + 2)) ]
ok $? 'one of them leaves with the post, beside the blank one of the other reviewer'
hour 6 && everybody
[ "$(books)" = $((all + 4)) ]
ok $? 'the next with the next'
hour 2 && everybody
as n1 need list --json
is 'none waits longer than a day' 4 d.length
as p1 outbox list --json
is 'and none of them is left' 0 'd.filter((x) => x.leaves > Date.now() / 1000 + '$minutes' * 60 + 12 * 3600).length'

# ---- who is in a hurry ----
tip 断水 ''
works 'one member sends at once' p1 case forward "$case" --desk 8 --now --json
need=$(field d.order)
as n1 sync
works 'a planner takes it at once' n1 need take "$need" --now
as n1 need show "$need" --json
is 'which stands' taken d.state
tip 顶板掉渣 ''
as p1 case correct "$case" --severity S1 --text 危险
works 'S1 waits for nothing' p1 case forward "$case" --desk 8 --json
need=$(field d.order)
as n1 sync && as n1 need show "$need" --json
is 'and is there' waiting d.state
works 'what is given back does not wait' n1 need return "$need" --text 地点不清
as n1 need show "$need" --json
is 'so that another desk can have it' given_back d.state
done_testing
