"""What each provider of the catalogue is known to do: rows of the future, other units, times without an offset, text for numbers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from maquette.core.clock import Clock
from maquette.core.readings import Nature, Quality, Reading
from maquette.errors import FeedError
from maquette.feeds.sample import read_sample
from maquette.feeds.source import Arrival
from maquette.feeds.sources import SOURCES
from tests.feeds.documents import ANSWERED, NOW_S, PARIS, ago, arrival, catalogue, sample

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


def answered(name: str, content: Any, *, hours: float = 0, **parameters: str | list[str]) -> dict[Any, Reading]:
    """Return the readings of an answer at the moment of the samples, or hours after it."""
    feed, at = catalogue(name, **parameters), ANSWERED + timedelta(hours=hours)
    came = Arrival(Clock(at.astimezone(PARIS), trusted=True), NOW_S)
    return {r.key or r.name: r for r in SOURCES[feed.kind].digest("here", feed, content, came)}


def test_the_nation_s_electricity_is_that_of_its_newest_row_with_a_number():
    content = sample("eco2mix_national")
    assert content["results"][0]["taux_co2"] is None
    readings = answered("eco2mix_national", content)
    now = content["results"][1]
    assert (readings["co2"].value, readings["co2"].unit) == (now["taux_co2"], "gCO₂/kWh")
    made = ("fioul", "charbon", "gaz", "nucleaire", "eolien", "solaire", "hydraulique", "pompage", "bioenergies")
    assert readings["exchange"].value == now["consommation"] - sum(now[source] for source in made) < 0


def test_a_modelled_hour_is_not_a_measurement_and_a_refusal_has_no_value():
    assert {r.nature for r in answered("open_meteo_air", sample("open_meteo_air")).values()} == {Nature.MODELLED}
    refused = answered("open_meteo_air", {"error": True, "reason": "Cannot initialize"})
    assert {(r.value, r.problem) for r in refused.values()} == {(None, "no_time")}


def test_a_local_time_without_an_offset_is_not_taken_for_seconds():
    content = sample("open_meteo_weather")
    content["current"]["time"] = "2026-10-06T14:45"
    assert {r.problem for r in answered("open_meteo_weather", content).values()} == {"no_time"}


def test_rain_of_another_interval_is_not_that_of_a_quarter_of_an_hour():
    content = sample("open_meteo_weather")
    assert answered("open_meteo_weather", content)["precipitation"].value == 0.2
    content["current"] |= {"precipitation": 0}
    assert answered("open_meteo_weather", content)["precipitation"].value == 0.0
    content["current"] |= {"interval": 3600}
    assert answered("open_meteo_weather", content)["precipitation"].value is None


def test_citizens_sensors_count_once_each_outdoors_and_their_times_are_utc():
    readings = answered("sensor_community_air", sample("sensor_community_air"))
    assert (readings["sensors"].value, readings["pm25"].value, readings["pm10"].value) == (5.0, 11.55, 18.2)
    assert readings["pm25"].measured_at == datetime(2026, 10, 6, 12, 46, 3, tzinfo=UTC)


def test_a_broken_sensor_moves_no_median_and_one_that_may_be_indoors_does_not_count():
    content = sample("sensor_community_air")
    content[2]["sensordatavalues"][1]["value"] = "999.90"
    assert answered("sensor_community_air", content)["pm25"].value == (11.55 + 12.64) / 2
    del content[3]["location"]["indoor"]
    assert answered("sensor_community_air", content)["sensors"].value == 4.0


@pytest.mark.parametrize("name", ["sensor_community_air", "sensor_community_noise"])
def test_where_no_citizen_measures_there_are_no_sensors_and_no_level(name: str):
    readings = answered(name, [])
    assert (readings["sensors"].value, readings["sensors"].quality) == (0.0, Quality.LIVE)
    assert {r.problem for r in readings.values() if r.name != "sensors"} == {"no_row"}


def test_noise_is_that_of_noise_sensors_outdoors():
    readings = answered("sensor_community_noise", sample("sensor_community_noise"))
    assert {n: r.value for n, r in readings.items()} == {
        "level": 58.4, "loudest": 81.5, "quietest": 43.3, "sensors": 3.0,
    }  # fmt: skip


def test_a_river_s_level_comes_in_metres_and_its_flow_is_no_level():
    content = sample("hubeau_level")
    content["data"].insert(0, {**content["data"][0], "grandeur_hydro": "Q", "resultat_obs": 812000.0})
    reading = answered("hubeau_level", content)["level"]
    assert (reading.value, reading.unit) == (2.412, "m")


def test_both_sources_of_a_river_say_the_same_in_the_same_unit():
    for one, other, value in (("hubeau_flow", "vigicrues_flow", "flow"), ("hubeau_level", "vigicrues_level", "level")):
        assert list(catalogue(one).values) == list(catalogue(other).values) == [value]
        found = [answered(name, sample(name))[value] for name in (one, other)]
        assert found[0].unit == found[1].unit
        assert found[0].value == pytest.approx(found[1].value, rel=0.01)


def test_what_vigicrues_says_of_another_station_does_not_count():
    content = sample("vigicrues_flow")
    assert answered("vigicrues_flow", content, station="V300002002")["flow"].problem == "no_row"
    content["Serie"]["ObssHydro"] = []
    assert answered("vigicrues_flow", content)["flow"].problem == "no_row"


@pytest.mark.parametrize(("level", "problem"), [(None, "no_value"), (0, "implausible"), ("vert", "not_a_number")])
def test_a_stretch_without_a_level_is_unknown_and_never_green(level: Any, problem: str):
    content = sample("vigicrues_vigilance")
    content["features"][0]["properties"]["NivInfViCr"] = level
    content["features"][1]["properties"]["NivInfViCr"] = "3"
    readings = answered("vigicrues_vigilance", content, stretches=["AN11", "AN12", "AN99"])
    assert {key: (r.value, r.problem) for key, r in readings.items()} == {
        "AN11": (None, problem), "AN12": (3.0, None), "AN99": (None, "no_row"),
    }  # fmt: skip


def test_weather_vigilance_is_that_of_the_period_and_of_the_department():
    content = sample("meteo_vigilance")
    for period in content["product"]["periods"]:
        period["timelaps"]["domain_ids"].insert(0, {"domain_id": "6910", "max_color_id": 4, "phenomenon_items": []})
    told = answered("meteo_vigilance", content)
    assert (told["level"].value, told["wind"].value, told["rain"].value) == (2.0, 2.0, 1.0)
    assert told["level"].valid_until == datetime(2026, 10, 6, 22, tzinfo=UTC)
    assert answered("meteo_vigilance", content, department="42")["rain"].value == 2.0
    assert answered("meteo_vigilance", content, hours=9.5)["level"].value == 1.0
    assert answered("meteo_vigilance", content, department="01")["level"].problem == "no_value"


def test_a_phenomenon_of_which_nothing_is_said_is_unknown_and_never_green():
    content = sample("meteo_vigilance")
    for period in content["product"]["periods"]:
        for domain in period["timelaps"]["domain_ids"]:
            domain["phenomenon_items"] = domain["phenomenon_items"][1:]
    told = answered("meteo_vigilance", content)
    assert (told["wind"].value, told["wind"].problem, told["storms"].value) == (None, "no_value", 2.0)


def test_a_sensor_that_says_a_span_of_time_is_read_by_the_time_of_its_result():
    content = sample("sensorthings")
    content["value"][0]["phenomenonTime"] = "2026-10-06T12:30:00Z/2026-10-06T12:45:00Z"
    assert answered("sensorthings", content)["value"].problem == "no_time"
    assert answered("sensorthings", content, time="resultTime")["value"].value == 0.82
