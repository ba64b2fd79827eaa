#!/bin/sh
exec node "$(dirname "$0")/seal.mjs"
