#!/bin/sh
# tools/generate/error_comparison.sh [BUILD]: runs the catalogue of failures, and writes
# docs/error-comparison.md from what this machine's libraries say.  The build and the
# Python module in .venv must be new: ./dev test failures.
set -eu
cd "$(dirname "$0")/../.."
HF_BUILD_DIR=$(realpath "${1:-build}") HF_RECORD=docs/error-comparison.md \
    .venv/bin/python -m pytest -q tests/failures/test_comparison.py -k test_record
