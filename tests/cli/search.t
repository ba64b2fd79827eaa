#!/bin/sh
# davy case search: sample tips in Chinese and English through a real gateway; every place in which words are found;
# nothing that was not opened; nothing in clear on the disk; what a bad question gets.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

send() { # PICK WORDS COUNTY
	as source tip send --tip "$T/open-tips.json" --pick "$1" --words "$2" --county "$3" \
		--receipt-file "$T/receipt-$1" || exit 1
	as p1 inbox --json
	before=$(field 'd.map((c) => c.id).join()')
	as p1 sync
	as p1 inbox --json
	id=$(field "d.map((c) => c.id).find((x) => !'$before'.includes(x))")
}
short() { echo "$1" | cut -c1-8; }
# finds NAME IDS WORDS…: exactly these cases, in any order
finds() {
	name=$1 want=$(echo "$2" | tr ' ' '\n' | sort | tr '\n' ' ')
	shift 2
	as p1 case search --json "$@"
	[ "$(field 'd.map((c) => c.id).join("\n")' | sort | tr '\n' ' ')" = "$want" ]
	ok $? "$name"
}

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'
open_tips

# none NAME HOME WORDS…
none() {
	name=$1 h=$2
	shift 2
	as "$h" case search "$@" && grep -q 'Nothing that was opened' "$T/out" "$T/err"
	ok $? "$name"
}
none 'before anything was opened nothing is found' p1 门
send T07 zh ''
doors=$id
none 'a tip that nobody opened here is not found' p1 铁条
as p1 case show "$doors"
works 'once it was opened' p1 case search 铁条
said 'its line shows the words where they stand, marked' "^$(short "$doors").*	tip	.*焊了{铁条}"
send T01 en ''
dig=$id
as p1 case show "$dig"
finds 'two signs' "$doors" 铁条
finds 'one sign' "$doors" 焊
finds 'an English word, and its beginning' "$dig" SHED
finds 'the beginning of a word' "$dig" fodd
finds 'all words must fit' '' 铁条 shed
finds 'a word that is left out' '' shed -- -fodder
finds 'words in a row' "$dig" 'iron door' fodder
finds 'which they are not' '' 'door iron' fodder
finds 'full width' "$dig" ｓｈｅｄ
works 'for programs' p1 case search 铁条 --json
is 'with the place' tip 'd[0].found.in'
is 'and the bytes of the mark' 铁条 'd[0].found.marks.map((m) =>
	Buffer.from(d[0].found.text).subarray(m.at, m.at + m.len).toString()).join()'
is 'beside what the list tells' "$doors" 'd[0].id'

# -- what is written later, and where it is found
works 'a note' p1 case note "$doors" --text '值班电话打过了 the warden phoned'
works 'a reply' p1 case ack "$doors"
as p1 case reply "$doors" --status 2 --text '请再看一下走廊' --now
works 'a triage' p1 case triage "$doors" --outcome ACCEPT --severity S2 --hazard FR-01 --sector FIRE --place P-SENS \
	--issue I5 --credibility B2 --actionability 8 --knower 6-20
finds 'the note' "$doors" 值班
finds 'only in notes' "$doors" warden --in note
finds 'and not in tips' '' warden --in tip
finds 'the hazard in English' "$doors" 'exit' --in triage
finds 'two places at once' "$doors" 值班 铁条
as p1 case search warden
said 'the piece comes from the note' '	note	.*{warden} phoned'
as p1 case search 值班 --lang zh
said 'in Chinese' '批注'
as p2 sync
none 'a colleague who has not opened the case finds none of it, though the note came to him' p2 值班
finds 'since tomorrow nothing came' '' 铁条 --since 2099-01-01
as p1 case search --limit 1 门 --json
is 'no more than asked for' true 'd.length <= 1'

# -- bad questions
refused 'no letter in it' 2 'no letter or digit' p1 case search '。。'
refused 'an open quotation mark' 2 'quotation mark has no other' p1 case search '"门'
refused 'nothing to look for' 2 'Give a word to look for' p1 case search -- -门
refused 'too long' 2 'Too long' p1 case search "$(printf '%0500d' 0)"
refused 'no such place' 2 'words are found in tip, message' p1 case search 门 --in nowhere
refused 'no day' 2 'write it like 2026-12-01' p1 case search 门 --since yesterday
for q in 'a" OR tip:b' "x'); DROP TABLE hit; --" 'NEAR(a b, 2)' '{tip} : a' '^a' 'a*b' '"' '""' '"" ""' '-' \
	'--' '%n%s'; do
	as p1 case search -- "$q"
	grep -qi -e sqlite -e fts5 -e syntax "$T/out" "$T/err" && bad="${bad:-} $q"
	[ "$status" = 0 ] || [ "$status" = 2 ] || bad="${bad:-} $q=$status"
done
[ -z "${bad:-}" ]
ok $? "no question reaches the database as it is${bad:-}"

# -- nothing in clear, whatever the encoding (a word of four letters stands by chance in the base64 of keys)
node -e 'const fs = require("fs"), dir = process.argv[1], words = process.argv.slice(2);
const files = fs.readdirSync(dir, { recursive: true }).map((f) => `${dir}/${f}`);
for (const f of files.filter((f) => fs.statSync(f).isFile()))
	for (const w of words)
		for (const as of ["utf8", "utf16le"])
			if (fs.readFileSync(f).includes(Buffer.from(w, as))) console.log(f, w, as);' \
	"$T/p1" 铁条 焊了 值班电话 fodder 'iron door' warden >"$T/out"
clear=$(cat "$T/out")
[ -z "${clear:-}" ]
ok $? 'no word lies in clear in the home'
find "$T/p1" -type f | grep -v -e keystore -e workspace.db -e gateway -e conf -e lock >"$T/out"
: >"$T/err"
[ ! -s "$T/out" ]
ok $? 'and no other file was left there'

# -- who takes himself off a case finds it no more
finds 'before' "$dig" fodder
works 'a member takes himself off' p1 case recuse "$dig"
none 'its words are gone' p1 fodder
finds 'those of others stay' "$doors" 铁条

done_testing
