#!/bin/sh
exec node "$(dirname "$0")/nginx.mjs"
