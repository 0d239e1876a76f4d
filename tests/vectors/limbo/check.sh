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
"$runner" "$data" >"$work/out"

awk 'NF >= 3 && $2 != $3 && ($2 == "SUCCESS" || $2 == "FAILURE") { print $1 }' \
    "$work/out" | sort >"$work/found"
sed -n 's/^| `\([^`]*::[^`]*\)` .*/\1/p' "$repo/docs/limbo.md" | sort >"$work/listed"
if ! diff -u "$work/listed" "$work/found"; then
    echo "docs/limbo.md lists other cases (-) than those that differ (+)"
    exit 1
fi
grep ' agree$' "$work/out" >"$work/summary"
cat "$work/summary"
while read -r line; do
    if ! grep -qxF "    $line" "$repo/docs/limbo.md"; then
        echo "docs/limbo.md does not say: $line"
        exit 1
    fi
done <"$work/summary"
