"""What a light leaves unsaid: the scale of its value and the effect of its scale."""

from pathlib import Path

import pytest

from maquette.config.check import Registries, check
from maquette.core.message import message
from maquette.show.scenario import Layer

CLASSES = """{thresholds: [
  {colour: "#50f0e6", share: 50 %, title: Bon}, {from: 4, colour: "#960032", share: 100 %, title: Mauvais}]}"""


def layer(folder: Path, registries: Registries, light: str) -> Layer:
    """Return what a light of the small installation becomes."""
    head = "maquette: 1\ntitle: {fr: L'air, en: The air}\nstart_on: [{button: air}]\n"
    scenario = f"{head}steps:\n  - lights:\n      - {{zones: [feyzin], {light}}}\n"
    (folder / "scenarios/air.yaml").write_text(scenario, encoding="utf-8")
    checked = check(folder / "config.yaml", registries)
    assert [p.code for p in checked.problems if p.severity == "error"] == []
    assert checked.installation is not None
    (made,) = checked.installation.show.scenarios["air"].steps[0].layers
    return made


@pytest.fixture
def with_scale(folder: Path) -> Path:
    """The small installation, whose index has a scale of its own."""
    catalogue = folder / "catalogue/atmo.yaml"
    text = catalogue.read_text(encoding="utf-8")
    assert "index: {pick" in text
    catalogue.write_text(text.replace("index: {pick", "index: {scale: atmo, pick"), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "value",
    [
        "air[zone.insee].index",
        "air['69276'].index",
        "air[zone.insee].index.ago('24 h')",
        "air[zone.insee].index.max('7 d')",
    ],
)
def test_a_value_brings_its_scale(with_scale: Path, registries: Registries, value: str):
    made = layer(with_scale, registries, f'value: "{value}"')
    assert made.scale is not None
    assert (made.scale.id, made.effect, dict(made.parameters)) == ("atmo", "breathe", {})


@pytest.mark.parametrize(
    "value",
    ["max(air.index)", "air[zone.insee].index + 0", "grid.wind", "air[zone.insee].index.change('24 h')"],
)
def test_what_is_calculated_or_has_no_scale_brings_none(with_scale: Path, registries: Registries, value: str):
    made = layer(with_scale, registries, f'value: "{value}"')
    assert (made.scale, made.effect) == (None, "solid")


def test_what_the_light_says_comes_first(with_scale: Path, registries: Registries):
    coloured = layer(with_scale, registries, 'value: "air[zone.insee].index", colour: "#2a7fff"')
    assert coloured.scale is None
    scaled = layer(with_scale, registries, f'value: "air[zone.insee].index", scale: {CLASSES}')
    assert scaled.scale is not None
    assert scaled.scale.id.startswith("own-")
    still = layer(with_scale, registries, 'value: "air[zone.insee].index", effect: solid')
    assert (still.scale.id if still.scale else None, still.effect) == ("atmo", "solid")


def test_shares_make_a_gauge_and_people_see_the_scale_of_a_light(folder: Path, registries: Registries):
    made = layer(folder, registries, f'value: "air[zone.insee].index", scale: {CLASSES}')
    assert made.effect == "gauge"
    installation = check(folder / "config.yaml", registries).installation
    assert installation is not None
    (card,) = [card for card in installation.exhibition.scales if card.id.startswith("own-")]
    assert card.title == {"": "air[zone.insee].index"}
    assert [entry.at for entry in card.entries] == [None, 4.0]


def test_the_scale_of_a_value_must_exist_and_suit_it(folder: Path, registries: Registries):
    text = (folder / "config.yaml").read_text(encoding="utf-8")
    spoilt = text.replace("unit: MW", "unit: MW, scale: atmo_no2", 1)
    assert spoilt != text
    (folder / "config.yaml").write_text(spoilt, encoding="utf-8")
    assert [p.code for p in check(folder / "config.yaml", registries).problems] == ["E340"]
    (folder / "config.yaml").write_text(spoilt.replace("atmo_no2", "atmos"), encoding="utf-8")
    (told,) = check(folder / "config.yaml", registries).problems
    assert (told.code, told.hint) == ("E212", message("did_you_mean", name="atmo"))
