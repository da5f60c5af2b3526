"""Documents and answers for the tests of the feeds room."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from maquette.core.clock import Clock
from maquette.feeds.sample import CATALOGUE
from maquette.feeds.source import Arrival
from maquette.feeds.sources.http_json import HttpJsonDocument

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 10, 6, 10, 0, tzinfo=UTC)
"""Noon in Paris."""
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


def catalogue(name: str, **parameters: str | list[str]) -> HttpJsonDocument:
    """Return a ready-made feed, its parameters filled in as the documents' room does."""
    text = (CATALOGUE / f"{name}.yaml").read_text(encoding="utf-8")
    for parameter, value in parameters.items():
        text = text.replace(f"{{{parameter}}}", value if isinstance(value, str) else "','".join(value))
    return read_document(yaml.safe_load(text)["feed"])


def arrival(clock: Clock | None = TRUSTED) -> Arrival:
    """Return an arrival at noon."""
    return Arrival(clock, NOW_S)


def ago(**span: float) -> str:
    """Return a moment before noon, ISO 8601 in UTC."""
    return (NOON - timedelta(**span)).isoformat()


def sample(name: str) -> Any:
    """Return a shipped payload."""
    return json.loads((Path(CATALOGUE) / "samples" / f"{name}.json").read_text(encoding="utf-8"))
