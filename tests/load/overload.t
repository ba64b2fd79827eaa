#!/bin/sh
exec node "$(dirname "$0")/overload.mjs"
