"""Expressions in documents: each problem points into the expression, at the line and column of the file."""

from collections.abc import Sequence
from dataclasses import dataclass

from maquette.config.draft import Draft
from maquette.config.tree import Path
from maquette.config.world import World
from maquette.core.message import message
from maquette.errors import ExpressionError
from maquette.show.captions import parse_pieces
from maquette.show.expressions import Expression, Finding, Kind, compile_expression, examine

ZONE_TITLE = "zone.title"
"""What stands in the braces of a text for the name of the zone for which a step is."""


@dataclass(frozen=True, slots=True)
class Examined:
    """An expression that was examined: its unit, and whether it is without fault."""

    expression: Expression
    unit: str | None
    sound: bool


def check_expression(
    draft: Draft, path: Path, text: str, world: World, zones: Sequence[str] = (), *, offset: int = 0
) -> Examined | None:
    """Compile and examine an expression; None when it cannot be read. Problems are noted in the draft.

    Args:
        draft: the document.
        path: where the text stands.
        text: the expression.
        world: what it may name.
        zones: those for which it is evaluated; empty where there is no zone.
        offset: where in the text at ``path`` the expression begins.
    """
    try:
        expression = compile_expression(text)
    except ExpressionError as error:
        _report(draft, path, offset + error.column, error)
        return None
    if any(term.feed in world.unread for term in expression.terms):
        return Examined(expression, None, sound=False)
    unit, findings = examine(expression, world.vocabulary(zones))
    for found in findings:
        _report(draft, path, offset + found.column, found)
    if not findings and draft.passed:
        _warn_of_missing_attributes(draft, path, expression, world, zones)
        _warn_of_settled(draft, path, offset, expression, world)
    return Examined(expression, unit, not findings)


def check_number(draft: Draft, path: Path, text: str, world: World, zones: Sequence[str] = ()) -> Examined | None:
    """Check an expression that must give a number; as `check_expression`."""
    examined = check_expression(draft, path, text, world, zones)
    if examined is not None and examined.expression.kind is Kind.TEXT:
        draft.report("E361", path)
    return examined


def check_condition(draft: Draft, path: Path, text: str, world: World, zones: Sequence[str] = ()) -> Examined | None:
    """Check an expression that must be true or false; as `check_expression`."""
    examined = check_expression(draft, path, text, world, zones)
    if examined is not None and examined.expression.kind is not Kind.TRUTH:
        found = message("kind_text") if examined.expression.kind is Kind.TEXT else message("kind_number")
        draft.report("E365", path, hint=message("compare"), found=found)
    elif examined is not None and not examined.expression.terms:
        draft.report("W023", path)
    return examined


def check_caption(
    draft: Draft, path: Path, text: str, world: World, zones: Sequence[str] = (), *, zone_only: bool = False
) -> None:
    """Check the expressions in the braces of a text.

    Args:
        draft: the document.
        path: where the text stands.
        text: the text.
        world: what it may name.
        zones: those for which it is said; empty where there is no zone.
        zone_only: whether only the zone's name and attributes may stand there, as in a title.
    """
    try:
        pieces = parse_pieces(text)
    except ExpressionError as error:
        _report(draft, path, error.column, error)
        return
    for offset, piece in pieces:
        if isinstance(piece, str) or (zones and piece.text == ZONE_TITLE):
            continue
        if zone_only and (piece.terms or len(piece.attributes) != 1 or not piece.text.startswith("zone.")):
            draft.report_at(draft.tree.mark_in(path, offset), message("E371"))
            continue
        check_expression(draft, path, piece.text, world, zones, offset=offset)


def _report(draft: Draft, path: Path, offset: int, fault: ExpressionError | Finding) -> None:
    draft.report_at(draft.tree.mark_in(path, offset), fault.message, fault.hint)


def _warn_of_missing_attributes(
    draft: Draft, path: Path, expression: Expression, world: World, zones: Sequence[str]
) -> None:
    for name in sorted(expression.attributes):
        for zone in zones:
            if name not in world.zones[zone].attributes:
                draft.report("W004", path, zone=zone, name=name)


def _warn_of_settled(draft: Draft, path: Path, offset: int, expression: Expression, world: World) -> None:
    """Warn of comparisons that no reading can change."""
    for holds, column, low, high, unit in expression.settled(world.plausible):
        lowest, highest = f"{low:g}", f"{high:g} {unit}" if unit else f"{high:g}"
        mark = draft.tree.mark_in(path, offset + column)
        told = message("W024" if holds else "W025", low=lowest, high=highest)
        draft.report_at(mark, told)
