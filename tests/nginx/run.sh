#!/bin/sh
# tests/nginx/run.sh [REPORTS]: builds the Lua modules and tests the driver in nginx; a
# JUnit report goes to the folder, if one is named.
set -eu
cd "$(dirname "$0")/../.."
HF_BUILD_DIR=${HF_BUILD_DIR:-$PWD/build}
export HF_BUILD_DIR
tools/dev/build.sh "$HF_BUILD_DIR" -DHF_BUILD_LUA=ON
python=python3
[ ! -x .venv/bin/python ] || python=.venv/bin/python
exec "$python" -m pytest -q tests/nginx ${1:+--junitxml "$1/nginx.xml"}
