"""Write the C source of the cffi module (API mode): ``python _build.py OUTPUT.c``.

CMake calls it and compiles the result together with the engine; see CMakeLists.txt.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cffi

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from generate import ORDER  # noqa: E402


def builder() -> cffi.FFI:
    """The declarations: one text per public header, then the Python callbacks."""
    ffi = cffi.FFI()
    for name in ORDER:
        ffi.cdef((HERE / "cdef" / f"{name}.h").read_text("utf-8"))
    ffi.cdef((HERE / "callbacks.h").read_text("utf-8"))
    ffi.set_source("handfast._ffi", "#include <handfast/handfast.h>")
    return ffi


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    builder().emit_c_code(sys.argv[1])
