#!/bin/sh
# The onion service of docs/torrc: tor takes the file, a real tor starts with it off the network, and the socket it
# would speak to lets tor's user in and nobody else.
: "${BUILD:=build}"
davyd=$(realpath "$BUILD/davyd")
torrc=$(realpath docs/torrc)
T=$(mktemp -d "${TMPDIR:-/tmp}/davyd-onion.XXXXXX")
n=0 pid= tor=
ok() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		tail -n 8 "$T/out" "$T/log" 2>/dev/null | sed 's/^/# /'
	fi
}
end() { for p in $tor $pid; do kill "$p"; wait "$p"; done; rm -rf "$T"; }
trap end EXIT
trap 'exit 1' INT TERM
user=$(id -un) as=
[ "$(id -u)" != 0 ] || user=debian-tor as="setpriv --reuid debian-tor --regid debian-tor --clear-groups"
curl() { command curl -sS -m 5 "$@"; }

chmod 711 "$T"
mkdir "$T/tor" "$T/onion"
chmod 700 "$T/tor"
chown "$user" "$T/tor"
# What front.md says; the group is only root's to give.
chmod 2750 "$T/onion"
[ "$(id -u)" != 0 ] || chgrp debian-tor "$T/onion"
grep -q '^HiddenServiceDir /var/lib/tor/davylamp$' "$torrc" && grep -q ' unix:/run/davylamp/onion/davyd.sock$' "$torrc"
ok $? 'the paths are those of front.md'
sed -e "s|/var/lib/tor/davylamp|$T/tor/davylamp|; s|/run/davylamp/onion|$T/onion|" \
	-e 's|^Log err syslog|Log notice stdout|' "$torrc" >"$T/torrc"
# An older tor does not know its own proof of work: the page says to take these lines out.
for word in $(sed -n 's/^\(HiddenService[A-Za-z]*\) .*/\1/p' "$T/torrc" | sort -u); do
	tor --list-torrc-options | grep -qx "$word" || sed -i "/^$word /d" "$T/torrc"
done
$as tor --verify-config -f "$T/torrc" --DataDirectory "$T/tor/data" --defaults-torrc /dev/null >"$T/out" 2>&1 &&
	! grep -q '\[warn\]' "$T/out"
ok $? 'tor takes the documented configuration, without a warning'
# As tor@default.service of Debian starts it: with the defaults of the package, as root.
defaults=/usr/share/tor/tor-service-defaults-torrc
if [ "$(id -u)" = 0 ]; then
	tor --defaults-torrc $defaults -f "$T/torrc" --RunAsDaemon 0 --verify-config >"$T/out" 2>&1
	ok $? "and together with the defaults of Debian's unit"
	sed -n 's/^ReadWriteDirectories=-//p' /lib/systemd/system/tor@default.service >"$T/out"
	grep -qx /var/lib/tor "$T/out"
	ok $? 'which lets tor write where the key of the service is'
fi
# AppArmor: Debian's profile of tor with our rule in its local part, compiled and not loaded. Without the rule the
# profile says nothing about the socket, and tor may not connect to it.
rules() { apparmor_parser -Q -K -D rule-exprs -b "$T/aa" "$T/aa/system_tor" >"$T/out" 2>&1; }
cp -r /etc/apparmor.d "$T/aa"
mkdir -p "$T/aa/local"
: >"$T/aa/local/system_tor"
rules && ! grep -q davyd "$T/out"
ok $? "Debian's AppArmor profile of tor has no rule for the socket"
cat service/apparmor-tor >>"$T/aa/local/system_tor"
rules && grep -q '^rule: /run/davylamp/onion/davyd' "$T/out"
ok $? 'our line for its local part is one'
grep -q "^$(sed -n 's/^HiddenServicePort 80 unix://p' "$torrc") rw,$" service/apparmor-tor
ok $? 'for the path of the documented configuration'

"$davyd" init "$T/gw" --root "$(openssl rand -base64 32)" --listen "unix:$T/onion/davyd.sock" >"$T/out" 2>&1
echo '<html>lamp' >"$T/gw/page.html"
"$davyd" run -c "$T/gw/davyd.conf" 2>"$T/log" &
pid=$!
for _ in $(seq 100); do grep -q event=ready "$T/log" && break; sleep 0.05; done
$as tor -f "$T/torrc" --DataDirectory "$T/tor/data" --defaults-torrc /dev/null --DisableNetwork 1 >"$T/out" 2>&1 &
tor=$!
for _ in $(seq 100); do [ -s "$T/tor/davylamp/hostname" ] && break; sleep 0.1; done
[ "$(stat -c %a "$T/tor/davylamp" 2>/dev/null)" = 700 ] && grep -Eq '^[a-z2-7]{56}\.onion$' "$T/tor/davylamp/hostname"
ok $? 'a real tor makes the service, off the network'
grep -qi 'err\]\|\[warn\]' "$T/out"
[ $? = 1 ] && kill -0 "$tor"
ok $? 'without a complaint'

# As tor does it: streams of its user to the socket.
[ "$($as curl --unix-socket "$T/onion/davyd.sock" "http://$(cat "$T/tor/davylamp/hostname")/")" = '<html>lamp' ]
ok $? "tor's user gets the page"
head -c 16384 /dev/zero >"$T/zeros"
chmod 644 "$T/zeros"
answer=$($as curl --unix-socket "$T/onion/davyd.sock" -o /dev/null -w '%{http_code} %{size_download}' \
	-H 'Content-Type:' --data-binary "@$T/zeros" http://h/x)
[ "$answer" = '200 16384' ]
ok $? 'and an answer to a frame'
if [ "$(id -u)" = 0 ]; then
	! setpriv --reuid nobody --regid nogroup --clear-groups curl -sS -m 5 --unix-socket \
		"$T/onion/davyd.sock" http://h/ >/dev/null 2>&1
	ok $? 'nobody else reaches the socket'
	[ "$(stat -c '%G %a' "$T/onion/davyd.sock")" = 'debian-tor 660' ]
	ok $? 'which has the group of its folder'
fi
! grep -q onion "$T/log"
ok $? 'the address stands in no log of davyd'
echo "1..$n"
