#!/bin/sh
exec node "$(dirname "$0")/page.mjs"
