#!/bin/sh
exec node "$(dirname "$0")/quota.mjs"
