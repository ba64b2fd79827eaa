#!/bin/sh
exec node "$(dirname "$0")/hang.mjs"
