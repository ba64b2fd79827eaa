#!/bin/sh
exec node "$(dirname "$0")/attack.mjs"
