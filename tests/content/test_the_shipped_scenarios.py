"""The shipped scenarios, painted: they live without data, with data of any kind, and within what the supply may give."""

from collections.abc import Mapping

import pytest

from maquette.config.documents import FeedDocument
from maquette.core.readings import Nature, Quality, Reading, Readings
from maquette.show.captions import say
from maquette.show.finishing import Finishing
from maquette.show.layers import Painter
from maquette.show.scenario import Show, Step
from tests.content.shipped import SCENARIOS, checked

REGION_MW = {
    "consumption": 6448.0,
    "nuclear": 11160.0,
    "wind": 203.0,
    "solar": 660.0,
    "hydro": 1942.0,
    "thermal": 197.0,
    "bioenergy": 66.0,
    "exchange": -7781.0,
}
"""A summer morning in Auvergne-Rhône-Alpes."""

VOTES = {"apprentissage": 0.4, "apprentissage_count": 20.0}


def show() -> Show:
    installation = checked().installation
    assert installation is not None
    return installation.show


def feeds() -> Mapping[str, FeedDocument]:
    installation = checked().installation
    assert installation is not None
    return installation.feeds


STEPS = [(name, number) for name in SCENARIOS for number in range(len(show().scenarios[name].steps))]


def step_of(name: str, number: int) -> Step:
    return show().scenarios[name].steps[number]


def reading(feed: str, name: str, value: float, unit: str | None, quality: Quality, key: str | None = None) -> Reading:
    return Reading(feed, name, key, value, unit, quality, Nature.MEASURED)


def everything_known(quality: Quality) -> Readings:
    """Return a plausible reading of every value, all of one quality."""
    model = show().model
    known = [reading("electricity", name, value, "MW", quality) for name, value in REGION_MW.items()]
    past = {"flow": 812.0, "flow.ago(604800)": 1020.0, "flow.change(604800)": -208.0}
    known += [reading("river", name, value, "m³/s", quality) for name, value in past.items()]
    known += [reading("votes", name, value, None, quality) for name, value in VOTES.items()]
    known.append(reading("lorries", "passing", 340.0, None, quality))
    for number, zone in enumerate(model.groups["communes"]):
        insee = model.zones[zone].attributes["insee"]
        known += [
            reading("air", name, 1.0 + number % 6, None, quality, insee) for name in ("index", "no2", "o3", "pm25")
        ]
        known.append(reading("apprentices", "offers", 2.0 * number, None, quality, insee))
    told = {reading.feed for reading in known}
    known += [one for name, feed in feeds().items() if name not in told for one in plausible(name, feed, quality)]
    return Readings(known)


def plausible(name: str, feed: FeedDocument, quality: Quality) -> list[Reading]:
    """Return a reading in the middle of what is believed for every value of a feed; for every zone where it has keys."""
    keys = [*show().model.zones] if feed.keyed else [None]
    return [
        reading(name, value, sum(document.plausible or (1.0, 1.0)) / 2, document.unit, quality, key)
        for value, document in feed.values.items()
        for key in keys
    ]


@pytest.mark.parametrize(("name", "number"), STEPS)
def test_with_everything_known_a_step_tells_the_quality_it_was_given(name: str, number: int) -> None:
    painter = Painter(show().model, step_of(name, number))
    tells = any(layer.value is not None for layer in step_of(name, number).layers)
    for quality in Quality:
        painter.bind(everything_known(quality), 0.0)
        if tells:
            assert painter.quality is quality


@pytest.mark.parametrize(("name", "number"), STEPS)
def test_without_any_reading_a_step_still_lights_the_model_and_finds_words(name: str, number: int) -> None:
    step = step_of(name, number)
    painter = Painter(show().model, step)
    painter.bind(Readings(), 0.0)
    assert painter.paint(1.0).any()
    assert step.say is not None
    zone = show().model.zones[step.zone].attributes if step.zone else None
    for words in say(step.say, Readings(), 0.0, zone).values():
        assert words
        assert all(isinstance(piece, str) for piece in words)


@pytest.mark.parametrize(("name", "number"), STEPS)
def test_the_supply_never_has_to_dim_a_step(name: str, number: int) -> None:
    painter = Painter(show().model, step_of(name, number))
    painter.bind(everything_known(Quality.LIVE), 0.0)
    finishing = Finishing(show().model)
    for moment in range(40):
        finished = finishing.finish(painter.paint(moment * 0.5), 100.0, moment * 0.5)
        assert all(supply.limited_to == 1.0 for supply in finished.supplies)


def test_the_needle_shows_the_highest_index() -> None:
    painter = Painter(show().model, step_of("air", 0))
    painter.bind(everything_known(Quality.LIVE), 0.0)
    assert painter.servo_angles()["needle"] == pytest.approx(75.0)


def test_every_commune_has_the_colour_of_its_own_index() -> None:
    painter = Painter(show().model, step_of("air", 0))
    painter.bind(everything_known(Quality.LIVE), 0.0)
    colours = {state.zone: state.colour for state in painter.zone_states()}
    communes = show().model.groups["communes"]
    assert [colours[zone] for zone in communes[:6]] == [
        "#50f0e6",
        "#50ccaa",
        "#f0e641",
        "#ff5050",
        "#960032",
        "#7d2181",
    ]
