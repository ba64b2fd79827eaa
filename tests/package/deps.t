#!/bin/sh
# scripts/deps for somebody who may not install packages: it says which command an administrator has to run, and does
# nothing else. dpkg-query, sudo and id are played by this test.
cd "$(dirname "$0")/../.." || exit 1
T=$(mktemp -d "${TMPDIR:-/tmp}/davylamp-deps.XXXXXX")
trap 'rm -rf "$T"' EXIT
n=0
ok() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		sed 's/^/# /' "$T/out"
	fi
}
# play NAME LINE…: a program of that name.
play() {
	name=$1
	shift
	{ echo '#!/bin/sh'; printf '%s\n' "$@"; } >"$T/bin/$name"
	chmod +x "$T/bin/$name"
}
mkdir "$T/bin"
play id 'echo 1000'
# All but two packages are there.
play dpkg-query 'case "$*" in *brotli | *libconfuse-dev) exit 1 ;; esac; echo installed'
play apt-get "echo \"\$*\" >>'$T/apt'"
play sudo 'echo "sudo: Permission denied" >&2; exit 1'
try() { PATH=$T/bin:$PATH scripts/deps build >"$T/out" 2>&1 </dev/null; }

! try
ok $? 'a plain user without sudo is refused'
line=$(grep '^    ' "$T/out")
[ "$line" = '    apt-get update && apt-get install --no-install-recommends libconfuse-dev brotli' ]
ok $? 'with the whole command for an administrator, and only what is missing'
! grep -q 'Permission denied' "$T/out" && [ ! -e "$T/apt" ]
ok $? 'sudo says nothing, and nothing is tried'
rm "$T/bin/sudo"
# A machine without sudo: only the folder of the test and one with the ordinary tools.
mkdir "$T/tools"
for tool in sh dirname tr mktemp grep node npm touch rm tee chmod env printf; do
	[ -e "$T/bin/$tool" ] || ln -s "$(command -v $tool)" "$T/tools/$tool" 2>/dev/null
done
! PATH=$T/bin:$T/tools scripts/deps build >"$T/out" 2>&1 </dev/null && grep -q '^    apt-get update' "$T/out" &&
	! grep -q 'not found' "$T/out"
ok $? 'and the same where there is no sudo'
play dpkg-query 'echo installed'
try
ok $? 'where nothing is missing nothing is said'
[ ! -s "$T/out" ] && [ ! -e "$T/apt" ]
ok $? 'and nothing is done'
echo "1..$n"
