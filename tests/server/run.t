#!/bin/sh
# davyd as an operator meets it: init, refusals in sentences, HTTPS with a new certificate, Unix sockets, status,
# purge, check.
: "${BUILD:=build}"
davyd=$(realpath "$BUILD/davyd")
T=$(mktemp -d "${TMPDIR:-/tmp}/davyd-run.XXXXXX")
n=0 pid=
ok() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		tail -n 6 "$T/log" "$T/out" 2>/dev/null | sed 's/^/# /'
	fi
}
stop() { [ -z "$pid" ] || { kill "$pid"; wait "$pid"; ended=$?; pid=; }; }
trap 'stop; rm -rf "$T"' EXIT
trap 'exit 1' INT TERM
root() { openssl rand -base64 32; }
port() { node "$(dirname "$0")/../lib/port.mjs"; }
says() { # NAME PATTERN COMMAND…: fails with exit code 1 and that sentence
	name=$1 pattern=$2
	shift 2
	timeout 10 "$@" >"$T/out" 2>&1
	[ $? = 1 ] && grep -q -e "$pattern" "$T/out"
	ok $? "$name"
}
start() {
	"$davyd" run -c "$1/davyd.conf" 2>"$T/log" &
	pid=$!
	for _ in $(seq 100); do grep -q event=ready "$T/log" && return 0; sleep 0.05; done
	return 1
}
curl() { command curl -sS -m 5 "$@"; }

p=$(port) q=$(port)
"$davyd" init "$T/a" --root "$(root)" --root "$(root)" --root "$(root)" --threshold 2 --listen "127.0.0.1:$p" \
	>"$T/out" 2>&1
ok $? 'init'
[ "$(stat -c %a "$T/a/gateway.key")" = 600 ] && grep -q '^threshold 2$' "$T/a/gateway.card"
ok $? 'the key is for its owner alone, the card names the threshold'
says 'init overwrites nothing' 'File exists' "$davyd" init "$T/a" --root "$(root)"
says 'a threshold above the roots' 'above the number' "$davyd" init "$T/b" --root "$(root)" --threshold 2
r=$(root)
says 'the same root twice' 'already there' "$davyd" init "$T/b" --root "$r" --root "$r"
timeout 5 "$davyd" init "$T/b" >"$T/out" 2>&1
[ $? = 2 ]
ok $? 'no root is a usage error'

variant() { sed "$1" "$T/a/davyd.conf" >"$T/a/v.conf"; }
variant 's/^listen.*/listen = {"0.0.0.0:8080"}/'
says 'plain HTTP over a network' 'behind_proxy' "$davyd" run -c "$T/a/v.conf"
variant 's/^listen.*/listen = {"https:127.0.0.1:8443"}/'
says 'https without a certificate' 'tls_cert and tls_key' "$davyd" run -c "$T/a/v.conf"
echo tls_cert = '"card"' >"$T/a/tls"
echo tls_key = '"gateway.key"' >>"$T/a/tls"
variant "r $T/a/tls"
says 'a certificate that is none' 'do not belong together' "$davyd" check -c "$T/a/v.conf"
variant 's/^rate.*/rtae = 3/'
says 'a word that does not exist' 'no such option' "$davyd" run -c "$T/a/v.conf"
variant 's/^rate.*/rate = -3/'
says 'a number out of range' 'rate must be from' "$davyd" run -c "$T/a/v.conf"
variant 's|^store =.*||; $a store = "mysql://db.invalid/x"'
says 'a store on a server' 'this davyd knows no mysql:' "$davyd" run -c "$T/a/v.conf"
chmod 644 "$T/a/gateway.key"
says 'a key that others can read' 'mode 0600' "$davyd" run -c "$T/a/davyd.conf"
chmod 600 "$T/a/gateway.key"
cp "$T/a/gateway.card" "$T/card"
"$davyd" init "$T/c" --root "$(root)" >/dev/null
cp "$T/c/gateway.card" "$T/a/gateway.card"
says 'another gateway'\''s card' 'not the card of this' "$davyd" check -c "$T/a/davyd.conf"
cp "$T/card" "$T/a/gateway.card"
"$davyd" status -c "$T/a/davyd.conf" >"$T/out" 2>&1
[ $? = 2 ] && grep -q 'is it running' "$T/out"
ok $? 'status without a gateway is critical'
"$davyd" status -c "$T/none.conf" >"$T/out" 2>&1
[ $? = 3 ]
ok $? 'and without a configuration unknown'

# HTTPS, plain, Unix socket at once.
cert() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$T/a/key.pem" -out \
	"$T/a/cert.pem" -days 2 -subj "/CN=$1" 2>/dev/null; }
cert one.invalid
sed -i "s|^listen.*|listen = {\"127.0.0.1:$p\", \"https:127.0.0.1:$q\", \"unix:web.sock\"}|; s/^# tls/tls/" \
	"$T/a/davyd.conf"
echo '<html>lamp' >"$T/a/page.html"
start "$T/a"
ok $? 'it runs on three addresses'
[ "$(curl "http://127.0.0.1:$p/")" = '<html>lamp' ]
ok $? 'the page over HTTP'
[ "$(curl --unix-socket "$T/a/web.sock" http://h/)" = '<html>lamp' ]
ok $? 'over a Unix socket'
[ "$(curl -k "https://127.0.0.1:$q/")" = '<html>lamp' ]
ok $? 'over HTTPS'
head -c 16384 /dev/zero >"$T/zeros"
answer=$(curl -k -o "$T/answer" -w '%{http_code} %{size_download}' -H 'Content-Type:' --data-binary "@$T/zeros" \
	"https://127.0.0.1:$q/x")
[ "$answer" = '200 16384' ]
ok $? 'a frame over HTTPS is answered by a frame'
! curl -k --tls-max 1.1 "https://127.0.0.1:$q/" >/dev/null 2>&1
ok $? 'not over TLS 1.1'
subject() { echo | openssl s_client -connect "127.0.0.1:$q" 2>/dev/null | openssl x509 -noout -subject; }
subject | grep -q one.invalid
ok $? 'with the certificate'
cert two.invalid
kill -HUP "$pid"
for _ in $(seq 60); do subject | grep -q two.invalid && break; sleep 0.1; done
subject | grep -q two.invalid
ok $? 'SIGHUP brings the new certificate'
: >"$T/a/cert.pem"
kill -HUP "$pid"
sleep 0.7
[ "$(curl "http://127.0.0.1:$p/healthz")" = ok ]
ok $? 'a certificate that is none stops nobody else'
cert three.invalid
kill -HUP "$pid"
for _ in $(seq 120); do subject | grep -q three.invalid && break; sleep 0.1; done
subject | grep -q three.invalid
ok $? 'and is mended by the next SIGHUP'

says 'a second davyd on the same folder' 'another davyd is running' "$davyd" run -c "$T/a/davyd.conf"
sed "s|^listen.*|listen = {\"unix:other.sock\"}\ncontrol = \"other.control\"|" "$T/a/davyd.conf" >"$T/a/v.conf"
timeout -s TERM 6 "$davyd" run -c "$T/a/v.conf" >"$T/out" 2>&1
grep -q 'another program has the store open' "$T/out"
ok $? 'a second vault on the same store'
# The faces of the last SIGHUP may be on their way.
for _ in 1 2 3 4 5 6 7 8 9 10; do
	"$davyd" status -c "$T/a/davyd.conf" >"$T/out" 2>&1
	asked=$?
	grep -q 'faces \([0-9]*\) of \1' "$T/out" && break
	sleep 0.5
done
[ $asked = 2 ] && head -n 2 "$T/out" | grep -q '! roster: no roster yet.*davy roster publish' &&
	grep -q '^roster *none' "$T/out" &&
	grep -q '^visitors *at the faces: [0-9]* connections of [1-9][0-9]*, 0 ended for want of places' "$T/out" &&
	grep -q 'faces \([0-9]*\) of \1' "$T/out"
ok $? 'status: what is wrong first, and what to do; exit code 2'
"$davyd" status --json -c "$T/a/davyd.conf" >"$T/out" 2>&1
[ $? = 2 ] && node -e 'const s = JSON.parse(require("fs").readFileSync(0));
const bad = s.data.problems.some((p) => p.what === "roster" && p.level === "bad");
const f = s.data.facts;
const door = f["faces-places"] > 0 && f["faces-connections"] <= f["faces-places"] && f["faces-ended"] === 0;
process.exit(s.v === 1 && s.ok && !s.data.well && bad && door && f["disk-free-bytes"] > 0 ? 0 : 1)' <"$T/out"
ok $? 'status for machines'
"$davyd" purge -c "$T/a/davyd.conf" >"$T/out" 2>&1 && grep -q '^purged 0' "$T/out"
ok $? 'purge'
timeout 5 "$davyd" purge -c "$T/a/davyd.conf" --days 89 >"$T/out" 2>&1
[ $? = 2 ]
ok $? 'not before ninety days'
sed 's|^control.*||; $acontrol = "none.sock"' "$T/a/davyd.conf" >"$T/a/v.conf"
"$davyd" status --json -c "$T/a/v.conf" >"$T/out" 2>/dev/null
[ $? = 2 ] && grep -q '"ok":false' "$T/out"
ok $? 'nobody answers: exit code 2, also for machines'
stop
[ "$ended" = 0 ] && [ ! -e "$T/a/web.sock" ] && [ ! -e "$T/a/control.sock" ]
ok $? 'SIGTERM: exit 0, no socket files left'
"$davyd" check -c "$T/a/davyd.conf" >"$T/out" 2>&1
ok $? 'check'

# Stores that are not what they should be.
cp -r "$T/a/store" "$T/whole"
sqlite3 "$T/a/store/davylamp.db" 'PRAGMA user_version = 99' >/dev/null
says 'a newer schema' 'install the newer davyd' "$davyd" check -c "$T/a/davyd.conf"
rm -rf "$T/a/store" && cp -r "$T/whole" "$T/a/store"
dd if=/dev/urandom of="$T/a/store/davylamp.db" bs=1000 seek=20 count=60 conv=notrunc 2>/dev/null
says 'a damaged store' 'backup' "$davyd" check -c "$T/a/davyd.conf"
rm -rf "$T/a/store" && cp -r "$T/whole" "$T/a/store"
truncate -s 20000 "$T/a/store/davylamp.db"
says 'a store cut short' 'backup' "$davyd" check -c "$T/a/davyd.conf"
rm -rf "$T/a/store" && cp -r "$T/whole" "$T/a/store"
cp "$T/a/davyd.conf" "$T/c/davyd.conf"
sed -i "s|^store =.*|store = \"$T/a/store\"|; s|^listen.*|listen = {\"unix:web.sock\"}|; s/^tls/# tls/" \
	"$T/c/davyd.conf"
timeout -s TERM 2 "$davyd" run -c "$T/c/davyd.conf" >"$T/out" 2>&1
grep -q 'belongs to another gateway' "$T/out"
ok $? 'another gateway'\''s store'
echo "1..$n"
