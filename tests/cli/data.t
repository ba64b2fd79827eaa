#!/bin/sh
exec node "$(dirname "$0")/data.mjs"
