#!/bin/sh
# Writes what differs between machines (addresses, networks, key, paths) from ONETRACE_* variables to small files that
# the configuration includes. It is the only place where the nginx side reads the environment.
#
#   render-values.sh [CONF_DIR]       default: /etc/nginx
#
# CONF_DIR/values/*.conf is written anew each time. CONF_DIR/nginx.conf and CONF_DIR/onetrace become links to the files
# beside this script unless they are there already, so that any empty directory becomes a complete configuration:
#
#   render-values.sh DIR && nginx -p DIR -c DIR/nginx.conf -g 'daemon off;'
#
# In the official image, mount this file as /docker-entrypoint.d/05-onetrace-values.sh; the image runs it before nginx.
# After a change: run it again, then `nginx -t` and `nginx -s reload`.
#
# Variable                        Default                        What it is
# ONETRACE_NGINX_HOST             $ONETRACE_LISTEN_HOST,         address to listen on; 0.0.0.0 to be seen from outside,
#                                 or else 127.0.0.1              '[::]' for IPv6
# ONETRACE_NGINX_PORT             8080
# ONETRACE_UPSTREAMS              127.0.0.1 at ONETRACE_APP_PORT the app's instances, host:port, by spaces or commas
#                                 (4321) and the port after it
# ONETRACE_UPSTREAM_MAX_FAILS     0                              failures after which an instance is left out for 10 s;
#                                                                0: never. On other machines: 1
# ONETRACE_TRUSTED                127.0.0.0/8 ::1/128            networks whose trace context is continued; empty: none
# ONETRACE_KEY                    (none)                         secret that makes a request trusted from anywhere
# ONETRACE_DEPLOYMENT             production                     deployment.environment.name of the spans
# ONETRACE_SPAN_FILE              /var/log/nginx/                what the Collector tails; its directory must exist
#                                 otel-spans.jsonl
# ONETRACE_NGINX_ERROR_LOG        stderr                         or a path; the format is nginx's own
# ONETRACE_NGINX_PID_FILE         /run/nginx.pid
# ONETRACE_NGINX_TEMP_DIR         /var/lib/nginx                 bodies too large for memory; must exist and be writable
# ONETRACE_NGINX_USER             www-data, nginx or nobody      account of the workers; read when root starts nginx
#
# Exit codes: 0 written · 2 a value is not valid (the message names it).
# -f: a `*` in a value is a character, not file names.
set -euf

main() {
    # The values can hold the key: nobody but the owner reads them. nginx opens them before it gives up root.
    umask 077
    conf_dir=${1:-/etc/nginx}
    span_file=${ONETRACE_SPAN_FILE:-/var/log/nginx/otel-spans.jsonl}
    temp_dir=${ONETRACE_NGINX_TEMP_DIR:-/var/lib/nginx}
    check_all
    link_templates

    user_line >"$values/user.conf"
    echo "pid \"$pid_file\";" >"$values/pid.conf"
    echo "error_log $error_log warn;" >"$values/error-log.conf"
    temp_paths >"$values/temp-paths.conf"
    echo "map '' \$onetrace_deployment { default \"$deployment\"; }" >"$values/deployment.conf"
    each '%s 1;' "$trusted" >"$values/trusted.conf"
    key_line >"$values/key.conf"
    # max_fails=0: no instance is set aside (default: for 10 s after one failure). Two instances that are reloaded one after the
    # other would both be set aside for a moment, and nginx would answer 502 "no live upstreams". A refused connection on the
    # same machine costs nothing, and proxy_next_upstream goes on to the other instance. A machine that is gone refuses nothing:
    # each request that is its turn waits for proxy_connect_timeout (3 s) first, unless it is set aside.
    each "server %s max_fails=$max_fails;" "$upstreams" >"$values/upstream.conf"
    echo "listen $host:$port;" >"$values/listen.conf"
    echo "access_log \"$span_file\" onetrace_span if=\$onetrace_recorded;" >"$values/span-file.conf"
}

check_all() {
    host=${ONETRACE_NGINX_HOST:-${ONETRACE_LISTEN_HOST:-127.0.0.1}}
    port=${ONETRACE_NGINX_PORT:-8080}
    app_port=${ONETRACE_APP_PORT:-4321}
    check_host ONETRACE_NGINX_HOST "$host"
    check_port ONETRACE_NGINX_PORT "$port"
    check_port ONETRACE_APP_PORT "$app_port"
    upstreams=$(words "${ONETRACE_UPSTREAMS:-127.0.0.1:$app_port 127.0.0.1:$((app_port + 1))}")
    for upstream in $upstreams; do check_upstream "$upstream"; done
    max_fails=${ONETRACE_UPSTREAM_MAX_FAILS:-0}
    case $max_fails in
        *[!0-9]* | ?????*) invalid ONETRACE_UPSTREAM_MAX_FAILS 'a number from 0 to 9999' "$max_fails" ;;
    esac
    # Set but empty means: trust no network. Unset means: the default.
    trusted=$(words "${ONETRACE_TRUSTED-127.0.0.0/8 ::1/128}")
    for network in $trusted; do check_network "$network"; done
    check_key "${ONETRACE_KEY:-}"
    deployment=${ONETRACE_DEPLOYMENT:-production}
    case $deployment in
        *[!A-Za-z0-9._-]*) invalid ONETRACE_DEPLOYMENT 'letters, digits, dots, dashes and underscores' "$deployment" ;;
    esac
    pid_file=${ONETRACE_NGINX_PID_FILE:-/run/nginx.pid}
    error_log=${ONETRACE_NGINX_ERROR_LOG:-stderr}
    check_path ONETRACE_SPAN_FILE "$span_file"
    check_path ONETRACE_NGINX_PID_FILE "$pid_file"
    check_path ONETRACE_NGINX_TEMP_DIR "$temp_dir"
    if [ "$error_log" != stderr ]; then
        check_path ONETRACE_NGINX_ERROR_LOG "$error_log"
        error_log="\"$error_log\""
    fi
    check_writable ONETRACE_SPAN_FILE "$(dirname "$span_file")"
    check_writable ONETRACE_NGINX_PID_FILE "$(dirname "$pid_file")"
    check_writable ONETRACE_NGINX_TEMP_DIR "$temp_dir"
}

check_host() {
    expected='an address, such as 127.0.0.1, 0.0.0.0 or [::]'
    case $2 in
        \[*\]) case ${2#\[} in *[!0-9a-fA-F:.]*\]) invalid "$1" "$expected" "$2" ;; esac ;;
        '' | *[!A-Za-z0-9._-]*) invalid "$1" "$expected" "$2" ;;
    esac
}

check_port() {
    case $2 in
        '' | 0* | *[!0-9]* | ??????*) invalid "$1" 'a port from 1 to 65535' "$2" ;;
    esac
    [ "$2" -le 65535 ] || invalid "$1" 'a port from 1 to 65535' "$2"
}

check_upstream() {
    case $1 in
        *:*) ;;
        *) invalid ONETRACE_UPSTREAMS 'host:port, several separated by spaces' "$1" ;;
    esac
    check_host ONETRACE_UPSTREAMS "${1%:*}"
    check_port ONETRACE_UPSTREAMS "${1##*:}"
}

# Rough on purpose: it keeps out what could change the meaning of the file; `nginx -t` knows the rest.
check_network() {
    expected='networks such as 10.0.0.0/8 or fd00::/8, separated by spaces or commas'
    address=${1%%/*}
    case $address in
        *:*) case $address in *[!0-9a-fA-F:.]*) invalid ONETRACE_TRUSTED "$expected" "$1" ;; esac; most=128 ;;
        *[!0-9.]* | *.*.*.*.* | .* | *. | *..*) invalid ONETRACE_TRUSTED "$expected" "$1" ;;
        *.*.*.*) most=32 ;;
        *) invalid ONETRACE_TRUSTED "$expected" "$1" ;;
    esac
    [ "$address" != "$1" ] || return 0
    case ${1#*/} in
        '' | *[!0-9]* | ????*) invalid ONETRACE_TRUSTED "$expected" "$1" ;;
    esac
    [ "${1#*/}" -le "$most" ] || invalid ONETRACE_TRUSTED "$expected" "$1"
}

# The message never repeats the key.
check_key() {
    case $1 in
        '') ;;
        *[!A-Za-z0-9_-]*) invalid ONETRACE_KEY 'only letters, digits, dashes and underscores' 'another character' ;;
        ????????????????*) ;;
        *) invalid ONETRACE_KEY 'at least 16 characters (openssl rand -hex 16 makes some)' "${#1} characters" ;;
    esac
}

# Characters that nginx would read as part of the syntax inside quotes.
check_path() {
    case $2 in
        /*) ;;
        *) invalid "$1" 'an absolute path' "$2" ;;
    esac
    case $2 in
        *[\"\\\$[:cntrl:]]*) invalid "$1" 'a path without quote, backslash, dollar sign or line break' "$2" ;;
    esac
}

check_writable() {
    if [ ! -d "$2" ] || [ ! -w "$2" ]; then
        invalid "$1" "a directory that $(id -un 2>/dev/null || id -u) can write to" "$2"
    fi
}

link_templates() {
    here=$(cd "$(dirname "$0")" && pwd)
    values=$conf_dir/values
    # The containers' values directory is a mount of its own; anywhere else it is made here.
    mkdir -p "$values" 2>/dev/null || invalid CONF_DIR 'a directory to write values/ in' "$conf_dir"
    [ -w "$values" ] || invalid CONF_DIR 'a directory to write values/ in' "$conf_dir"
    for name in nginx.conf onetrace; do
        [ ! -e "$conf_dir/$name" ] || [ -L "$conf_dir/$name" ] || continue
        # What stands beside this script stays as it is; a link of an earlier run may lead to a checkout that has moved.
        [ "$here" != "$(cd "$conf_dir" && pwd)" ] || continue
        [ -e "$here/$name" ] || invalid CONF_DIR "a directory with $name in it" "$conf_dir"
        ln -sfn "$here/$name" "$conf_dir/$name"
    done
}

# Only root can choose; for anybody else nginx warns and runs as who started it.
user_line() {
    [ "$(id -u)" = 0 ] || return 0
    for user in ${ONETRACE_NGINX_USER:-www-data nginx nobody}; do
        if id "$user" >/dev/null 2>&1; then
            echo "user $user $(id -gn "$user");"
            return 0
        fi
    done
    invalid ONETRACE_NGINX_USER 'an account of this machine' "${ONETRACE_NGINX_USER:-}"
}

# All five are created at start, used or not, and the compiled-in places are not writable in a read-only container.
temp_paths() {
    for kind in client_body proxy fastcgi uwsgi scgi; do
        echo "${kind}_temp_path \"$temp_dir/$kind\";"
    done
}

# A regular expression, because plain strings in a map are compared without regard to case.
key_line() {
    [ -z "${ONETRACE_KEY:-}" ] || printf '"~^%s\\z" 1;\n' "$ONETRACE_KEY"
}

words() {
    printf '%s' "$1" | tr ',\t\n' '   '
}

each() {
    for word in $2; do
        # shellcheck disable=SC2059 # the format is ours
        printf "$1\n" "$word"
    done
}

invalid() {
    printf "render-values.sh: %s: expected %s, got '%s'. Set %s and run it again; all variables are listed in %s\n" \
        "$1" "$2" "$3" "$1" "$0" >&2
    exit 2
}

main "$@"
