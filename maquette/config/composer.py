"""From the events of a YAML parser to a tree: no recursion, every fault of the language collected as a problem."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import yaml

from maquette.config.mending import mend
from maquette.config.problems import Problem, problem
from maquette.config.scalars import read_scalar
from maquette.config.tree import Mark, Node, split_lines
from maquette.core.message import Message, message

MOST_DEEP = 40
MOST_VALUES = 50_000
_LOST_COLOUR = re.compile(r"^\s*(#[0-9a-fA-F]{3,8})\b")


class RefusedError(Exception):
    """The document cannot be read further; carries the problem."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.message)
        self.problem = found


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    node: Node
    anchor: str | None
    key: tuple[str, Mark, Mark] | None = None
    bare_key_told: bool = False
    hollow_told: bool = False


class Composer:
    """Builds the tree of one document.

    Attributes:
        problems: the faults that did not stop it.
        quoted: where the last text in quotes that goes over several lines begins and ends.
    """

    def __init__(self, file: str, text: str) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._lines = split_lines(text)
        self._open: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._root: Node | None = None
        self._documents = 0
        self._values = 0
        self.quoted: tuple[Mark, Mark] | None = None

    def compose(self, events: Iterable[yaml.Event]) -> Node:
        """Return the root of the only document.

        Raises:
            RefusedError: the document is empty, not the only one, too deep or too large, or uses what the language leaves out.
            yaml.YAMLError: the parser's own.
        """
        for event in events:
            match event:
                case yaml.ScalarEvent():
                    self._scalar(event)
                case yaml.AliasEvent():
                    self._alias(event)
                case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                    self._collection(event)
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self._close(event)
                case yaml.DocumentStartEvent():
                    self._begin(event)
        if self._root is None or (self._root.plain is None and not self._root.quoted):
            raise RefusedError(problem(self._file, Mark(1, 1), "E002"))
        return self._root

    def _begin(self, event: yaml.Event) -> None:
        self._documents += 1
        if self._documents > 1:
            raise RefusedError(problem(self._file, _start(event), "E010", hint=message("separate_files")))

    def _refuse_tag(self, event: yaml.NodeEvent) -> None:
        tag = getattr(event, "tag", None)
        if tag is not None:
            mended = mend(self._line(_start(event)))
            advice = message("write", line=mended) if mended else message("quote_beginning", sign="!")
            self.problems.append(problem(self._file, _start(event), "E012", hint=advice, tag=tag))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._refuse_tag(event)
        plain = event.style in (None, "")
        node = Node(_start(event), _end(event), read_scalar(event.value) if plain else event.value, quoted=not plain)
        frame = self._open[-1] if self._open else None
        if event.style in ("'", '"') and node.end.line > node.start.line:
            self.quoted = (node.start, node.end)
        if frame is not None and frame.node.entries is not None and frame.key is None:
            frame.key = (self._key(event.value, node, frame), node.start, node.end)
        else:
            if event.anchor and not event.value and plain:
                advice = write_mended(self._line(node.start)) or message("quote_beginning", sign="&")
                self.problems.append(problem(self._file, node.start, "E028", hint=advice, character="&"))
            self._check_scalar(event.value, node, frame)
            self._count(1, node.start)
            self._place(node)
        self._refuse_question_mark(event.value, node, frame)
        if event.anchor:
            self._anchors[event.anchor] = node

    def _key(self, written: str, node: Node, frame: _Open) -> str:
        if written == "<<" and not node.quoted:
            self.problems.append(problem(self._file, node.start, "E009", hint=message("repeat")))
        elif not isinstance(node.plain, str) and not (frame.node.flow and self._is_bare(node.end)):
            self.problems.append(
                problem(self._file, node.start, "E008", hint=message("quote_key", key=written), key=written)
                if written
                else problem(self._file, node.start, "E008.nothing")
            )
        return written

    def _is_bare(self, end: Mark) -> bool:
        """Tell whether no colon follows a key that ends here, as when a comma has split a text."""
        return not self._line(end)[end.column - 1 :].lstrip().startswith(":")

    def _check_scalar(self, written: str, node: Node, frame: _Open | None) -> None:
        if written or node.quoted:
            return
        line = self._line(node.start)
        lost = _LOST_COLOUR.match(line[node.start.column - 1 :])
        if lost:
            mark = Mark(node.start.line, node.start.column + lost.start(1))
            self.problems.append(problem(self._file, mark, "E024", hint=write_mended(line)))
        elif frame is not None and frame.node.flow and frame.key is not None and not frame.bare_key_told:
            key, start, end = frame.key
            if self._is_bare(end):
                frame.bare_key_told = True
                advice = write_mended(self._line(start)) or message("quote_text", sign=",")
                self.problems.append(problem(self._file, start, "E022", hint=advice, key=key))

    def _refuse_question_mark(self, written: str, node: Node, frame: _Open | None) -> None:
        if "?" not in written or node.quoted or frame is None or not frame.node.flow:
            return
        line = self._line(node.start)
        mark = Mark(node.start.line, max(node.start.column, line.find("?", node.start.column - 1) + 1))
        advice = write_mended(line) or message("quote_text", sign="?")
        self.problems.append(problem(self._file, mark, "E023", hint=advice))

    def _alias(self, event: yaml.AliasEvent) -> None:
        name, start = str(event.anchor), _start(event)
        if any(frame.anchor == name for frame in self._open):
            raise RefusedError(problem(self._file, start, "E016", name=name))
        node = self._anchors.get(name)
        if node is None:
            advice = write_mended(self._line(start)) or message("quote_beginning", sign="*")
            raise RefusedError(problem(self._file, start, "E011", hint=advice, name=name))
        frame = self._open[-1] if self._open else None
        if frame is not None and frame.node.entries is not None and frame.key is None:
            raise RefusedError(problem(self._file, start, "E008", key=f"*{name}"))
        self._count(node.size, start)
        self._place(node)

    def _collection(self, event: yaml.CollectionStartEvent) -> None:
        self._refuse_tag(event)
        start = _start(event)
        frame = self._open[-1] if self._open else None
        if frame is not None and frame.node.entries is not None and frame.key is None:
            kind = "{…}" if isinstance(event, yaml.MappingStartEvent) else "[…]"
            raise RefusedError(problem(self._file, start, "E008", hint=write_mended(self._line(start)), key=kind))
        if len(self._open) >= MOST_DEEP:
            raise RefusedError(problem(self._file, start, "E013", limit=MOST_DEEP))
        self._count(1, start)
        node = Node(start, start, flow=bool(event.flow_style))
        if isinstance(event, yaml.MappingStartEvent):
            node.plain, node.entries = {}, {}
        else:
            node.plain, node.items = [], []
        self._open.append(_Open(node, event.anchor))

    def _close(self, event: yaml.Event) -> None:
        frame = self._open.pop()
        # A block's end is told where the next thing begins: the last value in it knows better.
        children = [child for _, child in (frame.node.entries or {}).values()] + (frame.node.items or [])
        frame.node.end = _end(event) if frame.node.flow or not children else children[-1].end
        self._place(frame.node)
        if frame.anchor:
            self._anchors[frame.anchor] = frame.node

    def _count(self, values: int, mark: Mark) -> None:
        self._values += values
        if self._values > MOST_VALUES:
            raise RefusedError(problem(self._file, mark, "E014", limit=MOST_VALUES))

    def _place(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        frame = self._open[-1]
        parent = frame.node
        parent.size += node.size
        if parent.items is not None:
            parent.items.append(node)
            parent.plain.append(node.plain)
        elif parent.entries is not None and frame.key is not None:
            key, mark, end = frame.key
            frame.key = None
            if key in parent.entries and parent.flow and self._is_bare(end):
                return  # the comma that made it a key is told already
            if key in parent.entries:
                if self._is_hollow(frame):
                    return
                first = parent.entries[key][0]
                advice = message("drop_one")
                found = problem(self._file, mark, "E007", hint=advice, key=key, line=first.line, column=first.column)
                self.problems.append(found)
                return
            self._check_text_above(key, frame)
            parent.entries[key] = (mark, node)
            parent.plain[key] = node.plain

    def _is_hollow(self, frame: _Open) -> bool:
        """Tell whether a key comes again because a key between has nothing under it: what belongs there stands beside it."""
        key, (mark, node) = next(reversed((frame.node.entries or {}).items()))
        if node.plain is None and not frame.node.flow and not frame.hollow_told:
            frame.hollow_told = True
            self.problems.append(problem(self._file, mark, "E113", hint=message("indent_below"), key=key))
        return frame.hollow_told

    def _check_text_above(self, key: str, frame: _Open) -> None:
        """Notice a key with spaces below ``fr: |`` with nothing in it: a line of the text, read as a key."""
        if " " not in key or frame.node.flow or not frame.node.entries or frame.hollow_told:
            return
        mark, above = next(reversed(frame.node.entries.values()))
        if above.plain == "" and self._line(above.start)[above.start.column - 1 :].startswith(("|", ">")):
            frame.hollow_told = True
            advice = message("indent_text", line=mark.line)
            self.problems.append(problem(self._file, mark, "E020.beside", hint=advice))

    def _line(self, mark: Mark) -> str:
        return self._lines[mark.line - 1] if mark.line <= len(self._lines) else ""


def write_mended(line: str) -> Message | None:
    """Return the hint that shows a line mended, or None when nothing simple mends it."""
    mended = mend(line)
    return message("write", line=mended) if mended else None


def _start(event: yaml.Event) -> Mark:
    assert event.start_mark is not None
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)


def _end(event: yaml.Event) -> Mark:
    assert event.end_mark is not None
    return Mark(event.end_mark.line + 1, event.end_mark.column + 1)
