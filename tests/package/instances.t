#!/bin/sh
# Several gateways on one machine: one command makes each, and neither can read what is of another: by users, by modes,
# and by what the unit shows it. The units are judged by systemd's own tools; nothing is booted (that is make check-vm).
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"
cd "$here/../.." || exit 1
build=$(realpath "$BUILD")
root=$(head -c 32 /dev/urandom | base64)
M=$T/machine
chmod 711 "$T"
umask 022
port() { node "$here/../lib/port.mjs"; }

# ---- one command makes one ----

make_one() { # NAME PORT ANSWERS…
	name=$1 at=$2
	shift 2
	printf '%s\n' "root = $root" 'threshold = 1' 'store_mib = 32' "address = 127.0.0.1:$at" "$@" >"$T/answers"
	"$davyd" setup --instance "$name" --answers "$T/answers" --prefix "$M" >"$T/out" 2>"$T/err"
}
a=$(port) b=$(port)
make_one yanxi "$a" 'front = https' 'name = yanxi.example'
ok $? 'a gateway of several'
make_one zhexi "$b" 'front = local'
ok $? 'and another one'
for i in yanxi zhexi; do
	[ -s "$M/etc/davylamp.d/$i/gateway.key" ] && [ "$(stat -c %a "$M/etc/davylamp.d/$i/gateway.key")" = 600 ] &&
		[ "$(stat -c %a "$M/var/lib/davylamp.d/$i")" = 700 ] || echo "$i"
done >"$T/out"
[ ! -s "$T/out" ] && [ "$(stat -c %a "$M/etc/davylamp.d/yanxi/key.pem")" = 600 ] &&
	! cmp -s "$M/etc/davylamp.d/yanxi/gateway.key" "$M/etc/davylamp.d/zhexi/gateway.key"
ok $? 'each has a key, a certificate and a folder of its own, for its owner only'
grep -h '^user_' "$M"/etc/davylamp.d/*/davyd.conf | sort >"$T/users"
[ "$(sort -u "$T/users" | wc -l)" = 8 ] && grep -q '^user_vault = "davylamp-yanxi-vault"$' "$T/users"
ok $? 'and users of its own'
mkdir -p "$T/sys/etc"
systemd-sysusers --root="$T/sys" "$M"/etc/sysusers.d/*.conf >"$T/out" 2>&1
[ "$(grep -c '^davylamp-\(yanxi\|zhexi\)-\(face\|vault\|tls\|db\):.*:/usr/sbin/nologin$' "$T/sys/etc/passwd")" = 8 ]
ok $? 'whom systemd-sysusers makes, without a shell'
[ ! -e "$M/etc/davylamp" ] && [ ! -e "$M/var/lib/davylamp" ]
ok $? 'the place of a single gateway is not touched'
find "$M" -type f | sort | xargs sha256sum >"$T/before"
! make_one yanxi "$a" 'front = local' && grep -q 'yanxi is set up' "$T/err"
ok $? 'none is made twice'
refuses() { # WHAT PATTERN NAME ANSWERS…
	what=$1 pattern=$2 who=$3
	shift 3
	! make_one "$who" "$a" "$@" && grep -q -e "$pattern" "$T/err" && [ ! -e "$M/etc/davylamp.d/$who/davyd.conf" ]
	ok $? "$what"
}
refuses 'a name with a slash' 'is no name' ../x 'front = local'
refuses 'a name that is too long for a user' 'is no name' abcdefghijklmnopq 'front = local'
refuses 'a name in capitals' 'is no name' Yanxi 'front = local'
refuses 'tor has one configuration' 'https or local' third 'front = onion'
refuses 'a store where the others could read it' 'Mount the disk there' third 'front = local' 'store = /srv/store'
find "$M" -type f | sort | xargs sha256sum >"$T/after"
cmp "$T/before" "$T/after" >"$T/out" 2>&1
ok $? 'what is refused leaves nothing behind and the others as they were'

# ---- the units ----

mkdir -p "$T/units/p/sbin" "$T/units/p/share/davylamp"
cp "$davyd" "${davyd%/*}/davylamp-veil" "$T/units/p/sbin/"
cp service/davylamp-backup "$T/units/p/share/davylamp/"
service/units "$T/units/p" "$T/units"
cp "$T/units/davylamp@.service" "$T/units/davylamp@yanxi.service"
systemd-analyze verify --man=no "$T"/units/*.service "$T"/units/*.timer >"$T/out" 2>&1 && [ ! -s "$T/out" ]
ok $? 'systemd-analyze verify has nothing to say'
systemd-analyze security --offline=yes --threshold=28 "$T/units/davylamp@yanxi.service" >"$T/out" 2>&1
ok $? 'systemd-analyze security: not worse than a single gateway'
systemd-analyze security --offline=yes --threshold=15 "$T/units/davylamp-veil.service" >"$T/out" 2>&1
ok $? 'systemd-analyze security of a veil: at most 15 tenths'
unit=$T/units/davylamp@.service
grep -q '^CPUWeight=100$' "$unit" && grep -q '^IOWeight=100$' "$unit" && grep -q '^MemoryMax=' "$unit" &&
	grep -q '^TasksMax=' "$unit" && grep -q '^OOMPolicy=continue$' "$unit"
ok $? 'each has a share and limits'
# No folder of a single gateway is left in a template, but to be hidden.
! grep -v '^#\|^InaccessiblePaths' "$T"/units/*@.service | grep -E '/davylamp(-backup)?(/|$)' |
	grep -v 'share/davylamp' >"$T/out"
ok $? 'a template names the folders of its instance'
grep -h '^OnCalendar\|^OnUnit\|^WantedBy' "$T/units/davylamp-backup.timer" >"$T/one"
grep -h '^OnCalendar\|^OnUnit\|^WantedBy' "$T/units/davylamp-backup@.timer" | cmp - "$T/one" >"$T/out" 2>&1
ok $? 'its timers are those of a single gateway'

# ---- what one sees of another ----

# The machine as a unit shows it to its processes, root included: the lines of the unit, carried out by bubblewrap.
shown() { # INSTANCE UNIT COMMAND…
	who=$1 file=$2
	shift 2
	words=$(sed "s/%i/$who/g" "$file" | awk -F= -v m="$M" '
		$1 == "TemporaryFileSystem" { n = split($2, p, " "); for (i = 1; i <= n; i++) {
			sub(/:ro$/, "", p[i]); print "--tmpfs", p[i] } }
		$1 == "BindPaths" || $1 == "BindReadOnlyPaths" { n = split($2, p, " "); for (i = 1; i <= n; i++) {
			sub(/^-/, "", p[i]); print "--bind-try", m p[i], p[i] } }
		$1 == "InaccessiblePaths" { n = split($2, p, " "); for (i = 1; i <= n; i++) {
			sub(/^-/, "", p[i]); print "--tmpfs", p[i] } }')
	# shellcheck disable=SC2086
	bwrap --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
		--bind "$M/etc" /etc --bind "$M/var" /var --bind "$M/run" /run --dev /dev $words "$@"
}
if bwrap --dev-bind / / true 2>/dev/null; then
	mkdir -p "$M/var/lib/davylamp-backup.d/zhexi" "$M/etc/davylamp" "$M/var/lib/davylamp" "$M/run/davylamp.d/zhexi"
	for f in etc/davylamp.d/zhexi/gateway.key var/lib/davylamp.d/zhexi/s run/davylamp.d/zhexi/s \
		etc/davylamp/gateway.key var/lib/davylamp-backup.d/zhexi/s; do
		[ -e "$M/$f" ] || echo canary >"$M/$f"
	done
	for u in davylamp davylamp-backup davylamp-status; do
		shown zhexi "$T/units/$u@.service" cat /etc/davylamp.d/zhexi/gateway.key /var/lib/davylamp.d/zhexi/s \
			>"$T/out" 2>"$T/err"
		ok $? "$u@zhexi sees what is its own"
		shown yanxi "$T/units/$u@.service" find /etc /var /run -path /etc/sysusers.d -prune -o \
			\( -path '*zhexi*' -o -path '/etc/davylamp/*' \) -print \
			>"$T/out" 2>"$T/err"
		[ $? = 0 ] && [ ! -s "$T/out" ] && [ ! -s "$T/err" ]
		ok $? "$u@yanxi sees nothing of zhexi, nor of a single gateway beside them, as root either"
	done
	rm "$M/etc/davylamp/gateway.key"
else
	n=$((n + 1))
	echo "ok $n - what the unit shows # SKIP pictures need user namespaces, which nobody may make here"
fi

# ---- two at once, by two users ----

if [ "$(id -u)" = 0 ]; then
	# Users that every Debian has stand for those that setup would make.
	for i in yanxi zhexi; do
		[ $i = yanxi ] && set -- games news lp man || set -- irc backup list uucp
		for role in face vault tls db; do
			sed -i "s/^user_$role.*/user_$role = \"$1\"/" "$M/etc/davylamp.d/$i/davyd.conf"
			shift
		done
		"$davyd" run -c "$M/etc/davylamp.d/$i/davyd.conf" 2>"$T/$i.log" &
		eval "pid_$i=$!"
	done
	trap 'kill $pid_yanxi $pid_zhexi 2>/dev/null; wait; cleanup' EXIT
	for i in yanxi zhexi; do
		for _ in $(seq 300); do grep -q event=ready "$T/$i.log" && break; sleep 0.1; done
	done
	for i in yanxi zhexi; do "$davyd" status -c "$M/etc/davylamp.d/$i/davyd.conf" --json; done >"$T/out" 2>"$T/err"
	[ "$(grep -c '"ok":true' "$T/out")" = 2 ]
	ok $? 'two gateways run, each asked by its own configuration'
	stat -c '%U %a %n' "$M"/var/lib/davylamp.d/*/store "$M"/var/lib/davylamp.d/*/store/davylamp.db* >"$T/out"
	[ "$(grep -c '^news [67]00 .*yanxi' "$T/out")" -ge 2 ] &&
		[ "$(grep -c '^backup [67]00 .*zhexi' "$T/out")" -ge 2 ]
	ok $? 'each store belongs to its own vault alone'
	reads() { # USER INSTANCE: whether a process of that user could read anything of the instance
		chmod 711 "$M/var/lib/davylamp.d/$2" # as if the folder of root were no hindrance
		setpriv --reuid "$1" --regid "$1" --clear-groups sh -c "
			cat '$M/etc/davylamp.d/$2/gateway.key' >/dev/null && echo read
			cat '$M/var/lib/davylamp.d/$2/store/davylamp.db' >/dev/null && echo read
			ls '$M/var/lib/davylamp.d/$2/store' && echo listed
			echo status >'$M/run/davylamp.d/$2/control.sock' && echo wrote" >"$T/out" 2>/dev/null
		[ -s "$T/out" ]
	}
	reads root zhexi && ! reads news zhexi && ! reads games zhexi && ! reads backup yanxi
	ok $? 'a vault or a face of one can read and list nothing of the other'
	for i in yanxi zhexi; do
		eval "parent=\$pid_$i"
		# shellcheck disable=SC2046
		ps -o uid= -p $(pgrep -P "$parent" | tr '\n' ' ') | sort -u | tr -d ' ' >"$T/$i.uids"
	done
	[ -s "$T/yanxi.uids" ] && ! grep -qxFf "$T/yanxi.uids" "$T/zhexi.uids"
	ok $? 'no user runs processes of both'
	kill -KILL "$pid_yanxi"
	wait "$pid_yanxi" 2>/dev/null
	pid_yanxi=
	for _ in $(seq 300); do pgrep -u games,news,lp >/dev/null || break; sleep 0.1; done
	"$davyd" status -c "$M/etc/davylamp.d/zhexi/davyd.conf" --json >"$T/out" 2>&1
	grep -q '"ok":true' "$T/out"
	ok $? 'one is killed, the other serves'
	# A backup of one holds nothing of the other, and is refused there.
	"$davyd" backup -c "$M/etc/davylamp.d/zhexi/davyd.conf" "$T/zhexi.db" >"$T/out" 2>&1
	ok $? 'a backup of one of them'
	"$davyd" restore -c "$M/etc/davylamp.d/yanxi/davyd.conf" "$T/zhexi.db" >"$T/out" 2>&1
	[ $? = 1 ] && grep -q 'another gateway' "$T/out"
	ok $? 'which the other does not take'
else
	n=$((n + 1))
	echo "ok $n - two at once # SKIP users are dropped by root only"
fi
done_testing
