#!/bin/sh
# From nothing to a gateway that takes a tip: the installed programs, davyd setup with the answers of one file, the plan
# of a roster, and every command that a person gives, counted. Then the other fronts, and answers that cannot be used.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
cd "$here/../.." || exit 1
build=$(realpath "$BUILD")
make BUILD="$build" install PREFIX=/usr DESTDIR="$T/i" >"$T/out" 2>&1
ok $? 'the programs are installed'
davyd=$T/i/usr/sbin/davyd davy=$T/i/usr/bin/davy
doc=$T/i/usr/share/doc
for f in davylamp-gateway/README.md davylamp-gateway/SECURITY.md davylamp-gateway/answers.example \
	davylamp-gateway/docs/front.md davylamp-gateway/docs/architecture.md davylamp-gateway/docs/torrc \
	davylamp-gateway/docs/nginx.conf davylamp-gateway/docs/relay.conf davylamp-gateway/crypto/FORMATS.md \
	davylamp/examples/plan; do
	cmp -s "$doc/$f" "$(git ls-files "*${f#davylamp-gateway/}" | head -n 1)" || [ -s "$doc/$f" ] || echo "no $f"
done >"$T/out"
for f in torrc nginx.conf relay.conf apparmor-tor setup; do
	[ -s "$T/i/usr/share/davylamp/$f" ] || echo "no $f"
done >>"$T/out"
for f in docs/*.md service/*.timer; do
	[ ! -e "$f" ] || find "$T/i" -name "${f##*/}" | grep -q . || echo "no $f"
done >>"$T/out"
[ ! -s "$T/out" ]
ok $? 'with the documentation, the examples and what setup needs'

# ---- every command of everybody, counted ----

operators=0 members=0
count() { # KIND STATUS NAME
	eval "$1=\$(($1 + 1))"
	[ "$2" = 0 ] || ok 1 "$3"
}
registrar() { as REG "$@"; count operators $? "the registrar: davy $*"; }
root() { h=$1; shift; as "$h" "$@"; count operators $? "a root: davy $*"; }
member() { h=$1; shift; as "$h" "$@"; count members $? "a member: davy $*"; }

port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => {
	console.log(s.address().port); s.close(); })')
url=http://127.0.0.1:$port
R=$T/machine
mkdir "$T/P" "$T/P/cards"
for r in root1 root2 root3; do root "$r" key new --name "$r" --memory 1 --card "$T/$r.card"; done
cat >"$T/answers" <<EOF
# a comment
root = root1.card
root = root2.card
root = root3.card
threshold = 2
front = local
address = 127.0.0.1:$port
store_mib = 64
EOF
"$davyd" setup --answers "$T/answers" --prefix "$R" >"$T/out" 2>"$T/err"
count operators $? 'davyd setup'
grep -q "^Phones reach it at $url" "$T/out" && grep -q '^threshold 2' "$R/etc/davylamp/gateway.card" &&
	[ "$(stat -c %a "$R/etc/davylamp/gateway.key")" = 600 ]
ok $? 'davyd setup makes the gateway, and says where it is'
for who in flint cedar amber reed slate maple basalt quartz; do
	member "$who" key new --name "$who" --memory 1 --card "$T/P/cards/$who.card"
done
cp "$doc/davylamp/examples/plan" "$T/P/plan"
start_gateway "$R/etc/davylamp"
count operators $? 'systemctl start davylamp'
card=$R/etc/davylamp/gateway.card
registrar key new --name 登记 --memory 1
registrar gateway connect "$url" --card "$card"
registrar roster new --from "$T/P/plan" --gateway "$card" --dir "$T/roster"
root root1 roster sign --dir "$T/roster" -o "$T/sig1"
root root3 roster sign --dir "$T/roster" -o "$T/sig3"
registrar roster merge --dir "$T/roster" "$T/sig1" "$T/sig3"
registrar roster publish --dir "$T/roster"
sleep 0.5 # each face gets the roster by itself, a moment after publish has returned
printf '[{"code": "990102", "zh": "砚溪县", "en": "Yanxi county"}]' >"$T/counties"
registrar site build --template "$T/i/usr/share/davylamp/page.html" --card "$card" --roster "$T/roster/published" \
	--name 矿灯 --name-en Lamp --counties "$T/counties" --exit https://weather.example/ \
	-o "$R/etc/davylamp/page.html"
kill -HUP "$gateway_pid"
count operators $? 'systemctl reload davylamp'
for who in flint amber slate basalt cedar reed maple quartz; do
	member "$who" gateway connect "$url" --card "$card"
	case $who in
	flint | amber | slate | basalt) member "$who" desk rotate ;;
	*) member "$who" desk rotate --confirm ;;
	esac
done
[ "$operators" -le 15 ]
ok $? "$operators commands of operator, registrar and three roots, at most 15"
[ "$members" = 24 ]
ok $? 'and three of each of the eight members'
echo "# $operators commands of operator, registrar and roots; $members of members"
as source gateway connect "$url" --card "$card"
works 'the gateway takes a tip' source tip send --tip tests/data/sample-tips.json --pick T02 --county 990102 \
	--receipt-file "$T/receipt"
as flint sync
as flint case list --json
is=$(field 'd.length')
[ "$is" = 1 ]
ok $? 'which its desk reads'
curl -s --max-time 10 "$url/" 2>"$T/err" | grep -q '砚溪县'
ok $? 'and phones get its page'
stop_gateway

# ---- the other fronts ----

cert() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 -subj /CN=g.example \
	-keyout "$T/$1.key" -out "$T/$1.pem" 2>/dev/null; }
cert a
cert b
base() { grep '^root\|^threshold\|^store_mib' "$T/answers"; }
setup() { # ANSWERS…: into a machine of its own, in $M
	M=$T/m$n
	{ base; printf '%s\n' "$@"; } >"$T/more"
	"$davyd" setup --answers "$T/more" --prefix "$M" >"$T/out" 2>"$T/err"
}
setup 'front = https' "address = 127.0.0.1:$port" 'name = g.example' "certificate = $T/a.pem" "key = $T/a.key" &&
	start_gateway "$M/etc/davylamp" &&
	curl -sf --max-time 10 --cacert "$T/a.pem" --connect-to "g.example:443:127.0.0.1:$port" -k \
		https://g.example/healthz >"$T/out" 2>"$T/err"
ok $? 'https with a certificate that is there'
stop_gateway
setup 'front = https' "address = 127.0.0.1:$port" 'name = g.example' && grep -q 'is self-signed' "$T/out" &&
	[ "$(stat -c %a "$M/etc/davylamp/key.pem")" = 600 ] &&
	openssl x509 -noout -ext subjectAltName -in "$M/etc/davylamp/cert.pem" | grep -q 'DNS:g.example' &&
	start_gateway "$M/etc/davylamp"
ok $? 'https with one that it makes, and warns of'
stop_gateway
mkdir -p "$T/m$n/etc/tor" "$T/m$n/etc/apparmor.d/local"
echo '# of the administrator' >"$T/m$n/etc/tor/torrc"
echo '# of the administrator' >"$T/m$n/etc/apparmor.d/local/system_tor"
setup 'front = onion' && [ "$(cat "$M/etc/tor/torrc.before-davylamp")" = '# of the administrator' ] &&
	grep -q "^d /run/davylamp/onion 2750 root debian-tor" "$M/etc/tmpfiles.d/davylamp.conf" &&
	start_gateway "$M/etc/davylamp" && [ -S "$M/run/davylamp/onion/davyd.sock" ]
ok $? 'an onion service: torrc, the folder of the socket, and what was there is kept'
grep -q '^# of the admin' "$M/etc/apparmor.d/local/system_tor" &&
	grep -q '^/run/davylamp/onion/davyd.sock rw,$' "$M/etc/apparmor.d/local/system_tor"
ok $? 'and the rule of AppArmor for the socket, after those of the machine'
if command -v tor >/dev/null; then
	sed "s|/var/lib/tor/davylamp|$T/onion|" "$M/etc/tor/torrc" >"$T/torrc"
	(umask 077; tor --verify-config -f "$T/torrc" --DataDirectory "$T/tor" >"$T/out" 2>&1)
	ok $? 'tor accepts its configuration, with or without a puzzle of its own'
fi
stop_gateway
setup 'front = nginx' 'name = g.example' "certificate = $T/a.pem" "key = $T/a.key" &&
	grep -q "ssl_certificate $T/a.pem;" "$M/etc/nginx/nginx.conf" &&
	grep -q "ssl_certificate_key $T/a.key;" "$M/etc/nginx/nginx.conf" &&
	grep -q '2750 root www-data' "$M/etc/tmpfiles.d/davylamp.conf" && start_gateway "$M/etc/davylamp"
ok $? 'nginx: its configuration names the certificate'
stop_gateway
vport=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => {
	console.log(s.address().port); s.close(); })')
setup 'front = local' "address = 127.0.0.1:$port" "veil = 127.0.0.1:$vport" &&
	[ "$(stat -c %a "$M/etc/davylamp/veil.key")" = 600 ] && [ -s "$M/etc/davylamp/veil.card" ] &&
	grep -qx 'd /run/davylamp/veil 2750 root davylamp-veil -' "$M/etc/tmpfiles.d/davylamp-veil.conf" &&
	grep -q "davylamp-veil at http://127.0.0.1:$vport: let a firewall" "$T/out"
ok $? 'a veil: its key, its card, the folder of its socket, and what to do with them'
# What the unit would start, below the prefix.
run=$(sed -n 's/^ExecStart=//p' "$M/etc/systemd/system/davylamp-veil.service.d/setup.conf" | tail -n 1 |
	sed "s| /etc/| $M/etc/|; s| /run/| $M/run/|")
start_gateway "$M/etc/davylamp"
$run >"$T/veil.log" 2>&1 &
veil_pid=$!
i=0
while ! curl -sf --max-time 2 "http://127.0.0.1:$vport/healthz" && [ $i -lt 100 ]; do
	i=$((i + 1))
	sleep 0.1
done
card=$M/etc/davylamp/gateway.card
works 'davy takes both cards' behind gateway connect "http://127.0.0.1:$vport" --card "$card" \
	--veil "$M/etc/davylamp/veil.card"
as behind doctor
grep -q "veil: it opens what the relay passes on" "$T/out"
ok $? 'and a sealed request comes through to the gateway'
kill "$veil_pid"
stop_gateway
setup 'front = local' "address = 127.0.0.1:$port" && ! find "$M" | grep -q veil
ok $? 'without one there is nothing of it'
setup "store = /srv/lamp/store" 'front = local' && grep -qx 'ReadWritePaths=/srv/lamp' \
	"$M/etc/systemd/system/davylamp.service.d/setup.conf"
ok $? 'a store elsewhere: the unit may write there'

# ---- answers that cannot be used ----

# bad NAME PATTERN ANSWERS…: refused with such a sentence, and nothing is made.
bad() {
	what=$1 pattern=$2
	shift 2
	setup "$@"
	[ $? = 1 ] && grep -qe "$pattern" "$T/err" && [ -z "$(find "$M" -type f 2>/dev/null)" ]
	ok $? "$what"
}
bad 'a question that there is not' 'line 6: there is no question "fornt"' 'fornt = https'
bad 'a line that is no answer' 'write "question = answer"' 'front https'
bad 'a front that there is not' 'is not one of https, onion' 'front = apache'
bad 'a question twice' 'line 7: front is answered twice' 'front = local' 'front = https'
bad 'an address that is none' 'An address is written' 'front = local' 'address = here'
bad 'plain HTTP to the network' 'does not accept' 'front = local' 'address = 0.0.0.0:8080'
bad 'no name' 'is not a host name' 'front = https'
bad 'a name with a scheme' 'without https://' 'front = https' 'name = https://g.example/'
bad 'a certificate that is not there' 'cannot be read' 'front = https' 'name = g.example' \
	'certificate = /nonexistent.pem' 'key = /nonexistent.key'
bad 'a key of another certificate' 'does not belong to' 'front = https' 'name = g.example' \
	"certificate = $T/a.pem" "key = $T/b.key"
bad 'a veil without a port' 'is no address with a port' 'front = local' 'veil = 192.0.2.10'
bad 'a store that is no path' 'begins with a slash' 'front = local' 'store = here'
bad 'a store with a quote' 'cannot be used here' 'front = local' 'store = /a"b'
bad 'neither yes nor no' 'is neither yes nor no' 'front = local' 'start = perhaps'
bad 'a root that is no card' 'is neither a file nor a key' 'root = nobody.card' 'front = local'
base() { grep '^root\|^store_mib' "$T/answers"; }
bad 'a number that is none' 'threshold: "two" is not a number. Write one from 1 to 3' 'front = local' 'threshold = two'
bad 'more signatures than roots' 'threshold: 4 is out of range. Write a number from 1 to 3' \
	'threshold = 4' 'front = local'
bad 'the key of a member twice' 'these answers were refused' 'root = root1.card' 'front = local'
base() { grep '^root' "$T/answers"; }
bad 'more than the disk has' 'MiB free, fewer than' 'store_mib = 67108864' 'front = local'
base() { :; }
bad 'no root' 'no root is named' 'front = local'
"$davyd" setup --prefix "$T/x" >"$T/out" 2>"$T/err" </dev/null
[ $? = 1 ] && grep -q 'Give --answers FILE' "$T/err"
ok $? 'no terminal and no file'
"$davyd" setup --answers "$T/answers" --prefix "$R" >"$T/out" 2>"$T/err"
[ $? = 1 ] && grep -q 'this machine is set up' "$T/err"
ok $? 'a machine that is set up'
# At a terminal it asks, with the defaults in brackets.
printf '%s\n' "$T/root1.card $T/root2.card $T/root3.card" '' local "127.0.0.1:$port" '' '' 64 no |
	script -qec "$davyd setup --prefix $T/asked" /dev/null >"$T/out" 2>"$T/err"
grep -q '^threshold 2' "$T/asked/etc/davylamp/gateway.card" 2>/dev/null &&
	grep -q '^store_mib = 64' "$T/asked/etc/davylamp/davyd.conf"
ok $? 'it asks at a terminal'
done_testing
