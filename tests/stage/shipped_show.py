"""The shipped show, and readings of everything that it tells."""

import random
from collections.abc import Sequence

from maquette.core.readings import Nature, Quality, Reading, ReadingsUpdate
from maquette.show.scenario import Show
from tests.content.shipped import checked

_UNITS = {"air": None, "river": "m³/s", "electricity": "MW"}


def shipped_show() -> Show:
    installation = checked().installation
    assert installation is not None, "the shipped documents have problems"
    return installation.show


def any_readings(show: Show, chance: random.Random, qualities: Sequence[Quality] = tuple(Quality)) -> ReadingsUpdate:
    """Return readings of everything that a show tells, each of any value and of one of some qualities."""
    steps = [step for scenario in show.scenarios.values() for step in scenario.steps]
    terms = {term for step in steps for layer in step.layers if layer.value for term in layer.value.terms}
    keys = [zone.attributes["insee"] for zone in show.model.zones.values() if "insee" in zone.attributes]
    return ReadingsUpdate(
        tuple(
            Reading(
                term.feed,
                term.reading,
                key,
                float(chance.randint(1, 6) if term.keyed else chance.uniform(0, 9000)),
                _UNITS.get(term.feed),
                chance.choice(qualities),
                Nature.MEASURED,
            )
            for term in sorted(terms, key=lambda term: (term.feed, term.reading, term.keyed))
            for key in (keys if term.keyed else [None])
        )
    )
