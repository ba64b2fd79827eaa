#!/bin/sh
exec node "$(dirname "$0")/turns.mjs"
