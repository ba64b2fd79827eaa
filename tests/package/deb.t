#!/bin/sh
# What is installed: the unit's judgement by systemd's own tools, make install, the packages (same bytes twice,
# lintian), and their life on a copy of this machine's file system that is thrown away. `make check-deb` does the last
# on a bare Debian, with systemd.
: "${BUILD:=build}"
cd "$(dirname "$0")/../.." || exit 1
build=$(realpath "$BUILD")
T=$(mktemp -d "${TMPDIR:-/tmp}/davylamp-deb.XXXXXX")
n=0
ok() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		tail -n 12 "$T/out" | sed 's/^/# /'
	fi
}
trap 'rm -rf "$T"' EXIT
trap 'exit 1' INT TERM
SCORE=28 # tenths; README and SECURITY.md state it

umask 077
make BUILD="$build" install PREFIX=/opt/lamp DESTDIR="$T/d" >"$T/out" 2>&1 &&
	[ -z "$(find "$T/d" -type f ! -perm -444)" ]
ok $? 'make install, readable for everybody under any umask'
grep -q '^ExecStart=/opt/lamp/sbin/davyd run$' "$T/d/opt/lamp/lib/systemd/system/davylamp.service" &&
	[ -x "$T/d/opt/lamp/sbin/davyd" ]
ok $? 'the unit names where the program goes'
for f in sbin/davyd sbin/davylamp-veil bin/davy lib/sysusers.d/davylamp.conf share/man/man8/davyd.8 \
	share/bash-completion/completions/davy share/zsh/vendor-completions/_davy \
	share/fish/vendor_completions.d/davy.fish share/davylamp/page.html share/davylamp/offline.html \
	share/davylamp/voice.html share/davylamp/veil.html; do
	[ -s "$T/d/opt/lamp/$f" ] || echo "no $f"
done >"$T/out"
[ ! -s "$T/out" ]
ok $? 'and all the rest is there'
umask 022
mkdir "$T/unit"
sed "s|@SBINDIR@|$build|g" service/davylamp.service.in >"$T/unit/davylamp.service"
cp service/davylamp.socket "$T/unit/"
systemd-analyze verify --man=no "$T/unit/davylamp.service" "$T/unit/davylamp.socket" >"$T/out" 2>&1 && [ ! -s "$T/out" ]
ok $? 'systemd-analyze verify has nothing to say'
systemd-analyze security --offline=yes --threshold=$SCORE "$T/unit/davylamp.service" >"$T/out" 2>&1
ok $? "systemd-analyze security: at most $SCORE tenths"
grep -q "$(printf '%d\\.%d' $((SCORE / 10)) $((SCORE % 10)))" SECURITY.md
ok $? 'as SECURITY.md states'
mkdir -p "$T/users/etc"
systemd-sysusers --root="$T/users" "$PWD/service/davylamp.sysusers" >"$T/out" 2>&1 &&
	[ 5 = "$(grep -c '^davylamp-[a-z]*:x:6185[1-5]:6185[1-5]:.*:/nonexistent:/usr/sbin/nologin$' \
		"$T/users/etc/passwd")" ]
ok $? 'systemd-sysusers makes the five users, without a shell'
sed -n 's/^#define UID_\([A-Z]*\) *\([0-9]*\).*/\1 \2/p' server/base/conf.c | while read -r name uid; do
	grep -q "^u davylamp-$(echo "$name" | tr A-Z a-z) *$uid " service/davylamp.sysusers || echo "$name $uid"
done >"$T/out"
[ ! -s "$T/out" ]
ok $? 'sysusers has the numbers that davyd takes'

version=$(sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)
[ "$("$build/davyd" version)" = "davyd $version" ] && "$build/davy" version | grep -q "^davy $version "
ok $? 'one version everywhere'
BUILD=$build scripts/deb >"$T/out" 2>&1
ok $? 'the packages'
mkdir -p "$T/pkg/old"
cp "$build"/deb/*_"$version"_*.deb "$T/pkg/old/"
BUILD=$build scripts/deb >"$T/out" 2>&1 &&
	for f in "$T"/pkg/old/*.deb; do cmp "$f" "$build/deb/${f##*/}" || exit 1; done
ok $? 'packed twice, the same bytes'
lintian --fail-on error,warning "$T"/pkg/old/*.deb >"$T/out" 2>&1 && ! grep -qE '^[EW]:' "$T/out"
ok $? 'lintian has nothing to say'
BUILD=$build tests/package/stage "$T/pkg" >"$T/out" 2>&1 && ls "$T"/pkg/new/davylamp-gateway_*+1_*.deb >"$T/out"
ok $? 'a next version'

skip() {
	n=$((n + 1))
	echo "ok $n - the packages' life # SKIP packages need root and an overlay"
	echo "1..$n"
	exit 0
}
[ "$(id -u)" = 0 ] && unshare -m -p -f -n --mount-proc true 2>/dev/null || skip
mkdir "$T/fs"
unshare -m -p -f -n --mount-proc sh -c '
mount -t tmpfs none "$1/fs" && mkdir "$1/fs/up" "$1/fs/work" "$1/fs/root" &&
	mount -t overlay -o "lowerdir=/,upperdir=$1/fs/up,workdir=$1/fs/work" none "$1/fs/root" || exit 77
cd "$1/fs/root" && mount -t proc proc proc && mount -t tmpfs none tmp && mount -t tmpfs none run &&
	mkdir -p pkg && mount --bind "$1/pkg" pkg &&
	mount --bind /dev dev || exit 77
ip link set lo up
chroot . sh /pkg/life /pkg' sh "$T" >"$T/life" 2>"$T/out"
rc=$?
[ $rc != 77 ] || skip
grep -v '^1\.\.' "$T/life" | sed -n "s/^\(not \)\{0,1\}ok [0-9.]* - /\1ok - /; s/^not ok - /not ok - /; p" |
	awk -v n="$n" '
/^(not )?ok - / { n++; sub(/ok - /, "ok " n " - ") } { print } END { print "1.." n }'
grep -q '^1\.\.' "$T/life" || { sed 's/^/# /' "$T/out"; exit 1; }
