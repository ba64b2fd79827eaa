#!/bin/sh
exec node "$(dirname "$0")/puzzle.mjs"
