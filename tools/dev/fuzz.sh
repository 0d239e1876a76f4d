#!/bin/sh
# tools/dev/fuzz.sh [TARGET] [SECONDS]: runs one fuzz target, or each in its turn, with
# libFuzzer, ASan and UBSan.  What it learns is kept in build/fuzz/corpus; what it finds,
# in build/fuzz/findings.
set -eu
cd "$(dirname "$0")/../.."
target=
case ${1:-} in
'' | *[!0-9]*)
    target=${1:-}
    [ $# -eq 0 ] || shift
    ;;
esac
seconds=${1:-60}

tools/dev/build.sh build/fuzz -DCMAKE_C_COMPILER=clang -DHF_BUILD_FUZZ=ON \
    -DHF_BUILD_TESTS=OFF -DHF_BUILD_TOOLS=OFF
mkdir -p build/fuzz/findings
ran=0
for program in build/fuzz/fuzz/fuzz_*; do
    name=${program##*/fuzz_}
    if [ ! -x "$program" ] || [ -d "$program" ]; then
        continue
    fi
    if [ -n "$target" ] && [ "$target" != "$name" ] && [ "$target" != "fuzz_$name" ]; then
        continue
    fi
    mkdir -p "build/fuzz/corpus/$name"
    seeds=
    [ ! -d "fuzz/seeds/$name" ] || seeds="fuzz/seeds/$name"
    echo "== $name, $seconds s"
    # shellcheck disable=SC2086 # no folder or one
    "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/findings/$name-" "build/fuzz/corpus/$name" $seeds \
        >"build/fuzz/$name.log" 2>&1 || {
        tail -n 60 "build/fuzz/$name.log"
        echo "dev: $name found something: build/fuzz/findings, build/fuzz/$name.log" >&2
        exit 1
    }
    grep -E '^stat::(number_of_executed_units|average_exec_per_sec)' "build/fuzz/$name.log"
    ran=$((ran + 1))
done
if [ "$ran" = 0 ]; then
    echo "dev: no such fuzz target: ${target:-any}; see fuzz/" >&2
    exit 2
fi
echo "$ran targets, nothing found"
