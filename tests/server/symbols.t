#!/bin/sh
# davyd does not hold the code that opens: neither the opening half of crypto/, nor decapsulation, nor keystores and
# tools.
: "${BUILD:=build}"
n=0
ok() { n=$((n + 1)); [ "$1" = 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"; }

names=$(nm -a "$BUILD/davyd" | awk '{ print $NF }' | sort -u)
[ "$(echo "$names" | wc -l)" -gt 500 ]
ok $? 'davyd has symbols to look at'
for what in open_sealed open_audit open_key_new xwing_dec xwing_decapsulate age_ keystore_ hpke_ receipt_ \
	record_derive record_open record_seal \
	PQCLEAN indcpa_dec crypto_kem_dec crypto_kem_keypair seal_begin seal_finish seal_test entry_parse; do
	found=$(echo "$names" | grep -i "^$what")
	[ -z "$found" ]
	ok $? "no $what $found"
done
# The same look at davy finds them: the test can fail.
if [ -x "$BUILD/davy" ]; then
	nm -a "$BUILD/davy" | grep -q ' open_sealed'
	ok $? 'davy, which opens, has them'
fi
# What libsodium offers is in its library; davyd asks it only for this.
asked=$(nm -D --undefined-only "$BUILD/davyd" | awk '{ print $NF }' | grep -E '^(crypto_|sodium_|randombytes)' |
	grep -vE \
	'^(crypto_(hash_sha(256|512)|sign|generichash|core_ed25519)|sodium_|randombytes_)')
[ -z "$asked" ]
ok $? "libsodium is asked for signatures and hashes alone $asked"
echo "1..$n"
