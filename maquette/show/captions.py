"""Captions: templates with figures in braces become what visitors read, in each language, with the readings of a moment.

In: ``"Le plus haut est {max(air.index)}."``. Out: words and `Figure` in turn; numbers are worded where they are shown, in the language of
who reads. ``{{`` and ``}}`` stand for braces.
"""

from collections.abc import Mapping

from maquette.core.message import message
from maquette.core.readings import Readings
from maquette.core.text import Caption, Figure, choose
from maquette.errors import ExpressionError
from maquette.show.expressions import Expression, Kind, Scope, compile_expression
from maquette.show.scenario import Say, Variant, Words


def parse_caption(text: str) -> Words:
    """Read a caption's template.

    Raises:
        ExpressionError: a brace that is not closed or not opened, an empty figure, a fault in a figure's expression; the column is an
            offset in ``text``.
    """
    return Words(tuple(piece for _, piece in parse_pieces(text)))


def parse_pieces(text: str) -> tuple[tuple[int, str | Expression], ...]:
    """Read a caption's template like `parse_caption`, each piece with the offset in ``text`` at which it begins.

    A finding of `examine` at column c in a figure is at that figure's offset + c in the whole text.
    """
    pieces: list[tuple[int, str | Expression]] = []
    words, begins, at = "", 0, 0
    while at < len(text):
        sign = text[at]
        if text[at : at + 2] in ("{{", "}}"):
            words, at = words + sign, at + 2
        elif sign == "}":
            raise ExpressionError(message("E307.not_opened"), column=at, hint=message("write_brace", written="}}"))
        elif sign == "{":
            if words:
                pieces.append((begins, words))
            end = _closing(text, at)
            pieces.append(_figure(text, at + 1, end))
            words, begins, at = "", end + 1, end + 1
        else:
            words, at = words + sign, at + 1
    if words:
        pieces.append((begins, words))
    return tuple(pieces)


def _closing(text: str, opened: int) -> int:
    """Return where the brace opened at ``opened`` is closed; braces in quotes do not count."""
    quote = ""
    for at in range(opened + 1, len(text)):
        sign = text[at]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign == "}":
            return at
        elif sign == "{":
            break
    raise ExpressionError(message("E307.not_closed"), column=opened, hint=message("write_brace", written="{{"))


def _figure(text: str, start: int, end: int) -> tuple[int, Expression]:
    written = text[start:end]
    begins = start + len(written) - len(written.lstrip())
    if not written.strip():
        raise ExpressionError(message("E308.empty"), column=start - 1, hint=message("write_figure"))
    try:
        expression = compile_expression(written.strip())
    except ExpressionError as error:
        raise ExpressionError(error.message, column=begins + error.column, hint=error.hint) from None
    if expression.kind is Kind.TRUTH:
        hint = message("write_words", written=f"{{'…' if {expression.text} else '…'}}")
        raise ExpressionError(message("E308.truth"), column=begins, hint=hint)
    return begins, expression


def say(say: Say, readings: Readings, now: float, zone: Mapping[str, str] | None = None) -> Caption:
    """Return what visitors read now, in every language that the document has; nothing when no variant's condition holds.

    Where a figure of a language's template is unknown, the `otherwise` of that language (else the plain one) stands in; without it the
    figure's value is None.

    Args:
        say: the variants.
        readings: all readings.
        now: seconds of the monotonic clock.
        zone: the attributes of the zone for which it is said, or None.
    """
    scope = Scope(readings, now, zone)
    worded = _Worder(scope)
    chosen = next((v for v in say.variants if v.when is None or v.when.evaluate(scope).value is True), None)
    if chosen is None:
        return {}
    languages = dict.fromkeys((*chosen.templates, *chosen.otherwise))
    return {language: _spoken(chosen, language, worded) for language in languages}


def _spoken(variant: Variant, language: str, worded: "_Worder") -> tuple[str | Figure, ...]:
    template = choose(variant.templates, language)
    assert isinstance(template, Words | None)
    pieces = worded.filled(template)
    if template is not None and all(not isinstance(p, Figure) or p.value is not None for p in pieces):
        return pieces
    instead = variant.otherwise.get(language, variant.otherwise.get(""))
    return pieces if instead is None else worded.filled(instead)


class _Worder:
    """Fills templates at one moment; a figure that stands in several languages is worked out once."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._figures: dict[Expression, Figure] = {}

    def filled(self, template: Words | None) -> tuple[str | Figure, ...]:
        pieces = template.pieces if template is not None else ()
        return tuple(piece if isinstance(piece, str) else self._figure(piece) for piece in pieces)

    def _figure(self, expression: Expression) -> Figure:
        if expression not in self._figures:
            outcome = expression.evaluate(self._scope)
            assert not isinstance(outcome.value, bool)
            behind = {
                (r.feed, r.name): (r.feed, r.name, r.key) for r in reversed(outcome.readings)
            }  # the worst comes first
            quality = outcome.quality.value
            self._figures[expression] = Figure(outcome.value, outcome.unit, quality, tuple(behind.values()))
        return self._figures[expression]
