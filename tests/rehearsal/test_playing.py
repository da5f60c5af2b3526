"""Playing: the whole language runs in a rehearsal, and ends by itself."""

from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import pytest

from maquette.config.installation import Installation
from maquette.core.readings import Quality
from maquette.rehearsal.given import with_feeds_series
from maquette.rehearsal.sheet import Sheet
from maquette.rehearsal.uses import uses_of
from maquette.rehearsal.values import Origin, usual_values
from maquette.show.playing import WAIT_S, Moment, Take, play, rehearsed

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


def test_a_file_of_the_feed_itself_says_what_is_now(install: Install, valley: Path):
    (valley / "works.csv").write_text("time,lorries\n-1 h,10\n0 h,40\n", encoding="utf-8")
    config = valley / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("every: 1 h", "every: 1 h\n    series: works.csv"))
    installation = install()
    scenario = rehearsed(installation.show.scenarios["everything"], None)
    values = usual_values(installation.feeds, installation.show.model, uses_of(scenario))
    assert values.origins["works", "lorries"] is Origin.PLAUSIBLE
    values = with_feeds_series(values, installation.feeds, UTC)
    assert (values.readings["works", "lorries", None].value, values.origins["works", "lorries"]) == (40, Origin.SAMPLE)


@pytest.mark.parametrize(
    ("language", "question", "answers"),
    [
        ("fr", "Vous sentez-vous bien ici\u00a0?", "L'air\u00a0: Oui   Suite\u00a0: Non"),
        ("en", "Do you feel well here?", "Air: Yes   Next: No"),
    ],
)
def test_a_question_is_shown_with_its_buttons(install: Install, language: str, question: str, answers: str):
    installation = install()
    scenario = installation.show.scenarios["everything"]
    sheet = Sheet(scenario, installation.exhibition, range(1, 7), 6, language)
    ask = scenario.steps[5].ask
    assert ask is not None
    asked, answered = sheet.question(ask)
    assert (asked.replace(" ?", "\u00a0?"), answered) == (question, answers)
    assert sheet.place(5).endswith("6 sur 6" if language == "fr" else "6 of 6")


def test_what_is_not_live_is_marked(install: Install):
    installation = install()
    sheet = Sheet(installation.show.scenarios["everything"], installation.exhibition, range(1, 7), 6, "fr")
    marks = [sheet.quality(quality) for quality in Quality]
    assert marks == [None, "Périmé", "Rejeu", "Exemple", "Inconnu"]
