"""What a connection waits for."""

from __future__ import annotations

from enum import IntEnum


class Want(IntEnum):
    """What a connection waits for; see :meth:`Connection.want`."""

    NOTHING = 1
    WRITE = 2
    READ = 3
    X509_LOOKUP = 4
    ASYNC = 5
    CLIENT_HELLO_CB = 7
    RETRY_VERIFY = 8
