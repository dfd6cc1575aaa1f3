#!/bin/sh
# Runs `nianbao nightly` with NIGHT_OPTIONS each day at NIGHT_AT (HH:MM in China), for containers, which have no cron.
# It starts up to NIGHT_SPREAD seconds later, so that not everybody asks at the same time. --once: one night, then ends.
set -eu
export TZ=CST-8 # China Standard Time, which needs no time zone files in this form

child=
stop() { # a stop reaches what is waited for; what a night has begun goes on the next time
    [ -z "$child" ] || kill -TERM "$child" 2>/dev/null || true
    [ -z "$child" ] || wait "$child" || true
    exit 143
}
trap stop TERM INT

run() { # in the background, for a shell that waits hears signals and one that runs a program does not
    "$@" &
    child=$!
    code=0
    wait "$child" || code=$?
    child=
}

while :; do
    now=$(date +%s)
    next=$(date -d "today ${NIGHT_AT:-01:17}" +%s)
    [ "$next" -gt "$now" ] || next=$(date -d "tomorrow ${NIGHT_AT:-01:17}" +%s)
    spread=$(($(od -An -N2 -tu2 /dev/urandom) % (${NIGHT_SPREAD:-1200} + 1)))
    echo "every-night: next at $(date -d "@$((next + spread))" '+%Y-%m-%d %H:%M:%S %z')" >&2
    run sleep $((next + spread - now))
    run nianbao nightly ${NIGHT_OPTIONS:-}
    [ "$code" = 0 ] || echo "every-night: exit code $code" >&2
    [ "${1:-}" != --once ] || exit 0
done
