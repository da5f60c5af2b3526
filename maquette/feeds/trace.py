"""The trace: a JMESPath followed step by step through decoded JSON, so that one knows how far it leads and where it breaks.

JMESPath itself answers null for a path that leads nowhere; here a field that is absent (a break) differs from one that is null (unknown).
Pure, and bounded whatever the answer is: only the first elements of each list are followed, and all steps together are counted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

from jmespath.exceptions import JMESPathError
from jmespath.visitor import TreeInterpreter

MOST_ELEMENTS = 200
"""Elements of a list that are followed, at most."""
MOST_STEPS = 50_000
"""Steps of one trace, at most."""
_EVALUATION = 20  # steps that one evaluation by the library counts for
_DEPTH = 20
_PART = 2_000  # values of an answer that the library is given to evaluate

Node = Mapping[str, Any]
"""A node of a parsed JMESPath (`ParsedResult.parsed`)."""
_CHAINS = ("subexpression", "index_expression", "pipe")
_PROJECTIONS = ("projection", "filter_projection")


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in an answer.

    Attributes:
        path: how to get there, a JMESPath; "" is the whole answer.
        value: what stands there.
        items: the elements of a list that a projection has gathered, each where it came from; None for any other value.
    """

    path: str
    value: Any
    items: "tuple[Place, ...] | None" = None


@dataclass(frozen=True, slots=True)
class Break:
    """Where a path leads no further: ``step`` cannot be taken at ``place``, whose value is not null."""

    step: Node
    place: Place


class TraceError(Exception):
    """The answer is too large or too deep to be followed."""


def quoted(name: str) -> str:
    """Write a field as JMESPath does: bare, or in double quotes where it is no plain name."""
    plain = name.isascii() and name.replace("_", "a").isalnum() and not name[0].isdigit() if name else False
    return name if plain else f'"{name}"'


def joined(path: str, name: str) -> str:
    """Return the path of a field of what stands at ``path``."""
    return f"{path}.{quoted(name)}" if path else quoted(name)


class Trace:
    """Follows paths; one trace serves all paths of one answer, so that all of them together are bounded."""

    def __init__(self, steps: int = MOST_STEPS, elements: int = MOST_ELEMENTS) -> None:
        """Prepare.

        Args:
            steps: of all paths together, at most.
            elements: of a list that are followed, at most.
        """
        self._left = steps
        self._most = elements

    def follow(self, node: Node, place: Place) -> Place | Break:
        """Follow a path from a place.

        A list of which some elements lead on is followed there; it breaks where all of them do. Of ``a || b`` one is enough.

        Raises:
            TraceError: there is no end of it.
        """
        try:
            return self._follow(node, place)
        except RecursionError:
            raise TraceError from None

    def elements(self, place: Place) -> tuple[Place, ...]:
        """Return the first elements of the list at a place; nothing when there is no list."""
        if place.items is not None:
            return place.items
        if not isinstance(place.value, list):
            return ()
        return tuple(Place(f"{place.path}[{index}]", v) for index, v in enumerate(place.value[: self._most]))

    def evaluated(self, node: Node, value: Any) -> Any:
        """Return what the library makes of an expression, given the beginning of a value; None when it fails."""
        self._spend(_EVALUATION)
        try:
            return TreeInterpreter().visit(cast(Any, node), _beginning(value, [_PART]))
        # The library meets odd types with its own errors or with Python's.
        except (JMESPathError, TypeError, ValueError, AttributeError, KeyError, ArithmeticError):
            return None

    def _spend(self, steps: int = 1) -> None:
        self._left -= steps
        if self._left < 0:
            raise TraceError

    def _follow(self, node: Node, place: Place) -> Place | Break:
        self._spend()
        children: Sequence[Any] = node["children"]
        match node["type"]:
            case "identity" | "current":
                return place
            case "literal":
                return Place("", node["value"])
            case "field":
                return _field(node, place)
            case "index" | "slice":
                return self._part(node, place)
            case "flatten":
                return self._flattened(node, self._follow(children[0], place))
            case kind if kind in _CHAINS:
                return self._chain(children, place)
            case kind if kind in _PROJECTIONS:
                return self._projection(node, self._follow(children[0], place))
            case "value_projection":
                return self._values(node, self._follow(children[0], place))
            case "or_expression":
                return self._any(children, place)
            case "function_expression":
                return self._function(node, place)
            case "multi_select_list":
                return self._gathered(place, [self._follow(child, place) for child in children])
            case "multi_select_dict":
                found = self._any([pair["children"][0] for pair in children], place)
                return found if isinstance(found, Break) else Place(place.path, self.evaluated(node, place.value))
        # Comparisons, and, not: whatever they compare must be there.
        for child in children:
            found = self._follow(child, place)
            if isinstance(found, Break):
                return found
        return Place(place.path, self.evaluated(node, place.value))

    def _chain(self, steps: Iterable[Node], place: Place) -> Place | Break:
        found: Place | Break = place
        for step in steps:
            if isinstance(found, Break):
                break
            found = self._follow(step, found)
        return found

    def _part(self, node: Node, place: Place) -> Place | Break:
        """Return one element of a list, by its number, or a stretch of it."""
        if place.value is None:
            return place
        if not isinstance(place.value, list):
            return Break(node, place)
        if node["type"] == "slice":
            return Place(place.path, [], self.elements(place)[slice(*node["children"])])
        index, whole = node["value"], place.items if place.items is not None else place.value
        if not -len(whole) <= index < len(whole):
            return Place(f"{place.path}[{index}]", None)
        return place.items[index] if place.items is not None else Place(f"{place.path}[{index}]", whole[index])

    def _flattened(self, node: Node, found: Place | Break) -> Place | Break:
        if isinstance(found, Break) or found.value is None:
            return found
        if not isinstance(found.value, list):
            return Break(node, found)
        flat = (inner for one in self.elements(found) for inner in self._inside(one))
        return Place(found.path, [], tuple(islice(flat, self._most)))

    def _inside(self, one: Place) -> Iterator[Place]:
        if isinstance(one.value, list):
            yield from self.elements(one)
        else:
            yield one

    def _projection(self, node: Node, found: Place | Break) -> Place | Break:
        if isinstance(found, Break) or found.value is None:
            return found
        if not isinstance(found.value, list):
            return Break(node, found)
        elements = self.elements(found)
        if node["type"] == "filter_projection" and elements:
            condition = node["children"][2]
            kept = tuple(one for one in elements if self.evaluated(condition, one.value) is True)
            if not kept:
                asked = self._gathered(found, [self._follow(condition, one) for one in elements])
                return asked if isinstance(asked, Break) else Place(found.path, [], ())
            elements = kept
        return self._gathered(found, [self._follow(node["children"][1], one) for one in elements])

    def _values(self, node: Node, found: Place | Break) -> Place | Break:
        if isinstance(found, Break) or found.value is None:
            return found
        if not isinstance(found.value, dict):
            return Break(node, found)
        fields = islice(found.value.items(), self._most)
        places = [Place(joined(found.path, str(name)), value) for name, value in fields]
        return self._gathered(found, [self._follow(node["children"][1], one) for one in places])

    def _gathered(self, place: Place, found: Sequence[Place | Break]) -> Place | Break:
        """Return a list of what was found, or the first break when nothing was."""
        kept = tuple(one for one in found if isinstance(one, Place))
        broken = next((one for one in found if isinstance(one, Break)), None)
        if broken is not None and not kept:
            return broken
        known = tuple(one for one in kept if one.value is not None)
        return Place(place.path, [one.value for one in known], known)

    def _any(self, children: Iterable[Node], place: Place) -> Place | Break:
        """Return the first that is known, else the first that is there, else the first break."""
        found = [self._follow(child, place) for child in children]
        there = [one for one in found if isinstance(one, Place)]
        return next((one for one in there if one.value is not None), there[0] if there else found[0])

    def _function(self, node: Node, place: Place) -> Place | Break:
        plain = [child for child in node["children"] if child["type"] != "expref"]
        if node["value"] == "not_null" and plain:
            return self._any(plain, place)
        path, lists = "", []
        for child in plain:
            found = self._follow(child, place)
            if isinstance(found, Break):
                return found
            path = path or found.path
            lists.append(found)
        for child in node["children"]:
            elements = self.elements(lists[0]) if lists else ()
            if child["type"] == "expref" and elements:
                asked = self._gathered(lists[0], [self._follow(child["children"][0], one) for one in elements])
                if isinstance(asked, Break):
                    return asked
        return Place(f"{node['value']}({path})", self.evaluated(node, place.value))


def _field(node: Node, place: Place) -> Place | Break:
    name = node["value"]
    if place.value is None:
        return Place(joined(place.path, name), None)
    if isinstance(place.value, dict) and name in place.value:
        return Place(joined(place.path, name), place.value[name])
    return Break(node, place)


def _beginning(value: Any, left: list[int], depth: int = 0) -> Any:
    """Return a copy of the beginning of a value: so many values, so deep."""
    left[0] -= 1
    if depth > _DEPTH or left[0] < 0:
        return None
    if isinstance(value, dict):
        fields = islice(value.items(), max(left[0], 0))
        return {name: _beginning(one, left, depth + 1) for name, one in fields}
    if isinstance(value, list):
        return [_beginning(one, left, depth + 1) for one in islice(value, max(left[0], 0))]
    return value
