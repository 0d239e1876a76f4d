#!/usr/bin/env python3
"""Make capi/include/handfast/error_codes.h from engine/base/errors.def.

Prints the header; with --check FILE, compares instead and fails if FILE is stale.
"""

import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROW = re.compile(r'^X\((\d+), (\w+), \w+, "[^"]*", "([^"]*)"', re.M)

HEAD = """\
/* handfast/error_codes.h: the stable error codes.
 * Generated from engine/base/errors.def by tools/generate/error_codes.py. */
#ifndef HANDFAST_ERROR_CODES_H
#define HANDFAST_ERROR_CODES_H

"""


def header() -> str:
    text = (ROOT / "engine/base/errors.def").read_text()
    rows = ROW.findall(text)
    lines = [
        f"#define HF_E_{name} {number} /**< {what} */" for number, name, what in rows
    ]
    return HEAD + "\n".join(lines) + "\n\n#endif\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", metavar="FILE", help="fail if FILE is stale")
    args = parser.parse_args()
    if args.check is None:
        sys.stdout.write(header())
        return 0
    if pathlib.Path(args.check).read_text() == header():
        return 0
    print(f"{args.check} is stale: run tools/generate/error_codes.py > {args.check}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
