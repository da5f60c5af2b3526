"""The shape of documents: pydantic's complaints become problems at the key or value they are about, in words for people."""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from maquette.config.documents import Document
from maquette.config.mending import mend_decimals, quoted
from maquette.config.problems import Problem, did_you_mean, problem
from maquette.config.tree import Node, Path, Source
from maquette.core.message import Message, message
from maquette.errors import CalendarError

AnyDocument = TypeVar("AnyDocument", bound=Document)


def check_shape(
    source: Source, model: type[AnyDocument], path: Path = (), plain: Any = None
) -> tuple[AnyDocument | None, tuple[Problem, ...]]:
    """Check plain data against a model.

    Args:
        source: the document that the data stands in.
        model: what it should be.
        path: where in the document the data stands.
        plain: the data, where it differs from what stands there.

    Returns:
        The checked data, or None when it has problems; and all its problems.
    """
    data = source.node(path).plain if plain is None else plain
    nothings = _nothings(source) if path == () else ()
    try:
        return (None if nothings else model.read(data)), nothings
    except ValidationError as error:
        details = error.errors(include_url=False)
        bad_keys = {source.resolve((*path, *d["loc"][:-1])) for d in details if d["loc"][-1:] == ("[key]",)}
        found = [
            _problem(source, model, path, detail)
            for detail in details
            if detail["loc"][-1:] == ("[key]",) or source.resolve((*path, *detail["loc"])) not in bad_keys
            if not _only_misspelt(detail, details)
        ]
        # A list that is too short misses several items; the last one says how many are needed.
        return None, tuple(
            {(p.line, p.column, p.code, p.code != "E108" and p.message): p for p in [*found, *nothings]}.values()
        )


def _nothings(source: Source) -> tuple[Problem, ...]:
    """Return a problem for every key with nothing after it: in these documents nothing never means anything."""
    found, waiting = list[Problem](), [source.root]
    while waiting:
        node = waiting.pop()
        for key, (mark, child) in (node.entries or {}).items():
            if child.plain is None:
                found.append(problem(source.file, mark, "E113", hint=message("fill"), key=key))
            waiting.append(child)
        for child in node.items or []:
            if child.plain is None:
                found.append(problem(source.file, child.start, "E113", hint=message("fill"), key="-"))
            waiting.append(child)
    return tuple(dict.fromkeys(found))


def type_name(node: Node) -> Message:
    """Return what a value is, for people, such as ``the number 3`` or ``a list``."""
    match node.plain:
        case None:
            return message("nothing")
        case bool():
            return message("truth", word="true" if node.plain else "false")
        case int() | float():
            return message("number", value=str(node.plain))
        case str():
            return message("text", text=node.plain)
        case list():
            return message("list")
    return message("mapping")


def _problem(source: Source, model: type[Document], base: Path, detail: ErrorDetails) -> Problem:
    kind, steps = detail["type"], tuple(detail["loc"])
    about_key = bool(steps) and steps[-1] == "[key]"
    path = source.resolve((*base, *(steps[:-1] if about_key else steps)))
    if about_key:
        return _bad_key(source, path)
    if kind == "missing":
        return _missing(source, path, steps)
    if kind == "extra_forbidden":
        advice = did_you_mean(steps[-1], _known_keys(model, source, base, steps))
        return problem(source.file, source.key_mark(path), "E102", hint=advice, key=str(steps[-1]))
    node = source.node(path)
    if node.plain is None:
        key = path[-1] if path and isinstance(path[-1], str) else "-"
        return problem(source.file, source.key_mark(path), "E113", hint=message("fill"), key=key)
    writer = _WRITERS.get(kind, _custom)
    return writer(source, path, node, detail)


def _only_misspelt(missing: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """Tell whether a key is missing because another one beside it is a misspelling of it, which is told anyway."""
    return missing["type"] == "missing" and any(
        other["type"] == "extra_forbidden"
        and other["loc"][:-1] == missing["loc"][:-1]
        and get_close_matches(str(other["loc"][-1]), [str(missing["loc"][-1])], cutoff=0.6)
        for other in details
    )


def _bad_key(source: Source, path: Path) -> Problem:
    key = str(path[-1]) if path else ""
    parent = path[-2] if len(path) > 1 else None
    if parent in ("title", "label", "notes", "question", "say", "otherwise"):
        advice = (
            did_you_mean(key, ("otherwise",) if parent == "say" else ()) if parent == "say" else message("language_key")
        )
        return problem(source.file, source.key_mark(path), "E114", hint=advice, name=key)
    return problem(source.file, source.key_mark(path), "E110", hint=name_hint(key), name=key)


def name_hint(name: str, *, hyphens: bool = False) -> Message:
    """Return the hint that says what names are like, with a name near to ``name`` where there is one."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(c))
    near = re.sub(r"[^a-z0-9]+", "-" if hyphens else "_", bare).strip("_-")
    if near and near != name and near[0].isalpha():
        return message("stem_such_as", example=near) if hyphens else message("name_such_as", example=near)
    return message("stem") if hyphens else message("name")


def _missing(source: Source, path: Path, steps: tuple[int | str, ...]) -> Problem:
    key, node = steps[-1], source.node(path)
    if isinstance(key, int):
        found = message("items", count=len(node.items or ()))
        return problem(
            source.file, source.mark(path), "E108.few", expected=message("items_or_more", count=key + 1), found=found
        )
    mark = source.key_mark(path) if path and isinstance(path[-1], str) else source.mark(path)
    return problem(source.file, mark, "E101", hint=message("add_key", key=key), key=key)


def _known_keys(model: type[Document], source: Source, base: Path, steps: tuple[int | str, ...]) -> Iterable[str]:
    """Return the keys of the innermost model that ``steps`` pass through, without those that are already there."""
    found = [model]
    for step in (str(step) for step in steps[:-1]):
        if step.startswith("<"):  # which of several forms a mapping has, by its kind
            found = [one for one in found if _is_of_kind(one, step.strip("<>"))] or found
        else:
            found = [inner for one in found[:1] for inner in _models_under(one, step)] or found
    present = source.node(source.resolve((*base, *steps[:-1]))).entries or {}
    return [name for name in keys_of(found[0]) if name not in present]


def _is_of_kind(model: type[Document], kind: str) -> bool:
    return "kind" in model.model_fields and kind in get_args(model.model_fields["kind"].annotation)


def keys_of(model: type[Document]) -> list[str]:
    """Return the keys that a mapping of a document may have."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _models_under(model: type[Document], key: str) -> list[type[Document]]:
    for name, field in model.model_fields.items():
        if key == (field.alias or name):
            return _models_in(field.annotation)
    return []


def _models_in(annotation: Any) -> list[type[Document]]:
    if isinstance(annotation, type) and issubclass(annotation, Document):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models_in(argument)]


# -- one writer per kind of complaint --------------------------------------------------------------------------------

_Writer = Callable[[Source, Path, Node, ErrorDetails], Problem]


def _text(source: Source, path: Path, node: Node, _: ErrorDetails) -> Problem:
    advice = None
    if not isinstance(node.plain, list | dict):
        key = f"{path[-1]}: " if path and isinstance(path[-1], str) else ""
        advice = message("write", line=f"{key}{quoted(source.written(path))}")
    return problem(source.file, node.start, "E103", hint=advice, found=type_name(node))


def _truth(source: Source, _path: Path, node: Node, _: ErrorDetails) -> Problem:
    return problem(source.file, node.start, "E104", expected=message("kind_truth"), found=type_name(node))


def _number(expected: Message, *, whole: bool = False) -> _Writer:
    def write(source: Source, _path: Path, node: Node, _: ErrorDetails) -> Problem:
        advice = None
        number = _meant_number(node.plain) if isinstance(node.plain, str) else None
        if number is not None and not (whole and "." in number):
            advice = message("write_value", value=number)
        return problem(source.file, node.start, "E104", hint=advice, expected=expected, found=type_name(node))

    return write


def _meant_number(text: str) -> str | None:
    """Return a number that is written in another way (``"3"``, ``3,5``, ``050``) as documents write it."""
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    if not math.isfinite(number) or abs(number) >= 1e15:
        return None
    return str(int(number)) if number.is_integer() else repr(number)


def _choice(source: Source, _path: Path, node: Node, detail: ErrorDetails) -> Problem:
    expected = str(detail.get("ctx", {}).get("expected", ""))
    words = [part.strip("' ") for part in expected.replace(" or ", ", ").split(", ")]
    close = did_you_mean(node.plain, words) if isinstance(node.plain, str) and len(words) > 1 else None
    shown = message("quoted", text=node.plain) if isinstance(node.plain, str) else type_name(node)
    advice = close if close is not None and close.key == "did_you_mean" else None
    numbers = message("or", before=", ".join(words[:-1]), last=words[-1]) if len(words) > 1 else expected
    listed = tuple(words) if "'" in expected else numbers
    return problem(source.file, node.start, "E105", hint=advice, expected=listed, found=shown)


def _mapping(source: Source, _path: Path, node: Node, _: ErrorDetails) -> Problem:
    return problem(source.file, node.start, "E106", found=type_name(node))


def _list(source: Source, path: Path, node: Node, detail: ErrorDetails) -> Problem:
    advice = None
    # Of a tuple one item would not be enough.
    if detail["type"] == "list_type" and isinstance(node.plain, str) and "\n" not in source.written(path):
        advice = message("write_value", value=f"[{source.written(path)}]")
    return problem(source.file, node.start, "E107", hint=advice, found=type_name(node))


def _length(source: Source, path: Path, node: Node, detail: ErrorDetails) -> Problem:
    context = detail.get("ctx", {})
    decimals = mend_decimals(source.written(path)) if node.items is not None and node.flow else None
    advice = message("decimal_comma", line=decimals) if decimals else None
    found = len(node.plain) if isinstance(node.plain, list | dict | str) else 0
    count = context.get("max_length", context.get("min_length", 0))
    amount = message("characters", count=count) if isinstance(node.plain, str) else message("items", count=count)
    expected = message("at_most", amount=amount) if "max_length" in context else message("at_least", amount=amount)
    return problem(source.file, node.start, "E108", hint=advice, expected=expected, found=found)


_LIMITS = {"ge": "at_least", "gt": "more_than", "le": "at_most", "lt": "less_than"}


def _range(source: Source, _path: Path, node: Node, detail: ErrorDetails) -> Problem:
    context = detail.get("ctx", {})
    limits = [message(_LIMITS[name], amount=context[name]) for name in _LIMITS if name in context]
    both = limits[0] if len(limits) == 1 else message("both", one=limits[0], other=limits[1])
    return problem(source.file, node.start, "E109", found=str(node.plain), limits=both)


def _name(source: Source, _path: Path, node: Node, detail: ErrorDetails) -> Problem:
    pattern = str(detail.get("ctx", {}).get("pattern", ""))
    if "{2,3}" in pattern:
        return problem(source.file, node.start, "E114", hint=message("language_key"), name=str(node.plain))
    advice = name_hint(str(node.plain), hyphens="-]" in pattern)
    return problem(source.file, node.start, "E110", hint=advice, name=str(node.plain))


def _not_finite(source: Source, path: Path, node: Node, _: ErrorDetails) -> Problem:
    return problem(source.file, node.start, "E104", expected=message("finite_number"), found=source.written(path))


def _custom(source: Source, _path: Path, node: Node, detail: ErrorDetails) -> Problem:
    context = detail.get("ctx", {})
    raised = context.get("error")
    if isinstance(raised, CalendarError):
        return problem(source.file, node.start, "E111", hint=raised.hint, reason=raised.message)
    if detail["type"] != "refusal":
        return problem(source.file, node.start, "E111.other", kind=detail["type"])
    return Problem(source.file, node.start.line, node.start.column, context["message"], context["hint"])


_WRITERS: Mapping[str, _Writer] = {
    "string_type": _text,
    "text_expected": _text,
    "int_type": _number(message("whole_number"), whole=True),
    "int_from_float": _number(message("whole_number"), whole=True),
    "int_parsing": _number(message("whole_number"), whole=True),
    "float_type": _number(message("kind_number")),
    "float_parsing": _number(message("kind_number")),
    "bool_type": _truth,
    "bool_parsing": _truth,
    "finite_number": _not_finite,
    "literal_error": _choice,
    "enum": _choice,
    "dict_type": _mapping,
    "model_type": _mapping,
    "model_attributes_type": _mapping,
    "list_type": _list,
    "tuple_type": _list,
    "too_short": _length,
    "too_long": _length,
    "string_too_short": _length,
    "string_too_long": _length,
    "greater_than": _range,
    "greater_than_equal": _range,
    "less_than": _range,
    "less_than_equal": _range,
    "string_pattern_mismatch": _name,
}
