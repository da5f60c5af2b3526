"""The shape of answers: what a provider has changed, where a feed's picks no longer lead to what they led to. Pure.

An answer is compared with what the document asks of it and, where the answer alone does not tell, with the feed's sample, which has the
documented shape. Whatever the answer is, this takes a bounded time and never fails.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice
from typing import Any

from maquette.core.message import Message, message
from maquette.feeds.questions import Kind, Pick, Questions, kind_of
from maquette.feeds.trace import MOST_ELEMENTS, Break, Node, Place, Trace, TraceError, joined, quoted

MOST_CHANGES = 8
"""Changes that are told of one answer, at most."""
NEAR = 0.6
"""From 0 to 1: how close two names are of which one may have become the other."""
NEARER = 0.75
"""The same for a name that is nothing new there."""
_MOST_ROWS = 5_000  # among which those that count are looked for
_MOST_NAMES = 300
_LONGEST_NAME = 64
_MOST_TRIED = 12
_DEEPEST = 3
_PLACEHOLDERS = frozenset({"", "-", "--", "na", "n/a", "nan", "nd", "null", "none", "unknown", "unavailable"})
_INDEX = re.compile(r"\[-?[0-9]+\]")


@dataclass(frozen=True, slots=True)
class Change:
    """Something of an answer is not as documented.

    Attributes:
        path: where, a JMESPath; "" is the whole answer.
        near: the name or path that has probably taken its place, seen from the same object; None: nothing like it.
        found: what stands there now; None: nothing at all, it is gone.
        wanted: what stood there; None: nobody knows.
    """

    path: str
    near: str | None = None
    found: Kind | None = None
    wanted: Kind | None = None

    @property
    def message(self) -> Message:
        """The change in words."""
        path = message("shape_path", path=self.path) if self.path else message("shape_answer")
        if self.found is None:
            return (
                message("shape_gone", path=path)
                if self.near is None
                else message("shape_gone_near", path=path, near=self.near)
            )
        now = _KINDS[self.found]
        if self.wanted == "list":
            return message("shape_no_list", path=path, now=now)
        if self.wanted is None:
            return message("shape_now", path=path, now=now)
        return message("shape_kind", path=path, now=now, before=_KINDS[self.wanted])


_KINDS: Mapping[Kind, Message] = {
    "nothing": message("shape_is_nothing"),
    "truth": message("shape_is_truth"),
    "number": message("shape_is_number"),
    "text": message("shape_is_text"),
    "time": message("shape_is_time"),
    "list": message("shape_is_list"),
    "object": message("shape_is_object"),
}


def changes(questions: Questions, answer: Any, documented: Any = None) -> tuple[Change, ...]:
    """Return what is not as documented, first what breaks first; nothing when the answer is of the right shape, or is beyond reading.

    Only what holds for every row counts: a field that one row lacks is no change of shape.

    Args:
        questions: what is asked of the answer.
        answer: decoded JSON, or a list of rows.
        documented: an answer of the documented shape, if there is one.
    """
    try:
        return tuple(islice(_Comparison(questions, answer, documented).changes(), MOST_CHANGES))
    except (TraceError, RecursionError):
        return ()


class _Comparison:
    """An answer beside the documented one."""

    def __init__(self, questions: Questions, answer: Any, documented: Any) -> None:
        self._questions = questions
        self._trace = Trace()
        self._answer = Place("", answer)
        self._documented = None if documented is None else Place("", documented)
        self._names = frozenset(_names(documented))
        everything = [questions.rows] if questions.rows is not None else []
        everything += [pick.path for pick in (*questions.marks, *questions.picks)]
        self._picked = frozenset(name for path in everything for name in _fields(path))

    def changes(self) -> Iterator[Change]:
        rows = self._rows(self._answer)
        if isinstance(rows, Change):
            yield rows
            return
        sample = [] if self._documented is None else [self._documented]
        documented = [row for one in sample if not isinstance(found := self._rows(one), Change) for row in found]
        counting = list(islice((row for row in rows if self._questions.counts(row.value)), MOST_ELEMENTS))
        told: set[str] = set()
        picks = self._questions.picks if counting else (*self._questions.marks, *self._questions.picks)
        asked: list[tuple[Pick, Sequence[Place], Sequence[Place]]]
        asked = [(pick, counting or rows[:MOST_ELEMENTS], documented[:MOST_ELEMENTS]) for pick in picks if rows]
        asked += [(pick, [self._answer], sample) for pick in self._questions.whole]
        for pick, places, before in asked:
            change = self._change(pick, places, before)
            if change is not None and (where := _INDEX.sub("[]", change.path)) not in told:
                told.add(where)
                yield change

    def _rows(self, answer: Place) -> Sequence[Place] | Change:
        path, trace = self._questions.rows, Trace(elements=_MOST_ROWS)
        if path is None:
            return (answer,)
        found = trace.follow(path, answer)
        if isinstance(found, Break):
            return self._gone(Pick(path, "list", _is_list), answer, found)
        if not isinstance(found.value, list):
            return Change(found.path, found=kind_of(found.value), wanted="list")
        return trace.elements(found)

    def _change(self, pick: Pick, rows: Sequence[Place], documented: Sequence[Place]) -> Change | None:
        """Return what has changed about one pick, if it holds for all rows."""
        found = [self._trace.follow(pick.path, row) for row in rows]
        there = [one for one in found if isinstance(one, Place)]
        first = found[0]
        if not there and isinstance(first, Break):
            return self._gone(pick, rows[0], first)
        known = [one for one in there if not _is_placeholder(one.value)]
        if not known or any(pick.suits(one.value) for one in known):
            return None
        before = [self._trace.follow(pick.path, row) for row in documented]
        kinds = (self._kind(pick, b.value) for b in before if isinstance(b, Place) and not _is_placeholder(b.value))
        now, was = self._kind(pick, known[0].value), next(kinds, pick.wanted)
        return None if now == was else Change(known[0].path, found=now, wanted=was)

    def _kind(self, pick: Pick, value: Any) -> Kind:
        kind = kind_of(value)
        return pick.wanted if pick.wanted in ("time", "number") and pick.suits(value) else kind

    # -- what has taken its place --------------------------------------------------------------------------------------

    def _gone(self, pick: Pick, start: Place, broken: Break) -> Change:
        here, step = broken.place, broken.step
        if step["type"] != "field":
            wanted: Kind = "object" if step["type"] == "value_projection" else "list"
            return Change(here.path, found=kind_of(here.value), wanted=wanted)
        if not isinstance(here.value, dict):
            return Change(here.path, found=kind_of(here.value), wanted="object")
        return Change(joined(here.path, step["value"]), near=self._nearest(pick, start, broken))

    def _nearest(self, pick: Pick, start: Place, broken: Break) -> str | None:
        gone, fields = broken.step["value"], broken.place.value
        names = [n for n in islice(fields, _MOST_NAMES) if isinstance(n, str) and n not in self._picked]
        ranked = sorted(((closeness(gone, name), name) for name in names), key=lambda pair: pair[0], reverse=True)
        new = [(close, name) for close, name in ranked if name not in self._names]
        close = [name for rank, name in new if rank[0] >= NEAR][:_MOST_TRIED]
        close += [name for rank, name in ranked if rank[0] >= NEARER and name not in close][:_MOST_TRIED]
        for name in close:
            if self._would_suit(pick, start, broken.step, name):
                return quoted(name)
        if close:
            return quoted(close[0])
        moved = _moved(gone, fields)
        if moved is not None:
            return moved
        if self._documented is None:
            return None
        # No name is like it: then a field that is not documented, if it is the only one that would do.
        known = [name for _, name in new[:_MOST_TRIED] if fields[name] is not None]
        suited = [name for name in known if self._would_suit(pick, start, broken.step, name)]
        return quoted(suited[0]) if len(suited) == 1 else None

    def _would_suit(self, pick: Pick, start: Place, step: Node, name: str) -> bool:
        found = self._trace.follow(_renamed(pick.path, step, name), start)
        return isinstance(found, Place) and (_is_placeholder(found.value) or pick.suits(found.value))


def closeness(one: str, other: str) -> tuple[float, float]:
    """Return how close two names are, from 0 to 1, whatever their signs, accents and capitals; then the same by letters alone."""
    words = [_words(name[:_LONGEST_NAME]) for name in (one, other)]
    letters = ["".join(part) for part in words]
    ratio = SequenceMatcher(None, letters[0], letters[1], autojunk=False).ratio()
    shorter, longer = sorted((set(part) for part in words), key=len)
    short, long = sorted(letters, key=len)
    within = bool(shorter) and shorter <= longer
    begins = len(short) >= 3 and (long.startswith(short) or long.endswith(short))
    return (max(ratio, 0.8) if within or begins else ratio), ratio


def _words(name: str) -> list[str]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return [word.casefold() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_A-Za-z]+", plain)]


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_placeholder(value: Any) -> bool:
    """Tell whether a value says that nothing is known."""
    return value is None or (isinstance(value, str) and value.strip().casefold() in _PLACEHOLDERS)


def _moved(name: str, value: Any, depth: int = 0) -> str | None:
    """Return the path to a field of this name further inside, if it is not deep."""
    if depth >= _DEEPEST or not isinstance(value, dict):
        return None
    for outer, inner in islice(value.items(), _MOST_NAMES // 4):
        begin, part = quoted(str(outer)), inner
        if isinstance(inner, list) and inner:
            begin, part = f"{begin}[0]", inner[0]
        if isinstance(part, dict) and name in part:
            return f"{begin}.{quoted(name)}"
        further = _moved(name, part, depth + 1)
        if further is not None:
            return f"{begin}.{further}"
    return None


def _names(value: Any) -> Iterator[str]:
    """Yield the names of all fields of a sample; the beginning of a large one."""
    waiting, left = [value], 20_000
    while waiting and left:
        one = waiting.pop()
        left -= 1
        if isinstance(one, dict):
            yield from one
            waiting.extend(one.values())
        elif isinstance(one, list | tuple):
            waiting.extend(one[:100])


def _fields(path: Node) -> Iterator[str]:
    """Yield the names of the fields that a path asks for."""
    if path["type"] == "field":
        yield path["value"]
    for child in path["children"]:
        if isinstance(child, dict):
            yield from _fields(child)


def _renamed(path: Node, step: Node, name: str) -> Node:
    """Return a path in which one step asks for another field."""
    if path is step:
        return {**path, "value": name}
    return {**path, "children": [_renamed(c, step, name) if isinstance(c, dict) else c for c in path["children"]]}
