#!/bin/sh
exec node "$(dirname "$0")/purge.mjs"
