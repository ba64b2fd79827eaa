#!/bin/sh
# Three machines, as three network namespaces with a user each: a gateway that speaks HTTPS, a
# phone, a reviewer. Needs root for the namespaces and the users.
cd "$(dirname "$0")/../.." || exit 1
ns=dl$$
if [ "$(id -u)" != 0 ] || ! { ip netns add "$ns-gw" && ip netns exec "$ns-gw" true; } 2>/dev/null; then
	ip netns del "$ns-gw" 2>/dev/null
	echo '1..0 # skip machines need root and network namespaces'
	exit 0
fi
# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh
hosts='gw ph rv'

machines_end() {
	cleanup
	for h in $hosts; do ip netns del "$ns-$h" 2>/dev/null; done
	ip link del "$ns-br" 2>/dev/null
}
trap machines_end EXIT

# A namespace for each host, all on one bridge that lives in the gateway's.
ip netns exec "$ns-gw" ip link set lo up
ip netns exec "$ns-gw" ip link add br0 type bridge
ip netns exec "$ns-gw" ip addr add 10.77.0.1/24 dev br0
ip netns exec "$ns-gw" ip link set br0 up
i=1
for h in ph rv; do
	i=$((i + 1))
	ip netns add "$ns-$h"
	ip link add "v$i-$$" netns "$ns-gw" type veth peer name eth0 netns "$ns-$h"
	ip netns exec "$ns-gw" ip link set "v$i-$$" master br0 up
	ip netns exec "$ns-$h" ip addr add "10.77.0.$i/24" dev eth0
	ip netns exec "$ns-$h" ip link set eth0 up
done
ip netns exec "$ns-rv" ip addr show dev eth0 | grep -q 10.77.0.3
ok $? 'three machines on one wire'

scripts/demo-world "$T" >"$T/out" 2>"$T/err"
ok $? 'a whole deployment is made'
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=gateway \
	-addext 'subjectAltName=IP:10.77.0.1' -keyout "$T/GW/key.pem" -out "$T/GW/cert.pem" 2>/dev/null
sed -i -e 's|^listen = .*|listen = {"https:10.77.0.1:8443"}\ntls_cert = "cert.pem"\ntls_key = "key.pem"|' \
	"$T/GW/davyd.conf"
ip netns exec "$ns-gw" "$davyd" run -c "$T/GW/davyd.conf" >"$T/davyd.log" 2>&1 &
gateway_pid=$!

# What each machine holds: the tool, its home, the passphrase, the gateway's card and certificate.
chmod 711 "$T"
machine() { # HOST UID HOME
	mkdir -p "$T/$1"
	cp -r "$T/$3" "$T/$1/home"
	rm -rf "$T/$1/home/gateways"
	cp "$davy" "$T/pass" "$T/GW/gateway.card" "$T/GW/cert.pem" "$T/$1/"
	chown -R "$2:$2" "$T/$1"
}
machine ph 61901 source
machine rv 61902 p1
on() { # HOST UID ARGS…
	host=$1 uid=$2
	shift 2
	(cd "$T/$host" && exec timeout 30 ip netns exec "$ns-$host" setpriv --reuid "$uid" --regid "$uid" \
		--clear-groups \
		./davy --home home --passphrase-file pass "$@") >"$T/out" 2>"$T/err" </dev/null
	status=$?
	return "$status"
}
phone() { on ph 61901 "$@"; }
reviewer() { on rv 61902 "$@"; }

phone gateway connect https://10.77.0.1:8443 --card gateway.card --cacert cert.pem
reviewer gateway connect https://10.77.0.1:8443 --card gateway.card --cacert cert.pem
i=0
until phone gateway status || [ $i = 40 ]; do
	i=$((i + 1))
	sleep 0.1
done
ok "$status" 'the phone reaches the gateway over HTTPS'
install -m 644 tests/data/sample-tips.json "$T/ph/tips.json"
phone tip send --tip tips.json --pick T02 --words zh --county 990102 --receipt-file receipt
ok $? 'and sends a tip'
reviewer sync
ok $? 'the reviewer reaches it from another machine, as another user'
reviewer inbox --json
id=$(node -e 'console.log(JSON.parse(require("fs").readFileSync(process.argv[1])).data[0].id)' "$T/out")
reviewer case show "$id"
grep -q 里头还有一个面在出煤 "$T/out"
ok $? 'and opens it'
reviewer case ack "$id"
ok $? 'and acknowledges it'
reviewer case reply "$id" --status 4 --text 正在办 --now
ok $? 'and answers'
phone tip check --receipt-file receipt
grep -q 正在办 "$T/out"
ok $? 'the source reads the answer on her machine'
! (cd "$T/rv" && setpriv --reuid 61902 --regid 61902 --clear-groups cat "$T/GW/gateway.key" "$T/ph/receipt") \
	>/dev/null 2>&1
ok $? "the reviewer's user reads neither the gateway's key nor the phone"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=gateway \
	-addext 'subjectAltName=IP:10.77.0.1' -keyout "$T/other.key" -out "$T/rv/other.pem" 2>/dev/null
chmod 644 "$T/rv/other.pem"
reviewer gateway connect https://10.77.0.1:8443 --card gateway.card --cacert other.pem
! reviewer gateway status && grep -qi certificate "$T/err"
ok $? 'a gateway with another certificate is not believed'
reviewer gateway connect http://10.77.0.1:8443 --card gateway.card
! reviewer gateway status
ok $? 'and not without TLS'
stop_gateway
! grep -q '10\.77\.0\.[23]' "$T/davyd.log"
ok $? 'no address of anybody stands in the log'
! grep -raq '10\.77\.0\.[23]' "$T/GW"
ok $? 'nor in the store'
done_testing
