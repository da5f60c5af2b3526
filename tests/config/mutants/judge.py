"""The judge: was a mutant refused on the line that is wrong, or accepted with no other change than the one that was made?"""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal

from maquette.config.problems import Problem
from maquette.config.tree import Node, Path, Source
from tests.config.mutants.installation import NormalForm, Outcome
from tests.config.mutants.mutations import Mutation

Verdict = Literal["refused", "accepted", "misplaced", "changed_elsewhere"]
"""Right: ``refused`` and ``accepted``. Wrong: no problem stands where the fault is; something else changed as well."""

# Keys that let other lines say a word.
_INTRODUCED = {"for_each": "zone"}

_WORD = re.compile(r"[^\W\d_][\w-]*")


@dataclass(frozen=True, slots=True)
class Change:
    """What a mutation changed: lines of the document before and after it, and the words that are concerned.

    Attributes:
        before: numbers of the lines that held what was replaced.
        after: numbers of the lines that hold what stands there now.
        beside: the lines with something on them just before and after these.
        names: names in what was replaced and on the way to it, by which other lines may refer to it.
    """

    file: str
    before: range
    after: range
    beside: frozenset[int]
    names: frozenset[str]


def change_of(file: str, source: Source, mutation: Mutation, names: frozenset[str]) -> Change:
    """Return what a mutation of a document changed; ``names`` are all those that the documents give to things."""
    text = source.raw.decode("utf-8")
    removed = text[mutation.start : mutation.end]
    kept = len(removed.rstrip())
    first = text.count("\n", 0, mutation.start) + 1
    before = range(first, first + text.count("\n", mutation.start, mutation.start + kept) + 1)
    after = range(first, first + mutation.replacement.count("\n") + 1)
    lines = mutation.apply(text).split("\n")
    beside = {
        next((number for number in numbers if 1 <= number <= len(lines) and _says(lines[number - 1])), 0)
        for numbers in (range(after.start - 1, 0, -1), range(after.stop, len(lines) + 1))
    }
    path = mutation.path or _path_at(source.root, before.start)
    written = (*_WORD.findall(removed), *path, file.rsplit("/", 1)[-1].removesuffix(".yaml"))
    introduced = {word for key, word in _INTRODUCED.items() if key in path or key in written}
    if path[-1:] == ("unit",):  # the quantities beside it are in that unit
        introduced.update(_WORD.findall(removed))
    return Change(file, before, after, frozenset(beside), names.intersection(written) | introduced)


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def judge(mutation: Mutation, change: Change, source: Source, sound: NormalForm, outcome: Outcome) -> Verdict:
    """Judge what the check made of a mutant.

    Args:
        mutation: what was done.
        change: which lines that concerns.
        source: the document before.
        sound: the normal form of the installation before.
        outcome: what the check made of it.
    """
    if outcome.normal is None:
        placed = any(is_placed(problem, mutation, change, source, outcome) for problem in outcome.errors)
        return "refused" if placed else "misplaced"
    assert outcome.source is not None
    differing = list(_differences(source.root, outcome.source.root, ()))
    there = all(_is_there(old, change.before) or _is_there(new, change.after) for _, old, new in differing)
    told = {problem.line for problem in outcome.problems if problem.file == change.file}
    paths = [path for path, _, _ in differing]
    return (
        "accepted"
        if there and _follows(paths, change.file, told, outcome.source, sound, outcome.normal)
        else "changed_elsewhere"
    )


def is_placed(problem: Problem, mutation: Mutation, change: Change, source: Source, outcome: Outcome) -> bool:
    """Tell whether a problem stands on the changed line, or on a line that refers to it."""
    if problem.file == change.file:
        if problem.line in change.after or (problem.line == 1 and not change.beside - {0}):  # nothing is left
            return True
        # What is no longer there is missed between its neighbours, or by what it belonged to.
        gone, moved = mutation.operation in ("delete", "truncate"), mutation.operation == "indent"
        if gone and problem.line in change.beside:
            return True
        if (gone or moved) and problem.line in _owners(mutation, change, source):
            return True
        # What moves takes with it what belongs to it.
        if moved and problem.line in range(change.after.start, source.node(mutation.path).end.line + 1):
            return True
    arguments = [value for _, value in problem.message.arguments]
    if problem.file == change.file and any(isinstance(value, int) and value in change.after for value in arguments):
        return True  # it names the line
    told = " ".join((problem.shown or "", *(str(value) for value in arguments)))
    return not change.names.isdisjoint(_WORD.findall(told))


def _owners(mutation: Mutation, change: Change, source: Source) -> Iterator[int]:
    """Yield the lines where what the changed line belongs to stands or begins: they have the same numbers before and after it."""
    path = mutation.path
    if mutation.operation == "truncate":
        path = _path_at(source.root, change.before.start)
    for length in range(len(path)):
        yield source.key_mark(path[:length]).line
        yield source.node(path[:length]).start.line


def _path_at(node: Node, line: int) -> Path:
    """Return the way to the last value that begins before a line."""
    children: list[tuple[str | int, int, Node]] = [
        (key, mark.line, child) for key, (mark, child) in (node.entries or {}).items()
    ]
    children += [(index, child.start.line, child) for index, child in enumerate(node.items or ())]
    inner = [(key, child) for key, begins, child in children if begins < line]
    return (inner[-1][0], *_path_at(inner[-1][1], line)) if inner else ()


# -- differences -----------------------------------------------------------------------------------------------------


def _differences(
    old: Node, new: Node, path: Path, line: tuple[int, int] | None = None
) -> Iterator[tuple[Path, range | None, range | None]]:
    """Yield where two trees differ: the path, the lines of the old value and of the new one (None where there is none)."""
    if old.plain == new.plain and type(old.plain) is type(new.plain):
        return
    if old.entries is not None and new.entries is not None:
        for key in dict.fromkeys([*old.entries, *new.entries]):
            before, after = old.entries.get(key), new.entries.get(key)
            if before is None or after is None:
                gone = None if before is None else _lines(before[1], before[0].line)
                yield (*path, key), gone, None if after is None else _lines(after[1], after[0].line)
            else:
                yield from _differences(before[1], after[1], (*path, key), (before[0].line, after[0].line))
        return
    if old.items is not None and new.items is not None:
        same = _common(old.items, new.items)
        tail = _common(old.items[same:][::-1], new.items[same:][::-1])
        pairs = zip_longest(old.items[same : len(old.items) - tail], new.items[same : len(new.items) - tail])
        for index, (one, other) in enumerate(pairs, same):
            if one is None or other is None:
                gone = None if one is None else _lines(one)
                yield (*path, index), gone, None if other is None else _lines(other)
            else:
                yield from _differences(one, other, (*path, index))
        return
    first, second = line or (old.start.line, new.start.line)
    yield path, _lines(old, first), _lines(new, second)


def _common(one: Sequence[Node], other: Sequence[Node]) -> int:
    return next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a.plain != b.plain), min(len(one), len(other))
    )


def _lines(node: Node, key: int | None = None) -> range:
    """Return the lines of a value, from that of its key."""
    return range(node.start.line if key is None else min(key, node.start.line), node.end.line + 1)


def _is_there(lines: range | None, changed: range) -> bool:
    return lines is not None and lines.start < changed.stop and changed.start < lines.stop


def _follows(
    paths: Sequence[Path], file: str, told: Container[int], source: Source, sound: NormalForm, normal: NormalForm
) -> bool:
    """Tell whether normal forms differ only where the documents do, or where a warning says so."""
    if file.startswith("catalogue/"):  # it becomes a part of config.yaml
        return all(sound[name] == normal.get(name) for name in sound if name != "config.yaml")
    if any(sound[name] != normal.get(name) for name in sound if name != file):
        return False
    differing = [source.resolve(path) for path in _differing(sound[file], normal[file], ())]
    return all(any(_related(path, other) for other in paths) or source.mark(path).line in told for path in differing)


def _related(one: Path, other: Path) -> bool:
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def _differing(old: Any, new: Any, path: Path) -> Iterator[Path]:
    """Yield the paths at which two normal forms differ; a list that grows or shrinks differs as a whole."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys([*old, *new]):
            yield from _differing(old.get(key), new.get(key), (*path, key))
    elif isinstance(old, list | tuple) and isinstance(new, list | tuple) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _differing(before, after, (*path, index))
    else:
        yield path
