#!/bin/sh
# davyd holds no code that opens what it stores, nor any that seals: none of those symbols is in the program.
cd "$(dirname "$0")/../.." || exit 1
davyd=${BUILD:-build}/davyd
symbols=$(nm "$davyd" 2>/dev/null | awk '$2 ~ /^[A-Za-z]$/ { print $3 }')
n=0
result() {
	n=$((n + 1))
	echo "$1 $n - $2"
}
# HKDF it has, for the keys of the public log.
# The list must be able to find something: davyd verifies frames and rosters.
for want in frame_request_verify roster_verify; do
	if echo "$symbols" | grep -qx "$want"; then result ok "davyd has $want"; else
		result 'not ok' "davyd has $want"
	fi
done
for part in age_ xwing_ hpke_ open_sealed open_audit open_key seal_ attach_ receipt_ keystore_ record_derive \
	record_open record_seal bech32_ PQCLEAN_ crypto_kem_; do
	own=$(echo "$symbols" | grep "^$part" | head -3)
	if [ -z "$own" ]; then result ok "davyd has nothing of $part"; else result 'not ok' "davyd has $own"; fi
done
# Nor the words that only opening and sealing say, whatever their functions were called; davyd has the others.
strings -n 8 "$davyd" 2>/dev/null | sort -u >"${TMPDIR:-/tmp}/davyd-strings.$$"
grep -q 'davylamp/v1 frame' "${TMPDIR:-/tmp}/davyd-strings.$$" && result ok 'the words can be seen' ||
	result 'not ok' 'the words can be seen'
for word in age-encryption.org mlkem768x25519 'davylamp/v1 coins' 'davylamp/v1 opened' 'davylamp/v1 dummy' \
	'davylamp/v1 keystore'; do
	if grep -q -e "$word" "${TMPDIR:-/tmp}/davyd-strings.$$"; then result 'not ok' "davyd says $word"; else
		result ok "davyd does not say $word"
	fi
done
rm -f "${TMPDIR:-/tmp}/davyd-strings.$$"
# Libraries: what is named here and what belongs to the machine; no client of anything.
wrong=$(objdump -p "$davyd" | awk '/NEEDED/ { print $2 }' |
	grep -vE '^(libsodium|libnettle|libevent(_core)?(-[0-9.]+)?|libmicrohttpd|libgnutls)\.' |
	grep -vE '^(libsqlite3|libseccomp|libconfuse|libz)\.' |
	grep -vE '^(libc|libasan|libubsan|libm|ld-linux[-a-z0-9]*)\.' | tr '\n' ' ')
if [ -z "$wrong" ]; then result ok 'davyd links its nine libraries and no other'; else
	result 'not ok' "davyd links $wrong"
fi
echo "1..$n"
