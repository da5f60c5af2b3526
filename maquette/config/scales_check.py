"""Scales: colours that can be read, classes that rise, quantities in the scale's unit; and the scales themselves."""

from collections.abc import Mapping, Sequence

from maquette.config.amounts import amount, check_amount, same_kind
from maquette.config.documents import (
    ClassDocument,
    ComputedDocument,
    ComputedValueDocument,
    ContinuousDocument,
    DivergingDocument,
    FeedDocument,
    ScaleDocument,
    ScalesDocument,
    UseDocument,
    ValueDocument,
)
from maquette.config.draft import Draft
from maquette.config.languages import check_text
from maquette.config.problems import did_you_mean
from maquette.config.scales_sight import warn_of_gaps, warn_of_likeness
from maquette.config.tree import Path
from maquette.core.colour import Floats, parse_colour, parse_colours
from maquette.core.message import message
from maquette.core.text import Text
from maquette.errors import ColourError
from maquette.show.ramps import DIVERGING, SEQUENTIAL, ramp
from maquette.show.scales import ClassScale, ContinuousScale, Scale, ScaleClass, ThresholdScale

_FORMS = ("classes", "thresholds", "continuous", "diverging")


def check_scales(draft: Draft, document: ScalesDocument, languages: Sequence[str]) -> None:
    """Check the scales of a document; problems are noted in the draft."""
    for name, scale in document.scales.items():
        path: Path = ("scales", name)
        if scale.title is None:
            draft.report("E101", path, on_key=True, hint=message("add_key", key="title"), key="title")
        check_scale(draft, path, scale, languages)


def check_value_scales(
    draft: Draft,
    feeds: Mapping[str, FeedDocument | ComputedDocument | UseDocument],
    scales: Mapping[str, ScaleDocument],
) -> None:
    """Check the scales that the values of an installation's own feeds name; problems are noted in the draft."""
    for feed, document in feeds.items():
        values: Mapping[str, ValueDocument | ComputedValueDocument] = {}
        if not isinstance(document, UseDocument):
            values = document.values
        for name, value in values.items():
            path: Path = ("feeds", feed, "values", name, "scale")
            if value.scale is None:
                continue
            scale = scales.get(value.scale)
            if scale is None:
                draft.report("E212", path, hint=did_you_mean(value.scale, scales), name=value.scale)
            elif not same_kind(value.unit, scale.unit):
                found, expected = value.unit or "", scale.unit or ""
                draft.report("E340", path, found=found, scale=value.scale, expected=expected)


def check_scale(draft: Draft, path: Path, scale: ScaleDocument, languages: Sequence[str]) -> None:
    """Check a scale, in a document of scales or in a light; problems are noted in the draft."""
    before = len(draft.problems)
    check_text(draft, (*path, "title"), scale.title, languages)
    given = [form for form in _FORMS if getattr(scale, form) is not None]
    if len(given) != 1:
        draft.report("E115", path, on_key=True, names=_FORMS)
    elif scale.continuous is not None:
        _check_band(draft, (*path, "continuous"), scale, scale.continuous)
    elif scale.diverging is not None:
        _check_band(draft, (*path, "diverging"), scale, scale.diverging)
    else:
        _check_classes(draft, (*path, given[0]), scale, languages)
        if not any(problem.severity == "error" for problem in draft.problems[before:]):
            warn_of_likeness(draft, (*path, given[0]), make_scale("", scale))
            warn_of_gaps(draft, (*path, given[0]), scale)


def check_colour(draft: Draft, path: Path, written: str) -> None:
    """Check that a colour can be read."""
    try:
        parse_colour(written)
    except ColourError:
        bare = written.removeprefix("#").lower()
        known = len(bare) == 6 and all(c in "0123456789abcdef" for c in bare)
        draft.report(
            "E352", path, hint=message("colour_hash", digits=bare) if known else message("colour"), text=written
        )


def _check_band(draft: Draft, path: Path, scale: ScaleDocument, band: ContinuousDocument | DivergingDocument) -> None:
    diverging = isinstance(band, DivergingDocument)
    _check_colours(draft, (*path, "colours"), band.colours, diverging=diverging)
    keys = ("from", "middle", "to") if diverging else ("from", "to")
    ends = [
        check_amount(draft, (*path, key), written, scale.unit) for key, written in zip(keys, _ends(band), strict=True)
    ]
    if diverging and None not in ends:
        low, middle, high = (end for end in ends if end is not None)
        if not (low < middle < high or low > middle > high):
            draft.report("E381", (*path, "middle"))
    elif ends[0] is not None and ends[0] == ends[1]:
        draft.report("E358", (*path, "to"))


def _check_colours(draft: Draft, path: Path, colours: str | list[str], *, diverging: bool) -> None:
    if isinstance(colours, str):
        kind, known = ("diverging", DIVERGING) if diverging else ("continuous", SEQUENTIAL)
        if colours not in known:
            draft.report("E239", path, hint=did_you_mean(colours, known), name=colours, kind=kind)
        return
    for index, colour in enumerate(colours):
        check_colour(draft, (*path, index), colour)
    if diverging and len(colours) % 2 == 0:
        draft.report("E382", path, number=len(colours))


def _ends(band: ContinuousDocument | DivergingDocument) -> tuple[float | str, ...]:
    middle = (band.middle,) if isinstance(band, DivergingDocument) else ()
    return (band.from_, *middle, band.to)


def _check_classes(draft: Draft, path: Path, scale: ScaleDocument, languages: Sequence[str]) -> None:
    by_value = scale.classes is not None
    before: float | None = None
    for index, entry in enumerate(scale.steps):
        here: Path = (*path, index)
        check_text(draft, (*here, "title"), entry.title, languages)
        check_colour(draft, (*here, "colour"), entry.colour)
        _check_sign(draft, here, entry, scale)
        at = _place(draft, here, entry, scale, by_value=by_value, first=index == 0)
        if at is not None and before is not None and at <= before:
            key = "value" if by_value else "from"
            draft.report("E342", (*here, key), hint=message("rising"), value=f"{at:g}", before=f"{before:g}")
        before = at if at is not None else before


def _check_sign(draft: Draft, path: Path, entry: ClassDocument, scale: ScaleDocument) -> None:
    """Check that a class has the second sign that its scale has, and no other."""
    other = "tempo" if scale.sign == "share" else "share"
    if getattr(entry, other) is not None:
        draft.report("E380", (*path, other), on_key=True, sign=str(scale.sign))
    elif scale.sign is not None and getattr(entry, scale.sign) is None:
        draft.report("E380", path, hint=message("add_key", key=scale.sign), sign=str(scale.sign))


def _place(
    draft: Draft, path: Path, entry: ClassDocument, scale: ScaleDocument, *, by_value: bool, first: bool
) -> float | None:
    if by_value:
        if entry.from_ is not None:
            draft.report("E357", (*path, "from"), on_key=True)
        if entry.value is None:
            draft.report("E363", path, hint=message("add_key", key="value"), kind="classes", key="value")
        return entry.value
    if entry.value is not None:
        draft.report("E363", (*path, "value"), on_key=True, hint=message("use_from"), kind="thresholds", key="from")
    elif entry.from_ is None and not first:
        draft.report("E356", path, hint=message("add_key", key="from"))
    return None if entry.from_ is None else check_amount(draft, (*path, "from"), entry.from_, scale.unit)


def make_scale(name: str, document: ScaleDocument, title: Text | None = None) -> Scale:
    """Make a scale from a checked document.

    Args:
        name: its id.
        document: the document.
        title: what it tells, where the document does not say.
    """
    told, unit = document.title or title or {"": name}, document.unit
    band = document.continuous or document.diverging
    if band is not None:
        ends = [amount(end, unit) for end in _ends(band)]
        return ContinuousScale(name, told, unit, ends, _stops(band.colours))
    if document.classes is not None:
        return ClassScale(name, told, unit, tuple(_class(c, c.value) for c in document.classes), document.sign)
    places = (None if c.from_ is None else amount(c.from_, unit) for c in document.steps)
    classes = tuple(_class(c, at) for c, at in zip(document.steps, places, strict=True))
    return ThresholdScale(name, told, unit, classes, document.sign)


def _stops(colours: str | list[str]) -> Floats:
    return ramp(colours) if isinstance(colours, str) else parse_colours(colours)


def _class(document: ClassDocument, at: float | None) -> ScaleClass:
    sign = document.tempo if document.share is None else document.share / 100
    return ScaleClass(document.title, parse_colour(document.colour), at, sign)
