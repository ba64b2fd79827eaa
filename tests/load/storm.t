#!/bin/sh
exec node "$(dirname "$0")/storm.mjs"
