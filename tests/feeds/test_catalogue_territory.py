"""Traps of the providers of companies, jobs, risk and mobility, each in its ready-made feed."""

import copy
from typing import Any

import pytest

from maquette.core.clock import Clock
from maquette.feeds.source import Arrival
from maquette.feeds.sources import SOURCES
from tests.feeds.documents import ANSWERED, NOW_S, PARIS, catalogue, sample

AT_ITS_MOMENT = Arrival(Clock(ANSWERED.astimezone(PARIS), trusted=True), NOW_S)


def read(name: str, content: Any = None, **parameters: str | list[str]) -> dict[tuple[str, str | None], Any]:
    feed = catalogue(name, **parameters)
    answer = sample(name) if content is None else content
    return {(r.name, r.key): r.value for r in SOURCES[feed.kind].digest("here", feed, answer, AT_ITS_MOMENT)}


def counted(content: Any) -> float:
    """Return how many companies an answer makes, in zones far enough reaching to hold them all."""
    found = read("companies_zones", content, within="90 km", zones=["all"])
    assert None not in found.values()
    return sum(value or 0.0 for value in found.values())


def test_natural_persons_and_whoever_refused_to_be_made_known_are_left_at_the_door():
    everybody = sample("companies_zones")
    results = everybody["results"]
    kept = [r for r in results if r["nature_juridique"] != "1000" and r["statut_diffusion"] == "O"]
    assert 0 < len(kept) < len(results)
    assert counted(everybody) == len(kept)
    for change in ({"nature_juridique": "1000"}, {"statut_diffusion": "P"}, {"statut_diffusion": None}):
        spoilt = copy.deepcopy(everybody)
        spoilt["results"][0].update(change)
        assert counted(spoilt) == len(kept) - 1


@pytest.mark.parametrize("field", ["nature_juridique", "statut_diffusion"])
def test_when_nobody_says_who_is_a_natural_person_nobody_is_counted(field: str):
    unsaid = sample("companies_zones")
    for result in unsaid["results"]:
        del result[field]
    with pytest.raises(Exception, match="condition") as caught:
        counted(unsaid)
    assert getattr(caught.value, "code", None) == "bad_shape"


@pytest.mark.parametrize(
    "name", ["companies_near", "training_bodies", "companies_zones", "georisques_near", "georisques_zones"]
)
def test_nothing_of_a_company_but_its_number_leaves_its_answer(name: str):
    feed = catalogue(name)
    readings = SOURCES[feed.kind].digest("here", feed, sample(name), AT_ITS_MOMENT)
    assert {r.key for r in readings} <= {None, *(feed.rows.zones.paths if feed.rows and feed.rows.zones else ())}
    assert "EXEMPLE" not in repr(readings)


def test_installations_are_those_in_operation_of_industry():
    answer = sample("georisques_near")
    everything = {n: v for (n, _), v in read("georisques_near", answer).items()}
    closed = copy.deepcopy(answer)
    first = next(
        row
        for row in closed["data"]
        if row["industrie"] and row["regime"] != "Non ICPE" and row["etatActivite"][:2] == "En"
    )
    for change in (
        {"industrie": False},
        {"regime": "Non ICPE"},
        {"regime": "Autres régimes"},
        {"etatActivite": "En fin d'exploitation"},
        {"etatActivite": None},
    ):
        before = dict(first)
        first.update(change)
        assert read("georisques_near", closed)["installations", None] == everything["installations"] - 1, change
        first.update(before)
    assert everything["seveso_high"] + everything["seveso_low"] < everything["installations"]


def test_a_status_that_is_not_said_is_not_one_that_is_low():
    answer = sample("georisques_near")
    for row in answer["data"]:
        row["statutSeveso"] = None
    found = read("georisques_near", answer)
    assert found["seveso_high", None] is found["seveso_low", None] is None
    assert found["installations", None] > 0


def test_a_closed_car_park_has_no_free_space_and_an_empty_one_has_none():
    found = read("lpa_car_parks")
    parks = {row["Parking_schema:identifier"]: row for row in sample("lpa_car_parks")}
    assert {key for _, key in found} == {key for key, row in parks.items() if not row["ferme"]}
    assert 0.0 in found.values()


def test_sections_of_road_that_nobody_measures_are_neither_fluid_nor_dense():
    answer = sample("grandlyon_traffic")
    before = read("grandlyon_traffic", answer, within="50 km")
    for feature in answer["features"]:
        if feature["properties"]["etat"] in "OR":
            feature["properties"]["etat"] = "N"
    after = read("grandlyon_traffic", answer, within="50 km")
    total = {
        name: [sum(v or 0 for (n, _), v in found.items() if n == name) for found in (before, after)]
        for name in ("measured", "dense")
    }
    assert total["dense"][0] > 0
    assert total["dense"][1] == 0
    assert total["measured"][0] - total["measured"][1] == total["dense"][0]


def test_what_is_declared_below_the_threshold_is_not_added_up_as_nothing():
    assert read("irep_emissions") == {("declared", "69276"): 2070.5, ("declarations", "69276"): 2.0}


def test_the_search_of_companies_that_stops_counting_gives_no_number():
    assert read("companies_near", {"results": [], "total_results": 10_000}) == {("companies", None): None}
    assert read("bonne_alternance", {"jobs": [{}] * 150}) == {("offers", None): None}


def test_a_station_that_rents_nothing_has_no_bike_to_rent():
    answer = sample("velivert")
    for station in answer["station_status"]["data"]["stations"]:
        station["is_renting"] = False
    found = read("velivert", answer)
    assert found["bikes", None] == 0.0
    assert found["docks", None] > 0.0
