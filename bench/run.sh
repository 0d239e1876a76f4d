#!/bin/sh
# bench/run.sh BUILD-DIRECTORY [ARGUMENT...]: runs the benchmarks that were built there and
# prints one table; the arguments are those of bench/report.py (--help).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$1
shift
exec python3 "$here/report.py" --programs "$build/bench" "$@"
