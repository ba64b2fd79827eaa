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
# The list must be able to find something: davyd verifies frames and rosters.
for want in frame_request_verify roster_verify; do
	if echo "$symbols" | grep -qx "$want"; then result ok "davyd has $want"; else result 'not ok' "davyd has $want"; fi
done
for part in age_ xwing_ hpke_ open_sealed open_audit open_key seal_ attach_ receipt_ keystore_ workspace_ hkdf_ bech32_ PQCLEAN_ crypto_kem_; do
	own=$(echo "$symbols" | grep "^$part" | head -3)
	if [ -z "$own" ]; then result ok "davyd has nothing of $part"; else result 'not ok' "davyd has $own"; fi
done
echo "1..$n"
