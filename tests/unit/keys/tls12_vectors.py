#!/usr/bin/env python3
"""Prints tls12_vectors.h: RFC 5246 5, 6.3, 7.4.9 and 8.1, RFC 5705 4 and RFC 7627 4
written down once more, with hmac and hashlib alone, so that test_tls12.c compares with
values that are not our own.

    python3 tls12_vectors.py > tls12_vectors.h
"""

import hashlib
import hmac

CLIENT_RANDOM = bytes(range(32))
SERVER_RANDOM = bytes(range(0x40, 0x60))
PREMASTER = bytes(range(0x80, 0xA0))


def prf(name, secret, label, seed, length):
    seed = label + seed
    out, a = b"", seed
    while len(out) < length:
        a = hmac.new(secret, a, name).digest()
        out += hmac.new(secret, a + seed, name).digest()
    return out[:length]


def key_block(name, master, key_len, salt_len):
    block = prf(
        name,
        master,
        b"key expansion",
        SERVER_RANDOM + CLIENT_RANDOM,
        2 * (key_len + salt_len),
    )
    cut = [0, key_len, 2 * key_len, 2 * key_len + salt_len, len(block)]
    return [block[a:b] for a, b in zip(cut, cut[1:])]


def values(name, key_len):
    transcript = hashlib.new(name, b"session").digest()
    master = prf(name, PREMASTER, b"master secret", CLIENT_RANDOM + SERVER_RANDOM, 48)
    extended = prf(name, PREMASTER, b"extended master secret", transcript, 48)

    def export(context, length):
        seed = CLIENT_RANDOM + SERVER_RANDOM
        if context is not None:
            seed += len(context).to_bytes(2, "big") + context
        return prf(name, master, b"EXPORTER-test", seed, length)

    table = {
        "transcript": transcript,
        "master": master,
        "extended_master": extended,
        "client_finished": prf(name, master, b"client finished", transcript, 12),
        "server_finished": prf(name, master, b"server finished", transcript, 12),
        "exported": export(None, 100),
        "exported_empty": export(b"", 100),
        "exported_context": export(b"context", 100),
        "exported_long": export(bytes(65535), 32),
        "one_byte": prf(name, PREMASTER, b"label", b"", 1),
        "one_block": prf(name, PREMASTER, b"label", b"", hashlib.new(name).digest_size),
        "five_blocks": prf(
            name, PREMASTER, b"label", b"12", 5 * hashlib.new(name).digest_size + 1
        ),
        "long_secret": prf(name, bytes(200), b"label", b"12", 40),
    }
    for field, sizes in (("gcm", (key_len, 4)), ("chacha", (32, 12))):
        parts = key_block(name, master, *sizes)
        for which, part in zip(
            ("client_key", "server_key", "client_salt", "server_salt"), parts
        ):
            table[field + "_" + which] = part
    return table


def main():
    tables = {"sha256": values("sha256", 16), "sha384": values("sha384", 32)}
    print("/* tests/unit/keys/tls12_vectors.h: made by tls12_vectors.py. */")
    print("#ifndef HF_TEST_TLS12_VECTORS_H\n#define HF_TEST_TLS12_VECTORS_H\n")
    print("/* clang-format off */\nstruct tls12_vectors {")
    for field in tables["sha256"]:
        print(f"    const char *{field};")
    print("};\n")
    for name, table in tables.items():
        print(f"static const struct tls12_vectors {name}_vectors = {{")
        for field, value in table.items():
            text = value.hex()
            print(f"    .{field} =")
            lines = [text[i : i + 80] for i in range(0, len(text), 80)]
            print("\n".join(f'        "{line}"' for line in lines) + ",")
        print("};\n")
    print("/* clang-format on */\n#endif")


main()
