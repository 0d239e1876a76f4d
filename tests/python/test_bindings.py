"""The module against the C headers: nothing is missing, and nothing drifts."""

from __future__ import annotations

import importlib.util
import inspect
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import handfast
import pytest
from handfast import _ffi, codes

ROOT = Path(__file__).resolve().parents[2]
BINDING = ROOT / "bindings" / "python"
HEADERS = sorted((ROOT / "capi" / "include" / "handfast").glob("*.h"))


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", BINDING / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def code_of(header: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", header.read_text("utf-8"), flags=re.S)


def test_the_generated_files_are_up_to_date(generate: ModuleType) -> None:
    stale = [str(path.relative_to(ROOT)) for path in generate.stale()]
    assert stale == [], "run bindings/python/generate.py and commit what it writes"


@pytest.mark.parametrize("header", HEADERS, ids=lambda h: h.name)
def test_every_public_function_is_in_the_module(header: Path) -> None:
    declared = re.findall(r"\bHF_API\b[^;(]*?\b(hf_\w+)\s*\(", code_of(header))
    assert declared or header.stem in ("types", "error_codes")
    missing = [name for name in declared if not hasattr(_ffi.lib, name)]
    assert missing == []


@pytest.mark.parametrize("header", HEADERS, ids=lambda h: h.name)
def test_every_public_number_is_in_the_module(header: Path) -> None:
    defined = re.findall(r"^#define (HF_\w+) (-?\w+)\s*$", code_of(header), flags=re.M)
    for name, value in defined:
        assert getattr(_ffi.lib, name) == int(value.rstrip("u"), 0), name


def test_every_function_is_used_or_known_to_be_unused() -> None:
    """What Python does not reach is listed here on purpose."""
    unused = {
        # Transports as objects: Python has sockets, functions and memory.
        "hf_bio_free hf_bio_new_custom hf_bio_new_fd hf_bio_new_memory hf_bio_new_pair",
        "hf_bio_pending hf_bio_read hf_bio_shutdown_write hf_bio_space hf_bio_write",
        "hf_conn_set0_bio",
        # The record comes whole, as JSON.
        "hf_error_alert hf_error_alert_direction hf_error_alert_level",
        "hf_error_bytes_in hf_error_bytes_out hf_error_certificate_index",
        "hf_error_certificate_issuer hf_error_certificate_rule",
        "hf_error_certificate_serial hf_error_certificate_subject hf_error_class",
        "hf_error_code hf_error_detail hf_error_errno hf_error_expected",
        "hf_error_first_bytes hf_error_hint hf_error_message hf_error_name",
        "hf_error_presented hf_error_rfc hf_error_step hf_error_summary hf_trace_event",
        "hf_trace_count hf_trace_dropped hf_trace_decision hf_error_candidate",
        "hf_error_certificate_not_before hf_error_certificate_not_after hf_error_role",
        "hf_error_certificate_clock hf_error_certificate_issuer_url",
        "hf_error_end_of_input hf_error_negotiation",
        "hf_error_negotiation_incomplete hf_conn_certificate_answer",
        "hf_certificate_answer_text",
        # Numbers whose names Python gives; lists that codes.py holds.
        "hf_alert_name hf_code_at hf_code_rfc hf_get_error_name hf_version_number",
        # The path has the certificates themselves.
        "hf_verify_path_index",
        # References are counted by Python.
        "hf_config_up_ref",
        # A recording is a file; what it recorded comes with what was replayed.
        "hf_conn_record hf_replay_recorded_json",
        # `handfast version` tells it.
        "hf_version_features",
    }
    known = {name for names in unused for name in names.split()}
    source = "".join(p.read_text("utf-8") for p in (BINDING / "handfast").glob("*.py"))
    used = set(re.findall(r"\b_?lib\.(hf_\w+)", source))
    functions = {name for name in dir(_ffi.lib) if name.startswith("hf_")}
    assert functions - used == known


def test_the_module_exports_its_start_alone() -> None:
    assert _ffi.__file__ is not None
    listing = subprocess.run(
        ["nm", "-D", "--defined-only", _ffi.__file__],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert [line.split()[-1] for line in listing.splitlines()] == ["PyInit__ffi"]
    assert _ffi.__file__.endswith(".abi3.so")


def test_the_version_is_that_of_the_project() -> None:
    text = (ROOT / "CMakeLists.txt").read_text("utf-8")
    match = re.search(r"project\(handfast VERSION ([0-9.]+)", text)
    assert match is not None
    assert handfast.__version__ == match[1]
    from importlib.metadata import version

    assert version("handfast") == match[1]


def test_get_error_has_the_numbers_of_c() -> None:
    names = {
        n[9:]: getattr(_ffi.lib, n) for n in dir(_ffi.lib) if n.startswith("HF_ERROR_")
    }
    assert names == {member.name: int(member) for member in handfast.GetError}
    for member in handfast.GetError:
        told = _ffi.ffi.string(_ffi.lib.hf_get_error_name(member)).decode()
        assert told == member.name
    wants = {
        n[8:]: getattr(_ffi.lib, n) for n in dir(_ffi.lib) if n.startswith("HF_WANT_")
    }
    assert wants == {member.name: int(member) for member in handfast.Want}


def test_every_option_has_its_name() -> None:
    theirs = {n[3:] for n in dir(_ffi.lib) if n.startswith("HF_OPTION_")}
    ours = {n for n in dir(handfast) if n.startswith("OPTION_")}
    assert ours == theirs
    for name in ours:
        assert getattr(handfast, name) == getattr(_ffi.lib, f"HF_{name}")
        assert name in handfast.__all__


def test_codes_are_those_of_the_library() -> None:
    ours = {n: v for n, v in vars(codes).items() if n.isupper() and isinstance(v, int)}
    del ours["TYPE_CHECKING"]
    theirs, index = {}, 0
    while code := _ffi.lib.hf_code_at(index):
        theirs[_ffi.ffi.string(_ffi.lib.hf_code_name(code)).decode()] = code
        index += 1
    assert ours == theirs


def test_the_package_is_typed_and_complete() -> None:
    folder = Path(handfast.__file__).parent
    assert (folder / "py.typed").exists()
    assert sorted(set(handfast.__all__)) == sorted(handfast.__all__)
    for name in handfast.__all__:
        assert hasattr(handfast, name)


def documented() -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for name in handfast.__all__:
        thing = getattr(handfast, name)
        if not (inspect.isclass(thing) or inspect.isfunction(thing)):
            continue
        found.append((name, thing))
        for part in thing.__mro__ if inspect.isclass(thing) else ():
            if not part.__module__.startswith("handfast"):
                continue
            for member, value in vars(part).items():
                plain = not member.startswith("_")
                if plain and (inspect.isfunction(value) or isinstance(value, property)):
                    found.append((f"{name}.{member}", value))
    return found


@pytest.mark.parametrize(("name", "thing"), documented(), ids=lambda v: str(v)[:40])
def test_everything_public_is_documented(name: str, thing: object) -> None:
    text = thing.__doc__
    assert text, name
    assert len(text) > 10, name


def test_types_are_strict() -> None:
    pytest.importorskip("mypy", reason="mypy is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", "/dev/null"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def run_alone(program: str) -> list[str]:
    """The words that a program prints, run apart from everything loaded here."""
    path = f"import sys; sys.path[:0] = {sys.path!r}\n"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", path + program],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_importing_costs_little() -> None:
    """No json, no typing, no ssl: they are loaded when they are needed, if at all."""
    loaded = run_alone(
        "import socket, io, select, time; before = set(sys.modules)\n"
        "import handfast; print(*(set(sys.modules) - before))"
    )
    found = {name.partition(".")[0] for name in loaded}
    assert found == {"__future__", "handfast", "_cffi_backend"}


def test_connecting_to_a_plain_name_loads_no_codec() -> None:
    """The codec for other scripts costs more than a whole handshake."""
    loaded = run_alone(
        "import socket, handfast; before = set(sys.modules)\n"
        "with socket.socket() as closed:\n"
        "    closed.bind(('127.0.0.1', 0))\n"
        "    for host in ('127.0.0.1', 'localhost'):\n"
        "        try: handfast.connect(host, closed.getsockname()[1])\n"
        "        except ConnectionRefusedError: print('refused')\n"
        "print(*(set(sys.modules) - before))"
    )
    assert loaded == ["refused", "refused"]
