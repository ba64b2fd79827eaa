#!/bin/sh
exec node "$(dirname "$0")/try.mjs"
