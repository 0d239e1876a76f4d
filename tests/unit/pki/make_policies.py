#!/usr/bin/env python3
"""Makes policies.h: chains whose CAs demand, map and inhibit certificate policies.

    python3 make_policies.py > policies.h

Needs the Python package `cryptography`.  As make_chains.py: keys are new in each run,
dates lie around NOW of the tests, 2030-01-01.
"""

import sys

import make_chains as chains
from cryptography import x509

ANY = "2.5.29.32.0"
A, B = "1.3.6.1.4.1.55555.10", "1.3.6.1.4.1.55555.11"
DER = {
    ANY: b"\x06\x04\x55\x1d\x20\x00",
    A: b"\x06\x09\x2b\x06\x01\x04\x01\x83\xb2\x03\x0a",
    B: b"\x06\x09\x2b\x06\x01\x04\x01\x83\xb2\x03\x0b",
}


def policies(*oids):
    return (
        x509.CertificatePolicies(
            [x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in oids]
        ),
        False,
    )


def demand(skip=0):
    return (x509.PolicyConstraints(skip, None), True)


def no_mapping():
    return (x509.PolicyConstraints(None, 0), True)


def no_any():
    return (x509.InhibitAnyPolicy(0), True)


def mapping(old, new):
    pair = DER[old] + DER[new]
    pair = b"\x30" + bytes([len(pair)]) + pair
    return (
        x509.UnrecognizedExtension(
            x509.ObjectIdentifier("2.5.29.33"), b"\x30" + bytes([len(pair)]) + pair
        ),
        True,
    )


def main():
    sys.stdout.write(
        "/* tests/unit/pki/policies.h: made by make_policies.py; do not edit. */\n\n"
    )
    root = chains.make("Policy root", ca=True)
    chains.emit("policy_root_pem", root)

    def chain(ident, leaf, *cas):
        parties = [root]
        for i, extensions in enumerate(cas):
            parties.append(
                chains.make(f"Policy CA {i}", parties[-1], ca=True, extra=extensions)
            )
        parties.append(chains.make("leaf", parties[-1], extra=leaf))
        chains.emit(f"policy_{ident}_pem", *reversed(parties[1:]))

    asks_a = [demand(), policies(A)]
    chain("none", [], asks_a)
    chain("same", [policies(A)], asks_a)
    chain("other", [policies(B)], asks_a)
    chain("both", [policies(B, A)], asks_a)
    chain("from_any", [policies(B)], [demand(), policies(ANY)])
    chain("to_any", [policies(ANY)], asks_a)
    chain("inhibited_any", [policies(ANY)], [*asks_a, no_any()])
    chain("mapped", [policies(B)], [*asks_a, mapping(A, B)])
    chain("mapped_away", [policies(A)], [*asks_a, mapping(A, B)])
    chain("mapped_any", [policies(B)], [*asks_a, mapping(A, ANY)])
    chain(
        "no_mapping", [policies(B)], [policies(A), no_mapping()], [*asks_a, mapping(A, B)]
    )
    chain("late", [], [demand(1), policies(A)])
    chain("never", [], [demand(2), policies(A)])
    chain("lost_between", [policies(A)], asks_a, [policies(B)])
    chain("leaf_asks", [demand()], [])
    chain("leaf_keeps", [demand(), policies(A)], [policies(A)])
    many = [policies(*(f"1.3.6.1.4.1.55555.{n}" for n in range(100, 165)))]
    chain("many", many, [demand(), policies(ANY)])


if __name__ == "__main__":
    main()
