#!/bin/sh
# The ways to a gateway: https with an authority of its own, a SOCKS proxy that looks up names, a
# Unix socket; what the environment says about proxies does not count.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

port=$(node "$here/../lib/port.mjs")
tls=$(node "$here/../lib/port.mjs")
new_key R1 root
"$davyd" init "$T/GW" --root "$T/R1.card" --threshold 1 --listen "127.0.0.1:$port" --listen "unix:$T/gw.sock" \
	>"$T/out" 2>"$T/err"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
	-addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' -keyout "$T/GW/tls.key" -out "$T/GW/tls.crt" 2>/dev/null
sed -i "s|^\(listen = {.*\)}|\1, \"https:127.0.0.1:$tls\"}|" "$T/GW/davyd.conf"
printf 'tls_cert = "%s"\ntls_key = "%s"\n' "$T/GW/tls.crt" "$T/GW/tls.key" >>"$T/GW/davyd.conf"
start_gateway "$T/GW"
ok $? 'a gateway with three addresses'
card=$T/GW/gateway.card
# No roster is published here: an answer that is signed is all that is asked for.
answers() { grep -q 'signed by its key' "$T/out"; }

as S gateway connect "unix:$T/gw.sock" --card "$card"
as S gateway status
answers
ok $? 'over the Unix socket'
as S gateway connect "http://127.0.0.1:$port" --card "$card"
as S gateway status
answers
ok $? 'over http'
as S gateway connect "https://127.0.0.1:$tls" --card "$card"
refused 'https by a stranger is not trusted' 1 'not trusted' S gateway status
cd "$T/GW" && as S gateway connect "https://127.0.0.1:$tls" --card "$card" --cacert tls.crt && cd "$T" || exit 1
as S gateway status
answers
ok $? 'with --cacert it is, from any folder'
refused 'a file of authorities that is not there' 1 'cannot be found' S gateway connect "https://127.0.0.1:$tls" \
	--card "$card" --cacert "$T/none"

as S gateway connect "http://127.0.0.1:$port" --card "$card"
http_proxy=http://127.0.0.1:9 all_proxy=socks5://127.0.0.1:9 as S gateway status
answers
ok $? 'a proxy of the environment is passed over'

node "$here/socks.mjs" "$T" "$port" &
proxy_pid=$!
trap 'kill $proxy_pid 2>/dev/null; cleanup' EXIT
i=0
while [ ! -s "$T/proxy" ] && [ "$i" -lt 50 ]; do i=$((i + 1)); sleep 0.1; done
as S gateway connect "http://gateway.onion:8080" --card "$card" --proxy "socks5h://127.0.0.1:$(cat "$T/proxy")"
as S gateway status
answers
ok $? 'through the proxy'
[ "$(sort -u "$T/asked")" = 'name gateway.onion:8080' ]
ok $? 'which looked up the name, not we'
stop_gateway
refused 'and when it ends' 3 'does not answer' S gateway status
done_testing
