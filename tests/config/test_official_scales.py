"""Official scales: what an authority has published, as it has published it, in both languages and with a second sign."""

import pytest

from maquette.config.documents import ScalesDocument
from maquette.config.draft import Desk
from maquette.config.official_scales import FILE, official_scales
from maquette.config.scales_check import check_scales, make_scale
from maquette.show.scales import ThresholdScale

ATMO = [
    ("#50f0e6", "Bon", "Good"),
    ("#50ccaa", "Moyen", "Fair"),
    ("#f0e641", "Dégradé", "Moderate"),
    ("#ff5050", "Mauvais", "Poor"),
    ("#960032", "Très mauvais", "Very poor"),
    ("#7d2181", "Extrêmement mauvais", "Extremely poor"),
]
LIMITS = {
    "atmo_pm25": [0, 10, 20, 25, 50, 75],
    "atmo_pm10": [0, 20, 40, 50, 100, 150],
    "atmo_no2": [0, 40, 90, 120, 230, 340],
    "atmo_o3": [0, 50, 100, 130, 240, 380],
    "atmo_so2": [0, 100, 200, 350, 500, 750],
}


def written(name: str):
    return [(c.colour, c.title["fr"], c.title["en"]) for c in official_scales()[name].steps]


def test_they_are_without_fault():
    draft = Desk(FILE.parent, {}).draft(FILE.name)
    document = draft.shape(ScalesDocument)
    assert document is not None
    check_scales(draft, document, ["fr", "en"])
    assert draft.problems == []
    assert set(document.scales) == {"atmo", *LIMITS, "european_aqi", "vigilance", "vigicrues", "eco2mix_sources"}


def test_the_atmo_index_is_that_of_the_decree():
    assert written("atmo") == ATMO
    assert [c.value for c in official_scales()["atmo"].steps] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("name", LIMITS)
def test_a_pollutant_has_the_classes_of_the_index_and_limits_of_its_own(name: str):
    scale = make_scale(name, official_scales()[name])
    assert written(name) == ATMO
    assert isinstance(scale, ThresholdScale)
    assert (scale.unit, [entry.at for entry in scale.legend()]) == ("µg/m³", LIMITS[name])
    index = make_scale("atmo", official_scales()["atmo"])
    assert [step.sign for step in scale.steps] == [step.sign for step in index.steps]


def test_the_european_index_has_the_classes_of_the_agency_a_class_for_each_20():
    scale = make_scale("european_aqi", official_scales()["european_aqi"])
    assert written("european_aqi") == ATMO
    assert [entry.at for entry in scale.legend()] == [0, 20, 40, 60, 80, 100]


@pytest.mark.parametrize("name", ["vigicrues", "vigilance"])
def test_vigilance_has_its_four_levels(name: str):
    assert [(colour, title.split(" ")[0]) for colour, title, _ in written(name)] == [
        ("#31aa35", "Vert"),
        ("#fff600", "Jaune"),
        ("#ffb82b", "Orange"),
        ("#cc0000", "Rouge"),
    ]


def test_sources_of_electricity_have_the_colours_of_eco2mix():
    assert {title: colour for colour, title, _ in written("eco2mix_sources")} == {
        "Nucléaire": "#e4a701",
        "Hydraulique": "#2672b0",
        "Éolien": "#72cbb7",
        "Solaire": "#d66b0d",
        "Bioénergies": "#156956",
        "Gaz": "#f20809",
        "Charbon": "#a68832",
        "Fioul": "#80549f",
    }


@pytest.mark.parametrize("name", official_scales())
def test_hue_is_never_the_only_sign(name: str):
    assert official_scales()[name].sign is not None
