#!/bin/sh
exec node "$(dirname "$0")/store.mjs"
