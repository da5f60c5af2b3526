"""The tree of a document: plain data in which every key and value knows where it stands."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]
"""Keys and indices from the root of a document to a place in it."""

_LINE_BREAK = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a text: line and column, both from 1, columns counted in characters."""

    line: int
    column: int


@dataclass(slots=True)
class Node:
    """A value of a document.

    Attributes:
        start: where it begins.
        end: just after it.
        plain: the value as plain data (dict, list, str, int, float, bool, None).
        entries: for a mapping, its keys, with where each stands, and their values.
        items: for a list, its values.
        flow: whether it is written in ``{…}`` or ``[…]``.
        quoted: for a scalar, whether it is written in quotes or as a block of text.
        size: how many values it holds, itself included; a repeated alias counts each time.
    """

    start: Mark
    end: Mark
    plain: Any = None
    entries: dict[str, tuple[Mark, "Node"]] | None = None
    items: list["Node"] | None = None
    flow: bool = False
    quoted: bool = False
    size: int = 1

    def child(self, step: str | int) -> "Node | None":
        """Return the value under a key or an index, or None when there is none."""
        if isinstance(step, str):
            entry = self.entries.get(step) if self.entries is not None else None
            return entry[1] if entry else None
        return self.items[step] if self.items is not None and 0 <= step < len(self.items) else None


@dataclass(frozen=True, slots=True)
class Source:
    """A document that was read.

    Attributes:
        file: its name as people are shown it.
        lines: its text, line by line.
        root: its tree.
        raw: its bytes.
    """

    file: str
    lines: Sequence[str]
    root: Node
    raw: bytes = field(default=b"", repr=False)

    def resolve(self, path: Path) -> Path:
        """Return ``path`` without the steps that lead nowhere (what a checker adds to it), as deep as it goes."""
        node, found = self.root, list[str | int]()
        for step in path:
            child = node.child(step)
            if child is not None:
                node = child
                found.append(step)
        return tuple(found)

    def node(self, path: Path) -> Node:
        """Return the value at ``path``, or the deepest one on the way to it."""
        node = self.root
        for step in path:
            child = node.child(step)
            if child is None:
                break
            node = child
        return node

    def mark(self, path: Path) -> Mark:
        """Return where the value at ``path`` begins."""
        return self.node(path).start

    def key_mark(self, path: Path) -> Mark:
        """Return where the key at ``path`` stands; the value's own place in a list and at the root."""
        if not path:
            return self.root.start
        parent = self.node(path[:-1])
        step = path[-1]
        if isinstance(step, str) and parent.entries and step in parent.entries:
            return parent.entries[step][0]
        return self.mark(path)

    def written(self, path: Path) -> str:
        """Return the value at ``path`` as it is written, without what follows it on its last line."""
        node = self.node(path)
        return self.between(node.start, node.end).rstrip()

    def mark_in(self, path: Path, offset: int) -> Mark:
        """Return where a character of a text stands.

        Args:
            path: the text's place in the document.
            offset: the character's place in the text, from 0.
        """
        node = self.node(path)
        if not isinstance(node.plain, str):
            return node.start
        line, column = node.start.line, node.start.column
        wanted = sum(not c.isspace() for c in node.plain[:offset])
        for sign in _signs(self.between(node.start, node.end), quoted=node.quoted):
            if sign.visible and wanted == 0:
                return Mark(line, column)
            wanted -= sign.visible
            line, column = (line + 1, 1) if sign.breaks else (line, column + sign.length)
        return Mark(line, max(1, column - 1)) if node.plain else node.start

    def between(self, start: Mark, end: Mark) -> str:
        """Return the text from one mark up to another."""
        lines = list(self.lines[start.line - 1 : end.line])
        if not lines:
            return ""
        if end.line - start.line < len(lines):
            lines[end.line - start.line] = lines[end.line - start.line][: end.column - 1]
        lines[0] = lines[0][start.column - 1 :]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Sign:
    length: int
    visible: bool
    breaks: bool = False


_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_BLOCK_HEADER = re.compile(r"[|>][^\n]*")


def _signs(written: str, *, quoted: bool) -> Iterator[_Sign]:
    """Split a scalar as it is written into signs; each visible one stands for one visible character of its value."""
    quote, at = (written[:1] if quoted else ""), 0
    if quote in ("|", ">"):
        header = _BLOCK_HEADER.match(written)
        at = header.end() if header else 1
        yield _Sign(at, visible=False)
    elif quote:
        at = 1
        yield _Sign(1, visible=False)
    while at < len(written):
        sign = written[at]
        escape = _ESCAPE.match(written, at) if quote == '"' and sign == "\\" else None
        if escape:
            shown = escape[0][1:]
            yield _Sign(len(escape[0]), visible=shown not in _INVISIBLE_ESCAPES, breaks=shown == "\n")
            at = escape.end()
        elif quote == "'" and written[at : at + 2] == "''":
            yield _Sign(2, visible=True)
            at += 2
        else:
            yield _Sign(1, visible=not sign.isspace(), breaks=sign == "\n")
            at += 1


_INVISIBLE_ESCAPES = {"n", "t", "r", " ", "_", "\n", "N", "L", "P", "v", "f", "\t", "u00a0", "u202f", "xa0", "xA0"}


def split_lines(text: str) -> list[str]:
    r"""Split a text where YAML breaks lines (``\n``, ``\r\n``, ``\r``), without the breaks."""
    return _LINE_BREAK.split(text)


def line_starts(text: str) -> list[int]:
    """Return where each line of a text begins, in characters; lines as `split_lines` splits them."""
    return [0, *(found.end() for found in _LINE_BREAK.finditer(text))]
