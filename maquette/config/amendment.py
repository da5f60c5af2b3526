"""Amendment: one value of a document is changed where it stands. Comments, layout, quotes and line ends stay as people wrote them.

Edits are made by the marks of our own loader, and believed only once the new text has been read again: it must hold exactly the former
tree but for that value. What is written in a way that cannot be changed so is refused, never rewritten.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from pathlib import Path as FilePath
from typing import Any

from maquette.config.check import check
from maquette.config.problems import Problem
from maquette.config.registries import Registries
from maquette.config.tree import Mark, Node, Path, Source, line_starts, split_lines
from maquette.config.yaml import read_bytes, read_text, reason_of
from maquette.core.message import message
from maquette.errors import AmendmentError

Value = str | int | float | bool | Sequence["Value"]
"""What a tool may write: a scalar, or a list of such."""

_DASH = re.compile(r"-[ \t]*$")
_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*([ \t]+#[^\r\n]*)?")


@dataclass(frozen=True, slots=True)
class Amendment:
    """A document with values changed, which passed the whole check and is not yet written.

    Attributes:
        file: its name as people are shown it.
        path: where it is on disk.
        before: its bytes as they were read.
        after: its bytes as they are to be.
    """

    file: str
    path: FilePath
    before: bytes
    after: bytes

    @property
    def difference(self) -> str:
        """What changes, as a unified diff; empty when nothing does."""
        before, after = (split_lines(raw.decode("utf-8-sig")) for raw in (self.before, self.after))
        return "\n".join(unified_diff(before, after, self.file, self.file, lineterm="", n=2))

    def write(self, write: Callable[[FilePath, bytes], None]) -> None:
        """Write it.

        Args:
            write: writes a file whole or not at all, whenever the power goes, and raises `OSError` when it cannot.

        Raises:
            AmendmentError: the document has changed on disk since it was read, or cannot be written; it stays as it is.
        """
        path = self.path.resolve()  # a link stays a link
        try:
            if path.read_bytes() != self.before:
                raise AmendmentError(message("amend_changed", file=self.file))
            write(path, self.after)
        except OSError as error:
            raise AmendmentError(message("not_written", name=self.file, reason=reason_of(error))) from error


def propose(
    config: FilePath, file: str, changes: Mapping[Path, Value], registries: Registries
) -> Amendment | tuple[Problem, ...]:
    """Change values of one document of an installation, and check all documents with it.

    Args:
        config: the installation's config.yaml.
        file: the document, relative to the folder of ``config``.
        changes: values by place; the last key of a place may be new, the others must be there.
        registries: the options of everything that documents may name.

    Returns:
        The amendment, or the problems of the documents as they would be.

    Raises:
        AmendmentError: the document cannot be read, or is written in a way that cannot be changed in place.
    """
    path = config.parent / file
    try:
        before = path.read_bytes()
    except OSError as error:
        raise AmendmentError(message("amend_unread", file=file, reason=reason_of(error))) from error
    source, problems = read_bytes(before, file)
    if source is None:
        return problems
    for place, value in changes.items():
        source = amend(source, place, value)
    checked = check(config, registries, held={file: source.raw})
    if not checked.passed:
        return checked.problems
    return Amendment(file, path, before, source.raw)


def amend(source: Source, path: Path, value: Value) -> Source:
    """Return a document with another value at a place; its last key may be new, the others must be there.

    Raises:
        AmendmentError: it is written in a way that cannot be changed in place.
    """
    wanted = _with(_unshared(source.root.plain), path, value)
    if wanted is None:
        raise AmendmentError(message("amend_no_place", file=source.file, place=_shown(path)))
    bom = source.raw[: len(source.raw) - len(source.raw.decode("utf-8-sig").encode())]
    text = _Text(source.raw.decode("utf-8-sig"))
    parent = source.node(path[:-1])
    node = parent.child(path[-1])
    edits = list(_added(text, parent, str(path[-1]), value) if node is None else _changed(text, source, path, value))
    amended, _ = read_bytes(bom + text.edited(edits).encode(), source.file)
    # Written out, for to Python true is 1, and what an alias repeats would be one and the same.
    if amended is None or json.dumps(amended.root.plain) != json.dumps(wanted):
        raise AmendmentError(
            message("amend_by_hand", file=source.file, line=source.mark(path).line, place=_shown(path))
        )
    return amended


def _unshared(plain: Any) -> Any:
    return json.loads(json.dumps(plain))


def _with(root: Any, path: Path, value: Value) -> Any:
    """Return a tree with another value at a place, or None when there is no such place."""
    place = root
    for step in path[:-1]:
        if not (isinstance(place, dict) and step in place) and not _is_item(place, step):
            return None
        place = place[step]
    if not (isinstance(place, dict) and isinstance(path[-1], str)) and not _is_item(place, path[-1]):
        return None
    place[path[-1]] = _unshared(value)
    return root


def _is_item(place: Any, step: str | int) -> bool:
    return isinstance(place, list) and isinstance(step, int) and 0 <= step < len(place)


def _shown(path: Path) -> str:
    return ".".join(map(str, path))


# -- text ------------------------------------------------------------------------------------------------------------

_Edit = tuple[int, int, str]
"""From, up to, and what stands there instead; in characters of the text."""


class _Text:
    """A text in which marks are found."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = line_starts(text)
        found = re.search(r"\r\n|\n|\r", text)
        self.line_break = found[0] if found else "\n"

    def at(self, mark: Mark) -> int:
        return self._starts[mark.line - 1] + mark.column - 1

    def span(self, node: Node) -> tuple[int, int]:
        """Return where a value begins and ends, without the space and the line ends behind it."""
        start, end = self.at(node.start), self.at(node.end)
        return start, start + len(self.text[start:end].rstrip())

    def line_start(self, at: int) -> int:
        return max(start for start in self._starts if start <= at)

    def next_line(self, at: int) -> int:
        """Return where the line after that of a character begins; the text's end when it is in the last one."""
        return next((start for start in self._starts if start > at), len(self.text))

    def lead(self, at: int) -> str:
        """Return what stands on a character's line before it."""
        return self.text[self.line_start(at) : at]

    def below(self, at: int, written: str) -> _Edit:
        """Return the edit that puts a line below that of a character."""
        here = self.next_line(at)
        ended = here > 0 and self.text[here - 1] in "\r\n"
        return here, here, written + self.line_break if ended else self.line_break + written

    def removed(self, start: int, end: int) -> _Edit:
        """Return the edit that takes a part away; with its line, when nothing else stands there."""
        line, after = self.line_start(start), self.next_line(max(start, end - 1))
        rest = self.text[end:after]
        if not self.text[line:start].strip() and not rest.strip():
            return line, after, ""
        space = len(rest) - len(rest.lstrip(" \t"))
        # A comment needs a space before it.
        return start, end + (space if rest[space : space + 1] != "#" or not self.text[line:start].strip() else 0), ""

    def edited(self, edits: Sequence[_Edit]) -> str:
        text = self.text
        for start, end, written in sorted(edits, reverse=True):
            text = text[:start] + written + text[end:]
        return text


# -- what changes ----------------------------------------------------------------------------------------------------


def _changed(text: _Text, source: Source, path: Path, value: Value) -> Iterator[_Edit]:
    flow = any(source.node(path[:depth]).flow for depth in range(len(path)))
    yield from _replaced(text, source.node(path), value, flow=flow)


def _replaced(text: _Text, node: Node, value: Value, *, flow: bool) -> Iterator[_Edit]:
    start, end = text.span(node)
    if json.dumps(node.plain) == json.dumps(value):
        return
    if node.items is not None and not isinstance(value, str | int | float):
        yield from _list_changed(text, node, value)
        return
    if not node.flow and (node.entries is not None or node.items is not None):
        return  # a block of something else than a list: what stands in it would be lost
    header = _BLOCK_HEADER.match(text.text, start) if node.quoted else None
    written = _written(value, flow=flow, quote=text.text[start] if node.quoted and not header else "")
    lead = " " if start == end and text.text[start - 1 : start].strip() else ""  # `key:` with nothing behind it
    yield start, end, lead + written + ((header[1] or "") if header else "")


def _list_changed(text: _Text, node: Node, values: Sequence[Value]) -> Iterator[_Edit]:
    """Change a list item by item, so that what stands beside an item that stays, stays."""
    assert node.items is not None
    before, after = [json.dumps(item.plain) for item in node.items], [json.dumps(value) for value in values]
    doomed: set[int] = set()
    for _, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        kept = min(i2 - i1, j2 - j1)
        for item, value in zip(node.items[i1 : i1 + kept], values[j1 : j1 + kept], strict=True):
            yield from _replaced(text, item, value, flow=node.flow)
        doomed.update(range(i1 + kept, i2))
        if j1 + kept < j2:
            insert = _inserted_in_flow if node.flow else _inserted_in_block
            yield insert(text, node, i1 + kept, values[j1 + kept : j2])
    if doomed:
        yield from (_removed_from_flow if node.flow else _removed_from_block)(text, node, doomed)


def _quote_of(text: _Text, node: Node) -> str:
    """Return the quotes in which a list's texts stand, or none."""
    first = next((item for item in node.items or () if isinstance(item.plain, str)), None)
    sign = text.text[text.at(first.start)] if first is not None and first.quoted else ""
    return sign if sign in ("'", '"') else ""


def _inserted_in_flow(text: _Text, node: Node, number: int, values: Sequence[Value]) -> _Edit:
    assert node.items is not None
    written = [_written(value, flow=True, quote=_quote_of(text, node)) for value in values]
    if number:
        at = text.span(node.items[number - 1])[1]
        return at, at, "".join(f", {each}" for each in written)
    at = text.at(node.start) + 1
    return at, at, ", ".join(written) + (", " if node.items else "")


def _inserted_in_block(text: _Text, node: Node, number: int, values: Sequence[Value]) -> _Edit:
    assert node.items is not None
    dash = " " * _dash(text, node.items[max(number - 1, 0)]) + "- "
    written = [_written(value, flow=False, quote=_quote_of(text, node)) for value in values]
    if number:
        return text.below(_last(text, node.items[number - 1]), text.line_break.join(dash + each for each in written))
    at = text.at(node.items[0].start)
    return at, at, "".join(f"{each}{text.line_break}{dash}" for each in written)


def _dash(text: _Text, item: Node) -> int:
    """Return how far to the right the dash of an item of a block stands; 0 where it has none on its line."""
    found = _DASH.search(text.lead(text.at(item.start)))
    return found.start() if found else 0


def _removed_from_flow(text: _Text, node: Node, doomed: set[int]) -> Iterator[_Edit]:
    assert node.items is not None
    count = len(node.items)
    last = max((number for number in range(count) if number not in doomed), default=-1)
    for number in range(count):
        start, end = text.span(node.items[number])
        comma = _comma(text, node, number)
        if number in doomed and comma is not None and not text.text[end:comma].strip():
            yield text.removed(start, comma + 1)
        elif number in doomed:
            yield text.removed(start, end)
        if comma is not None and (number in doomed or number == last < count - 1) and text.text[end:comma].strip():
            yield comma, comma + 1, ""
        elif comma is not None and number == last < count - 1:
            following = text.at(node.items[number + 1].start)
            blank = not text.text[comma + 1 : following].strip(" \t")
            yield comma, following if blank else comma + 1, ""


def _comma(text: _Text, node: Node, number: int) -> int | None:
    """Return where the comma behind an item of ``[…]`` stands, or None behind the last."""
    assert node.items is not None
    start = text.span(node.items[number])[1]
    end = text.at(node.items[number + 1].start) if number + 1 < len(node.items) else text.at(node.end) - 1
    for found in re.finditer(r"#[^\r\n]*|,", text.text[start:end]):
        if found[0] == ",":
            return start + found.start()
    return None


def _removed_from_block(text: _Text, node: Node, doomed: set[int]) -> Iterator[_Edit]:
    assert node.items is not None
    for number in doomed:
        first = text.at(node.items[number].start)
        yield text.line_start(first), text.next_line(_last(text, node.items[number])), ""


def _last(text: _Text, node: Node) -> int:
    """Return where the last character of a value stands."""
    if not node.flow and (node.items or node.entries):
        children = node.items or [child for _, child in (node.entries or {}).values()]
        keys = [text.at(mark) for mark, _ in (node.entries or {}).values()]
        return max([*keys, *(_last(text, child) for child in children)])
    start, end = text.span(node)
    header = _BLOCK_HEADER.match(text.text, start) if node.quoted else None
    # What a text with `+` keeps at its end belongs to it.
    end = text.at(node.end) if header is not None and "+" in header[0] else end
    return max(start, end - 1)


# -- what is new -----------------------------------------------------------------------------------------------------


def _added(text: _Text, parent: Node, key: str, value: Value) -> Iterator[_Edit]:
    """Add a key behind the last one, in the manner of the others."""
    entry = f"{_written(key, flow=True)}: {_written(value, flow=parent.flow)}"
    entries = list((parent.entries or {}).values())
    if not entries:
        at = text.at(parent.start) + 1
        yield at, at, entry
        return
    mark, last = max(entries, key=lambda each: each[0])
    if not parent.flow:
        yield text.below(max(text.at(mark), _last(text, last)), " " * (entries[0][0].column - 1) + entry)
        return
    at, column = text.span(last)[1], text.lead(text.at(mark))
    if column.strip():
        yield at, at, f", {entry}"
    elif text.text[at : text.next_line(at)].lstrip().startswith(","):
        yield text.below(at, f"{column}{entry},")
    else:
        yield at, at, ","
        yield text.below(at, column + entry)


def _written(value: Value, *, flow: bool, quote: str = "") -> str:
    """Return a value as it is written; texts without quotes where they read back as they are, unless ``quote`` says which."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return _text_written(value, flow=flow, quote=quote)
    return "[" + ", ".join(_written(each, flow=True, quote=quote) for each in value) + "]"


def _text_written(value: str, *, flow: bool, quote: str) -> str:
    if not quote and _reads(value, value, flow=flow):
        return value
    single = "'" + value.replace("'", "''") + "'"
    if quote == "'" and _reads(single, value, flow=flow):
        return single
    # What nobody sees is escaped; the spaces that do not break, which French is full of, stay as they are.
    return "".join(
        sign if sign.isprintable() or unicodedata.category(sign) == "Zs" else f"\\U{ord(sign):08X}"
        for sign in json.dumps(value, ensure_ascii=False)
    )


def _reads(written: str, value: str, *, flow: bool) -> bool:
    source, _ = read_text(f"a: [ {written} ]\n" if flow else f"a: {written}\n", "")
    return source is not None and source.root.plain == {"a": [value] if flow else value}
