"""Edits: how a value of a document is changed, added or taken away where it stands, in the manner of what stands around it.

Positions are found by the marks of our own loader and counted in characters of the text. Whether a text then reads as it should is not
known here (`maquette.config.amendment`).
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TypeGuard

from maquette.config.tree import Mark, Node, Path, Source, line_starts
from maquette.config.yaml import read_text

Value = str | int | float | bool | Sequence["Value"] | Mapping[str, "Value"]
"""What a tool may write: a scalar, a list or a mapping of such."""

WIDTH = 115
"""Characters of a line, at most, where a list of lists is written over several."""

_DASH = re.compile(r"-[ \t]*$")
_OWNER = re.compile(r"( *)[\w-]+:([ \t]+)")
_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*([ \t]+#[^\r\n]*)?")


# -- text ------------------------------------------------------------------------------------------------------------

Edit = tuple[int, int, str]
"""From, up to, and what stands there instead; in characters of the text."""


class Text:
    """A text in which marks are found."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = line_starts(text)
        found = re.search(r"\r\n|\n|\r", text)
        self.line_break = found[0] if found else "\n"

    def at(self, mark: Mark) -> int:
        """Return where a mark stands."""
        return self._starts[mark.line - 1] + mark.column - 1

    def span(self, node: Node) -> tuple[int, int]:
        """Return where a value begins and ends, without the space and the line ends behind it."""
        start, end = self.at(node.start), self.at(node.end)
        return start, start + len(self.text[start:end].rstrip())

    def line_start(self, at: int) -> int:
        """Return where the line of a character begins."""
        return max(start for start in self._starts if start <= at)

    def next_line(self, at: int) -> int:
        """Return where the line after that of a character begins; the text's end when it is in the last one."""
        return next((start for start in self._starts if start > at), len(self.text))

    def lead(self, at: int) -> str:
        """Return what stands on a character's line before it."""
        return self.text[self.line_start(at) : at]

    def below(self, at: int, written: str) -> Edit:
        """Return the edit that puts a line below that of a character."""
        here = self.next_line(at)
        ended = here > 0 and self.text[here - 1] in "\r\n"
        return here, here, written + self.line_break if ended else self.line_break + written

    def removed(self, start: int, end: int) -> Edit:
        """Return the edit that takes a part away; with its line, when nothing else stands there."""
        line, after = self.line_start(start), self.next_line(max(start, end - 1))
        rest = self.text[end:after]
        if not self.text[line:start].strip() and not rest.strip():
            return line, after, ""
        space = len(rest) - len(rest.lstrip(" \t"))
        # A comment needs a space before it.
        return start, end + (space if rest[space : space + 1] != "#" or not self.text[line:start].strip() else 0), ""

    def edited(self, edits: Sequence[Edit]) -> str:
        """Return the text with edits made, which do not overlap."""
        text = self.text
        for start, end, written in sorted(edits, reverse=True):
            text = text[:start] + written + text[end:]
        return text


# -- what changes ----------------------------------------------------------------------------------------------------


def changed(text: Text, source: Source, path: Path, value: Value) -> Iterator[Edit]:
    """Yield the edits that put another value in a place."""
    flow = any(source.node(path[:depth]).flow for depth in range(len(path)))
    yield from _replaced(text, source.node(path), value, flow=flow)


def _replaced(text: Text, node: Node, value: Value, *, flow: bool) -> Iterator[Edit]:
    start, end = text.span(node)
    if json.dumps(node.plain) == json.dumps(value):
        return
    if node.items is not None and not isinstance(value, str | int | float | Mapping):
        yield from _list_changed(text, node, value)
        return
    if not node.flow and (node.entries is not None or node.items is not None):
        return  # a block of something else than a list: what stands in it would be lost
    header = _BLOCK_HEADER.match(text.text, start) if node.quoted else None
    written = _written(value, flow=flow, quote=text.text[start] if node.quoted and not header else "")
    lead = " " if start == end and text.text[start - 1 : start].strip() else ""  # `key:` with nothing behind it
    yield start, end, lead + written + ((header[1] or "") if header else "")


def _list_changed(text: Text, node: Node, values: Sequence[Value]) -> Iterator[Edit]:
    """Change a list item by item, so that what stands beside an item that stays, stays."""
    assert node.items is not None
    start, end = text.span(node)
    if node.flow and _is_table(values) and "#" not in text.text[start:end]:
        yield start, end, _table(values, len(text.lead(start))).replace("\n", text.line_break)
        return
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


def _quote_of(text: Text, node: Node) -> str:
    """Return the quotes in which a list's texts stand, or none."""
    first = next((item for item in node.items or () if isinstance(item.plain, str)), None)
    sign = text.text[text.at(first.start)] if first is not None and first.quoted else ""
    return sign if sign in ("'", '"') else ""


def _inserted_in_flow(text: Text, node: Node, number: int, values: Sequence[Value]) -> Edit:
    assert node.items is not None
    written = [_written(value, flow=True, quote=_quote_of(text, node)) for value in values]
    if number:
        at = text.span(node.items[number - 1])[1]
        return at, at, "".join(f", {each}" for each in written)
    at = text.at(node.start) + 1
    return at, at, ", ".join(written) + (", " if node.items else "")


def _inserted_in_block(text: Text, node: Node, number: int, values: Sequence[Value]) -> Edit:
    assert node.items is not None
    dash = " " * _dash(text, node.items[max(number - 1, 0)]) + "- "
    written = [_written(value, flow=False, quote=_quote_of(text, node)) for value in values]
    if number:
        return text.below(_last(text, node.items[number - 1]), text.line_break.join(dash + each for each in written))
    at = text.at(node.items[0].start)
    return at, at, "".join(f"{each}{text.line_break}{dash}" for each in written)


def _dash(text: Text, item: Node) -> int:
    """Return how far to the right the dash of an item of a block stands; 0 where it has none on its line."""
    found = _DASH.search(text.lead(text.at(item.start)))
    return found.start() if found else 0


def _removed_from_flow(text: Text, node: Node, doomed: set[int]) -> Iterator[Edit]:
    assert node.items is not None
    spans = [text.span(item) for item in node.items]
    yield from _removed_spans(text, spans, text.at(node.end) - 1, doomed)


def _removed_spans(text: Text, spans: Sequence[tuple[int, int]], close: int, doomed: set[int]) -> Iterator[Edit]:
    """Take away parts between brackets, of which the closing one stands at ``close``, each with a comma."""
    count = len(spans)
    last = max((number for number in range(count) if number not in doomed), default=-1)
    for number, (start, end) in enumerate(spans):
        following = spans[number + 1][0] if number + 1 < count else close
        comma = _comma(text, end, following)
        if number in doomed and comma is not None and not text.text[end:comma].strip():
            yield text.removed(start, comma + 1)
        elif number in doomed:
            yield text.removed(start, end)
        if comma is not None and (number in doomed or number == last < count - 1) and text.text[end:comma].strip():
            yield comma, comma + 1, ""
        elif comma is not None and number == last < count - 1:
            blank = not text.text[comma + 1 : following].strip(" \t")
            yield comma, following if blank else comma + 1, ""


def _comma(text: Text, start: int, end: int) -> int | None:
    """Return where the comma between two parts stands, or None behind the last."""
    for found in re.finditer(r"#[^\r\n]*|,", text.text[start:end]):
        if found[0] == ",":
            return start + found.start()
    return None


def _removed_from_block(text: Text, node: Node, doomed: set[int]) -> Iterator[Edit]:
    assert node.items is not None
    for number in doomed:
        first = text.at(node.items[number].start)
        yield text.line_start(first), text.next_line(_last(text, node.items[number])), ""


def _last(text: Text, node: Node) -> int:
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


def removed(text: Text, parent: Node, key: str) -> Iterator[Edit]:
    """Yield the edits that take an entry of a mapping away, with what stands in it."""
    entries = parent.entries or {}
    mark, value = entries[key]
    if not parent.flow:
        end = text.next_line(max(text.at(mark), _last(text, value)))
        deeper = re.compile(rf"[ ]{{{mark.column},}}#[^\r\n]*(\r\n|\n|\r|$)")
        while comment := deeper.match(text.text, end):
            end = comment.end()
        start = text.line_start(text.at(mark))
        yield start, end, "" if len(entries) > 1 else f"{text.lead(text.at(mark))}{{}}{text.line_break}"
        return
    in_order = sorted(entries.items(), key=lambda entry: entry[1][0])
    spans = [(text.at(begin), text.span(node)[1]) for _, (begin, node) in in_order]
    yield from _removed_spans(text, spans, text.at(parent.end) - 1, {[name for name, _ in in_order].index(key)})


# -- what is new -----------------------------------------------------------------------------------------------------


def added(text: Text, parent: Node, key: str, value: Value) -> Iterator[Edit]:
    """Yield the edits that add a key behind the last one, in the manner of the others."""
    entries = list((parent.entries or {}).values())
    entry = f"{_written(key, flow=True)}: {_written(value, flow=parent.flow)}"
    if not entries:
        start, end = text.span(parent)
        owner = _OWNER.fullmatch(text.lead(start))
        if owner is not None and text.text[start:end] == "{}" and isinstance(value, Mapping):  # it becomes a block
            yield start - len(owner[2]), end, ""
            yield text.below(start, text.line_break.join(_block({key: value}, len(owner[1]) + 2, 2)))
        else:
            yield start + 1, start + 1, entry
        return
    mark, last = max(entries, key=lambda each: each[0])
    if not parent.flow:
        lines = _block({key: value}, entries[0][0].column - 1, _step(parent))
        yield text.below(max(text.at(mark), _last(text, last)), text.line_break.join(lines))
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
        case Mapping():
            pairs = (f"{_written(key, flow=True)}: {_written(each, flow=True)}" for key, each in value.items())
            return "{" + ", ".join(pairs) + "}"
    return "[" + ", ".join(_written(each, flow=True, quote=quote) for each in value) + "]"


def _step(parent: Node) -> int:
    """Return by how many spaces what stands below an entry of a block is indented: as below its first that has something, else 2."""
    for mark, child in (parent.entries or {}).values():
        inner = [below.column for below, _ in (child.entries or {}).values()]
        if inner and not child.flow and inner[0] > mark.column:
            return inner[0] - mark.column
    return 2


def _block(values: Mapping[str, Value], indent: int, step: int) -> Iterator[str]:
    """Yield the lines of a block of entries: mappings as blocks below their key, lists in brackets."""
    for key, value in values.items():
        head = f"{' ' * indent}{_written(key, flow=True)}:"
        if isinstance(value, Mapping) and value:
            yield head
            yield from _block(value, indent + step, step)
        elif _is_table(value):
            yield from f"{head} {_table(value, len(head) + 1)}".split("\n")
        else:
            yield f"{head} {_written(value, flow=False)}"


def _is_table(value: Value) -> TypeGuard[Sequence[Sequence[Value]]]:
    """Tell whether a value is a list of lists, such as the points of a path."""
    listed = isinstance(value, Sequence) and not isinstance(value, str) and bool(value)
    return listed and all(isinstance(item, Sequence) and not isinstance(item, str) for item in value)  # type: ignore[union-attr]


def _table(rows: Sequence[Sequence[Value]], column: int) -> str:
    """Return a list of lists as it is written from a column on: over as many lines as it takes, a line feed between them."""
    lines = [""]
    for number, row in enumerate(rows):
        item = _written(row, flow=True) + ("]" if number == len(rows) - 1 else ",")
        room = WIDTH - column - 1
        if lines[-1] and len(lines[-1]) + 1 + len(item) > room:
            lines.append(item)
        else:
            lines[-1] = f"{lines[-1]} {item}" if lines[-1] else item
    return "[" + f"\n{' ' * (column + 1)}".join(lines)


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
