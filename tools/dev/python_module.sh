#!/bin/sh
# tools/dev/python_module.sh: the Python module as a user gets it, `pip install .`, into
# .venv; nothing if it is newer than everything that it is made of.
set -eu
cd "$(dirname "$0")/../.."
stamp=.venv/handfast-module
if [ -e "$stamp" ] && [ -z "$(find CMakeLists.txt README.md pyproject.toml cmake engine crypto \
    pki compress bio capi bindings/python -newer "$stamp" -type f ! -name '*.pyc' | head -n 1)" ]; then
    exit 0
fi
echo "dev: installing the Python module into .venv" >&2
.venv/bin/python -m pip install -q --disable-pip-version-check --no-build-isolation \
    --force-reinstall --no-deps .
: >"$stamp"
