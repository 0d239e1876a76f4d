#!/usr/bin/env python3
"""Every setting is recorded and made again by a replay: what the engine is set to, field
by field, against the two sides of capi/, or the reason why a recording can do without."""

from __future__ import annotations

import re

from sources import without_comments
from tap import ROOT, Checks

SETTINGS = ROOT / "engine/handshake/settings.h"
CONNECTION = ROOT / "engine/conn/conn.h"

# A field: how the recorder takes it, and how the replay sets it.
TWINS = {
    "random": ("s->random =", "s->random ="),
    "clock": ("s->clock =", "s->clock ="),
    "crypto": ("crypto.sign = sign", "crypto.sign = sign"),
    "store": ("HFI_CHUNK_ROOT", "HFI_CHUNK_ROOT"),
    "verify_chain": ("s->verify_chain", "settings.verify_chain ="),
    "verify_name": ("s->verify_name", "settings.verify_name ="),
    "profile": ("s->profile", "settings.profile ="),
    "crls": ("HFI_CHUNK_CRL", "HFI_CHUNK_CRL"),
    "crl_required": ("s->crl_required", "settings.crl_required ="),
    "crl_whole_chain": ("s->crl_whole_chain", "settings.crl_whole_chain ="),
    "version_min": ("s->version_min", "hf_config_set_versions"),
    "version_max": ("s->version_max", "hf_config_set_versions"),
    "suites": ("s->suites", "hf_config_set_cipher_suites"),
    "groups": ("s->groups", "hf_config_set_groups"),
    "schemes": ("s->schemes", "hf_config_set_signature_algorithms"),
    "compressions": ("s->compressions", "hf_config_set_certificate_compression"),
    "record_size_limit": ("s->record_size_limit", "hf_config_set_record_size_limit"),
    "record_size": ("s->record_size)", "hf_config_set_record_size("),
    "record_padding": ("s->record_padding", "hf_config_set_record_padding"),
    "alpn": ("s->alpn", "hf_config_add_alpn"),
    "credentials": ("HFI_CHUNK_CHAIN,", "HFI_CHUNK_CHAIN"),
    "client_hello": ("s->client_hello =", "hf_config_set_client_hello_callback"),
    "client_auth": ("s->client_auth", "hf_config_set_client_auth"),
    "client_authorities": ("HFI_CHUNK_AUTHORITIES", "HFI_CHUNK_AUTHORITIES"),
    "max_early_data": ("s->max_early_data", "hf_config_set_early_data"),
    "tickets": ("s->tickets->lifetime", "hf_config_set_ticket_lifetime"),
    "sessions": ("s->sessions =", "hf_config_set_session_store"),
    "witness": ("s->witness =", "s->witness ="),
    "ticket_count": ("s->ticket_count", "hf_config_set_ticket_count"),
    "find_psk": ("s->find_psk =", "hf_config_set_psk_callback"),
    "session_context": ("s->session_context", "hf_config_set_session_context"),
    "choose_certificate": ("s->choose_certificate =", "hf_config_set_certificate_callb"),
    "choose_alpn": ("s->choose_alpn =", "hf_config_set_alpn_callback"),
    "judge_chain": ("s->judge_chain =", "hf_config_set_verify_callback"),
    "key_log": ("s->key_log =", "s->key_log ="),
    "key_log_ctx": ("s->key_log_ctx =", "s->key_log_ctx ="),
}

CONNECTION_TWINS = {
    "options": ("e->options", "e->options ="),
    "hostnames": ("e->hostnames", "hf_conn_add_hostname"),
    "server_name": ("e->server_name", "hf_conn_set_server_name"),
    "verify_name": ("e->verify_name", "e->verify_name ="),
    "early_data": ("e->early_data", "e->early_data ="),
    "alpn": ("e->alpn", "hf_conn_add_alpn"),
    "session": ("HFI_CHUNK_SESSION,", "engine.session ="),
    "timeout": ("e->timeout", "e->timeout ="),
    "psk": ("HFI_CHUNK_PSK", "hf_conn_set_psk"),
    "credentials": ("HFI_CHUNK_OWN_CHAIN", "HFI_CHUNK_OWN_CHAIN"),
}

# What a recording can do without, and why.
WITHOUT = {
    "alloc": "how much memory is left is a chunk; where it comes from is not told",
    "signatures": "remembered or checked anew, a signature is as good",
    "replay": "what it says of a hello comes from the witness",
    "early_register": "what it says of a hello comes from the witness",
    "new_session": "it is told of a session, and asked nothing",
    "settings": "the configuration's fields, above",
    "owner": "the handle",
    "suite_count": "of suites",
    "group_count": "of groups",
    "scheme_count": "of schemes",
    "compression_count": "of compressions",
    "hostname_count": "of hostnames",
}

POINTER = re.compile(r"\(\*(\w+)\)\s*\(")
LAST = re.compile(r"(\w+)\s*(?:\[[^]]*\])*$")


def fields(header: str, struct: str, until: str = "") -> list[str]:
    """The names of a struct's fields, up to that declaration."""
    found = re.search(
        rf"typedef struct {struct} {{(.*?)\n}} {struct};", header, re.DOTALL
    )
    if found is None:
        raise ValueError(f"no {struct}")
    body = found[1]
    if until:
        body = body[: body.index(until)]
    names = []
    for declaration in filter(None, (part.strip() for part in body.split(";"))):
        function = POINTER.search(declaration)
        if function:
            names.append(function[1])
            continue
        for part in declaration.split(","):
            last = LAST.search(part.strip())
            if last is None:
                raise ValueError(f"not understood: {declaration}")
            names.append(last[1])
    return names


def side(pattern: str) -> str:
    """The code of one side."""
    paths = sorted((ROOT / "capi").glob(pattern))
    return "\n".join(without_comments(p.read_text(encoding="utf-8")) for p in paths)


def forgotten(
    names: list[str], twins: dict[str, tuple[str, str]], recorder: str, replay: str
) -> list[str]:
    """What is wrong with these fields."""
    problems = []
    for name in names:
        if name in WITHOUT:
            continue
        if name not in twins:
            problems.append(f"{name}: recorded, made again, or why not? Say it here")
            continue
        taken, made = twins[name]
        if taken not in recorder:
            problems.append(f"{name}: no '{taken}' in capi/record_*.c")
        if made not in replay:
            problems.append(f"{name}: no '{made}' in capi/replay_*.c")
    problems += [f"{name} is no field" for name in twins if name not in names]
    return problems


def main() -> None:
    """Check, and leave with the outcome."""
    checks = Checks()
    twins = {"known": ("x->known", "set_known"), "gone": ("x", "y")}
    made_up = "typedef struct s {\n    int known;\n    int (*asked)(int);\n} s;"
    wrong = forgotten(fields(made_up, "s"), twins, "x->known", "nothing")
    checks.say(
        "a setting that is forgotten is noticed",
        None
        if [w.split(":")[0].split()[0] for w in wrong] == ["known", "asked", "gone"]
        else wrong,
    )
    recorder, replay = side("record_*.c"), side("replay_*.c")
    settings = fields(
        without_comments(SETTINGS.read_text(encoding="utf-8")), "hfi_settings"
    )
    own = fields(
        without_comments(CONNECTION.read_text(encoding="utf-8")),
        "hfi_conn",
        "hfi_phase phase;",
    )
    checks.say(
        "a configuration is recorded and made again",
        forgotten(settings, TWINS, recorder, replay),
    )
    checks.say(
        "a connection's own settings are recorded and made again",
        forgotten(own, CONNECTION_TWINS, recorder, replay),
    )
    unused = [n for n in WITHOUT if n not in settings + own]
    checks.say("what is excused is there", [f"{n} is no field" for n in unused])
    checks.done()


if __name__ == "__main__":
    main()
