"""Rows of a JSON text that is too large to be held: taken one by one as it comes, and of each only what the document picks.

The rows stand at a simple path, such as ``("features", "[]", "properties")``: names, and ``[*]`` for each item of a list, or ``[]`` for
those of lists in it too. What lies beside it is passed over, however deep; what is picked may not be nested deeper than any data is.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import ijson

from maquette.feeds.problems import fault

MOST_LEVELS = 64
"""Levels of nesting in a row."""

Path = Sequence[str]
Event = tuple[str, Any]


class Text(Protocol):
    """What is read some bytes at a time, such as a binary file."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes; nothing at the end."""


def stream_rows(text: Text, path: Path, names: frozenset[str] | None) -> Iterator[Any]:
    """Yield the rows of a JSON text in UTF-8, each with the names that count (None: all). A name that stands twice says nothing (None).

    Raises:
        FeedError: ``not_json``, ``wrong_encoding``, or ``bad_shape`` when nothing stands at the path.
    """
    # use_float: without it the library in C breaks down at a number of thousands of digits; with it, whole numbers have 64 bits.
    stream = _Stream(ijson.basic_parse(text, use_float=True), names)
    try:
        yield from stream.rows(next(stream.events), path)
        for _ in stream.events:  # whatever follows must be JSON too
            pass
    except (ijson.JSONError, ValueError) as error:
        # After the first line of its words comes a piece of the text itself, which is nobody's business.
        told = error.args[0] if error.args else ""
        words = (told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)).partition("\n")[0]
        raise fault("wrong_encoding" if "UTF8" in words else "not_json", words[:80]) from None
    if not stream.found:
        raise fault("bad_shape", "no list of rows where the document says")


class _Stream:
    """The reading of one text."""

    def __init__(self, events: Iterator[Event], names: frozenset[str] | None) -> None:
        self.events = events
        self.found = False
        self._names = names

    def rows(self, first: Event, path: Path) -> Iterator[Any]:
        """Yield the rows at a path within the value that begins with ``first``."""
        if not path:
            row = self._built(first, 0, self._names)
            if row is not None:
                yield row
            return
        step, rest = path[0], path[1:]
        if step in ("[]", "[*]") and first[0] == "start_array":
            self.found = True
            while (item := next(self.events))[0] != "end_array":
                yield from self.rows(item, ("[*]", *rest) if step == "[]" and item[0] == "start_array" else rest)
        elif step not in ("[]", "[*]") and first[0] == "start_map":
            while (key := next(self.events))[0] != "end_map":
                value = next(self.events)
                if key[1] == step:
                    yield from self.rows(value, rest)
                else:
                    self._pass_over(value)
        else:
            self._pass_over(first)

    def _pass_over(self, first: Event) -> None:
        depth = _LEVEL.get(first[0], 0)
        if not depth:
            return
        for event, _ in self.events:  # most of a large text passes here
            if event in _LEVEL:
                depth += _LEVEL[event]
                if not depth:
                    return

    def _built(self, first: Event, level: int, names: frozenset[str] | None = None) -> Any:
        """Return the value that begins with ``first``, of a mapping only some names."""
        kind, plain = first
        if kind not in _LEVEL:
            return plain
        if level == MOST_LEVELS:
            raise fault("not_json", f"more than {MOST_LEVELS} levels in a row")
        if kind == "start_array":
            items = []
            while (item := next(self.events))[0] != "end_array":
                items.append(self._built(item, level + 1))
            return items
        mapping = dict[str, Any]()
        while (key := next(self.events))[0] != "end_map":
            name, value = key[1], next(self.events)
            if names is not None and name not in names:
                self._pass_over(value)
            else:
                built = self._built(value, level + 1)
                mapping[name] = None if name in mapping else built
        return mapping


_LEVEL = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}
