"""Mutations: the mechanical faults that a document may have, each as one edit of its text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from maquette.config.tree import Mark, Node, Path, Source

OPERATIONS = ("delete", "duplicate", "misspell_key", "misspell_value", "retype", "indent", "truncate")


@dataclass(frozen=True, slots=True)
class Mutation:
    """One edit of a document.

    Attributes:
        operation: one of `OPERATIONS`.
        path: the value that is concerned; empty for the whole document.
        start: the first character that is replaced, from 0.
        end: just after the last one.
        replacement: what stands there afterwards.
    """

    operation: str
    path: Path
    start: int
    end: int
    replacement: str

    def apply(self, text: str) -> str:
        """Return the mutant of a text."""
        return text[: self.start] + self.replacement + text[self.end :]


@dataclass(frozen=True, slots=True)
class _Place:
    """An entry of a mapping or an item of a list, as characters of the text.

    Attributes:
        path: where it is.
        begin: its key's first character, or that of the item itself; in a block list that of the dash.
        value: the first character of its value.
        end: just after its value.
        flow: whether it stands in ``{…}`` or ``[…]``.
        column: of ``begin``, from 0.
        key: its key, or None in a list.
    """

    path: Path
    begin: int
    value: int
    end: int
    flow: bool
    column: int
    key: str | None
    node: Node


def mutations(text: str, source: Source) -> Iterator[Mutation]:
    """Yield all mutations of a document, in the order of its text."""
    starts = _line_starts(text)
    for siblings in _families(text, starts, source.root, ()):
        for index, place in enumerate(siblings):
            yield from _delete(text, siblings, index)
            yield _duplicate(text, place)
            yield from _misspell(text, place)
            yield from _retype(text, place)
            yield from _indent(text, place, starts)
    for start, after in pairwise(starts):
        if start > 0:
            yield Mutation("truncate", (), start, len(text), "")
        if after - start > 2:
            yield Mutation("truncate", (), (start + after) // 2, len(text), "")


def _line_starts(text: str) -> list[int]:
    return [0, *(index + 1 for index, sign in enumerate(text) if sign == "\n")]


def _families(text: str, starts: Sequence[int], node: Node, path: Path) -> Iterator[list[_Place]]:
    """Yield the entries or items of a collection, then those of each of them."""

    def offset(mark: Mark) -> int:
        return starts[mark.line - 1] + mark.column - 1

    siblings = []
    for key, (mark, child) in (node.entries or {}).items():
        value, end = offset(child.start), offset(child.end)
        siblings.append(_place(text, (*path, key), offset(mark), value, end, node, key, child))
    for index, child in enumerate(node.items or ()):
        value, end = offset(child.start), offset(child.end)
        begin = value if node.flow else text.rindex("-", 0, value)
        siblings.append(_place(text, (*path, index), begin, value, end, node, None, child))
    if siblings:
        yield siblings
    for place in siblings:
        yield from _families(text, starts, place.node, place.path)


def _place(
    text: str, path: Path, begin: int, value: int, end: int, parent: Node, key: str | None, node: Node
) -> _Place:
    # A block of text ends where the next thing begins.
    end = begin + len(text[begin:end].rstrip())
    column = begin - (text.rfind("\n", 0, begin) + 1)
    return _Place(path, begin, min(value, end), end, parent.flow, column, key, node)


def _delete(text: str, siblings: Sequence[_Place], index: int) -> Iterator[Mutation]:
    place = siblings[index]
    if index + 1 < len(siblings):
        yield Mutation("delete", place.path, place.begin, siblings[index + 1].begin, "")
    elif index > 0:
        yield Mutation("delete", place.path, siblings[index - 1].end, place.end, "")
    else:
        yield Mutation("delete", place.path, place.begin, place.end, "")
    if place.key is not None and place.value > place.begin:  # the value alone
        colon = text.index(":", place.begin + len(place.key)) + 1
        yield Mutation("delete", place.path, colon, max(colon, place.end), "")


def _duplicate(text: str, place: _Place) -> Mutation:
    separator = ", " if place.flow else "\n" + " " * place.column
    return Mutation("duplicate", place.path, place.end, place.end, separator + text[place.begin : place.end])


def _misspell(text: str, place: _Place) -> Iterator[Mutation]:
    if place.key is not None:
        written = text[place.begin : place.begin + len(place.key)]
        if written == place.key:  # not in quotes
            for other in _misspellings(written):
                yield Mutation("misspell_key", place.path, place.begin, place.begin + len(written), other)
    if place.node.entries is None and place.node.items is None:
        written = text[place.value : place.end]
        for other in _misspellings(written):
            yield Mutation("misspell_value", place.path, place.value, place.end, other)


def _misspellings(written: str) -> Iterator[str]:
    """Yield a text without its middle character, with two of them exchanged, and with a capital."""
    middle = len(written) // 2
    for other in (
        written[:middle] + written[middle + 1 :],
        written[: middle - 1] + written[middle : middle + 1] + written[middle - 1 : middle] + written[middle + 1 :]
        if middle
        else written,
        written.capitalize(),
    ):
        if other not in ("", written):
            yield other


_OTHER_TYPES = ("3", "text", "[1, 2]", "{a: b}", "true", "~")


def _retype(text: str, place: _Place) -> Iterator[Mutation]:
    if place.value == place.end:
        return
    # A collection in lines of its own gives way to a value behind the key.
    below = place.key is not None and "\n" in text[place.begin : place.value]
    start = text.index(":", place.begin + len(place.key or "")) + 1 if below else place.value
    for other in _OTHER_TYPES:
        yield Mutation("retype", place.path, start, place.end, f" {other}" if below else other)


def _indent(text: str, place: _Place, starts: Sequence[int]) -> Iterator[Mutation]:
    """Shift the first line of something that begins a line, or all of its lines."""
    line_start = text.rfind("\n", 0, place.begin) + 1
    if place.flow or text[line_start : place.begin].strip():
        return
    inner = [start for start in starts if place.begin < start < place.end and text[start] != "\n"]
    for shift in (-2, -1, 1, 2):
        if place.column + shift < 0:
            continue
        yield Mutation("indent", place.path, line_start, place.begin, " " * (place.column + shift))
        if inner:
            block = text[line_start : place.end].split("\n")
            moved = "\n".join(line[-shift:] if shift < 0 else " " * shift + line for line in block)
            yield Mutation("indent", place.path, line_start, place.end, moved)
