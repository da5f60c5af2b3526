"""Feeds of an installation: their own or ready-made, each checked against the document of its kind."""

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from maquette.config.broker_check import with_absolute_files
from maquette.config.catalogue import catalogue_names, check_parameters, fill_in, read_catalogue
from maquette.config.credentials import look_up, secret_names
from maquette.config.documents import (
    CatalogueDocument,
    ComputedDocument,
    FeedDocument,
    FileOptions,
    MqttDocument,
    RecordingOptions,
    UseDocument,
)
from maquette.config.draft import Draft
from maquette.config.problems import did_you_mean
from maquette.config.registries import Registries
from maquette.config.series_check import with_series
from maquette.config.shape import type_name
from maquette.config.tree import Path
from maquette.core.message import message

COMPUTED = "computed"
"""The kind of feed that asks no source: the show itself works it out."""

AnyFeed = FeedDocument | UseDocument | ComputedDocument


def check_feed_shapes(draft: Draft, registries: Registries) -> dict[str, AnyFeed]:
    """Check each feed against the model that its ``use`` or ``kind`` names; problems are noted in the draft."""
    feeds: dict[str, AnyFeed] = {}
    for name, plain in _entries(draft, ("feeds",)).items():
        # One with nothing behind its key is told already.
        document = None if plain is None else check_feed_shape(draft, ("feeds", name), plain, registries)
        if document is not None:
            feeds[name] = document
    return feeds


def check_feed_shape(draft: Draft, path: Path, plain: Any, registries: Registries) -> AnyFeed | None:
    """Check one feed that stands at ``path``; None when it has problems, which are noted in the draft."""
    if not isinstance(plain, dict):
        draft.report("E106", path, found=type_name(draft.tree.node(path)))
        return None
    if "use" in plain:
        return draft.shape(UseDocument, path)
    model = _kind(draft, path, plain, registries)
    return draft.shape(model, path) if model else None


def _entries(draft: Draft, path: Path) -> dict[str, Any]:
    plain = draft.tree.node(path).plain if draft.tree.resolve(path) == path else None
    return plain if isinstance(plain, dict) else {}


def _kind(
    draft: Draft, path: Path, plain: dict[str, Any], registries: Registries
) -> type[FeedDocument | ComputedDocument] | None:
    kind = plain.get("kind")
    if kind is None and "kind" in plain:
        return None
    if kind is None:
        draft.report("E101", path, on_key=True, hint=message("kind_or_use"), key="kind")
        return None
    if not isinstance(kind, str):
        draft.report("E103", (*path, "kind"), found=type_name(draft.tree.node((*path, "kind"))))
        return None
    if kind == COMPUTED:
        return ComputedDocument
    if kind not in registries.feeds:
        draft.report("E217", (*path, "kind"), hint=did_you_mean(kind, [*registries.feeds, COMPUTED]), name=kind)
        return None
    return registries.feeds[kind]


def resolve_feeds(
    draft: Draft,
    shaped: Mapping[str, AnyFeed],
    registries: Registries,
    time_zone: str,
    mqtt: MqttDocument | None,
) -> dict[str, FeedDocument]:
    """Return the feeds that ask a source, ready-made ones filled in, files by absolute paths; problems are noted in the draft.

    Args:
        draft: config.yaml.
        shaped: its feeds as written.
        registries: the options of everything that documents may name.
        time_zone: of the territory.
        mqtt: the broker of feeds that name none.
    """
    found = {
        name: resolve_feed(draft, ("feeds", name), document, registries, time_zone, mqtt)
        for name, document in shaped.items()
        if not isinstance(document, ComputedDocument)
    }
    return {name: feed for name, feed in found.items() if feed is not None}


def resolve_feed(
    draft: Draft,
    path: Path,
    document: FeedDocument | UseDocument,
    registries: Registries,
    time_zone: str,
    mqtt: MqttDocument | None,
) -> FeedDocument | None:
    """Return the feed that stands at ``path``, as `resolve_feeds` does; None when it has problems."""
    feed: FeedDocument | None
    if isinstance(document, UseDocument):
        feed, folder = _ready_made(draft, path, document, registries), registries.catalogue
    else:
        feed, folder = document, draft.path.parent
    if feed is None:
        return None
    _check_secrets(draft, path, feed)
    _warn_of_device(draft, path, document, feed)
    feed = _with_broker(draft, path, feed, mqtt)
    found = _with_file(draft, path, _with_sample(draft, path, feed, folder))
    return with_series(draft, path, found, folder, time_zone)


def _ready_made(draft: Draft, path: Path, use: UseDocument, registries: Registries) -> FeedDocument | None:
    names = catalogue_names(registries.catalogue)
    if use.use not in names:
        draft.report("E218", (*path, "use"), hint=did_you_mean(use.use, names), name=use.use)
        return None
    document, made = read_catalogue(registries.catalogue, use.use)
    feed = None
    if document is not None and check_parameters(draft, path, use, document):
        feed = _fill(made, document, use, registries)
    draft.problems.extend(made.problems)
    if feed is None or document is None:
        return None
    every = feed.every if use.every is None else use.every
    if every < document.every_at_least:
        floor = _span(document.every_at_least)
        where = (*path, "every") if use.every is not None else path
        draft.report("W061", where, hint=message("write_this", written=floor), feed=use.use, every=floor)
    own = {"every": max(every, document.every_at_least), **({} if use.place is None else {"place": use.place})}
    return feed.model_copy(update=own)


def _span(seconds: float) -> str:
    """Write a duration as documents do, in the largest unit that leaves a whole number."""
    for unit, length_s in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= length_s and seconds % length_s == 0:
            return f"{seconds / length_s:g} {unit}"
    return f"{seconds:g} s"


def _fill(made: Draft, document: CatalogueDocument, use: UseDocument, registries: Registries) -> FeedDocument | None:
    filled = fill_in(document, use.with_)
    kind = str(filled.get("kind"))
    if kind not in registries.feeds:
        where: Path = ("feed", "kind") if "kind" in document.feed else ("feed",)
        made.report("E217", where, hint=did_you_mean(kind, registries.feeds), name=kind)
        return None
    return made.shape(registries.feeds[kind], ("feed",), filled)


def _check_secrets(draft: Draft, path: Path, feed: FeedDocument) -> None:
    for name in secret_names(feed):
        try:
            found = look_up(name)
        except (OSError, UnicodeDecodeError):
            found = None
        if not found:
            draft.report("W060", path, on_key=True, hint=message("secret", name=name), name=name)


def _with_broker(draft: Draft, path: Path, feed: FeedDocument, mqtt: MqttDocument | None) -> FeedDocument:
    """Return a feed with the installation's broker, if it is one that listens to a broker and names none."""
    if "broker" not in type(feed).model_fields:
        return feed
    broker = getattr(feed, "broker", None) or mqtt
    if broker is None:
        draft.report("E101", path, on_key=True, hint=message("broker_or_mqtt"), key="broker")
        return feed
    return feed.model_copy(update={"broker": with_absolute_files(broker, draft.path.parent)})


def _warn_of_device(draft: Draft, path: Path, document: AnyFeed, feed: FeedDocument) -> None:
    device = feed.moving_device
    if device is None:
        return
    where: Path = (*path, "device")
    if isinstance(document, UseDocument):
        where = next(((*path, "with", name) for name, value in document.with_.items() if value == device), path)
    draft.report("W070", where, hint=message("device_by_id"), path=device)


def _with_sample(draft: Draft, path: Path, feed: FeedDocument, folder: FilePath) -> FeedDocument:
    if feed.sample is None:
        return feed
    sample = (folder / feed.sample).absolute()
    if not sample.is_file():
        draft.report("W006", (*path, "sample"), name=feed.sample)
    return feed.model_copy(update={"sample": str(sample) if sample.is_file() else None})


def _with_file(draft: Draft, path: Path, feed: FeedDocument) -> FeedDocument:
    """Return a feed with the absolute path of its file or recording, which need not be there yet."""
    options: object = feed
    if isinstance(options, FileOptions) and options.path is not None:
        key, written = "path", options.path
    elif isinstance(options, RecordingOptions):
        key, written = "recording", options.recording
    else:
        return feed
    file = (draft.path.parent / written).absolute()
    if not file.is_file():
        draft.report("W052", (*path, key), name=written)
    return feed.model_copy(update={key: str(file)})
