#!/bin/sh
exec node "$(dirname "$0")/canary.mjs"
