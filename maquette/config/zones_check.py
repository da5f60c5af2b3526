"""Feeds whose rows are told apart by zones: these are laid on the earth here, by the plan's control points."""

from collections.abc import Mapping, Sequence

from maquette.config.documents import FeedDocument, HardwareDocument, TableDocument
from maquette.config.draft import Draft
from maquette.config.problems import did_you_mean
from maquette.config.tree import Path
from maquette.core.geography import on_earth
from maquette.core.message import message


def lay_zones(draft: Draft, feeds: Mapping[str, FeedDocument], hardware: HardwareDocument) -> dict[str, FeedDocument]:
    """Return the feeds, their zones laid where the plan says; unknown zones and a plan without control points are noted in the draft."""
    return {name: _laid(draft, ("feeds", name), feed, hardware) for name, feed in feeds.items()}


def lay_alternatives(
    draft: Draft, alternatives: Mapping[str, Sequence[FeedDocument]], hardware: HardwareDocument
) -> dict[str, tuple[FeedDocument, ...]]:
    """Return the alternatives of feeds, as `lay_zones` does."""
    return {
        name: tuple(
            _laid(draft, ("feeds", name, "alternatives", index), feed, hardware) for index, feed in enumerate(feeds)
        )
        for name, feeds in alternatives.items()
    }


def _laid(draft: Draft, path: Path, feed: FeedDocument, hardware: HardwareDocument) -> FeedDocument:
    rows = feed.rows if isinstance(feed, TableDocument) else None
    if rows is None or rows.zones is None:
        return feed
    names = dict[str, None]()
    for index, name in enumerate(rows.zones.of):
        if name == "all":
            names.update(dict.fromkeys(hardware.zones))
        elif name in hardware.zones or name in hardware.groups:
            names.update(dict.fromkeys(hardware.groups.get(name, [name])))
        else:
            advice = did_you_mean(name, [*hardware.zones, *hardware.groups, "all"])
            draft.report("E204", (*path, "rows", "zones", "of", index), hint=advice, name=name)
    if hardware.plan.geo is None:
        draft.report("E241", (*path, "rows", "zones"), hint=message("add_geo"))
        return feed
    try:
        laid = {
            name: on_earth(hardware.plan.geo, hardware.zones[name].path) for name in names if name in hardware.zones
        }
    except ValueError:  # told with the hardware document
        return feed
    zones = rows.zones.laid(laid)
    return feed.model_copy(update={"rows": rows.model_copy(update={"zones": zones})})
