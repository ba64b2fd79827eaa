#!/bin/sh
exec node "$(dirname "$0")/forged.mjs"
