"""Stations of shared bicycles, whatever the version of GBFS."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.core.readings import iso
from maquette.errors import FeedError
from maquette.feeds import gbfs_rows
from tests.feeds import gbfs_world
from tests.feeds.documents import NOON
from tests.feeds.gbfs_world import STATIONS, VERSIONS


def read(version, stations=STATIONS, *, types=True, language="fr", known=None):
    rows = gbfs_rows.station_rows(
        gbfs_rows.stations_of(gbfs_world.status(version, stations), "status"),
        gbfs_rows.stations_of(gbfs_world.information(version, known or stations), "information"),
        gbfs_rows.vehicle_types(gbfs_world.types(version)) if types else {},
        language,
    )
    return {row["station_id"]: row for row in rows}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_station_has_the_same_names_in_every_version(version):
    port = read(version)["1001"]
    assert port == {
        "station_id": "1001", "name": "Port", "lat": 45.70, "lon": 4.84, "capacity": 20, "vehicles": 7, "docks": 11,
        "installed": True, "renting": True, "returning": True, "reported_at": iso(NOON),
        "forms": {} if version == "1.0" else {"bicycle": 7, "cargo_bicycle": 0},
        "propulsions": {} if version == "1.0" else {"human": 4, "electric_assist": 3},
    }  # fmt: skip


@pytest.mark.parametrize("version", VERSIONS)
def test_an_empty_station_has_no_vehicle_of_any_kind(version):
    gare = read(version)["1002"]
    assert gare["vehicles"] == 0
    assert gare["propulsions"] == {"human": 0, "electric_assist": 0}
    assert read(version, types=False)["1002"]["propulsions"] == {}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("closed", "vehicles", "docks"), [("renting", 0, 11), ("returning", 7, 0), ("installed", 0, 0)]
)
def test_a_closed_station_has_nothing_to_give_or_to_take(version, closed, vehicles, docks):
    stations = {"1001": {**STATIONS["1001"], "closed": (closed,)}}
    port = read(version, stations)["1001"]
    assert (port["vehicles"], port["docks"]) == (vehicles, docks)
    assert sum(port["forms"].values()) == (0 if version == "1.0" else vehicles)


def test_nobody_knows_what_a_station_has_that_does_not_say_whether_it_is_open():
    status = {"7": {"num_bikes_available": 3, "num_docks_available": 2, "is_installed": 1, "is_renting": "yes"}}
    (row,) = gbfs_rows.station_rows(status, {}, {}, "fr")
    assert (row["vehicles"], row["docks"], row["renting"], row["name"], row["lat"]) == (None, None, None, None, None)


def test_a_station_without_a_status_is_known_and_its_vehicles_are_not():
    rows = read("3.0", {"1001": STATIONS["1001"]}, known=STATIONS)
    assert (rows["1002"]["name"], rows["1002"]["vehicles"], rows["1002"]["reported_at"]) == ("Gare", None, None)


@pytest.mark.parametrize("told", [{"mechanical": 4}, {"mechanical": 4, "unheard_of": 1}, {"mechanical": 6}, {}])
def test_vehicles_of_types_that_do_not_add_up_are_of_no_known_kind(told):
    listed = [{"vehicle_type_id": name, "count": count} for name, count in told.items()]
    status = {
        "num_vehicles_available": 5, "is_installed": True, "is_renting": True, "vehicle_types_available": listed,
    }  # fmt: skip
    types = gbfs_rows.vehicle_types(gbfs_world.types("3.0"))
    (row,) = gbfs_rows.station_rows({"1": status}, {}, types, "fr")
    assert (row["vehicles"], row["propulsions"]) == (5, {})


def test_a_name_is_told_in_the_wanted_language_where_there_is_one():
    names = [{"text": "Harbour", "language": "en"}, {"text": "Port", "language": "fr-FR"}]
    for language, name in (("fr", "Port"), ("en", "Harbour"), ("de", "Harbour")):
        (row,) = gbfs_rows.station_rows({}, {"1": {"name": names}}, {}, language)
        assert row["name"] == name


@pytest.mark.parametrize("never", [0, None, "soon", True, 1e300, "2026-10-06T10:00:00"])
def test_a_station_that_says_no_time_has_none(never):
    (row,) = gbfs_rows.station_rows({"1": {"last_reported": never}}, {}, {}, "fr")
    assert row["reported_at"] is None


@pytest.mark.parametrize("version", VERSIONS)
def test_the_addresses_of_files_stand_in_the_discovery(version):
    files = gbfs_rows.file_addresses(gbfs_world.discovery(version, "https://x"), "fr")
    assert files["station_status"] == "https://x/station_status.json"
    assert gbfs_rows.last_updated(gbfs_world.discovery(version, "")) == iso(NOON)


def test_the_wanted_language_s_files_are_taken_where_there_are_several():
    data = {name: {"feeds": [{"name": "station_status", "url": name}]} for name in ("en", "fr")}
    for language, chosen in (("fr", "fr"), ("fr-FR", "fr"), ("de", "en")):
        assert gbfs_rows.file_addresses({"data": data}, language) == {"station_status": chosen}


@pytest.mark.parametrize(
    "spoilt",
    [None, [], {}, {"data": []}, {"data": {"feeds": []}}, {"data": {"en": {}}}, {"data": {"feeds": [{"name": 1}]}}],
)
def test_what_is_no_discovery_is_refused(spoilt):
    with pytest.raises(FeedError) as caught:
        gbfs_rows.file_addresses(spoilt, "fr")
    assert caught.value.code == "bad_shape"


@pytest.mark.parametrize(
    ("ttl", "seconds"), [(0, 60), (30, 60), (300, 300), (-1, 60), (None, 60), ("120", 120), (1e12, 86_400), ([], 60)]
)
def test_the_time_to_live_has_a_floor_and_a_ceiling(ttl, seconds):
    assert gbfs_rows.ttl_s({"ttl": ttl}) == seconds


COUNTS = st.integers(0, 40)
SYSTEMS = st.dictionaries(
    st.text("0123456789abc", min_size=1, max_size=4),
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["Port", "Gare", "Église"]),
            "lat": st.floats(-90, 90),
            "lon": st.floats(-180, 180),
            "capacity": COUNTS,
            "docks": COUNTS,
            "types": st.dictionaries(st.sampled_from(sorted(gbfs_world.TYPES)), COUNTS),
            "closed": st.sets(st.sampled_from(["installed", "renting", "returning"])),
            "reported": st.integers(0, 10**6).map(lambda seconds: NOON - timedelta(seconds=seconds)),
        }
    ),
    max_size=5,
)


@given(SYSTEMS)
def test_a_system_is_the_same_in_every_version(stations):
    first, second, third = (read(version, stations) for version in VERSIONS)
    assert second == third
    apart = ("forms", "propulsions")
    plain = [
        {i: {k: v for k, v in row.items() if k not in apart} for i, row in rows.items()} for rows in (first, third)
    ]
    assert plain[0] == plain[1]
    for row in third.values():
        assert row["vehicles"] >= 0
        assert sum(row["propulsions"].values()) == row["vehicles"]


KEYS = st.sampled_from(
    ["data", "stations", "feeds", "name", "url", "ttl", "count", "station_id", "is_renting", "num_bikes_available",
     "last_reported", "vehicle_types_available", "vehicle_types", "vehicle_type_id"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(JSON, JSON, JSON)
def test_whatever_comes_is_read_or_refused(status, information, types):
    gbfs_rows.ttl_s(status)
    gbfs_rows.last_updated({"last_updated": status})
    with suppress(FeedError):
        gbfs_rows.file_addresses(status, "fr")
    read_types = gbfs_rows.vehicle_types(types)
    with suppress(FeedError):
        stations = [gbfs_rows.stations_of(one, "x") for one in (status, information)]
        list(gbfs_rows.station_rows(stations[0], stations[1], read_types, "fr"))
    deep = [{"1": one} if isinstance(one, dict) else {} for one in (status, information)]
    list(gbfs_rows.station_rows(deep[0], deep[1], read_types, "fr"))
