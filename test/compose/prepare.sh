#!/bin/sh
# Makes a bare Debian (root, Go) ready for test/compose.test.ts: a Docker engine that is installed but not started, the Compose
# plugin, and a Debian root file system to build images from where no registry can be reached. What is there is left as it is.
# Results lie outside the checkout, in ${XDG_CACHE_HOME:-~/.cache}/onetrace/compose. Cold 2 to 3 minutes on 2 cores, warm under a second.
set -eu

compose=v2.40.3
suite=bookworm
cache=${ONETRACE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/onetrace}/compose

main() {
  mkdir -p "$cache"
  packages
  plugin
  rootfs
}

packages() {
  missing=
  has dockerd || missing="$missing docker.io"
  has iptables || missing="$missing iptables"
  has debootstrap || missing="$missing debootstrap"
  [ -n "$missing" ] || return 0
  say "installing$missing"
  # The package would start Docker as a system service; the test starts an engine of its own and ends it.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
  fi
  apt-get update -qq
  # shellcheck disable=SC2086 # a list of package names
  DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends $missing > /dev/null
}

# Debian 12 has no Compose v2. `go install` refuses the module (replace directives), so it is copied out and built.
plugin() {
  target=$cache/docker/cli-plugins/docker-compose
  if docker compose version > /dev/null 2>&1 || DOCKER_CONFIG=$cache/docker docker compose version > /dev/null 2>&1; then
    return 0
  fi
  say "building Docker Compose $compose (1 to 2 minutes)"
  work=$(mktemp -d)
  module=github.com/docker/compose/v2
  source=$(cd "$work" && GOWORK=off go mod download -json "$module@$compose" | sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p')
  cp -r "$source" "$work/compose"
  chmod -R u+w "$work/compose"
  (
    cd "$work/compose"
    GOWORK=off GOFLAGS=-buildvcs=false CGO_ENABLED=0 \
      go build -trimpath -ldflags "-s -w -X $module/internal.Version=$compose" -o "$work/docker-compose" ./cmd
  )
  mkdir -p "${target%/*}"
  mv "$work/docker-compose" "$target"
  rm -rf "$work"
}

rootfs() {
  target=$cache/debian-$suite.tar.gz
  [ ! -e "$target" ] || return 0
  say "making a Debian $suite root file system (half a minute)"
  work=$(mktemp -d)
  if ! debootstrap --variant=minbase --include=ca-certificates "$suite" "$work/root" > "$work/log" 2>&1; then
    tail -n 5 "$work/log" >&2
    return 1
  fi
  rm -rf "$work"/root/var/cache/apt/archives/*.deb "$work"/root/var/lib/apt/lists/*
  tar -C "$work/root" -c . | gzip -1 > "$target.part"
  mv "$target.part" "$target"
  rm -rf "$work"
}

has() { command -v "$1" > /dev/null 2>&1 || [ -x "/usr/sbin/$1" ]; }
say() { printf 'test/compose/prepare.sh: %s\n' "$1"; }

main
