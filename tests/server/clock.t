#!/bin/sh
exec node "$(dirname "$0")/clock.mjs"
