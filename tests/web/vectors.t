#!/bin/sh
exec node "$(dirname "$0")/vectors.mjs"
