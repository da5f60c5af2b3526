"""The shipped feeds, asked of a local server that answers their samples as if they were of now."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from maquette.feeds.sample import CATALOGUE
from tests.feeds.server import Server

READY: dict[str, tuple[str, dict[str, Any]]] = {
    "electricity": ("eco2mix_region", {"region": "84"}),
    "river": ("hubeau_flow", {"station": "V303002002"}),
    "air": ("atmo_communes", {"communes": ["69123", "69199", "69276"]}),
}
"""Role → the ready-made feed and its parameters."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|\+00:00)")
_DAY = re.compile(r'"\d{4}-\d\d-\d\d"')


def fresh(name: str, now: datetime) -> Any:
    """Return a sample whose newest moment is four minutes before now, and whose days are today."""
    text = (CATALOGUE / "samples" / f"{name}.json").read_text(encoding="utf-8")
    newest = max(datetime.fromisoformat(found) for found in _MOMENT.findall(text))
    later = now - timedelta(minutes=4) - newest
    text = _MOMENT.sub(lambda found: (datetime.fromisoformat(found[0]) + later).isoformat(), text)
    return json.loads(_DAY.sub(f'"{now.astimezone(ZoneInfo("Europe/Paris")).date()}"', text))


def play(server: Server, role: str, content: Any = None) -> str:
    """Let the server answer for a role; return the address."""
    content = fresh(READY[role][0], datetime.now(UTC)) if content is None else content
    return server.at(f"/{role}", json.dumps(content).encode(), Date="")


def feeds(server: Server) -> str:
    """Return the block of config.yaml that asks the server for each role, as the catalogue would ask the provider."""
    block = {}
    for role, (name, parameters) in READY.items():
        text = (CATALOGUE / f"{name}.yaml").read_text(encoding="utf-8")
        for parameter, value in parameters.items():
            text = text.replace(f"{{{parameter}}}", value if isinstance(value, str) else "','".join(value))
        feed = yaml.safe_load(text)["feed"] | {"url": play(server, role)}
        feed.pop("alternatives", None)  # names take the parameters of a ready-made feed, which this is no more
        for file in {"sample", "series"} & feed.keys():
            feed[file] = str(CATALOGUE / feed[file])
        feed["values"] = {
            key: {k: v for k, v in value.items() if k != "scale"} for key, value in feed["values"].items()
        }
        block[role] = feed
    return f"feeds: {json.dumps(block)}\n".replace("\\", "\\\\")  # a replacement of a regular expression
