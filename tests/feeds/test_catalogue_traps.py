"""What each provider of the catalogue is known to do: rows of the future, other units, times without an offset, text for numbers."""

from typing import Any

import pytest

from maquette.core.readings import Nature, Quality, Reading
from maquette.errors import FeedError
from maquette.feeds.sample import read_sample
from maquette.feeds.sources import SOURCES
from tests.feeds.documents import ago, arrival, catalogue, sample

COMMUNES = ["69199", "69276", "69149", "69296", "69100", "69260", "69091", "69096", "69387", "69123", "69259"]


def read(name: str, content: Any, **parameters: str | list[str]) -> dict[tuple[str, str | None], Reading]:
    feed = catalogue(name, **parameters)
    return {(r.name, r.key): r for r in SOURCES[feed.kind].digest("here", feed, content, arrival())}


def test_a_sample_about_other_places_is_of_no_use():
    with pytest.raises(FeedError):
        read_sample("here", catalogue("hubeau_flow", station="H000000000"), SOURCES["http_json"], "no_network")


def test_the_region_s_electricity_is_that_of_its_newest_measured_row():
    content = sample("eco2mix_region")
    future, now, before = content["results"]
    future["date_heure"], now["date_heure"], before["date_heure"] = ago(minutes=-10), ago(minutes=10), ago(minutes=25)
    readings = read("eco2mix_region", content)
    assert {r.nature for r in readings.values()} == {Nature.ESTIMATED}
    assert {name: r.value for (name, _), r in readings.items()} == {
        "consumption": now["consommation"], "nuclear": now["nucleaire"], "wind": now["eolien"], "solar": now["solaire"],
        "hydro": now["hydraulique"], "thermal": now["thermique"], "bioenergy": now["bioenergies"], "exchange": now["ech_physiques"],
    }  # fmt: skip
    assert all((r.quality, r.unit) == (Quality.LIVE, "MW") for r in readings.values())


def test_the_region_s_electricity_survives_text_numbers_and_holes():
    content = sample("eco2mix_region")
    content["results"][1] |= {
        "date_heure": ago(minutes=10),
        "solaire": "0",
        "eolien": "ND",
        "thermique": None,
        "nucleaire": "",
    }
    readings = read("eco2mix_region", content)
    assert readings["solar", None].value == 0.0
    assert {n: readings[n, None].problem for n in ("wind", "thermal", "nuclear")} == {
        "wind": "not_a_number", "thermal": "no_value", "nuclear": "not_a_number",
    }  # fmt: skip
    assert readings["consumption", None].value == content["results"][1]["consommation"]


def test_rows_of_other_regions_do_not_count_whatever_was_asked():
    content = sample("eco2mix_region")
    for row in content["results"]:
        row |= {"code_insee_region": "93", "date_heure": ago(minutes=10)}
    assert {r.problem for r in read("eco2mix_region", content).values()} == {"no_row"}


def test_a_river_s_flow_comes_in_cubic_metres_per_second_from_the_station_s_own_rows():
    content = sample("hubeau_flow")
    ternay, site = content["data"][0], content["data"][1]
    ternay["date_obs"] = ago(minutes=20)
    site |= {"date_obs": ago(minutes=1), "resultat_obs": 1.0}
    reading = read("hubeau_flow", content)["flow", None]
    assert (reading.value, reading.unit, reading.quality) == (ternay["resultat_obs"] / 1000, "m³/s", Quality.LIVE)


def test_a_doubtful_flow_gives_way_to_the_one_before():
    rows = [
        {
            "code_station": "V303002002",
            "grandeur_hydro": "Q",
            "date_obs": ago(minutes=m),
            "resultat_obs": q,
            "code_qualification_obs": code,
        }
        for m, q, code in ((5, 99e6, 12), (15, 9e5, 16), (10, 3000.0, None))
    ]
    assert read("hubeau_flow", {"data": rows[:2]})["flow", None].value == 900.0
    assert read("hubeau_flow", {"data": rows})["flow", None].value == 3.0


def test_the_air_index_is_a_forecast_for_today_in_each_commune():
    content = sample("atmo_communes")
    for feature in content["features"]:
        feature["properties"] |= {"date_maj": ago(hours=2), "date_ech": "2026-10-06"}
    tomorrow = [
        {"properties": {**feature["properties"], "date_ech": "2026-10-07", "code_qual": 6}}
        for feature in content["features"]
    ]
    readings = read("atmo_communes", {"features": [*tomorrow, *content["features"]]}, communes=COMMUNES)
    told = {feature["properties"]["code_zone"]: feature["properties"] for feature in content["features"]}
    parts = {"index": "code_qual", "no2": "code_no2", "o3": "code_o3", "pm10": "code_pm10", "pm25": "code_pm25"}
    assert {at: r.value for at, r in readings.items()} == {
        (name, code): told[code][part] for code in COMMUNES for name, part in parts.items()
    }
    assert {r.nature for r in readings.values()} == {Nature.FORECAST}
    assert {r.quality for r in readings.values()} == {Quality.LIVE}


@pytest.mark.parametrize("code", [0, 7])
def test_an_absent_index_is_missing_and_never_good_air(code):
    content = {
        "features": [
            {
                "properties": {
                    "code_zone": "69199",
                    "date_ech": "2026-10-06",
                    "date_maj": ago(hours=1),
                    "code_qual": code,
                    "code_no2": 2,
                }
            }
        ]
    }
    readings = read("atmo_communes", content, communes=COMMUNES)
    assert (readings["index", "69199"].value, readings["index", "69199"].problem) == (None, "implausible")
    assert readings["no2", "69199"].value == 2.0
    assert readings["index", "69276"].problem == "no_row"


def test_the_sample_s_index_is_the_highest_of_its_parts_as_officially_defined():
    for feature in sample("atmo_communes")["features"]:
        row = feature["properties"]
        assert row["code_qual"] == max(row[f"code_{part}"] for part in ("no2", "o3", "pm10", "pm25", "so2"))


def test_the_sample_s_electricity_adds_up():
    for row in sample("eco2mix_region")["results"][1:]:
        made = sum(
            row[source] for source in ("thermique", "nucleaire", "eolien", "solaire", "hydraulique", "bioenergies")
        )
        assert row["ech_physiques"] == row["consommation"] - made
