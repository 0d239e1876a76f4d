#!/bin/sh
# tools/dev/bench.sh [ARGUMENT...]: builds and runs the benchmarks, see docs/performance.md.
set -eu
cd "$(dirname "$0")/../.."
if [ "${1:-}" = serve ]; then # many connections to one `handfast serve`
    shift
    tools/dev/build.sh build/bench-serve -DCMAKE_BUILD_TYPE=Release -DHF_BUILD_BENCH=ON \
        -DHF_BUILD_TESTS=OFF
    exec python3 bench/serve.py --programs build/bench-serve "$@"
fi
tools/dev/build.sh build/bench -DCMAKE_BUILD_TYPE=Release -DHF_BUILD_BENCH=ON \
    -DHF_BUILD_TESTS=OFF -DHF_BUILD_TOOLS=OFF
if [ -x bench/run.sh ]; then
    exec bench/run.sh build/bench "$@"
fi
exec build/bench/bench/handfast_bench "$@"
