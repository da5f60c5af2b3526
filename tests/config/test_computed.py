"""Computed feeds of an installation: known to scenarios, in the order in which they are worked out."""

import re
from pathlib import Path

import pytest

from maquette.config.check import Checked, Registries, check
from maquette.core.exhibition import FeedCard, ValueCard
from maquette.core.readings import Nature

COMPUTED = """
  wellbeing:
    kind: computed
    title: {fr: Bien-être, en: Wellbeing}
    nature: opinion
    place: Feyzin
    values:
      index: {expression: 0.5 * parts.votes + 0.5 * parts.air, plausible: [0, 5], title: {fr: Indice, en: Index}}
      flow: {expression: river.flow / 1000, unit: l/s}
  parts:
    kind: computed
    values:
      votes: {expression: votes.bien_etre}
      air: {expression: 5 - max(air.index)}
      half: {expression: river.flow / 2}
"""

ASK = """
  - ask:
      question: {fr: "Ça va ?", en: "All well?"}
      id: bien_etre
      choices:
        - {button: air, label: {fr: Oui, en: 'Yes'}, score: 5}
        - {button: next, label: {fr: Non, en: 'No'}, score: 0}
"""


def errors(checked: Checked) -> list[tuple[str, str]]:
    return [(problem.file, problem.code) for problem in checked.problems if problem.severity == "error"]


@pytest.fixture
def computed(folder: Path, registries: Registries):
    """Return a check of the small installation with computed feeds, a question, and lights of these values."""

    def checked(*values: str) -> Checked:
        config, scenario = folder / "config.yaml", folder / "scenarios" / "air.yaml"
        config.write_text(config.read_text() + COMPUTED.lstrip("\n"))
        lights = "".join(f'      - {{zones: [all], value: "{value}", colour: "#ffffff"}}\n' for value in values)
        step = f"  - for: 5 s\n    lights:\n{lights}" if values else ""
        scenario.write_text(
            re.sub(r"(?m)^steps:\n", lambda found: found[0] + ASK.lstrip("\n") + step, scenario.read_text())
        )
        return check(config, registries)

    return checked


def test_the_show_works_out_each_value_after_those_that_it_is_made_of(computed):
    checked = computed("wellbeing.index", "parts.half")
    assert checked.installation is not None, checked.report()
    made = checked.installation.show.computed
    order = [(value.feed, value.name) for value in made]
    assert order.index(("wellbeing", "index")) > max(order.index(("parts", name)) for name in ("votes", "air"))
    index = made[order.index(("wellbeing", "index"))]
    assert (index.nature, index.place, index.plausible) == (Nature.OPINION, "Feyzin", (0.0, 5.0))
    assert {value.name: value.unit for value in made} == {
        "votes": None, "air": None, "half": "m³/s", "index": None, "flow": "l/s",
    }  # fmt: skip
    assert {value.nature for value in made if value.feed == "parts"} == {Nature.ESTIMATED}


def test_the_feeds_process_does_not_hear_of_them(computed):
    installation = computed().installation
    assert set(installation.feeds) == {"river", "air", "grid"}
    card = FeedCard("wellbeing", {"fr": "Bien-être", "en": "Wellbeing"}, "Feyzin", made_here=True)
    assert card in installation.exhibition.feeds
    assert ValueCard("wellbeing", "index", {"fr": "Indice", "en": "Index"}, None) in installation.exhibition.values


AIR = "scenarios/air.yaml"


def test_their_units_are_known_where_they_are_told(computed):
    assert errors(computed("wellbeing.flow + '3 MW'", "parts.half + '3 MW'")) == [(AIR, "E311"), (AIR, "E311")]


def test_their_names_are_known_where_they_are_told(computed):
    assert errors(computed("wellbeing.indx")) == [(AIR, "E206")]


def test_nobody_keeps_their_past(computed):
    assert errors(computed("parts.air.ago('24 h')")) == [(AIR, "E314")]


def test_what_hangs_on_a_feed_that_is_wrong_is_not_complained_of(computed, folder):
    config = folder / "config.yaml"
    config.write_text(config.read_text().replace("{use: flow,", "{use: flaw,"))
    assert errors(computed("wellbeing.flow + '3 MW'", "parts.half + '3 MW'")) == [("config.yaml", "E218")]
