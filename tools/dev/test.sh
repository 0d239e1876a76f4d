#!/bin/sh
# tools/dev/test.sh [PART...]: runs the tests part by part, each under its own runner, and
# closes with one count over all of them, taken from the runners' JUnit reports.
set -u
cd "$(dirname "$0")/../.." || exit 1
root=$PWD
reports=$root/build/reports
all="unit flow vectors contract abi ct python cli interop lua nginx failures clang sanitize"

# What a part needs to be installed, besides `build` and `test`.
needs() {
    case $1 in
    unit | flow | vectors | contract | abi | ct | clang | sanitize) ;;
    cli) echo run python lua ;;
    interop) echo run python ;;
    python) echo python run ;;
    lua | nginx | failures) echo lua python run ;;
    *) return 1 ;;
    esac
}

if [ "${1:-}" = --list ]; then
    echo "$all"
    exit 0
fi
limit=1500 # seconds for one part; a test that hangs must not hide the others' results
only=
if [ "${1:-}" = --run ]; then # by ourselves, under `timeout`
    only=$2
    set -- "$2"
fi
parts=${*:-$all}
wanted="build test"
for part in $parts; do
    more=$(needs "$part") || {
        echo "dev: no such part of the tests: $part (there are: $all)" >&2
        exit 2
    }
    wanted="$wanted $more"
done
if [ -z "$only" ]; then
    # shellcheck disable=SC2086 # words
    tools/dev/setup.sh $wanted || exit 1
    rm -rf "$reports"
    mkdir -p "$reports"
fi

# ctest_in REPORT FOLDER: cmocka prints TAP, which count.py reads out of the report.
ctest_in() {
    CMOCKA_MESSAGE_OUTPUT=TAP ctest --test-dir "$2" --no-tests=error \
        --timeout 600 -j "$(nproc)" --test-output-size-passed 4000000 \
        --test-output-size-failed 4000000 --output-junit "$reports/$1.xml"
}

pytest_in() { # REPORT FOLDER
    .venv/bin/python -m pytest -q "$2" --junitxml "$reports/$1.xml"
}

build_main() {
    tools/dev/build.sh build -DHF_BUILD_TESTS=ON -DHF_BUILD_LUA=ON
}


run_part() {
    case $1 in
    unit | flow | vectors | contract | abi | ct)
        build_main && ctest_in "$1" "build/tests/$1"
        ;;
    cli | interop)
        build_main && pytest_in "$1" "tests/$1"
        ;;
    python)
        tools/dev/python_module.sh && pytest_in python tests/python
        ;;
    failures)
        build_main && tools/dev/python_module.sh && pytest_in failures tests/failures
        ;;
    clang) # builds without a warning, and works, with the other compiler; on nettle alone
        tools/dev/build.sh build/clang -DCMAKE_C_COMPILER=clang -DHF_BUILD_TESTS=ON \
            -DHF_WITH_SODIUM=OFF || return 1
        code=0
        for folder in unit ct; do # it has its own ways to make branches
            ctest_in "clang-$folder" "build/clang/tests/$folder" || code=1
        done
        return $code
        ;;
    sanitize)
        tools/dev/build.sh build/sanitize -DCMAKE_C_COMPILER=clang -DHF_BUILD_TESTS=ON \
            -DHF_SANITIZE=address,undefined || return 1
        export UBSAN_OPTIONS=print_stacktrace=1
        code=0
        for folder in unit flow vectors contract; do
            ctest_in "sanitize-$folder" "build/sanitize/tests/$folder" || code=1
        done
        HANDFAST=$root/build/sanitize/tools/handfast \
            pytest_in sanitize-interop tests/interop || code=1
        return $code
        ;;
    lua)
        build_main && sh tests/lua/run.sh "$reports"
        ;;
    nginx)
        build_main && sh tests/nginx/run.sh "$reports"
        ;;
    esac
}

if [ -n "$only" ]; then
    run_part "$only"
    exit
fi

passed=0 failed=0 skipped=0
for part in $parts; do
    start=$(date +%s)
    status=0
    timeout -k 10 $limit sh tools/dev/test.sh --run "$part" >"$reports/$part.log" 2>&1 \
        </dev/null || status=$?
    set -- "$reports/$part"*.xml
    if [ -e "$1" ]; then
        counts=$(python3 tools/dev/count.py "$@" 2>"$reports/$part.failures")
    else
        counts="0 0 0"
        tail -n 60 "$reports/$part.log" >"$reports/$part.failures"
    fi
    # shellcheck disable=SC2086 # three numbers
    set -- $counts
    note=
    if [ "$2" = 0 ] && [ $(($1 + $2)) = 0 ]; then
        note="no test ran: see $reports/$part.log"
    elif [ "$2" = 0 ] && [ "$status" != 0 ]; then
        note="the runner failed ($status, 124 is out of time): see $reports/$part.log"
        tail -n 60 "$reports/$part.log" >"$reports/$part.failures"
    fi
    [ -z "$note" ] || set -- "$1" $(($2 + 1)) "$3"
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
    cat "$reports/$part.failures"
    printf '%-9s %6d passed %4d failed %4d skipped %5d s  %s\n' "$part" "$1" "$2" "$3" \
        $(($(date +%s) - start)) "$note"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
