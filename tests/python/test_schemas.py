"""The JSON Schemas in docs/schemas hold for what is really written: records, timelines
and connections of many failures, of clients and servers, and of none."""

from __future__ import annotations

import copy
import json
import re
import ssl
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import handfast
import pytest
from authority import Authority
from conftest import PATIENCE, Servers
from handfast import GetError

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import schemas

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")

SCHEMAS = schemas.FOLDER
LEVELS = {1: "warning", 2: "fatal"}


schema = schemas.load


def judge(name: str, *, strict: bool = True) -> Any:
    form = schemas.closed(schema(name)) if strict else schema(name)
    return jsonschema.Draft202012Validator(form)


# What we write has no member that is not described; what readers get may have some.
ERROR, TRACE, CONNECTION = judge("error-1"), judge("trace-1"), judge("connection-1")
LATER = judge("error-1", strict=False)


def raw(function: str, connection: handfast.Connection) -> Any:
    """What C writes, beside what Python makes of it."""
    from handfast._ffi import ffi, lib

    handle = connection._open()
    if function == "hf_error_json":
        handle = lib.hf_conn_get0_error(handle)
    write = getattr(lib, function)
    size = write(handle, ffi.NULL, 0) + 1
    room = ffi.new("char[]", size)
    write(handle, room, size)
    return json.loads(ffi.string(room).decode("utf-8"))


def check(connection: handfast.Connection) -> dict[str, Any]:
    record: dict[str, Any] = raw("hf_error_json", connection)
    ERROR.validate(record)
    TRACE.validate(raw("hf_trace_json", connection))
    CONNECTION.validate(raw("hf_conn_json", connection))
    assert record["schema"] == "error-1"
    return record


@pytest.mark.parametrize("name", ["error-1", "trace-1", "connection-1"])
def test_the_schemas_are_schemas(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))
    assert schema(name)["$id"] == f"urn:handfast:schema:{name}"
    assert schema(name)["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]


# What a server may demand of a client's certificate.
DEMAND: dict[str, Any] = {
    "signature_algorithms": [{"number": 1027, "name": "ecdsa_secp256r1_sha256"}],
    "signature_algorithms_cert": [],
    "certificate_types": [{"number": 250, "name": None}],
    "certificate_authorities": ["CN=Example CA, O=Example"],
    "certificate_authorities_left_out": 0,
    "oid_filters": 0,
    "incomplete": False,
    "answer": "not_set",
    "answer_text": "no certificate of ours is configured",
    "certificate_index": None,
}

BREAKS: list[Callable[[dict[str, Any]], object]] = [
    lambda r: r.pop("code"),
    lambda r: r.pop("negotiation"),
    lambda r: r.update(code="605"),
    lambda r: r.update(schema="error-2"),
    lambda r: r.update(name="no code"),
    lambda r: r.update(role="peer"),
    lambda r: r.update(summary=None),
    lambda r: r.update(**{"class": "SYSCALL"}),  # with errno 0
    lambda r: r["transport"].update(bytes_in=-1),
    lambda r: r["transport"].update(end_of_input="somewhere"),
    lambda r: r["alert"].update(direction="both"),
    lambda r: r["certificate"].update(candidates=None),
    lambda r: r["certificate"].update(clock="yesterday"),
    lambda r: r["negotiation"]["peer"]["versions"].append({"number": 0}),
    lambda r: r["negotiation"]["offered"].pop("key_shares"),
    lambda r: r["negotiation"]["peer"].update(hello_retry_group=29),
    lambda r: r["negotiation"]["peer"].update(psk_identities=-1),
    lambda r: r.pop("certificate_request"),
    lambda r: r.update(certificate_request={}),
    lambda r: r.update(certificate_request={**DEMAND, "answer": "perhaps"}),
    lambda r: r.update(certificate_request={**DEMAND, "certificate_authorities": [""]}),
    lambda r: r["first_bytes"].update(hex="1"),
]


def example() -> dict[str, Any]:
    """The one of docs/error-json.md."""
    text = (SCHEMAS.parent / "error-json.md").read_text("utf-8")
    found: dict[str, Any] = json.loads(text.split("```json\n")[1].split("```")[0])
    return found


def test_what_breaks_the_form_is_refused() -> None:
    good = example()
    ERROR.validate(good)
    good["first_bytes"] = {"hex": "48", "text": "H"}
    ERROR.validate(good)
    LATER.validate({**good, "later": "a member of a later release"})
    ERROR.validate({**good, "certificate_request": DEMAND})
    ERROR.validate({**good, "certificate_request": {**DEMAND, "answer": None}})
    for broken in BREAKS:
        record = copy.deepcopy(good)
        broken(record)
        assert not ERROR.is_valid(record), record
        assert not LATER.is_valid(record), record
    for path in ("", "certificate", "transport", "negotiation", "negotiation.peer"):
        record = copy.deepcopy(good)
        inner = record
        for name in filter(None, path.split(".")):
            inner = inner[name]
        inner["unknown"] = None
        assert not ERROR.is_valid(record), path
    assert not ERROR.is_valid({**good, "certificate_request": {**DEMAND, "more": 1}})


def described(document: str, table: int) -> set[str]:
    """The members that a table of the document has; ``.issuer`` stands behind another
    of the same object."""
    text = (SCHEMAS.parent / document).read_text("utf-8")
    rows = text.split("| Member | Type | Meaning |\n")[table].split("\n\n")[0]
    found, prefix = set(), ""
    for row in rows.splitlines()[1:]:
        for name in re.findall(r"`([^`]+)`", row.split("|")[1]):
            prefix = prefix if name.startswith(".") else name.rpartition(".")[0]
            found.add(prefix + name if name.startswith(".") else name)
    return found


@pytest.mark.parametrize(
    ("name", "document", "table", "elsewhere"),
    [
        ("error-1", "error-json.md", 1, ()),
        ("connection-1", "connection-json.md", 1, ("certificate_request.",)),
        ("trace-1", "connection-json.md", 2, ()),
    ],
)
def test_the_documents_describe_each_member(
    name: str, document: str, table: int, elsewhere: tuple[str, ...]
) -> None:
    found = {path.removeprefix("[].") for path in schemas.members(schema(name))}
    # Of "offered" and "peer" each member is described once.
    found = {re.sub(r"^negotiation\.\w+\.", "negotiation.*.", path) for path in found}
    expected = {path for path in found if not path.startswith((*elsewhere, "?"))}
    assert described(document, table) == expected


def test_the_examples_of_the_documents() -> None:
    text = (SCHEMAS.parent / "connection-json.md").read_text("utf-8")
    parts = [p.split("```")[0] for p in text.split("```json\n")[1:]]
    CONNECTION.validate(json.loads(parts[0]))
    TRACE.validate(json.loads(parts[1]))
    event = json.loads(parts[1])[0]
    assert not TRACE.is_valid([{**event, "value": 1}])
    assert not TRACE.is_valid([{**event, "kind": "decision"}])


# Nothing, garbage, other protocols, alerts, half messages: with and without an end.
ANSWERS = [
    b"",
    b"garbage of no protocol",
    b"HTTP/1.1 400 Bad Request\r\n\r\n",
    b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"220 mail.test ESMTP\r\n",
    b"220 (vsFTPd 3.0.3)\r\n",
    b"+OK POP3\r\n",
    b"* OK IMAP\r\n",
    b"E\x00\x00\x00\x66SFATAL\x00",
    b"\x4a\x00\x00\x00\x0a8.0.35\x00",
    b"\x80\x2e\x04\x00\x01\x00\x02\x00\x18",
    b"\x16\x03\x00\x00\x4a\x02\x00\x00\x46\x03\x00",
    b"\xff\xfe\x00" * 30,
    b"GET / HTTP/1.1\r\n\r\n",
    b"CONNECT a.test:443 HTTP/1.1\r\n\r\n",
    b"\x16\x03\x03\xff\xff",
    b"\x16\x03\x03\x00\x04\x02\x00\x00\x00",
    b"\x16\x03\x03\x00\x02\x02\x00",
    b"\x16\x03\x03\x00\x04\x63\x00\x00\x00",
    b"\x14\x03\x03\x00\x01\x02",
    b"\x17\x03\x03\x00\x01\x02",
    b"\x15\x03\x03\x00\x01\x02",
    *(bytes([21, 3, 3, 0, 2, level, n]) for level in (1, 2, 9) for n in range(0, 130, 7)),
    *(bytes([21, 3, 3, 0, 2, 2, n]) for n in (40, 42, 47, 48, 51, 70, 80, 112, 116, 120)),
]


@pytest.mark.parametrize("role", ["client", "server"])
def test_answers_of_all_kinds(
    role: str, config: handfast.Config, authority: Authority
) -> None:
    roles = set()
    certificate, key = authority.issue()
    for answer in ANSWERS:
        with handfast.Connection(config) as connection:
            connection.use_memory()
            if role == "client":
                connection.set_hostname("localhost")
            else:
                connection.use_certificate_chain_memory(certificate.read_bytes())
                connection.use_private_key_memory(key.read_bytes())
            step = connection.connect if role == "client" else connection.accept
            check(connection)
            assert step() < 0
            check(connection)
            if answer:
                connection.feed(answer)
            step()
            check(connection)
            connection.feed_eof()
            ret = step()
            record = check(connection)
            assert connection.get_error(ret) in (GetError.SSL, GetError.ZERO_RETURN)
            roles.add(record["role"])
            assert record["negotiation"]["offered"]["versions"]
            assert record["code"] != 0
            connection.clear()
            assert check(connection)["name"] == "OK"
    assert roles == {role}


def test_certificates(servers: Servers, config: handfast.Config) -> None:
    chains: list[dict[str, Any]] = [
        {"names": ["elsewhere.example"]},
        {"days": (-20, -10)},
        {"days": (10, 20)},
    ]
    for chain in chains:
        server = servers.tls(**chain)
        with pytest.raises(handfast.CertificateError) as caught:
            handfast.connect("localhost", server.port, config=config, timeout=PATIENCE)
        ERROR.validate(caught.value.record)
        assert caught.value.role == "client"
        assert caught.value.negotiation is not None
        assert caught.value.negotiation["peer"]["versions"][0]["name"] == "TLSv1.3"
        assert caught.value.peer_chain


def test_issuers_that_were_tried(servers: Servers, tmp_path: Path) -> None:
    """Another authority of the same name."""
    other = handfast.Config(trust_file=Authority(tmp_path).root_file)
    with pytest.raises(handfast.CertificateError) as caught:
        handfast.connect("localhost", servers.tls().port, config=other, timeout=PATIENCE)
    ERROR.validate(caught.value.record)
    assert caught.value.candidates
    assert caught.value.candidates[0]["from"] in ("chain", "trust store")
    assert caught.value.candidates[0]["name"].startswith("CERT_")


def test_success(servers: Servers, config: handfast.Config) -> None:
    server = servers.tls()
    with handfast.connect(
        "localhost", server.port, config=config, timeout=PATIENCE
    ) as stream:
        stream.sendall(b"x")
        assert stream.recv(1) == b"x"
        record = check(stream.connection)
        assert record["name"] == "OK"
        decided = {e.name: e for e in stream.timeline if e.kind == "decision"}
        assert decided["version"].value_name == "TLSv1.3"
        assert decided["version"].direction is None
        assert decided["verification"].value == 0
        assert "version: TLSv1.3" in repr(decided["version"])


def test_verifications(authority: Authority) -> None:
    config = handfast.Config(trust_file=authority.root_file)
    with pytest.raises(handfast.CertificateError) as caught:
        handfast.verify(authority.issue()[0].read_bytes(), "nowhere.test", config=config)
    ERROR.validate(caught.value.record)
    assert caught.value.role == ""
    assert caught.value.negotiation is None


def rejecting(authority: Authority) -> ssl.SSLContext:
    context = authority.server_context()
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.mark.parametrize("waits", [False, True])
def test_the_verdict_on_our_certificate(
    waits: bool, servers: Servers, authority: Authority
) -> None:
    """None is shown, and the server requires one."""
    config = handfast.Config(trust_file=authority.root_file)
    if waits:
        config.set_options(handfast.OPTION_WAIT_FOR_VERDICT)
    server = servers.tls(context=rejecting(authority))

    def connect_and_read() -> None:
        with handfast.connect(
            "localhost", server.port, config=config, timeout=PATIENCE
        ) as stream:
            assert not waits, "the connection stands without a verdict"
            stream.recv(1)

    with pytest.raises(handfast.TLSError) as caught:
        connect_and_read()
    assert caught.value.name == "CLIENT_CERTIFICATE_REQUIRED"
    ERROR.validate(caught.value.record)
