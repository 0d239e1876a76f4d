"""A strict reader of the report of ``--html``: what is not well-formed is refused."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "br", "hr", "img", "input", "link"}
ALLOWED = re.compile(
    r"html|head|meta|title|style|body|header|main|footer|section|h[123]|p|dl|div|dt|dd|ul|"
    r"ol|li|span|b|i|em|small|strong|code|bdi|pre|details|summary|table|thead|tbody|tr|th|"
    r"td|script|time|br"
)
ATTRIBUTES = re.compile(
    r"lang|charset|name|content|http-equiv|class|style|id|type|tabindex|aria-label|"
    r"aria-labelledby|aria-hidden|scope|data-label|datetime"
)
ADDRESS = re.compile(r"(?:[a-z]+:)?//|url\(|@import|\bon[a-z]+=", re.IGNORECASE)
# Marks of direction, without width, and controls: the page must show them by number.
HIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)


class Page(HTMLParser):
    """The text, the elements and the record of a page."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        assert source.startswith("<!DOCTYPE html>\n")
        assert not HIDDEN.search(source)
        self.source = source
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert ALLOWED.fullmatch(tag), tag
        values = {}
        for name, value in attrs:
            assert ATTRIBUTES.fullmatch(name), (tag, name)
            assert name not in values, (tag, name)
            assert value is not None, (tag, name)
            values[name] = value
        self.elements.append((tag, values))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raise AssertionError(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    # ---- what a test asks ----

    @property
    def text(self) -> str:
        """What a person reads, without the record."""
        return "".join(
            d for tag, d in self.texts if tag not in ("style", "script", "pre")
        )

    @property
    def title(self) -> str:
        return "".join(d for tag, d in self.texts if tag == "title")

    @property
    def plain(self) -> str:
        """The block to be pasted into a bug report."""
        start = self.source.index('<pre class="plain"')
        inside = self.source[self.source.index(">", start) + 1 :]
        text = re.sub(r"<[^>]*>", "", inside[: inside.index("</pre>")])
        return html.unescape(text)

    @property
    def record(self) -> Any:
        scripts = [d for tag, d in self.texts if tag == "script"]
        assert len(scripts) == 1
        assert scripts[0].isascii()
        return json.loads(scripts[0])

    def all(self, tag: str) -> list[dict[str, str]]:
        return [values for name, values in self.elements if name == tag]

    def classes(self, name: str) -> int:
        return sum(name in v.get("class", "").split() for _, v in self.elements)

    def check(self) -> None:
        """The rules that every page keeps, whatever is told in it."""
        assert self.all("html") == [{"lang": "en"}]
        policy = [m for m in self.all("meta") if "http-equiv" in m]
        assert policy == [
            {
                "http-equiv": "Content-Security-Policy",
                "content": "default-src 'none'; style-src 'unsafe-inline'",
            }
        ]
        assert any(m.get("name") == "viewport" for m in self.all("meta"))
        assert self.all("script") == [{"type": "application/json", "id": "record"}]
        for tag, values in self.elements:
            for name, value in values.items():
                assert not ADDRESS.search(value), (tag, name, value)
            assert "style" not in values or re.fullmatch(
                r"(--d:\d+|width:\d+%|flex:\d+ 0 0)", values["style"]
            )
        for style in (d for tag, d in self.texts if tag == "style"):
            assert not ADDRESS.search(style)
            for needed in (
                "prefers-color-scheme:dark",
                "@media print",
                "max-width:40rem",
            ):
                assert needed in style
        ids = [values["id"] for _, values in self.elements if "id" in values]
        assert len(ids) == len(set(ids))
        self.check_for_all()

    def check_for_all(self) -> None:
        """What those need who do not see the page."""
        levels = [int(tag[1]) for tag, _ in self.elements if tag in ("h1", "h2", "h3")]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))
        ids = {values.get("id") for _, values in self.elements}
        for section in self.all("section"):
            assert section.get("aria-label") or section["aria-labelledby"] in ids
        assert all(th.get("scope") in ("col", "row") for th in self.all("th"))
