#!/bin/sh
exec node "$(dirname "$0")/fault.mjs"
