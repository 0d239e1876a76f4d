#!/bin/sh
# tools/dev/bench.sh [ARGUMENT...]: builds and runs the benchmarks, see docs/performance.md.
set -eu
cd "$(dirname "$0")/../.."
tools/dev/build.sh build/bench -DCMAKE_BUILD_TYPE=Release -DHF_BUILD_BENCH=ON \
    -DHF_BUILD_TESTS=OFF -DHF_BUILD_TOOLS=OFF
if [ -x bench/run.sh ]; then
    exec bench/run.sh build/bench "$@"
fi
exec build/bench/bench/handfast_bench "$@"
