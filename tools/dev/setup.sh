#!/bin/sh
# tools/dev/setup.sh PART...: installs what the parts in packages.txt and python.txt need
# and is missing, and says so before it does.  Silent when everything is there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

say() {
    printf 'dev: %s\n' "$*" >&2
}

# listed FILE PART...: the words of these parts, one a line
listed() {
    file=$1
    shift
    for part in "$@"; do
        sed -n "s/^$part: *//p" "$file" | tr -s ' ' '\n'
    done | sort -u
}

missing_packages() {
    # shellcheck disable=SC2046 # the words are package names
    dpkg-query -W -f='${binary:Package} ${db:Status-Status}\n' $(listed "$here/packages.txt" "$@") \
        2>/dev/null | sed -n 's/^\([^: ]*\)[^ ]* installed$/\1/p' | sort -u >"$work/there"
    listed "$here/packages.txt" "$@" | comm -23 - "$work/there"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# Debian starts a service when it is installed, unless this file forbids it.
forbid_services() {
    policy=/usr/sbin/policy-rc.d
    if [ -x "$policy" ]; then
        status=0
        "$policy" nginx start >/dev/null 2>&1 || status=$?
        [ "$status" != 101 ] || return 0
        as_root mv "$policy" "$policy.before-handfast"
    fi
    printf '#!/bin/sh\nexit 101\n' >"$work/policy"
    as_root install -m 755 "$work/policy" "$policy"
    forbidden=yes
}

allow_services() {
    [ "$forbidden" = yes ] || return 0
    forbidden=no
    as_root rm -f /usr/sbin/policy-rc.d
    if [ -e /usr/sbin/policy-rc.d.before-handfast ]; then
        as_root mv /usr/sbin/policy-rc.d.before-handfast /usr/sbin/policy-rc.d
    fi
}

install_packages() {
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        say "these packages are missing, and installing them needs root or sudo:"
        say "  apt-get install $missing"
        exit 1
    fi
    say "installing with apt-get: $missing"
    forbid_services
    as_root apt-get -q update >"$work/log" 2>&1 || say "apt-get update failed; trying to go on"
    # shellcheck disable=SC2086 # the words are package names
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 $missing >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        say "apt-get could not install: $missing"
        exit 1
    }
    allow_services
}

# Debian's own Python first: python3-dev and python3-venv belong to it.
make_environment() {
    [ ! -x "$root/.venv/bin/python" ] || return 0
    python=/usr/bin/python3
    [ -x "$python" ] || python=python3
    say "making the virtual environment .venv"
    "$python" -m venv "$root/.venv"
}

# The file that says that a requirement was installed.
stamp() {
    printf '%s/.venv/handfast-%s' "$root" "$(printf '%s' "$1" | tr -c 'a-z0-9.-' _)"
}

install_python() {
    wanted=$(listed "$here/python.txt" "$@" | tr '\n' ' ')
    [ -n "$wanted" ] || return 0
    make_environment
    missing=
    for requirement in $wanted; do
        [ -e "$(stamp "$requirement")" ] || missing="$missing $requirement"
    done
    [ -n "$missing" ] || return 0
    say "installing with pip into .venv:$missing"
    # shellcheck disable=SC2086 # the words are requirements
    "$root/.venv/bin/python" -m pip install -q --disable-pip-version-check $missing >&2
    for requirement in $missing; do
        : >"$(stamp "$requirement")"
    done
}

work=$(mktemp -d)
forbidden=no
trap 'allow_services; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "this is not Debian: install the counterparts of tools/dev/packages.txt yourself"
else
    install_packages "$@"
fi
install_python "$@"
