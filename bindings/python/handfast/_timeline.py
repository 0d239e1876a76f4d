"""What happened on a connection, and when."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class TimelineEvent:
    """One event of a connection's timeline.  It holds no secret."""

    __slots__ = ("direction", "kind", "name", "protected", "seconds", "size", "what")

    def __init__(self, event: Mapping[str, Any]) -> None:
        """One element of the JSON array that C tells."""
        self.kind: str = event["kind"]
        """``"message"``, ``"alert"``, ``"change_cipher_spec"``, ``"keys"`` or
        ``"data"``."""
        self.direction: str = event["direction"]
        """``"sent"`` or ``"received"``."""
        self.what: int = event["what"]
        """The handshake type, the alert's number, or which keys."""
        self.name: str = event["name"]
        """Such as ``"ServerHello"``."""
        self.seconds: float = event["microseconds"] / 1_000_000
        """Since the first call of the handshake."""
        self.size: int = event["bytes"]
        """Bytes with headers; 0 where there are none."""
        self.protected: bool = event["protected"]
        """Whether it travelled encrypted."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TimelineEvent):
            return NotImplemented
        return all(getattr(self, n) == getattr(other, n) for n in self.__slots__)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        size = f", {self.size} bytes" if self.size else ""
        return f"<{self.direction} {self.name} at {self.seconds * 1000:.3f} ms{size}>"
