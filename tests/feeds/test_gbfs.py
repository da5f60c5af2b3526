"""Shared bicycles: a system whose files are asked for as rarely as may be, and which moves them."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from maquette.config.words import word
from maquette.core.readings import Quality
from maquette.errors import FeedError
from maquette.feeds.sources.gbfs import KNOWN_FOR_S, NEWS_AFTER_S, SOURCE, GbfsDocument, _System
from tests.feeds import gbfs_world
from tests.feeds.documents import NOON, arrival
from tests.feeds.gbfs_world import STATIONS, VERSIONS
from tests.feeds.server import Server


def document(url, **changes):
    plain = {
        "kind": "gbfs",
        "url": url,
        "every": "1 min",
        "fresh_for": "10 min",
        "nature": "measured",
        "source": "Test",
        "licence": "None",
        "rows": {"key": "station_id"},
        "values": {"bikes": {"pick": "vehicles"}, "electric": {"pick": "propulsions.electric_assist"}},
    }
    return GbfsDocument.model_validate_json(json.dumps({**plain, **changes}))


class Provider:
    """A server that tells our small system as one version does."""

    def __init__(self, server, version="3.0"):
        self.server, self.version = server, version
        self.tell("gbfs", gbfs_world.discovery(version, server.url))
        self.tell("station_status", gbfs_world.status(version))
        self.tell("station_information", gbfs_world.information(version))
        self.tell("vehicle_types", gbfs_world.types(version))

    def tell(self, name, content):
        self.server.at(f"/{name}.json", json.dumps(content).encode())

    def fail(self, name, status=404):
        self.server.at(f"/{name}.json", lambda handler: handler.send(status=status))

    def asked(self):
        """Return the files that were asked for since this was called last."""
        names = [urlsplit(path).path.strip("/").removesuffix(".json") for path, _ in self.server.requests]
        self.server.requests.clear()
        return names


@pytest.fixture
def provider(server):
    return Provider(server)


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def connect(server, clock):
    opened = []

    def connect(**changes):
        opened.append(_System(document(server.url + "/gbfs.json", **changes), clock))
        return opened[-1]

    yield connect
    for system in opened:
        system.close()


def read(payload, **changes):
    made = document("https://example.org/gbfs.json", **changes)
    return {(r.name, r.key): r for r in SOURCE.digest("bikes", made, payload.content, arrival())}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_stations_of_every_version_are_read(server, connect, version):
    Provider(server, version)
    payload = connect().fetch()
    found = read(payload)
    assert (found["bikes", "1001"].value, found["bikes", "1002"].value) == (7.0, 0.0)
    assert found["electric", "1001"].value == (None if version == "1.0" else 3.0)
    assert found["bikes", "1001"].quality is Quality.LIVE
    assert payload.server_time is not None
    assert payload.again_s == 60.0


def test_a_system_without_any_station_is_no_answer_and_not_without_bicycles():
    none: dict[str, Any] = {"data": {"stations": []}}
    made = document("https://example.org/", rows=None, values={"bikes": {"sum": "vehicles"}})
    with pytest.raises(FeedError) as caught:
        SOURCE.digest("bikes", made, {"station_status": none, "station_information": none}, arrival())
    assert caught.value.code == "empty"


def test_a_system_is_asked_again_when_it_wants_to(provider, connect):
    provider.tell("station_status", gbfs_world.status("3.0", ttl=300))
    assert connect().fetch().again_s == 300.0
    provider.tell("station_status", gbfs_world.status("3.0", ttl=0))
    assert connect().fetch().again_s == 60.0


def test_all_stations_together_and_where_they_are(provider, connect):
    values = {"bikes": {"sum": "vehicles"}, "places": {"sum": "capacity"}, "open": {"count": "renting"}}
    changes = {"rows": {"where": "lat > `45.705`"}, "values": values}
    found = read(connect().fetch(), **changes)
    assert {name: r.value for (name, _), r in found.items()} == {"bikes": 0.0, "places": 15.0, "open": 1.0}


def test_a_closed_station_has_no_bicycle_to_rent(provider, connect):
    stations = {**STATIONS, "1001": {**STATIONS["1001"], "closed": ("renting",)}}
    provider.tell("station_status", gbfs_world.status("3.0", stations))
    assert read(connect().fetch())["bikes", "1001"].value == 0.0


def test_what_rarely_changes_is_rarely_asked(provider, connect, clock):
    system = connect()
    system.fetch()
    assert provider.asked() == ["gbfs", "station_status", "station_information", "vehicle_types"]
    clock.now = KNOWN_FOR_S - 1
    system.fetch()
    assert provider.asked() == ["station_status"]
    clock.now = KNOWN_FOR_S
    system.fetch()
    assert provider.asked() == ["station_status", "station_information", "vehicle_types"]


def test_a_station_that_nobody_knows_yet_is_looked_up_soon(provider, connect, clock):
    system = connect()
    system.fetch()
    stations = {**STATIONS, "1003": {**STATIONS["1001"], "name": "Mairie"}}
    provider.tell("station_status", gbfs_world.status("3.0", stations))
    provider.tell("station_information", gbfs_world.information("3.0", stations))
    provider.asked()
    clock.now = NEWS_AFTER_S - 1
    assert read(system.fetch())["bikes", "1003"].value == 7.0
    assert provider.asked() == ["station_status"]
    clock.now = NEWS_AFTER_S
    system.fetch()
    assert "station_information" in provider.asked()
    clock.now += 1
    system.fetch()
    assert provider.asked() == ["station_status"]


def test_an_unchanged_status_is_not_sent_twice(provider, server, connect):
    status = json.dumps(gbfs_world.status("3.0")).encode()

    def answer(h):
        return h.send(status=304) if "If-None-Match" in h.headers else h.send(status, ETag='"1"')

    server.at("/station_status.json", answer)
    system = connect()
    assert read(system.fetch()) == read(system.fetch())


@pytest.mark.parametrize("status", [404, 500])
def test_a_system_that_does_not_tell_its_vehicles_types_is_read_all_the_same(provider, connect, status):
    provider.fail("vehicle_types", status)
    found = read(connect().fetch())
    assert found["bikes", "1001"].value == 7.0
    assert (found["electric", "1001"].value, found["electric", "1001"].problem) == (None, "no_value")


def test_without_news_of_where_stations_are_what_was_known_stays(provider, connect, clock):
    system = connect()
    system.fetch()
    provider.fail("station_information", 500)
    clock.now = KNOWN_FOR_S
    assert read(system.fetch())["bikes", "1001"].value == 7.0


@pytest.mark.parametrize("name", ["gbfs", "station_status", "station_information"])
def test_a_file_that_must_be_there_and_is_not_is_a_failure(provider, connect, name):
    provider.fail(name)
    with pytest.raises(FeedError) as caught:
        connect().fetch()
    assert caught.value.code == "http_status"


def test_a_system_without_stations_is_told(provider, server, connect):
    provider.tell("gbfs", gbfs_world.discovery("3.0", server.url, files=("vehicle_status",)))
    with pytest.raises(FeedError) as caught:
        connect().fetch()
    assert "names no station_status" in str(caught.value)


def test_where_files_are_is_asked_anew_when_one_of_them_fails(provider, server, connect):
    system = connect()
    system.fetch()
    provider.fail("station_status", 410)
    server.at("/v4/station_status.json", json.dumps(gbfs_world.status("3.0")).encode())
    moved = gbfs_world.discovery("3.0", server.url)
    moved["data"]["feeds"][2]["url"] = server.url + "/v4/station_status.json"
    provider.tell("gbfs", moved)
    provider.asked()
    with pytest.raises(FeedError):
        system.fetch()
    assert read(system.fetch())["bikes", "1001"].value == 7.0
    assert provider.asked() == ["station_status", "gbfs", "v4/station_status"]


@pytest.fixture
def elsewhere():
    server = Server()
    yield server
    server.stop()


def test_files_on_another_host_are_asked_only_where_the_document_allows_it(provider, server, elsewhere, connect):
    Provider(elsewhere)
    provider.tell("gbfs", gbfs_world.discovery("3.0", elsewhere.url))
    with pytest.raises(FeedError) as caught:
        connect().fetch()
    assert caught.value.code == "redirected"
    assert elsewhere.requests == []

    there = urlsplit(elsewhere.url).netloc
    headers = {"X-Key": "for this host alone"}
    assert read(connect(allow_hosts=[there], headers=headers).fetch())["bikes", "1001"].value == 7.0
    assert [path for path, _ in elsewhere.requests] == [
        "/station_status.json", "/station_information.json", "/vehicle_types.json",
    ]  # fmt: skip
    assert all("X-Key" not in headers for _, headers in elsewhere.requests)
    assert server.requests[-1][1]["X-Key"] == "for this host alone"


@pytest.mark.parametrize(
    "url",
    ["ftp://example.org/station_status.json", "station_status.json", "http://[", "file:///etc/passwd", "http://h:x/"],
)
def test_an_address_that_is_none_is_refused(provider, connect, url):
    spoilt = gbfs_world.discovery("3.0", "x")
    for feed in spoilt["data"]["feeds"]:
        feed["url"] = url
    provider.tell("gbfs", spoilt)
    with pytest.raises(FeedError) as caught:
        connect().fetch()
    assert caught.value.code in ("redirected", "bad_shape")


def test_a_station_that_says_no_time_is_as_old_as_the_file_where_the_document_wants_it(provider, connect):
    told = gbfs_world.status("3.0")
    for station in told["data"]["stations"]:
        del station["last_reported"]
    provider.tell("station_status", told)
    payload = connect().fetch()
    assert read(payload)["bikes", "1001"].problem == "no_time"
    assert read(payload, published_at="last_updated")["bikes", "1001"].measured_at == NOON


def test_a_count_that_the_system_calls_otherwise_now_is_told_in_words(provider, connect):
    made = document("https://example.org/gbfs.json")
    before = connect().fetch().content
    told = gbfs_world.status("3.0")
    for station in told["data"]["stations"]:
        station["num_cycles"] = station.pop("num_vehicles_available")
    provider.tell("station_status", told)
    now = connect().fetch().content
    assert SOURCE.shape is not None
    assert "`stations[0].vehicles` is gone" in [word(one, "en") for one in SOURCE.shape(made, now, before)]
    assert SOURCE.shape(made, before, before) == ()
