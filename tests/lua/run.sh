#!/bin/sh
# tests/lua/run.sh [REPORTS]: builds the Lua modules and runs the specs under each Lua;
# JUnit reports go to the folder, if one is named.  HF_LUAS names other Luas.
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
build=${HF_BUILD_DIR:-$root/build}
reports=${1:-}
[ -z "$reports" ] || reports=$(cd "$reports" && pwd)

tools/dev/build.sh "$build" -DHF_BUILD_LUA=ON

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
sh tests/support/pki.sh "$work/pki" >/dev/null 2>&1

export HF_TEST_ROOT="$root" HF_TEST_PKI="$work/pki"
export HF_TEST_HEADERS="$root/capi/include"

status=0
for lua in ${HF_LUAS:-lua5.1 luajit lua5.3 lua5.4}; do
    version=$("$lua" -e 'io.write((_VERSION:gsub("Lua ", "")))')
    HF_TEST_LUA=$(command -v "$lua")
    HF_TEST_MODULE=$build/lua/$version/handfast/core.so
    LUA_PATH="$root/bindings/lua/?.lua;$root/tests/lua/?.lua;;"
    LUA_CPATH="$build/lua/$version/?.so;;"
    export HF_TEST_LUA HF_TEST_MODULE LUA_PATH LUA_CPATH
    echo "== $lua"
    if [ -n "$reports" ]; then
        busted --lua="$HF_TEST_LUA" --pattern=_spec -o junit \
            -Xoutput "$reports/lua-$lua.xml" tests/lua || status=1
    else
        busted --lua="$HF_TEST_LUA" --pattern=_spec -o plainTerminal tests/lua || status=1
    fi
done

echo "== luacheck"
if command -v luacheck >/dev/null; then
    luacheck -q bindings/lua tests/lua || status=1
else
    echo "luacheck is missing (package lua-check): skipped"
fi
exit $status
