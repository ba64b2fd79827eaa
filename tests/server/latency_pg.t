#!/bin/sh
# latency.t with the store on a PostgreSQL server: fewer of each, and idle, unless somebody asks for more. It runs
# beside others: kinds are drawn at random, so what those do hits all alike; but it hides what is shorter than a step.
export LATENCY_STORE=postgresql LATENCY_N="${LATENCY_N:-150}" LATENCY_PARTS="${LATENCY_PARTS:-idle}"
exec "$(dirname "$0")/latency.t"
