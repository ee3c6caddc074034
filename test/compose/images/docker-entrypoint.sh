#!/bin/sh
# The contract of the official image's entry point: before nginx starts, source executable *.envsh and run executable
# *.sh of /docker-entrypoint.d in order.
# https://github.com/nginx/docker-nginx/blob/master/entrypoint/docker-entrypoint.sh
set -e
if [ "$1" = nginx ]; then
  find /docker-entrypoint.d/ -follow -type f -print | sort -V | while read -r file; do
    [ -x "$file" ] || continue
    case "$file" in
      *.envsh) . "$file" ;;
      *.sh) "$file" ;;
    esac
  done
fi
exec "$@"
