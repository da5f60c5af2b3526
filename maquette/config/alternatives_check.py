"""Alternatives of feeds: found or filled in like feeds, and checked to tell the same values in the same units."""

from collections.abc import Mapping
from typing import Any

from maquette.config.catalogue import catalogue_names, read_catalogue
from maquette.config.documents import ComputedDocument, FeedDocument, MqttDocument, UseDocument
from maquette.config.draft import Draft
from maquette.config.feeds_check import AnyFeed, check_feed_shape, resolve_feed
from maquette.config.problems import did_you_mean
from maquette.config.registries import Registries
from maquette.config.tree import Path
from maquette.core.message import Message, message


def resolve_alternatives(
    draft: Draft,
    shaped: Mapping[str, AnyFeed],
    feeds: Mapping[str, FeedDocument],
    registries: Registries,
    time_zone: str,
    mqtt: MqttDocument | None,
) -> dict[str, tuple[FeedDocument, ...]]:
    """Return the alternatives of each feed that has some, in their order; those with problems, which are noted, are left out.

    Args:
        draft: config.yaml.
        shaped: its feeds as written.
        feeds: those that ask a source, filled in.
        registries: the options of everything that documents may name.
        time_zone: of the territory.
        mqtt: the broker of feeds that name none.
    """
    found: dict[str, tuple[FeedDocument, ...]] = {}
    for name, feed in feeds.items():
        own = shaped[name]
        use = own if isinstance(own, UseDocument) else None
        written = feed.alternatives if use is None or use.alternatives is None else use.alternatives
        documents = []
        for index, entry in enumerate(written):
            # Those that the catalogue names have no line in config.yaml: what is wrong with them is told at the feed.
            in_catalogue = use is not None and use.alternatives is None
            path: Path = ("feeds", name) if in_catalogue else ("feeds", name, "alternatives", index)
            document = _shaped(draft, path, entry, use, registries)
            if document is not None:
                other = resolve_feed(draft, path, document, registries, time_zone, mqtt)
                if other is not None and _fits(draft, path, name, feed, other, document):
                    documents.append(other.model_copy(update={"sample": None}))
        if documents:
            found[name] = tuple(documents)
    return found


def _shaped(
    draft: Draft, path: Path, entry: Any, first: UseDocument | None, registries: Registries
) -> FeedDocument | UseDocument | None:
    """Return an entry as a document: a name takes the parameters of the feed for which it stands in."""
    if isinstance(entry, str):
        names = catalogue_names(registries.catalogue)
        if entry not in names:
            draft.report("E218", path, hint=did_you_mean(entry, names), name=entry)
            return None
        catalogue, _ = read_catalogue(registries.catalogue, entry)
        known = {} if catalogue is None else catalogue.parameters
        given = {} if first is None else first.with_
        return UseDocument.model_validate(
            {"use": entry, "with": {name: value for name, value in given.items() if name in known}}
        )
    document = check_feed_shape(draft, path, entry, registries)
    if isinstance(document, ComputedDocument):
        draft.report("E245", (*path, "kind"), kind=document.kind)
        return None
    if document is not None and document.alternatives:
        draft.report("E246", (*path, "alternatives"), on_key=True)
        return None
    return document


def _fits(
    draft: Draft, path: Path, name: str, first: FeedDocument, other: FeedDocument, written: FeedDocument | UseDocument
) -> bool:
    """Check that an alternative tells values of the first feed, in the same units and with keys where that has some."""
    before = len(draft.problems)
    if other.pushed:
        draft.report("E245", (*path, "kind"), kind=other.kind)
    if other.keyed is not first.keyed:
        draft.report("E244.keyed" if first.keyed else "E244", path, name=name)
        return False
    shared = [value for value in other.values if value in first.values]
    if isinstance(written, FeedDocument):
        for value in other.values:
            if value not in first.values:
                advice = did_you_mean(value, first.values)
                draft.report("E242", (*path, "values", value), on_key=True, hint=advice, feed=name, name=value)
    elif not shared:
        advice = message("there_are", names=", ".join(first.values))
        draft.report("E242.none", path, hint=advice, feed=name, name=written.use)
    for value in shared:
        ours, theirs = first.values[value].unit, other.values[value].unit
        if ours != theirs:
            where, unit, here = (*path, "values", value), _unit(ours), _unit(theirs)
            draft.report("E243", where, on_key=True, feed=name, name=value, unit=unit, other=here)
    return len(draft.problems) == before


def _unit(unit: str | None) -> str | Message:
    return message("no_unit") if unit is None else unit
