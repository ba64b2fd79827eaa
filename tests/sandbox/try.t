#!/bin/sh
if [ -n "${SANITIZE:-}" ]; then
	echo "1..0 # SKIP a sanitizer does what the sandbox forbids"
	exit 0
fi
exec node "$(dirname "$0")/try.mjs"
