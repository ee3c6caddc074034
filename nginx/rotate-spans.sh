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
set -eu

span_file=${ONETRACE_SPAN_FILE:-/var/log/nginx/otel-spans.jsonl}
pid_file=${ONETRACE_NGINX_PID_FILE:-/run/nginx.pid}
most=${ONETRACE_SPAN_FILE_BYTES:-67108864}
interval=${ONETRACE_SPAN_FILE_INTERVAL:-30}

main() {
    # The container ends with nginx, its first process, and this loop with the container.
    while sleep "$interval"; do
        [ "$(size)" -le "$most" ] || rotate
    done
}

# Renamed, never truncated: lines written in between would be lost. nginx goes on writing to the renamed file until it is
# told to open the path again.
rotate() {
    mv -f "$span_file" "$span_file.1"
    kill -USR1 "$(cat "$pid_file")"
}

size() {
    stat -c %s "$span_file" 2>/dev/null || echo 0
}

main &
