#!/usr/bin/env python3
"""Makes keys.h: files of private keys, and the numbers that are in them.

    python3 make_keys.py > keys.h

Needs the Python package `cryptography` and the openssl command.  Keys are new in each
run and protect nothing.
"""

import subprocess
import sys

from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x25519

PKCS8, OLD = ser.PrivateFormat.PKCS8, ser.PrivateFormat.TraditionalOpenSSL
PEM, DER = ser.Encoding.PEM, ser.Encoding.DER
PLAIN = ser.NoEncryption()


def text(ident, pem):
    print(f"static const char {ident}_pem[] =")
    for line in pem.decode().splitlines():
        print(f'    "{line}\\n"')
    print("    ;\n")


def octets(ident, data):
    print(f"static const uint8_t {ident}[] = {{")
    for i in range(0, len(data), 12):
        print("    " + " ".join(f"0x{b:02x}," for b in data[i : i + 12]))
    print("};\n")


def number(ident, n):
    octets(ident, n.to_bytes((n.bit_length() + 7) // 8, "big"))


def openssl(pem, *args):
    return subprocess.run(
        ["openssl", *args], input=pem, check=True, capture_output=True
    ).stdout


def encrypt(pem, *args):
    return openssl(pem, "pkcs8", "-topk8", "-passout", "pass:correct horse", *args)


def rsa_files():
    key = rsa.generate_private_key(65537, 2048)
    n = key.private_numbers()
    number("rsa_n", n.public_numbers.n)
    number("rsa_p", n.p)
    number("rsa_q", n.q)
    number("rsa_dp", n.dmp1)
    number("rsa_dq", n.dmq1)
    number("rsa_qinv", n.iqmp)
    pkcs8 = key.private_bytes(PEM, PKCS8, PLAIN)
    text("rsa_pkcs8", pkcs8)
    text("rsa_pkcs1", key.private_bytes(PEM, OLD, PLAIN))
    octets("rsa_pkcs8_der", key.private_bytes(DER, PKCS8, PLAIN))
    octets("rsa_pkcs1_der", key.private_bytes(DER, OLD, PLAIN))
    text(
        "rsa_old_cipher",
        openssl(
            pkcs8, "rsa", "-traditional", "-aes128", "-passout", "pass:correct horse"
        ),
    )
    text(
        "rsa_pss",
        openssl(
            b"", "genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"
        ),
    )


def ec_files():
    for ident, curve in [
        ("p256", ec.SECP256R1()),
        ("p384", ec.SECP384R1()),
        ("p521", ec.SECP521R1()),
    ]:
        key = ec.generate_private_key(curve)
        size = (curve.key_size + 7) // 8
        octets(f"{ident}_d", key.private_numbers().private_value.to_bytes(size, "big"))
        text(f"{ident}_pkcs8", key.private_bytes(PEM, PKCS8, PLAIN))
        text(f"{ident}_sec1", key.private_bytes(PEM, OLD, PLAIN))
        if ident == "p256":
            octets("p256_sec1_der", key.private_bytes(DER, OLD, PLAIN))
            text(
                "p256_with_parameters",
                openssl(b"", "ecparam", "-name", "prime256v1")
                + key.private_bytes(PEM, OLD, PLAIN),
            )
            encrypted(key.private_bytes(PEM, PKCS8, PLAIN))
    text("k256", ec.generate_private_key(ec.SECP256K1()).private_bytes(PEM, PKCS8, PLAIN))
    text(
        "k256_sec1",
        ec.generate_private_key(ec.SECP256K1()).private_bytes(PEM, OLD, PLAIN),
    )


def encrypted(pem):
    """The P-256 key once more, by every scheme."""
    for cipher in ["aes-128-cbc", "aes-192-cbc", "aes-256-cbc"]:
        for prf in ["hmacWithSHA1", "hmacWithSHA256", "hmacWithSHA384", "hmacWithSHA512"]:
            name = f"{cipher[4:7]}_{prf[8:].lower()}"
            text(f"enc_{name}", encrypt(pem, "-v2", cipher, "-v2prf", prf, "-iter", "64"))
    octets(
        "enc_der", encrypt(pem, "-v2", "aes-256-cbc", "-iter", "64", "-outform", "DER")
    )
    text("enc_many", encrypt(pem, "-v2", "aes-256-cbc", "-iter", "10000001"))
    text("enc_des3", encrypt(pem, "-v2", "des3", "-iter", "64"))
    text(
        "enc_scrypt",
        encrypt(pem, "-scrypt", "-scrypt_N", "16", "-scrypt_r", "1", "-scrypt_p", "1"),
    )
    text("enc_pbes1", encrypt(pem, "-v1", "PBE-SHA1-3DES", "-iter", "64"))


def edwards_files():
    for ident, key in [
        ("ed25519", ed25519.Ed25519PrivateKey.generate()),
        ("ed448", ed448.Ed448PrivateKey.generate()),
    ]:
        octets(
            f"{ident}_d",
            key.private_bytes(ser.Encoding.Raw, ser.PrivateFormat.Raw, PLAIN),
        )
        text(ident, key.private_bytes(PEM, PKCS8, PLAIN))


def main():
    sys.stdout.write(
        "/* tests/unit/pki/keys.h: made by make_keys.py; do not edit. */\n\n"
    )
    rsa_files()
    ec_files()
    edwards_files()
    text("x25519", x25519.X25519PrivateKey.generate().private_bytes(PEM, PKCS8, PLAIN))
    old = dsa.generate_private_key(1024)
    text("dsa", old.private_bytes(PEM, PKCS8, PLAIN))
    text("dsa_old", old.private_bytes(PEM, OLD, PLAIN))
    key = ed25519.Ed25519PrivateKey.generate()
    text("openssh", key.private_bytes(PEM, ser.PrivateFormat.OpenSSH, PLAIN))


if __name__ == "__main__":
    main()
