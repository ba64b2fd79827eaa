#!/bin/sh
# The way to the gateway lies: way.mjs.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
new_key R1 root >/dev/null
"$davyd" init "$T/GW" --root "$T/R1.card" --threshold 1 --listen "unix:$T/gw.sock" >"$T/out" 2>&1 || exit 1
node "$here/way.mjs" "$T"
