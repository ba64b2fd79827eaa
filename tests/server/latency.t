#!/bin/sh
exec node "$(dirname "$0")/latency.mjs"
