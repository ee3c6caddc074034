#!/bin/sh
# Keeps the span file small where no logrotate runs: in the official image, beside nginx. Mount it as
# /docker-entrypoint.d/90-onetrace-rotate-spans.sh. On a machine with logrotate use logrotate.conf instead.
#
# One old file stays, for a Collector that has not read it to its end; the two take at most twice the size.
#
# Variable                        Default                        What it is
# ONETRACE_SPAN_FILE              /var/log/nginx/otel-spans.jsonl  as in render-values.sh
# ONETRACE_NGINX_PID_FILE         /run/nginx.pid                 as in render-values.sh
# ONETRACE_SPAN_FILE_BYTES        67108864                       larger than this is rotated (64 MiB, about 40,000 requests)
# ONETRACE_SPAN_FILE_INTERVAL     30                             seconds between two looks at it
#
# Exit codes: 0 goes on in the background · 2 a value is not valid (the message names it).
set -eu

span_file=${ONETRACE_SPAN_FILE:-/var/log/nginx/otel-spans.jsonl}
pid_file=${ONETRACE_NGINX_PID_FILE:-/run/nginx.pid}
most=${ONETRACE_SPAN_FILE_BYTES:-67108864}
interval=${ONETRACE_SPAN_FILE_INTERVAL:-30}

check_all() {
    case $most in
        *[!0-9]* | 0* | ????????????????*) invalid ONETRACE_SPAN_FILE_BYTES 'a number of bytes, without a unit' "$most" ;;
    esac
    case $interval in
        *[!0-9.]* | *.*.* | .* | *.) invalid ONETRACE_SPAN_FILE_INTERVAL 'a number of seconds' "$interval" ;;
        *[1-9]*) ;;
        *) invalid ONETRACE_SPAN_FILE_INTERVAL 'more than 0 seconds' "$interval" ;;
    esac
}

# The container ends with nginx, its first process, and this loop with the container. Nothing else ends it: what fails is
# said and tried again.
watch() {
    while sleep "$interval"; do
        [ "$(size)" -le "$most" ] || rename || failed 'rename the span file'
        # Also when nginx did not get the signal the last time: until then it goes on writing to the renamed file.
        [ -e "$span_file" ] || reopen || failed 'have nginx open the new span file'
    done
}

# Renamed, never truncated: lines written in between would be lost. Only while there is an nginx that can be told.
rename() {
    kill -0 "$(pid)" && mv -f "$span_file" "$span_file.1"
}

reopen() {
    kill -USR1 "$(pid)"
}

pid() {
    cat "$pid_file"
}

size() {
    stat -c %s "$span_file" 2>/dev/null || echo 0
}

failed() {
    printf 'rotate-spans.sh: expected to %s (process id in %s), got the error above; trying again in %s s\n' \
        "$1" "$pid_file" "$interval" >&2
}

invalid() {
    printf "rotate-spans.sh: %s: expected %s, got '%s'. Correct it and start again; all variables are listed in %s\n" \
        "$1" "$2" "$3" "$0" >&2
    exit 2
}

check_all
watch &
