#!/bin/sh
exec node "$(dirname "$0")/xwing.mjs"
