#!/bin/sh
exec node "$(dirname "$0")/split.mjs"
