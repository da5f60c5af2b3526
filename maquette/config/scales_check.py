"""Scales: colours that can be read, classes that rise, quantities in the scale's unit; and the scales themselves."""

from collections.abc import Sequence

import numpy as np

from maquette.config.amounts import amount, check_amount
from maquette.config.documents import ClassDocument, ContinuousDocument, ScaleDocument, ScalesDocument
from maquette.config.draft import Draft
from maquette.config.languages import check_text
from maquette.config.problems import friendly_list, hint
from maquette.config.tree import Path
from maquette.core.colour import parse_colour
from maquette.errors import ColourError
from maquette.show.scales import ClassScale, ContinuousScale, Scale, ScaleClass, ThresholdScale

_FORMS = ("classes", "thresholds", "continuous")


def check_scales(draft: Draft, document: ScalesDocument, languages: Sequence[str]) -> None:
    """Check the scales of a document; problems are noted in the draft."""
    for name, scale in document.scales.items():
        check_scale(draft, ("scales", name), scale, languages)


def check_scale(draft: Draft, path: Path, scale: ScaleDocument, languages: Sequence[str]) -> None:
    """Check one scale; problems are noted in the draft."""
    check_text(draft, (*path, "title"), scale.title, languages)
    given = [form for form in _FORMS if getattr(scale, form) is not None]
    if len(given) != 1:
        draft.report("E115", path, on_key=True, names=friendly_list(_FORMS))
    elif scale.continuous is not None:
        _check_continuous(draft, (*path, "continuous"), scale, scale.continuous)
    else:
        _check_classes(draft, (*path, given[0]), scale, languages)


def check_colour(draft: Draft, path: Path, written: str) -> None:
    """Check that a colour can be read."""
    try:
        parse_colour(written)
    except ColourError:
        bare = written.removeprefix("#").lower()
        known = len(bare) == 6 and all(c in "0123456789abcdef" for c in bare)
        draft.report("E352", path, hint=hint("colour_hash", digits=bare) if known else hint("colour"), text=written)


def _check_continuous(draft: Draft, path: Path, scale: ScaleDocument, continuous: ContinuousDocument) -> None:
    for index, colour in enumerate(continuous.colours):
        check_colour(draft, (*path, "colours", index), colour)
    low = check_amount(draft, (*path, "from"), continuous.from_, scale.unit)
    high = check_amount(draft, (*path, "to"), continuous.to, scale.unit)
    if low is not None and low == high:
        draft.report("E358", (*path, "to"))


def _check_classes(draft: Draft, path: Path, scale: ScaleDocument, languages: Sequence[str]) -> None:
    by_value = scale.classes is not None
    before: float | None = None
    for index, entry in enumerate(scale.classes or scale.thresholds or []):
        here: Path = (*path, index)
        check_text(draft, (*here, "title"), entry.title, languages)
        check_colour(draft, (*here, "colour"), entry.colour)
        at = _place(draft, here, entry, scale, by_value=by_value, first=index == 0)
        if at is not None and before is not None and at <= before:
            key = "value" if by_value else "from"
            draft.report("E342", (*here, key), hint=hint("rising"), value=f"{at:g}", before=f"{before:g}")
        before = at if at is not None else before


def _place(
    draft: Draft, path: Path, entry: ClassDocument, scale: ScaleDocument, *, by_value: bool, first: bool
) -> float | None:
    if by_value:
        if entry.from_ is not None:
            draft.report("E357", (*path, "from"), on_key=True)
        if entry.value is None:
            draft.report("E363", path, hint=hint("add_key", key="value"), kind="classes", key="value")
        return entry.value
    if entry.value is not None:
        draft.report("E363", (*path, "value"), on_key=True, hint=hint("use_from"), kind="thresholds", key="from")
    elif entry.from_ is None and not first:
        draft.report("E356", path, hint=hint("add_key", key="from"))
    return None if entry.from_ is None else check_amount(draft, (*path, "from"), entry.from_, scale.unit)


def make_scale(name: str, document: ScaleDocument) -> Scale:
    """Make a scale from a checked document."""
    if document.continuous is not None:
        low, high = amount(document.continuous.from_, document.unit), amount(document.continuous.to, document.unit)
        stops = np.stack([parse_colour(colour) for colour in document.continuous.colours])
        return ContinuousScale(name, document.title, document.unit, low, high, stops)
    if document.classes is not None:
        classes = tuple(ScaleClass(c.title, parse_colour(c.colour), c.value) for c in document.classes)
        return ClassScale(name, document.title, document.unit, classes)
    thresholds = tuple(
        ScaleClass(c.title, parse_colour(c.colour), None if c.from_ is None else amount(c.from_, document.unit))
        for c in document.thresholds or []
    )
    return ThresholdScale(name, document.title, document.unit, thresholds)
