# shellcheck shell=bash
# What the scripts share. Sourced by them, with `set -euo pipefail` already on.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc)

say() {
    printf '\n== %s\n' "$*"
}

fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# Fails unless MNIST_DIR is given.
need_mnist() {
    [ -n "${MNIST_DIR-}" ] || fail "MNIST_DIR must name the folder of the MNIST files (script/fetch-mnist)"
}

# Runs a command with the rights to install packages.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        command -v sudo >/dev/null || fail "needs root or sudo to run: $*"
        sudo "$@"
    fi
}

# is_installed NAME[:ARCHITECTURE]: for this machine if no architecture is named.
is_installed() {
    local architecture=${1#*:}
    [[ $1 = *:* ]] || architecture=$(dpkg --print-architecture)
    # shellcheck disable=SC2016 # dpkg-query's own variables
    dpkg-query -W -f '${db:Status-Status} ${Architecture}\n' "$1" 2>/dev/null |
        grep -Eqx "installed ($architecture|all)"
}

# install_packages NAME...: those that are missing, by apt-get.
install_packages() {
    local package missing=()
    command -v dpkg-query >/dev/null || fail "needs Debian or Ubuntu, or these packages by hand: $*"
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    say "Installing ${missing[*]}"
    as_root apt-get update -q </dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        -o DPkg::Lock::Timeout=300 "${missing[@]}" </dev/null
}

# build PRESET [CMAKE OPTION...]: configures and builds build/PRESET.
build() {
    local preset=$1
    shift
    (cd "$root" && cmake --preset "$preset" "$@" >/dev/null)
    cmake --build "$root/build/$preset" --parallel "$jobs"
}

# wait_for SECONDS COMMAND...: until it succeeds; fails when the time is up.
wait_for() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.2
    done
}
