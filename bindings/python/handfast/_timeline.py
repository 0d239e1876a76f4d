"""What happened on a connection, and when."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class TimelineEvent:
    """One event of a connection's timeline.  It holds no secret."""

    __slots__ = (
        "direction",
        "kind",
        "name",
        "protected",
        "seconds",
        "size",
        "value",
        "value_name",
        "what",
    )

    def __init__(self, event: Mapping[str, Any]) -> None:
        """One element of the JSON array that C tells."""
        self.kind: str = event["kind"]
        """``"message"``, ``"alert"``, ``"change_cipher_spec"``, ``"keys"``,
        ``"data"`` or ``"decision"``."""
        self.direction: str | None = event["direction"]
        """``"sent"`` or ``"received"``; None for a decision."""
        self.what: int = event["what"]
        """The handshake type, the alert's number, which keys, or what was decided."""
        self.name: str = event["name"]
        """Such as ``"ServerHello"``."""
        self.seconds: float = event["microseconds"] / 1_000_000
        """Since the first call of the handshake."""
        self.size: int = event["bytes"]
        """Bytes with headers; 0 where there are none."""
        self.protected: bool = event["protected"]
        """Whether it travelled encrypted."""
        self.value: int | None = event.get("value")
        """What a decision came to, such as the number of a cipher suite; else None."""
        self.value_name: str | None = event.get("value_name")
        """The same in words, such as ``"TLSv1.3"`` or ``"resumed"``."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TimelineEvent):
            return NotImplemented
        return all(getattr(self, n) == getattr(other, n) for n in self.__slots__)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        if self.kind == "decision":
            decided = self.value_name or self.value
            return f"<{self.name}: {decided} at {self.seconds * 1000:.3f} ms>"
        size = f", {self.size} bytes" if self.size else ""
        return f"<{self.direction} {self.name} at {self.seconds * 1000:.3f} ms{size}>"
