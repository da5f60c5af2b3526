"""The tables of the guide of feeds, made from the ready-made feeds themselves.

They stand between ``<!-- catalogue -->`` and ``<!-- end -->``; ``MAQUETTE_UPDATE_GUIDE=1`` writes them anew when the tests run.
"""

import re
from collections.abc import Iterator
from typing import get_args

from maquette.config.credentials import secret_names
from maquette.config.documents import CatalogueDocument, TableDocument
from maquette.config.documents_config import Theme
from maquette.feeds.sample import CATALOGUE
from tests.feeds.documents import catalogue, ready_made

GUIDE = CATALOGUE / "README.md"
THEMES = {
    "energy": "Energy", "air": "Air and noise", "water": "Water", "weather": "Weather", "risk": "Risk",
    "work": "Companies, work, training", "mobility": "Mobility", "any": "Whatever a portal publishes",
}  # fmt: skip
assert tuple(THEMES) == get_args(Theme)
_HEAD = ("name", "tells", "needs", "asked", "producer, licence, duties", "alternative", "checked")


def with_tables(text: str) -> str:
    """Return the guide with the tables as they should be."""
    made = "\n\n".join(("<!-- catalogue -->", *_tables(), "<!-- end -->"))
    return re.sub(r"<!-- catalogue -->.*?<!-- end -->", lambda _: made, text, flags=re.DOTALL)


def _tables() -> Iterator[str]:
    names = sorted(path.stem for path in CATALOGUE.glob("*.yaml"))
    for theme, title in THEMES.items():
        rows = [_row(name) for name in names if ready_made(name).theme == theme]
        if rows:
            head, *lines = (f"| {' | '.join(cells)} |" for cells in (_HEAD, *rows))
            yield "\n".join((f"### {title}", "", head, "|---" * len(_HEAD) + "|", *lines))


def _row(name: str) -> tuple[str, ...]:
    made, feed = ready_made(name), catalogue(name)
    needs = [f"`{parameter}`{_default(made, parameter)}" for parameter in made.parameters]
    needs += [f"key `{secret}`" for secret in secret_names(feed)]
    asked = f"every {_span(feed.every)} ({_span(made.every_at_least)} at the least), live for {_span(feed.fresh_for)}"
    duties = ", ".join(duty.replace("_", " ") for duty in feed.duties)
    others = ", ".join(f"`{other}`" for other in made.feed.get("alternatives", ()))
    thanks = f"{_filled(made, feed.source, 'source')}, {_filled(made, feed.licence, 'licence')}: {duties}"
    return (f"`{name}`", _tells(made, feed), "<br>".join(needs), asked, thanks, others, made.checked)


def _tells(made: CatalogueDocument, feed: TableDocument) -> str:
    assert isinstance(made.title, dict)
    by_unit: dict[str, list[str]] = {}
    for name, value in feed.values.items():
        unit = value.unit or (f"scale `{value.scale}`" if value.scale else "")
        by_unit.setdefault(_filled(made, unit, "unit"), []).append(f"`{name}`")
    values = "; ".join(", ".join(names) + (f" ({unit})" if unit else "") for unit, names in by_unit.items())
    nature = _filled(made, feed.nature, "nature")
    return f"{made.title['en']}; {nature}{', by key' if feed.keyed else ''}.<br>{values}"


def _filled(made: CatalogueDocument, text: str, name: str) -> str:
    """Return what a document says, or which parameter says it."""
    return f"its `{name}`" if name in made.parameters else text


def _default(made: CatalogueDocument, name: str) -> str:
    parameter = made.parameters[name]
    if parameter.default is not None:
        return f" ({parameter.default} by default)"
    return f", {'several, ' if parameter.list else ''}such as {parameter.example}"


def _span(seconds: float) -> str:
    size, unit = next(
        (size, unit) for size, unit in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")) if not seconds % size
    )
    return f"{seconds / size:g} {unit}"
