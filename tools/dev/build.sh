#!/bin/sh
# tools/dev/build.sh DIRECTORY [CMAKE-ARGUMENT...]: configures and builds, with warnings as
# errors; silent unless it fails.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
dir=$1
shift
mkdir -p "$dir"
if ! cmake -S "$root" -B "$dir" -G Ninja -DHF_WERROR=ON "$@" >"$dir/configure.log" 2>&1; then
    cat "$dir/configure.log" >&2
    exit 1
fi
if ! cmake --build "$dir" >"$dir/build.log" 2>&1; then
    grep -v '^\[[0-9]*/[0-9]*\] [A-Z]' "$dir/build.log" | tail -60 >&2
    echo "dev: the build failed; see $dir/build.log" >&2
    exit 1
fi
