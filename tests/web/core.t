#!/bin/sh
exec node "$(dirname "$0")/core.mjs"
