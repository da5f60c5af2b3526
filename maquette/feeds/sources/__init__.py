"""The kinds of feeds. Registration is one line here; nothing is found by magic."""

from collections.abc import Mapping

from maquette.config.documents import FeedDocument
from maquette.feeds.source import Source
from maquette.feeds.sources import csv, file, gbfs, given, http_json, mqtt, push, replay, serial

SOURCES: Mapping[str, Source] = {
    "http_json": http_json.SOURCE,
    "csv": csv.SOURCE,
    "file": file.SOURCE,
    "gbfs": gbfs.SOURCE,
    "given": given.SOURCE,
    "mqtt": mqtt.SOURCE,
    "push": push.SOURCE,
    "replay": replay.SOURCE,
    "serial": serial.SOURCE,
}
"""Kind → how such a feed is read."""

FEED_DOCUMENTS: Mapping[str, type[FeedDocument]] = {kind: source.document for kind, source in SOURCES.items()}
"""Kind → its document, for the registries of `maquette.config.check`."""
