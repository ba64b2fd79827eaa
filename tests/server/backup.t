#!/bin/sh
exec node "$(dirname "$0")/backup.mjs"
