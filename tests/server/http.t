#!/bin/sh
exec node "$(dirname "$0")/http.mjs"
