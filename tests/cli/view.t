#!/bin/sh
# A clean copy of an attachment: pictures and papers are drawn by decoders in a sandbox; broken and hostile files give a
# sentence; no network in there, no home, no file left; and without the sandbox nothing is shown.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh

for p in bwrap chafa mutool; do
	command -v $p >/dev/null || { echo "1..0 # SKIP $p is not installed"; exit 0; }
done
# A container may forbid what the sandbox is made of; that nothing is shown without it is tested where it can be made.
if ! bwrap --unshare-user --ro-bind / / true 2>/dev/null; then
	echo '1..0 # skip pictures need user namespaces, which nobody may make here'
	exit 0
fi
listener=
trap '[ -z "$listener" ] || kill "$listener" 2>/dev/null; cleanup' EXIT

tests/lib/world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
start_gateway "$T/GW"
ok $? 'the gateway runs'

# sent FILE…: a tip with these attachments, at most four; its id goes to $id
sent() {
	set -- $(printf -- '--attach %s ' "$@")
	as source tip send --tip "$T/tip.json" "$@" --receipt-file "$T/r" || return 1
	rm "$T/r"
	as p1 sync
	as p1 inbox --json
	id=$(field "d.map((c) => c.id).find((x) => !'$seen'.includes(x))")
	seen=$seen$id
}
seen=
echo '{"v":1,"danger_now":false,"tile":3,"county":"","where":"x","what":"y"}' >"$T/tip.json"
M=$T/media
mkdir "$M"
# pdf FILE CONTENT [MORE [TIMES]]: a paper of one page, what it draws so many times
pdf() {
	node -e 'const [, file, once, extra, times] = process.argv, content = once.repeat(times ?? 1);
let out = "%PDF-1.4\n";
const at = [];
const add = (s) => { at.push(out.length); out += at.length + " 0 obj\n" + s + "\nendobj\n"; };
add("<< /Type /Catalog /Pages 2 0 R " + (extra || "") + " >>");
add("<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>");
add("<< /Length " + content.length + " >>\nstream\n" + content + "\nendstream");
add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
const xref = out.length;
out += "xref\n0 6\n0000000000 65535 f \n" + at.map((n) => String(n).padStart(10, "0") + " 00000 n \n").join("") +
	"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n" + xref + "\n%%EOF\n";
require("fs").writeFileSync(file, out, "latin1");' "$@"
}

# -- what people send
convert -size 320x240 xc:white -fill black -draw 'rectangle 0,0 160,240' "$M/a.png"
convert "$M/a.png" "$M/b.jpg"
exiftool -q -overwrite_original -Comment='taken at the gate' "$M/b.jpg"
pdf "$M/c.pdf" 'BT /F 24 Tf 20 100 Td (No fan at shaft two) Tj ET'
pdf "$M/d.pdf" '0 0 150 200 re f'
sent "$M/a.png" "$M/b.jpg" "$M/c.pdf" "$M/d.pdf"
ok $? 'a tip with two pictures and two papers'
pictures=$id
# half black, half white: the left of each line is full, the right is blank, or the other way about
half() {
	node -e 'const d = JSON.parse(require("fs").readFileSync(process.argv[1])).data;
const lines = d.text.split("\n").filter((l) => l.length > 20);
const ink = (s) => [...s].filter((c) => c !== " ").length;
const even = lines.filter((l) => Math.abs(ink(l.slice(2, 30)) - ink(l.slice(46, 74))) > 20).length;
process.exit(lines.length > 10 && even > lines.length / 2 ? 0 : 1)' "$T/out"
}
works 'a PNG is shown' p1 case view "$id" 0 --json
half
ok $? 'as what it is'
works 'a JPEG, too' p1 case view "$id" 1 --json
half
ok $? 'as what it is'
! grep -q 'taken at the gate' "$T/out"
ok $? 'without what else is in it'
works 'a paper' p1 case view "$id" 2
said 'shows its words' 'No fan at shaft two'
works 'and can be drawn' p1 case view "$id" 2 --draw --page 1
! grep -q 'No fan' "$T/out" && [ "$(wc -l <"$T/out")" -gt 10 ]
ok $? 'as a picture'
works 'a paper without words is drawn by itself' p1 case view "$id" 3 --json
[ "$(field 'd.text.length > 500')" = true ]
ok $? 'to see something'
refused 'an attachment that is not there' 1 'no attachment 9' p1 case view "$id" 9
refused 'a page has a number' 2 'page' p1 case view "$id" 2 --page x

# -- what enemies send
head -c 300 "$M/b.jpg" >"$M/cut.jpg"
head -c 90 "$M/a.png" >"$M/cut.png"
head -c 120 "$M/c.pdf" >"$M/cut.pdf"
node -e '// a PNG that claims 60,000 by 60,000 pixels and holds one deflated run of zeros
const zlib = require("zlib"), crc = zlib.crc32 ?? ((b) => { let c = ~0; for (const x of b) { c ^= x;
for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1; } return ~c >>> 0; });
const chunk = (t, d) => { const b = Buffer.concat([Buffer.from(t), d]), n = Buffer.alloc(4), c = Buffer.alloc(4);
n.writeUInt32BE(d.length); c.writeUInt32BE(crc(b)); return Buffer.concat([n, b, c]); };
const head = Buffer.alloc(13); head.writeUInt32BE(60000, 0); head.writeUInt32BE(60000, 4); head[8] = 8; head[9] = 2;
require("fs").writeFileSync(process.argv[1], Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
chunk("IHDR", head), chunk("IDAT", zlib.deflateSync(Buffer.alloc(50000000))), chunk("IEND", Buffer.alloc(0))]));' \
	"$M/bomb.png"
sent "$M/cut.jpg" "$M/cut.png" "$M/cut.pdf" "$M/bomb.png"
ok $? 'a tip with broken files'
sentence() { # NAME N: one sentence or a clean picture, within the time
	as p1 case view "$id" "$2"
	{ [ "$status" = 1 ] && [ "$(wc -l <"$T/err")" = 1 ] && [ ! -s "$T/out" ]; } || [ "$status" = 0 ]
	ok $? "$1"
}
sentence 'a cut JPEG harms nothing' 0
refused 'a cut PNG is a sentence' 1 'cannot be shown' p1 case view "$id" 1
sentence 'a cut PDF harms nothing' 2
refused 'a picture of 10 GB is a sentence' 1 'cannot be shown' p1 case view "$id" 3

port=$(node -e 'const s = require("net").createServer(); s.listen(0, "127.0.0.1", () => { console.log(s.address().port);
s.close(); });')
node -e 'require("net").createServer((c) => { require("fs").writeFileSync(process.argv[2], "reached"); c.end(); })
.listen(+process.argv[1], "127.0.0.1");' "$port" "$T/reached" &
listener=$!
printf 'a secret of this machine\n' >"$T/secret"
pdf "$M/net.pdf" 'BT /F 24 Tf 20 100 Td (A link) Tj ET' \
	"/OpenAction << /S /URI /URI (http://127.0.0.1:$port/) >> /AA << /O << /S /Launch /F ($T/secret) >> >>"
pdf "$M/loop.pdf" '0 0 300 200 re f ' '' 240000
printf '#!/bin/sh\necho owned\n' >"$M/program.bin"
printf 'OggS\0\2' >"$M/voice.ogg"
sent "$M/net.pdf" "$M/loop.pdf" "$M/program.bin" "$M/voice.ogg"
ok $? 'a tip with hostile files'
works 'a paper that asks for the network and a file' p1 case view "$id" 0
sleep 0.2
[ ! -e "$T/reached" ]
ok $? 'reaches nobody'
! grep -q 'a secret of this machine' "$T/out"
ok $? 'and reads nothing'
sentence 'a paper that draws for ever harms nothing' 1
refused 'a program is not started' 1 'no picture and no PDF' p1 case view "$id" 2
refused 'sound is not played' 1 'sound' p1 case view "$id" 3

# -- in the desk
tmux="tmux -L davylamp-view-$$ -f /dev/null"
trap '$tmux kill-server 2>/dev/null; [ -z "$listener" ] || kill "$listener" 2>/dev/null; cleanup' EXIT
$tmux new-session -d -s t -x 80 -y 24 "LC_ALL=C.UTF-8 TERM=screen-256color '$davy' --home '$T/p1' \
	--passphrase-file '$T/pass' --lang en ui"
sees() { # PATTERN
	i=0
	while ! { $tmux capture-pane -t t -p >"$T/out"; grep -q -e "$1" "$T/out"; }; do
		i=$((i + 1))
		[ $i -gt 150 ] && return 1
		sleep 0.1
	done
}
sees 'q quit'
$tmux send-keys -t t : && sleep 0.3 && $tmux send-keys -t t -l "case show $id" && $tmux send-keys -t t Enter
sees 'program' || sees 'attachment'
sees 'v view'
ok $? 'the key for it stands below a case that has one'
$tmux send-keys -t t v
sees 'Attachments'
$tmux send-keys -t t Enter
sees 'A link'
ok $? 'v shows an attachment in the desk'
$tmux send-keys -t t q && sleep 0.3 && $tmux send-keys -t t v
sees 'sound-.*ogg.*sound: not played here'
ok $? 'sound says that it is not played'
$tmux kill-server 2>/dev/null
# colours ENV PATTERN: what the first picture is drawn with on such a terminal
colours() {
	$tmux kill-server 2>/dev/null
	sleep 0.3
	$tmux new-session -d -s t -x 80 -y 24 "LC_ALL=C.UTF-8 $1 '$davy' --home '$T/p1' \
		--passphrase-file '$T/pass' --lang en ui"
	sees 'q quit' || return 1
	$tmux send-keys -t t : && sleep 0.3 && $tmux send-keys -t t -l "case show $pictures" &&
		$tmux send-keys -t t Enter
	sees 'v view' && $tmux send-keys -t t v && sees Attachments && $tmux send-keys -t t 2 || return 1
	sees 'b.jpg' && sleep 3
	$tmux capture-pane -t t -p -e | sed -n 3,20p >"$T/out"
	grep -q "$2" "$T/out"
}
colours 'TERM=screen-256color' '\[[0-9;]*[34]8;5;'
ok $? 'a picture has 256 colours on a terminal that has them'
! grep -q '8;2;' "$T/out"
ok $? 'and no more'
$tmux resize-window -t t -x 100 -y 30 && sleep 1.5 && $tmux send-keys -t t q
sees 'v view'
$tmux capture-pane -t t -p -e | sed -n 3,20p >"$T/out"
! grep -q '[34]8;5;' "$T/out"
ok $? 'nothing of it stays on the screen when it is left'
colours 'TERM=screen-256color COLORTERM=truecolor' '\[[0-9;]*[34]8;2;'
ok $? 'all colours where the terminal says so'
$tmux send-keys -t t Escape Escape
sees 'locked'
$tmux capture-pane -t t -p -e >"$T/out"
! grep -q '[34]8;2;' "$T/out"
ok $? 'the panic key takes it away, too'
! colours 'NO_COLOR=1 TERM=screen-256color' '8;[25];' && grep -q '[^ ]' "$T/out"
ok $? 'and none where nobody wants any'
$tmux kill-server 2>/dev/null

# -- the sandbox itself: the tool of the test runs a program of ours in the same one
caged() { timeout 40 "$BUILD/tests/cage_try" "$@" >"$T/out" 2>"$T/err"; }
caged 'cat /in'
[ "$(cat "$T/out")" = 'the bytes' ]
ok $? 'a program in the sandbox sees the bytes'
caged "exec 5<>/dev/tcp/127.0.0.1/$port && echo open" bash
[ ! -e "$T/reached" ] && [ ! -s "$T/out" ]
ok $? 'no network'
caged 'ls /home /root /etc /var /proc /run /dev /tmp 2>/dev/null; ls /'
! grep -qvx 'bin\|in\|lib\|lib64\|tmp\|usr\|/tmp:\|' "$T/out"
ok $? 'no home and nothing else of this machine'
caged 'echo x >/usr/x || echo x >/x || echo x >/in || echo no'
[ "$(cat "$T/out")" = no ]
ok $? 'it writes nowhere'
caged 'head -c 90000000 /usr/lib/x86_64-linux-gnu/* >/tmp/big; wc -c </tmp/big'
[ ! -s "$T/out" ] || [ "$(cat "$T/out")" -le 67108864 ]
ok $? 'but into 64 MB of memory'
start=$(date +%s)
caged 'sleep 98.76 & while :; do :; done'
[ -s "$T/err" ] && [ $(($(date +%s) - start)) -le 20 ] && ! pgrep -f 'sleep 98.76$' >/dev/null
ok $? 'what hangs is ended, with all that it started'
caged 'yes'
[ -s "$T/err" ] && [ ! -s "$T/out" ]
ok $? 'what writes without end, too'
caged 'kill -SEGV $$'
[ -s "$T/err" ]
ok $? 'what crashes is a sentence'
caged 'a=x; while :; do a=$a$a; done'
[ -s "$T/err" ]
ok $? 'what eats memory, too'
caged 'unshare -Ur true && echo yes'
! grep -q yes "$T/out"
ok $? 'no new namespace is made in it'

# -- nothing stays
! { find "$T" -type f -not -path "$M/*"; find /tmp /var/tmp /dev/shm -maxdepth 1 -type f; } 2>/dev/null |
	xargs grep -l -a -e 'No fan at shaft two' 2>/dev/null | grep -q .
ok $? 'no plain byte is left on the disk'

# -- without the sandbox: the package is missing, or namespaces are off
if unshare -Urm true 2>/dev/null; then
	: >"$T/none"
	hidden() { # PROGRAM: davy where that program cannot be run
		timeout 20 unshare -Urm sh -c 'mount --bind "$1" "$2"; shift 2; exec "$@"' sh "$T/none" "$1" \
			"$davy" --home "$T/p1" --passphrase-file "$T/pass" case view "$id" 0 >"$T/out" 2>"$T/err"
	}
	hidden /usr/bin/bwrap
	[ ! -s "$T/out" ] && grep -q 'install the package bubblewrap' "$T/err"
	ok $? 'without bubblewrap nothing is shown, and the package is named'
	hidden /usr/bin/mutool
	[ ! -s "$T/out" ] && grep -q 'install the package mupdf-tools' "$T/err"
	ok $? 'so with a decoder'
	timeout 20 unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces; exec "$@"' sh "$davy" --home "$T/p1" \
		--passphrase-file "$T/pass" case view "$id" 0 >"$T/out" 2>"$T/err"
	[ ! -s "$T/out" ] && grep -q 'user namespaces' "$T/err"
	ok $? 'where namespaces are off nothing is shown, and that is said'
fi
done_testing
