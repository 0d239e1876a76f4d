#!/bin/sh
# tools/dev/lint.sh: format and style of every language here.  Runs all of it, then fails
# if any of it did.
set -u
cd "$(dirname "$0")/../.." || exit 1
failed=

check() { # NAME COMMAND...
    name=$1
    shift
    if "$@"; then
        echo "lint: $name: clean"
    else
        echo "lint: $name: FAILED"
        failed="$failed $name"
    fi
}

# Generated files say so in their first lines.
c_files() {
    git ls-files '*.c' '*.h' | grep -v '/cdef/' | while read -r file; do
        head -n 3 "$file" | grep -qiE 'generated (from|by)|made by|do not edit' || echo "$file"
    done
}

# Only what the build compiles has the flags that clang-tidy needs.
tidy() {
    tools/dev/build.sh build/clang -DCMAKE_C_COMPILER=clang -DHF_BUILD_TESTS=ON || return 1
    git ls-files '*.c' | while read -r file; do
        if grep -q "\"file\": \"$PWD/$file\"" build/clang/compile_commands.json; then
            echo "$file"
        fi
    done | xargs -P "$(nproc)" -n 8 clang-tidy -p build/clang --quiet \
        --warnings-as-errors='*' 2>build/clang/tidy.log || {
        grep -v 'warnings generated' build/clang/tidy.log >&2
        return 1
    }
}

shell_files() {
    git ls-files '*.sh' dev .ci/run
}

python_files() {
    git ls-files '*.py' '*.pyi'
}

# shellcheck disable=SC2046 # file names without spaces
check clang-format clang-format --dry-run -Werror $(c_files)
check clang-tidy tidy
# shellcheck disable=SC2046
check shellcheck shellcheck $(shell_files)
check luacheck luacheck -q bindings/lua tests/lua tests/nginx tools
check ruff .venv/bin/ruff check -q .
# shellcheck disable=SC2046
check ruff-format .venv/bin/ruff format -q --check $(python_files)
check mypy .venv/bin/mypy
[ -z "$failed" ] || {
    echo "lint: failed:$failed"
    exit 1
}
