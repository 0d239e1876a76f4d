#!/bin/sh
# tests/abi/baseline.sh BUILD: writes capi/abi/handfast.abi, the interface that the gate
# (check_abi.py) holds the library against, from the library in BUILD, which gcc must have
# made with -g.  To be run when a release adds to the interface, and when the soname
# changes; never to silence the gate.
set -eu
[ $# -eq 1 ] || {
    echo "usage: tests/abi/baseline.sh BUILD" >&2
    exit 2
}
build=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
mkdir -p capi/abi
# The names of source files are kept, but not where this copy of them lies; and the places
# of declarations, which tell public types from private ones, but not line by line.
abidw --headers-dir capi/include --headers-dir "$build/capi/include" \
    --suppressions tests/abi/private.abignore --exported-interfaces-only \
    --drop-private-types --no-elf-needed --no-comp-dir-path --no-corpus-path \
    --short-locs "$build/capi/libhandfast.so" |
    sed -e "s|path='$PWD/|path='|; s|path='$build/|path='build/|" \
        -e "s|line='[0-9]*' column='[0-9]*'|line='1' column='1'|" >capi/abi/handfast.abi
echo "capi/abi/handfast.abi: $(grep -c '<elf-symbol ' capi/abi/handfast.abi) symbols"
