"""Documents and answers for the tests of the feeds room."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from maquette.config.catalogue import fill_in
from maquette.config.documents import CatalogueDocument, HardwareDocument
from maquette.config.draft import Draft
from maquette.config.zones_check import lay_zones
from maquette.core.clock import Clock
from maquette.feeds.sample import CATALOGUE
from maquette.feeds.source import Arrival
from maquette.feeds.sources import FEED_DOCUMENTS, SOURCES
from maquette.feeds.sources.http_json import HttpJsonDocument
from tests.content.shipped import ROOT

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 10, 6, 10, 0, tzinfo=UTC)
"""Noon in Paris."""
ANSWERED = datetime(2026, 10, 6, 12, 50, tzinfo=UTC)
"""When the answers that samples show were given: they are of that moment."""
NOW_S = 5000.0
"""The same moment on the monotonic clock."""
TRUSTED = Clock(NOON.astimezone(PARIS), trusted=True)
UNTRUSTED = Clock(datetime(2020, 1, 1, tzinfo=PARIS), trusted=False)


def document(**changes: Any) -> HttpJsonDocument:
    """Return a feed of one dated value, with changes."""
    plain: dict[str, Any] = {
        "kind": "http_json",
        "url": "http://127.0.0.1:9/data.json",
        "every": "5 min",
        "fresh_for": "1 h",
        "nature": "measured",
        "source": "Test",
        "licence": "None",
        "measured_at": "at",
        "values": {"level": {"pick": "level", "unit": "m", "plausible": [0, 100]}},
    }
    return read_document({**plain, **changes})


def read_document(plain: Any) -> HttpJsonDocument:
    """Return a document from what YAML gives."""
    return HttpJsonDocument.model_validate_json(json.dumps(plain))


@cache
def ready_made(name: str) -> CatalogueDocument:
    """Return a document of the catalogue."""
    plain = yaml.load((CATALOGUE / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return CatalogueDocument.model_validate_json(json.dumps(plain))


def examples(made: CatalogueDocument) -> dict[str, str | list[str]]:
    """Return what a ready-made feed needs to know, each parameter at its example."""
    return {
        name: [parameter.example] if parameter.list else parameter.example
        for name, parameter in made.parameters.items()
    }


def catalogue(name: str, **parameters: str | list[str]) -> Any:
    """Return a ready-made feed, filled in with its examples and these parameters, its zones where the shipped model has them."""
    return _filled(name, json.dumps(parameters))


@cache
def _filled(name: str, parameters: str) -> Any:
    made = ready_made(name)
    plain = fill_in(made, {**examples(made), **json.loads(parameters)})
    feed = FEED_DOCUMENTS[plain["kind"]].model_validate_json(json.dumps(plain))
    return lay_zones(Draft("config.yaml", ROOT / "config.yaml"), {name: feed}, hardware())[name]


@cache
def hardware() -> HardwareDocument:
    """Return the shipped model."""
    path = ROOT / "hardware" / "vallee-de-la-chimie.yaml"
    return HardwareDocument.read(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


def arrival(clock: Clock | None = TRUSTED) -> Arrival:
    """Return an arrival at noon."""
    return Arrival(clock, NOW_S)


def ago(**span: float) -> str:
    """Return a moment before noon, ISO 8601 in UTC."""
    return (NOON - timedelta(**span)).isoformat()


def sample(name: str) -> Any:
    """Return a shipped payload."""
    feed = ready_made(name).feed
    raw = (Path(CATALOGUE) / feed["sample"]).read_bytes()
    read = SOURCES[feed["kind"]].sample
    return json.loads(raw) if read is None else read(catalogue(name), raw)
