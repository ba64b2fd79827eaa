#!/bin/sh
exec node "$(dirname "$0")/roster.mjs"
