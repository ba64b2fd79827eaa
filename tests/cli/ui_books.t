#!/bin/sh
# davy ui, the tab of the books (tmux): what stands there and what is late; a referral from its draft to its end by the
# keys of two members; who may take which step; a rota, a conflict; nothing that the table forbids.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
# shellcheck source=tests/cli/screen.sh
. tests/cli/screen.sh
before_midnight

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
moved_clock
printf '%-12d' 0 >"$T/clock"
start_gateway "$T/GW"
ok $? 'the gateway runs'
# state NOUN ID: as p1 sees it after a sync
state() {
	as p1 sync
	as p1 "$1" show "$2" --json
	field '`${d.state} ${d.rejected}`'
}

as p1 referral new --kind REFER --to 住建局 --text 燃气隐患移交 --json
referral=$(field d.id)
as p1 campaign new --name 打非治违 --issuer 安委会 --basis 安委1号 --from "$(date +%F)" \
	--until "$(node -e 'console.log(new Date(Date.now() + 3 * 864e5).toISOString().slice(0, 10))')" --json
campaign=$(field d.id)
as p2 conflict add --kind UNIT --body 石岭煤业 --json
conflict=$(field d.id)
as p1 sync
works 'the lead draws a rota up' p1 rota set 省审核甲 省审核乙 --from "$(date +%F)" \
	--until "$(node -e 'console.log(new Date(Date.now() + 9 * 864e5).toISOString().slice(0, 10))')"
said 'for two members by their names' '省审核甲, 省审核乙'
as p1 sync
as p2 sync
as m1 sync
rota=$(as p2 rota show --json && field 'd[0].id')
is 'the list keeps who is on duty' true 'd.length === 1'

# at NAME PATTERN: puts the cursor on the line with it
at() {
	keys "$1" Home
	for _ in 1 2 3 4 5 6; do
		sleep 0.3
		text "$1"
		grep -q "^>.*$2" "$T/out" && return 0
		keys "$1" n
	done
	return 1
}

# -- the tab
ui a 80 24 zh p1
sees 'the tab counts the books' a '\[6\]簿 4'
keys a 6
sees 'a referral' a '移送  *起草 *住建局'
sees 'a campaign with its last day' a '[0-9]-[0-9]* *专项行动  被提议的  *打非治违'
sees 'a rota by the names of its pair' a '值班表  *已排 *省审核甲, 省审核乙'
sees 'a conflict of which he is told as the lead' a '利益冲突  已申报  *石岭煤业'
shot ui-books-80 a
keys a q
sees 'back to the first tab' a '这里没有\|g 同步'
keys a 6 Home o
sees 'an opened one' a '住建局'
sees 'says which steps he may take' a '^1 已批准 *要两人'
sees 'of those the table has' a '^2 未批准 *要两人'
sees 'and that two may recall it' a '^3 已撤回 *要两人'
lacks 'and no others' a '^4 '
shot ui-book-80 a
keys a 2
sees 'a step asks for what its guards want' a '理由:'
keys a Enter
sleep 0.5
lacks 'and is not taken without it' a '盘 1'
keys a 1
sees 'a remark may be left out' a '备注:'
keys a 同意移交 Enter
sees 'the proposal lies in the tray' a '盘 1'
keys a u
sees 'and is taken back' a '盘 0'
keys a 1
sleep 0.3
keys a 同意移交 Enter
sees 'once more' a '盘 1'
sees 'it leaves' a '盘 0'
sees 'and stands in the book' a '已提议，等另一人签署'
keys a 1
sees 'who has proposed it does not propose it again' a '你已提议'
[ "$(state referral "$referral")" = 'drafted 0' ]
ok $? 'one member alone has moved nothing'

# -- the second member
as p2 sync
ui b 120 40 en p2
keys b 6
sees 'in English on the large screen' b 'referral *drafted *住建局.*to sign'
keys b Home o
sees 'what another has proposed is for him to sign' b '^1 approved *proposed: you sign it'
shot ui-book-120 b
keys b 1
sees 'it is shown before he signs' b '同意移交'
sees 'and asked' b 'Sign this'
keys b n
[ "$(state referral "$referral")" = 'drafted 0' ]
ok $? 'a no signs nothing'
keys b 1
sees 'asked again' b 'Sign this'
keys b y
sees 'the book goes on' b '^1 handed over$'
[ "$(state referral "$referral")" = 'approved 0' ]
ok $? 'by two'
keys b 1
sees 'handing over' b 'late\|a remark'
keys b Enter
sees 'leaves by the tray' b 'tray 1'
sees 'and is done' b '^1 receipt given$'
sees 'or it comes back' b '^2 returned$'
keys b 1
sees 'a receipt is named' b 'which post signed it'
keys b 收1号 Enter
sleep 0.3
keys b Enter
sees 'and filed' b '^1 taken up$'
[ "$(state referral "$referral")" = 'acknowledged 0' ]
ok $? 'as the command files it'
keys b 1
sleep 0.3
keys b 立1号 Enter
sleep 0.3
keys b Enter
sees 'it is taken up' b '^1 closed *two members'
keys b w
sleep 0.3
keys b 催办 Enter
sees 'a note' b '催办'
keys b 1
sees 'its outcome is asked for' b 'what the office decided'
keys b 已整改 Enter
sleep 0.3
keys b Enter
sees 'proposed' b '^1 closed *proposed: another signs it'
as p1 sync
keys a q g
sees 'the first one has it to sign' a '移送.*待签'
keys a Home o
sees 'as a step' a '^1 已结 *已提议，由你签署'
keys a 1
sees 'shown with its outcome' a '已整改'
keys a y
sees 'and ended' a '移送  已结'
lacks 'after which there is no step' a '你能走的步骤'
[ "$(state referral "$referral")" = 'closed 0' ]
ok $? 'the whole way is accepted by the fold'
keys a q
sees 'what has ended stands last' a '簿 3'
text a
[ "$(grep -n '移送' "$T/out" | cut -d: -f1)" -gt "$(grep -n '利益冲突' "$T/out" | cut -d: -f1)" ]
ok $? 'below the others'

# -- the rota and the conflict
keys b q
sees 'the list' b 'rota *drawn up'
at b rota
keys b o
sees 'who is on duty is shown to whoever signs' b 'on duty *省审核甲, 省审核乙'
keys b 1
sees 'before he does' b 'Sign this'
keys b y
sees 'it is in force' b 'rota  in force'
as p1 sync
as p1 rota show --json
is 'for the other, too' in_force "d.find((r) => r.id === '$rota').state"
keys b q
sees 'the list again' b 'conflict *declared'
at b conflict
keys b o
sees 'who declared a conflict may take it back' b '^1 taken back$'
keys b q
at a 利益冲突
keys a o
sees 'his lead reads it' a '石岭煤业'
sees 'and may not, for a reason that is told' a '^1 已撤回   只有申报人本人'
keys a 1
sleep 1
[ "$(as p1 sync; as p1 conflict list --json; field "d.find((c) => c.id === '$conflict').state")" = declared ]
ok $? 'even when he tries'
keys a q

# -- another desk: whoever sees a book may not move it
ui c 80 24 zh m1
keys c 6
sees 'the backstop sees a campaign' c '专项行动'
at c 专项行动
keys c o
sees 'and reads it' c '打非治违'
keys c 1
sleep 1
sees 'but takes no step' c '盘 0'
[ "$(state campaign "$campaign")" = 'proposed 0' ]
ok $? 'it stands where it stood'
keys c C-c

# -- what is late; a window that ends by itself
as p1 referral new --kind REFER --to 消防队 --text 移交 --json
printf '%-12d' $((8 * 1440)) 1<>"$T/clock"
sleep 1.5
works 'eight days go by' p1 sync
ui a 80 24 zh p1
keys a 6
sees 'the late one stands first, marked' a '^> !.*逾期\|^> !.*移送 *起草 *消防队'
text a
sed -n 3p "$T/out" | grep -q 消防队
ok $? 'above all others'
keys a C-c
keys b C-c
done_testing
