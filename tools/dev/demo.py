"""The Python part of the demonstration: demo.py HOST PORT (SSL_CERT_FILE names the root).

Connects twice, the second time with a ticket of the first; a refused certificate is
explained instead.
"""

from __future__ import annotations

import sys

import handfast


def main(host: str, port: int) -> int:
    session = None
    for turn in ("first", "again"):
        try:
            with handfast.connect(host, port, timeout=10, session=session) as stream:
                stream.sendall(b"GET / HTTP/1.0\r\n\r\n")
                answer = stream.read()
                how = "resumed" if stream.session_reused else "full handshake"
                print(
                    f"  {turn}: {stream.version}, {stream.group}, {stream.cipher_suite}, "
                    f"{how}, {len(answer)} bytes read"
                )
                if session is not None and not stream.session_reused:
                    return 6
                session = stream.session
        except handfast.CertificateError as error:
            print(f"  {error}")
            return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
