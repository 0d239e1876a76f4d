#!/bin/sh
# run.sh RUNNER SHARED BUILD [accelerated]: unpacks wycheproof.tar.xz into BUILD and runs
# RUNNER on it.  The archive is looked for in $HF_SHARED/data, else in SHARED/data; without it
# the test is skipped (77) and says so.
set -eu

runner=$1
archive=${HF_SHARED:-$2}/data/wycheproof.tar.xz
folder=$3/unpacked${4:+-$4}

if [ ! -f "$archive" ]; then
    echo "skipped: no $archive; set HF_SHARED to the folder that has data/"
    exit 77
fi
rm -rf "$folder"
mkdir -p "$folder"
tar -xJf "$archive" -C "$folder"
exec "$runner" "$folder/wycheproof" ${4:+"$4"}
