#!/usr/bin/env python3
"""Prints cbc_vectors.h: records of TLS 1.2's CBC suites, made with Python's hmac and the
AES of its package `cryptography`, so that test_record_cbc.c compares with bytes that are
not our own.  RFC 5246 6.2.3.2, RFC 7366 3.

    python3 cbc_vectors.py > cbc_vectors.h
"""

import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY = bytes(range(1, 33))
MAC_KEY = bytes(range(0x30, 0x60))
IV = bytes(range(0x70, 0x80))
SUITES = [("128", "sha1"), ("256", "sha1"), ("128", "sha256"), ("256", "sha384")]


def mac(digest, sequence, content_type, text):
    header = sequence.to_bytes(8, "big") + bytes([content_type]) + b"\x03\x03"
    key = MAC_KEY[: hmac.new(b"", b"", digest).digest_size]
    return hmac.new(key, header + len(text).to_bytes(2, "big") + text, digest).digest()


def encrypt(bits, text, padding):
    text += bytes([padding]) * (padding + 1)
    aes = algorithms.AES(KEY[: int(bits) // 8])
    encryptor = Cipher(aes, modes.CBC(IV)).encryptor()
    return IV + encryptor.update(text) + encryptor.finalize()


def record(suite, outside, sequence, content_type, content, blocks):
    bits, digest = suite
    if outside:
        padding = -(len(content) + 1) % 16 + 16 * blocks
        body = encrypt(bits, content, padding)
        body += mac(digest, sequence, content_type, body)
    else:
        text = content + mac(digest, sequence, content_type, content)
        body = encrypt(bits, text, -(len(text) + 1) % 16 + 16 * blocks)
    return bytes([content_type]) + b"\x03\x03" + len(body).to_bytes(2, "big") + body


def main():
    later = 0x0102030405060708
    vectors = {}
    for suite in SUITES:
        for outside in (False, True):
            name = f"aes{suite[0]}_{suite[1]}_{'outside' if outside else 'inside'}"
            vectors[name] = record(suite, outside, 0, 23, b"data", 0)
            vectors[name + "_later"] = record(suite, outside, later, 22, b"handshake", 0)
            vectors[name + "_padded"] = record(suite, outside, 0, 23, b"data", 13)
    print("/* tests/unit/record/cbc_vectors.h: made by cbc_vectors.py. */")
    print("#ifndef HF_TEST_RECORD_CBC_VECTORS_H\n#define HF_TEST_RECORD_CBC_VECTORS_H")
    print("\n/* clang-format off */")
    for name, value in vectors.items():
        print(f"static const uint8_t {name}[] = {{")
        for i in range(0, len(value), 12):
            print("    " + ", ".join(f"0x{b:02x}" for b in value[i : i + 12]) + ",")
        print("};")
    print("/* clang-format on */\n\n#endif")


main()
