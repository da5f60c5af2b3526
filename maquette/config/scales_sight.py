"""What eyes make of scales: classes that some cannot tell apart, values of which a scale knows nothing, second signs that no light shows.

These are warnings: the scale works, but somebody will misread it.
"""

import math
from itertools import pairwise

from maquette.config.amounts import amount
from maquette.config.documents import BoundDocument, LightDocument, ScaleDocument
from maquette.config.draft import Draft
from maquette.config.light_defaults import SHOWN_BY, scale_document, split_effect, value_of
from maquette.config.tree import Path
from maquette.config.world import World
from maquette.core.message import message
from maquette.core.readings import Quality
from maquette.errors import UnitError
from maquette.show.effects import EFFECTS
from maquette.show.legibility import confusions, disguises
from maquette.show.scales import Scale


def warn_of_likeness(draft: Draft, path: Path, scale: Scale) -> None:
    """Warn of classes that are hard to tell apart, and of those that a quality mark turns into others.

    Args:
        draft: the document.
        path: where its classes stand.
        scale: the scale.
    """
    for found in confusions(scale):
        draft.report(
            "W010",
            (*path, found.other, "colour"),
            hint=message("second_sign"),
            eye=message(f"eye_{found.vision}"),
            number=found.other + 1,
            other=found.one + 1,
            difference=f"{found.difference:.1f}",
        )
    for found in disguises(scale):
        draft.report(
            "W011.half" if found.quality is Quality.STALE else "W011.third",
            (*path, found.one, "colour"),
            hint=message("second_sign"),
            number=found.one + 1,
            other=found.other + 1,
            eye=message(f"eye_{found.vision}"),
            difference=f"{found.difference:.1f}",
        )


def warn_of_gaps(draft: Draft, path: Path, scale: ScaleDocument) -> None:
    """Warn of whole numbers between classes that have no class."""
    values = [entry.value for entry in scale.classes or [] if entry.value is not None]
    if not all(value.is_integer() for value in values):
        return
    for index, (before, value) in enumerate(pairwise(values), 1):
        if value > before + 1:
            between = f"{before + 1:g}" if value == before + 2 else f"{before + 1:g}…{value - 1:g}"
            draft.report("W012", (*path, index, "value"), numbers=between)


def warn_of_sign(draft: Draft, path: Path, light: LightDocument, world: World) -> None:
    """Warn of a light whose effect does not show the second sign of its scale."""
    scale = scale_document(light, world)
    sign = None if scale is None else scale.sign
    name, parameters = split_effect(light, world)
    if sign is None or name not in EFFECTS:
        return
    if sign not in EFFECTS[name].parameters:
        draft.report(f"W014.{sign}", (*path, "effect"), hint=message("show_sign", effect=SHOWN_BY[sign]), effect=name)
    elif sign in parameters and not isinstance(parameters[sign], BoundDocument):
        draft.report(f"W014.fixed_{sign}", (*path, "effect", name, sign), on_key=True, hint=message("remove"))


def warn_of_unknown_values(draft: Draft, path: Path, light: LightDocument, world: World) -> None:
    """Warn of a light whose value may be one of which its scale knows nothing."""
    scale, value = scale_document(light, world), value_of(light, world)
    if scale is None or value is None or value.plausible is None or not scale.steps:
        return
    try:
        low, high = (amount(f"{end!r} {value.unit}" if value.unit else end, scale.unit) for end in value.plausible)
        first = scale.steps[0].value if scale.thresholds is None else scale.steps[0].from_
        known = -math.inf if first is None else amount(first, scale.unit)
    except UnitError:
        return  # told elsewhere
    last = scale.steps[-1].value if scale.classes is not None else None
    where = (*path, "scale" if light.scale is not None else "value")
    if low < known:
        draft.report("W013.below", where, value=_figure(low, scale.unit), first=_figure(known, scale.unit))
    if last is not None and high > last:
        draft.report("W013.above", where, value=_figure(high, scale.unit), last=_figure(last, scale.unit))


def _figure(value: float, unit: str | None) -> str:
    return f"{value:g} {unit}" if unit else f"{value:g}"
