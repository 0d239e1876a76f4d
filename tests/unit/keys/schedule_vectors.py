#!/usr/bin/env python3
"""Prints schedule_vectors.h: RFC 8446 7.1 to 7.5 written down once more, with hmac and
hashlib alone, so that test_schedule.c compares with values that are not our own.

    python3 schedule_vectors.py > schedule_vectors.h
"""

import hashlib
import hmac

FIELDS = []


class Schedule:
    def __init__(self, name):
        self.name = name
        self.size = hashlib.new(name).digest_size

    def hash(self, data=b""):
        return hashlib.new(self.name, data).digest()

    def mac(self, key, data):
        return hmac.new(key, data, self.name).digest()

    def expand(self, prk, info, length):
        out, block, n = b"", b"", 1
        while len(out) < length:
            block = self.mac(prk, block + info + bytes([n]))
            out, n = out + block, n + 1
        return out[:length]

    def label(self, secret, label, context, length):
        label = b"tls13 " + label
        info = length.to_bytes(2, "big") + bytes([len(label)]) + label
        return self.expand(secret, info + bytes([len(context)]) + context, length)

    def derive(self, secret, label, transcript):
        return self.label(secret, label, transcript, self.size)

    def finished(self, base, transcript):
        return self.mac(self.label(base, b"finished", b"", self.size), transcript)

    def next(self, secret, ikm):
        return self.mac(self.derive(secret, b"derived", self.hash()), ikm)


def values(name, key_len):
    s = Schedule(name)
    zeros = bytes(s.size)
    psk = bytes(range(s.size))
    shared = bytes(range(0x80, 0xA0))
    th = [s.hash(b"transcript %d" % n) for n in range(5)]
    early = s.mac(zeros, psk)
    handshake = s.next(early, shared)
    main = s.next(handshake, zeros)
    client_hs = s.derive(handshake, b"c hs traffic", th[2])
    server_hs = s.derive(handshake, b"s hs traffic", th[2])
    client_ap = s.derive(main, b"c ap traffic", th[3])
    exporter = s.derive(main, b"exp master", th[3])
    resumption = s.derive(main, b"res master", th[4])
    update = s.label(client_ap, b"traffic upd", b"", s.size)

    def export(label, context, length):
        secret = s.derive(exporter, label, s.hash())
        return s.label(secret, b"exporter", s.hash(context), length)

    return {
        "early_no_psk": s.mac(zeros, zeros),
        "early": early,
        "binder": s.finished(s.derive(early, b"res binder", s.hash()), th[0]),
        "binder_external": s.finished(s.derive(early, b"ext binder", s.hash()), th[0]),
        "early_traffic": s.derive(early, b"c e traffic", th[1]),
        "early_exporter": s.derive(early, b"e exp master", th[1]),
        "handshake": handshake,
        "client_handshake": client_hs,
        "server_handshake": server_hs,
        "client_finished": s.finished(client_hs, th[3]),
        "server_finished": s.finished(server_hs, th[3]),
        "main": main,
        "client_application": client_ap,
        "server_application": s.derive(main, b"s ap traffic", th[3]),
        "exporter": exporter,
        "resumption": resumption,
        "key": s.label(client_ap, b"key", b"", key_len),
        "iv": s.label(client_ap, b"iv", b"", 12),
        "updated": update,
        "updated_twice": s.label(update, b"traffic upd", b"", s.size),
        "ticket_psk": s.label(resumption, b"resumption", b"\x00\x01", s.size),
        "ticket_psk_no_nonce": s.label(resumption, b"resumption", b"", s.size),
        "exported": export(b"EXPORTER-test", b"context", 100),
        "exported_no_context": export(b"EXPORTER-test", b"", 32),
    }


def main():
    tables = {"sha256": values("sha256", 16), "sha384": values("sha384", 32)}
    print("/* tests/unit/keys/schedule_vectors.h: made by schedule_vectors.py. */")
    print("#ifndef HF_TEST_SCHEDULE_VECTORS_H\n#define HF_TEST_SCHEDULE_VECTORS_H\n")
    print("/* clang-format off */\nstruct schedule_vectors {")
    for field in tables["sha256"]:
        print(f"    const char *{field};")
    print("};\n")
    for name, table in tables.items():
        print(f"static const struct schedule_vectors {name}_vectors = {{")
        for field, value in table.items():
            text = value.hex()
            print(f"    .{field} =")
            lines = [text[i : i + 80] for i in range(0, len(text), 80)]
            print("\n".join(f'        "{line}"' for line in lines) + ",")
        print("};\n")
    print("/* clang-format on */\n#endif")


main()
