# shellcheck shell=bash
# Functions that the scripts share. A script sources this file after `set -euo pipefail`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc)
phases=()

# Tests run in folders of their own.
if [ -d "${MNIST_DIR-}" ]; then
    MNIST_DIR=$(cd "$MNIST_DIR" && pwd)
    export MNIST_DIR
fi

say() {
    printf '\n== %s\n' "$*"
}

fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# refuse MESSAGE...: for arguments that are wrong; the exit code is 2.
refuse() {
    printf '%s: %s; --help prints the usage\n' "$(basename "$0")" "$*" >&2
    exit 2
}

# usage: prints the comment at the top of the script.
usage() {
    sed -n '2,/^[^#]/ { s/^# //p; s/^#$//p }' "$0"
}

# take_arguments MOST ARGUMENT...: answers --help; refuses other options, and more than MOST arguments.
take_arguments() {
    local most=$1 argument
    shift
    for argument in "$@"; do
        case $argument in
        -h | --help)
            usage
            exit
            ;;
        -*) refuse "unknown option $argument" ;;
        esac
    done
    [ $# -le "$most" ] || refuse "unknown argument ${*:most + 1:1}"
}

# need_count NAME TEXT: refuses a text that is no whole number from 1.
need_count() {
    [[ $2 =~ ^[1-9][0-9]*$ ]] || refuse "$1 is \"$2\", must be a whole number from 1"
}

# phase NAME COMMAND...: runs the command under a headline and records its seconds for `summary`.
phase() {
    local name=$1 begun=$SECONDS
    shift
    say "$name"
    "$@"
    phases+=("$(printf '%5d s  %s' $((SECONDS - begun)) "$name")")
}

# summary: prints the seconds of every phase and of the whole script.
summary() {
    say "Passed in $SECONDS s"
    printf '%s\n' "${phases[@]}"
}

# Fails unless MNIST_DIR is set.
need_mnist() {
    [ -n "${MNIST_DIR-}" ] || fail "set MNIST_DIR to the folder of the MNIST files (script/fetch-mnist downloads them)"
}

# Runs a command with the rights to install packages.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        command -v sudo >/dev/null || fail "run this as root, or install sudo: $*"
        sudo "$@"
    fi
}

# is_installed NAME[:ARCHITECTURE]: the architecture is this machine's unless one is given.
is_installed() {
    local architecture=${1#*:}
    [[ $1 = *:* ]] || architecture=$(dpkg --print-architecture)
    # shellcheck disable=SC2016 # dpkg-query expands these, not the shell
    dpkg-query -W -f '${db:Status-Status} ${Architecture}\n' "$1" 2>/dev/null |
        grep -Eqx "installed ($architecture|all)"
}

# install_packages NAME...: installs the packages that are missing, with apt-get.
install_packages() {
    local package missing=()
    command -v dpkg-query >/dev/null || fail "this is neither Debian nor Ubuntu; install these packages yourself: $*"
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    say "Installing ${missing[*]}"
    as_root apt-get update -q </dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        -o DPkg::Lock::Timeout=300 "${missing[@]}" </dev/null
}

# install_available NAME...: installs those of the packages that this distribution has.
install_available() {
    local package available=()
    for package in "$@"; do
        if is_installed "$package" || apt-cache show "$package" >/dev/null 2>&1; then
            available+=("$package")
        fi
    done
    install_packages "${available[@]}"
}

# configure PRESET [CMAKE OPTION...]: configures build/PRESET.
configure() {
    local preset=$1
    shift
    (cd "$root" && cmake --preset "$preset" "$@" >/dev/null)
}

# build PRESET [CMAKE OPTION...]: configures build/PRESET and builds everything in it.
build() {
    configure "$@"
    cmake --build "$root/build/$1" --parallel "$jobs"
}

# ctest_in PRESET [OPTION...]: the unit tests of build/PRESET. With MNIST_DIR set, a skipped test is a failure.
ctest_in() {
    local log="$root/build/$1/ctest.log"
    ctest --test-dir "$root/build/$1" --parallel "$jobs" --output-on-failure "${@:2}" | tee "$log"
    if [ -n "${MNIST_DIR-}" ] && grep -q '(Skipped)$' "$log"; then
        fail "unit tests were skipped although MNIST_DIR is set"
    fi
}

# pytest_in PRESET [OPTION...]: the end-to-end tests, against the digitd of build/PRESET.
pytest_in() {
    pytest_with "$root/build/$1/server/digitd" "${@:2}"
}

# pytest_with DIGITD [OPTION...]: the end-to-end tests, against that program.
pytest_with() {
    DIGITD="$1" /usr/bin/python3 -m pytest -q -rs -p no:cacheprovider \
        --numprocesses "$jobs" --dist loadscope "${@:2}" "$root/tests/e2e"
}

# make_trixie_archive: makes the base system of Debian 13 by debootstrap, once, as root: $trixie_archive.
trixie_archive=$root/build/base/trixie.tar
make_trixie_archive() {
    local tree=$root/build/base/trixie-root
    [ ! -f "$trixie_archive" ] || return 0
    say "Making the base system of Debian 13"
    rm -rf "$tree"
    mkdir -p "$root/build/base"
    debootstrap --variant=minbase trixie "$tree" >/dev/null
    chroot "$tree" apt-get clean
    tar -C "$tree" -c . -f "$trixie_archive.partial"
    mv "$trixie_archive.partial" "$trixie_archive"
    rm -rf "$tree"
}

# wait_for SECONDS COMMAND...: repeats the command until it succeeds; fails when the time is up.
wait_for() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.2
    done
}
