"""Playing: the whole language runs in a rehearsal, and ends by itself."""

from collections.abc import Callable

import pytest

from maquette.config.installation import Installation
from maquette.core.readings import Quality
from maquette.rehearsal.playing import WAIT_S, Moment, Take, play, rehearsed
from maquette.rehearsal.uses import uses_of
from maquette.rehearsal.values import usual_values

Install = Callable[[], Installation]


def played(installation: Installation, most_s: float) -> list[Moment]:
    scenario = rehearsed(installation.show.scenarios["everything"], most_s)
    uses = uses_of(scenario, installation.show.computed)
    values = usual_values(installation.feeds, installation.show.model, uses)
    return list(play(installation.show, scenario, [Take(None, values.at(uses), values.past)], 5.0))


def test_every_step_has_its_turn(install: Install):
    moments = played(install(), 2.0)
    assert sorted({moment.step for moment in moments}) == [0, 1, 2, 3, 4, 5]


def test_a_journey_plays_in_full_and_is_marked(install: Install):
    journey = [moment for moment in played(install(), 2.0) if moment.step == 4]
    assert len(journey) == pytest.approx(60 * 5, abs=2)
    assert {moment.quality for moment in journey[5:]} == {Quality.REPLAY}


def test_what_waits_or_asks_ends_soon(install: Install):
    moments = played(install(), 100.0)
    for step in (0, 1, 5):
        shown = [moment for moment in moments if moment.step == step]
        assert len(shown) == pytest.approx(WAIT_S * 5, abs=2)
