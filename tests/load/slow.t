#!/bin/sh
exec node "$(dirname "$0")/slow.mjs"
