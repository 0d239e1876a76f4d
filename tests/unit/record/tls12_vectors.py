#!/usr/bin/env python3
"""Prints tls12_vectors.h: protected records of TLS 1.2, made with the AEADs of Python's
package `cryptography`, so that test_record_tls12.c compares with bytes that are not our
own.  RFC 5246 6.2.3.3, RFC 5288 3, RFC 7905 2.

    python3 tls12_vectors.py > tls12_vectors.h
"""

from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

KEY = bytes(range(1, 33))
SALT = bytes(range(0xA0, 0xAC))


def additional_data(sequence, content_type, length):
    return (
        sequence.to_bytes(8, "big")
        + bytes([content_type])
        + b"\x03\x03"
        + length.to_bytes(2, "big")
    )


def record(content_type, body):
    return bytes([content_type]) + b"\x03\x03" + len(body).to_bytes(2, "big") + body


def gcm(key_len, sequence, explicit, content_type, content):
    sealed = AESGCM(KEY[:key_len]).encrypt(
        SALT[:4] + explicit,
        content,
        additional_data(sequence, content_type, len(content)),
    )
    return record(content_type, explicit + sealed)


def chacha(sequence, content_type, content):
    number = sequence.to_bytes(12, "big")
    nonce = bytes(a ^ b for a, b in zip(SALT, number))
    return record(
        content_type,
        ChaCha20Poly1305(KEY).encrypt(
            nonce, content, additional_data(sequence, content_type, len(content))
        ),
    )


def main():
    first, later = 0, 0x0102030405060708
    vectors = {
        "gcm128_first": gcm(16, first, first.to_bytes(8, "big"), 23, b"data"),
        "gcm128_later": gcm(16, later, later.to_bytes(8, "big"), 22, b"handshake"),
        "gcm128_other_nonce": gcm(16, first, b"any byte", 23, b"data"),
        "gcm256_first": gcm(32, first, first.to_bytes(8, "big"), 21, b"\x01\x00"),
        "gcm128_empty": gcm(16, first, first.to_bytes(8, "big"), 23, b""),
        "chacha_first": chacha(first, 23, b"data"),
        "chacha_later": chacha(later, 22, b"handshake"),
    }
    print("/* tests/unit/record/tls12_vectors.h: made by tls12_vectors.py. */")
    print(
        "#ifndef HF_TEST_RECORD_TLS12_VECTORS_H\n#define HF_TEST_RECORD_TLS12_VECTORS_H"
    )
    print("\n/* clang-format off */")
    for name, value in vectors.items():
        print(f"static const uint8_t {name}[] = {{")
        for i in range(0, len(value), 12):
            print("    " + ", ".join(f"0x{b:02x}" for b in value[i : i + 12]) + ",")
        print("};")
    print("/* clang-format on */\n\n#endif")


main()
