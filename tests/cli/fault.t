#!/bin/sh
# What davy writes with -o and its keystore, when the n-th write, sync or rename fails, for every n until nothing
# fails: the file that was there is whole, the message is a sentence, nothing temporary is left behind, and the next
# run works.
if [ -n "${SANITIZE:-}" ]; then
	echo "1..0 # SKIP preloading and sanitizers exclude each other"
	exit 0
fi
: "${BUILD:=build}"
umask 077
BUILD=$(realpath "$BUILD")
T=$(mktemp -d "${TMPDIR:-/tmp}/davy-fault.XXXXXX")
trap 'rm -rf "$T"' EXIT
n=0
ok() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else
		echo "not ok $n - $2"
		sed 's/^/# /' "$T/said" 2>/dev/null | head -5
	fi
}
printf 'correct horse battery staple\n' >"$T/pass"
davy() { "$BUILD/davy" --home "$T/home" --passphrase-file "$T/pass" "$@"; }
davy key new --name lamp --memory 1 >"$T/said" 2>&1
ok $? 'a keystore'
head -c 100000 /dev/urandom >"$T/plain"
davy age keygen -o "$T/id" >"$T/said" 2>&1
ok $? 'an identity'
r=$(grep -o 'age1[a-z0-9]*' "$T/id" | head -1)
[ -n "$r" ] || r=$(grep -oh 'age1[a-z0-9]*' "$T/said" | head -1)
shape() { (cd "$T" && find home out -type f ! -name lock 2>/dev/null | sort); }

as_it_was() { rm -rf "$T/home" "$T/out" && mv "$T/home.was" "$T/home" && mv "$T/out.was" "$T/out"; }

# NAME FILE COMMAND…: FILE (what the command replaces) is old or new after each fault, never in between.
every() {
	name=$1 file=$2
	shift 2
	bad= most=
	for what in $kinds; do
		kind=${what%:*} how=${what#*:} i=1
		while [ $i -lt 40 ]; do
			rm -rf "$T/home.was" && cp -a "$T/home" "$T/home.was"
			rm -rf "$T/out.was" && cp -a "$T/out" "$T/out.was"
			before=$(shape)
			FAULT=$kind:$i:$how LD_PRELOAD=$BUILD/tests/fault.so "$@" >"$T/said" 2>&1
			rc=$?
			if [ $rc = 0 ]; then
				# Short writes are gone on with: that they struck is not seen from here.
				if [ "$how" != half ] || [ $i -gt 6 ]; then
					as_it_was
					break
				fi
			else
				[ $rc -lt 4 ] && grep -q '[a-z] [a-z]' "$T/said" || bad="$bad $what@$i:rc=$rc"
				[ "$(shape)" = "$before" ] || bad="$bad $what@$i:left"
				was=$(echo "$file" | sed "s|^$T/home|$T/home.was|; s|^$T/out|$T/out.was|")
				if [ -e "$was" ]; then cmp -s "$file" "$was" || bad="$bad $what@$i:changed"; fi
				"$@" >"$T/said" 2>&1 || bad="$bad $what@$i:next"
			fi
			as_it_was
			i=$((i + 1))
		done
		[ $i -gt 1 ] && most="$most $what:$((i - 1))"
		[ $i -lt 40 ] || bad="$bad $what:no-end"
	done
	echo "# $name:$most"
	[ -z "$bad" ] && [ -n "$most" ]
	ok $? "$name${bad:+:$bad}"
}
mkdir "$T/out"
kinds="write:ENOSPC write:EIO write:half sync:EIO name:EIO"
head -c 500 /dev/urandom >"$T/out/sealed"
every 'age seal -o over a file' "$T/out/sealed" davy age seal -r "$r" -o "$T/out/sealed" "$T/plain"
davy age seal -r "$r" -o "$T/sealed" "$T/plain" >"$T/said" 2>&1
ok $? 'sealed'
head -c 500 /dev/urandom >"$T/out/opened"
every 'age open -o over a file' "$T/out/opened" davy age open -i "$T/id" -o "$T/out/opened" "$T/sealed"
kinds="write:ENOSPC sync:EIO name:EIO"
every 'key backup' "$T/out/backup" davy key backup -o "$T/out/backup"
# The keystore itself is replaced.
k=$(find "$T/home" -name 'keystore*' -type f | head -1)
printf 'another horse\n' >"$T/pass2"
every 'key passwd' "$k" davy key passwd --new-passphrase-file "$T/pass2"
every 'key new' "$T/out/fresh/none" "$BUILD/davy" --home "$T/out/fresh" --passphrase-file "$T/pass" key new \
	--name lamp --memory 1
echo "1..$n"
