#!/bin/sh
# Runs the visible cases of limbo and compares the outcome with docs/limbo.md: the
# figures, and the list of cases that come out otherwise than limbo expects.
#
#     check.sh RUNNER REPOSITORY
set -eu
runner=$1
repo=$2
data=${HF_SHARED:-$repo/../shared}/data/limbo-visible.json.xz
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ ! -f "$data" ]; then
    echo "skipped: there is no $data"
    exit 77
fi
# The part of the page between a heading and the next.
section() {
    sed -n "/^## $1\$/,/^## /p" "$repo/docs/limbo.md"
}

# The figures that the page gives for a profile stand behind its `--profile`.
figures() {
    awk -v name="$1" '$0 ~ "with `--profile " name "`$" { on = 1; next }
        on && / agree$/ { sub(/^ +/, ""); print; seen = 1; next }
        on && seen && NF { exit }' "$repo/docs/limbo.md"
}

for profile in default web-pki compatible; do
    "$runner" --profile "$profile" "$data" >"$work/out"
    awk 'NF >= 3 && $2 != $3 && ($2 == "SUCCESS" || $2 == "FAILURE") { print $1 }' \
        "$work/out" | grep -v '^bettertls::' | sort >"$work/found"
    # shellcheck disable=SC2016 # Markdown's backquotes, not the shell's
    section "The cases that come out otherwise: $profile" |
        sed -n 's/^| `\([^`]*::[^`]*\)` .*/\1/p' | sort >"$work/listed"
    if ! diff -u "$work/listed" "$work/found"; then
        echo "docs/limbo.md lists other cases (-) than those that differ (+): $profile"
        exit 1
    fi
    grep ' agree$' "$work/out" >"$work/summary"
    figures "$profile" >"$work/claimed"
    if ! diff -u "$work/claimed" "$work/summary"; then
        echo "docs/limbo.md gives other figures (-) than the run (+): $profile"
        exit 1
    fi
    sed "s/^/$profile: /" "$work/summary"
done
