#!/bin/sh
# run.sh VALGRIND SANITIZERS PROGRAM SUPPRESSIONS...: runs PROGRAM under memcheck, which
# must find nothing; then `PROGRAM leak`, which leaks on purpose and must be found.
set -eu

valgrind=$1
if [ -n "$2" ]; then
    echo "skipped: valgrind cannot run a program with sanitizers ($2)"
    exit 77
fi
if ! command -v "$valgrind" >/dev/null 2>&1; then
    echo "skipped: no valgrind"
    exit 77
fi

memcheck() {
    # shellcheck disable=SC2086 # options
    "$valgrind" --quiet --error-exitcode=9 --track-origins=no --error-limit=no $excused "$@"
}

# Names are enough for memcheck; clang's debugging information is more than older
# versions of it can read.
original=$3
program=$3.names
shift 3
excused=
for file in "$@"; do
    excused="$excused --suppressions=$file"
done
objcopy --strip-debug "$original" "$program"
memcheck "$program" || {
    echo "a branch or an index depends on a secret"
    exit 1
}
status=0
memcheck "$program" leak >/dev/null 2>&1 || status=$?
if [ "$status" -ne 9 ]; then
    echo "the leak on purpose went unseen (exit code $status): this check sees nothing"
    exit 1
fi
echo "no branch or index depends on a secret; a leak on purpose is seen"
