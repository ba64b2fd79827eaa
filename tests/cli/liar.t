#!/bin/sh
exec node "$(dirname "$0")/liar.mjs"
