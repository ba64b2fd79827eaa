#!/bin/sh
exec node "$(dirname "$0")/media.mjs"
