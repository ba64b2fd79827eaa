#!/bin/sh
exec node "$(dirname "$0")/fuzz.mjs"
