#!/bin/sh
exec node "$(dirname "$0")/age.mjs"
