"""What stands on the sheet: the scales on which the scenario's lights stand, and where its values come from."""

from dataclasses import dataclass

from maquette.config.build_model import titled
from maquette.config.documents import FeedDocument
from maquette.config.installation import Installation
from maquette.core.text import Text
from maquette.show.scales import Scale
from maquette.show.terms import expressions_in


@dataclass(frozen=True, slots=True)
class Credit:
    """Where values come from: what people call the feed, who makes it, for which place, under which licence, and the words it asks for."""

    title: Text
    source: str
    place: str | None
    licence: str
    attribution: str


@dataclass(frozen=True, eq=False)
class Content:
    """What the sheet says.

    Attributes:
        model: the title of the model.
        title: of the scenario.
        languages: at most two; the first is the one that is read from afar.
        scales: in the order in which the scenario shows them, each once.
        credits: of the feeds that the scenario reads, in the installation's order.
    """

    model: Text
    title: Text
    languages: tuple[str, ...]
    scales: tuple[Scale, ...]
    credits: tuple[Credit, ...]


def gather(installation: Installation, scenario_id: str) -> Content:
    """Return what the sheet of a scenario says."""
    scenario = installation.show.scenarios[scenario_id]
    scales: dict[str, Scale] = {}
    for step in scenario.steps:
        scales |= {layer.scale.id: layer.scale for layer in step.layers if layer.scale is not None}
    read = {term.feed for step in scenario.steps for found in expressions_in(step) for term in found.terms}
    return Content(
        model=installation.exhibition.title,
        title=scenario.title,
        languages=installation.show.languages[:2],
        scales=tuple(scales.values()),
        credits=tuple(_credit(name, feed) for name, feed in installation.feeds.items() if name in read),
    )


def _credit(name: str, feed: FeedDocument) -> Credit:
    return Credit(titled(feed.title, name), feed.source, feed.place, feed.licence, feed.attribution)
