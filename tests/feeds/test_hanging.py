"""Thirty feeds on a few threads, some of which hang: for an answer, for a name server, for ever."""

import json
import logging
import socket
import threading

import pytest

from maquette.core.readings import Quality
from maquette.feeds.pool import GRACE_S, MOST_LOST, WORKERS
from tests.feeds.documents import ago, document
from tests.feeds.world import GOOD

GOOD_HOSTS = 5
HANGING = 5


class Doors:
    """Answers well; counts how many are inside at once, and lets nobody out before `together` have come in."""

    def __init__(self, together):
        self.lock = threading.Lock()
        self.inside = self.most = 0
        self.inside_of = {}
        self.most_of = {}
        self.came = 0
        self.together = together
        self.full = threading.Event()

    def __call__(self, handler):
        host = handler.server.server_address[0]
        with self.lock:
            self.came += 1
            self.inside += 1
            self.inside_of[host] = self.inside_of.get(host, 0) + 1
            self.most = max(self.most, self.inside)
            self.most_of[host] = max(self.most_of.get(host, 0), self.inside_of[host])
            if self.came >= self.together:
                self.full.set()
        self.full.wait(30)
        with self.lock:
            self.inside -= 1
            self.inside_of[host] -= 1
        handler.send(GOOD)


@pytest.fixture
def thirty(serve):
    """Return what builds thirty feeds, of which some hang at addresses of their own, and the doors of the others."""
    doors = Doors(WORKERS)
    servers = [serve(f"127.0.0.{number + 1}") for number in range(GOOD_HOSTS)]
    for server in servers:
        server.at("/good", doors)

    def build(addresses, name="hung", **changes):
        hung = {f"{name}_{number}": document(url=url, **changes) for number, url in enumerate(addresses)}
        rest = 30 - len(hung)
        good = {f"pond_{n:02}": document(url=f"{servers[n % GOOD_HOSTS].url}/good", every="1 h") for n in range(rest)}
        return {**hung, **good}

    return build, doors


@pytest.fixture
def name_server(monkeypatch):
    """Return an event; until it is set, whoever asks for a name of `hung.example` waits."""
    answers = threading.Event()
    usual = socket.getaddrinfo

    def resolve(host, *rest, **options):
        if str(host).endswith("hung.example"):
            answers.wait(60)
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return usual(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    yield answers
    answers.set()


def live(here):
    return [name for name in here.coordinator._feeds if here.quality(name) is Quality.LIVE]


def test_thirty_feeds_share_a_few_threads_and_each_host_is_asked_once_at_a_time(thirty, serve, world):
    build, doors = thirty
    addresses = [serve(f"127.0.0.{20 + n}").at("/", lambda h: h.hang()) for n in range(HANGING)]
    here = world(build(addresses, name="silent", timeout="300 ms", every="1 h"))
    here.turns(30)
    assert doors.most == WORKERS
    assert set(doors.most_of.values()) == {1}
    assert len(live(here)) == 30 - HANGING
    assert set(here.failing.values()) == {"timeout"}
    assert len(here.failing) == HANGING


def test_a_name_server_that_hangs_takes_no_thread_from_the_others_for_long(thirty, world, name_server, caplog):
    caplog.set_level(logging.INFO, "maquette")
    build, doors = thirty
    doors.full.set()
    here = world(build([f"http://{n}.hung.example/" for n in range(HANGING)], timeout="20 s", every="1 h"))
    here.nudge()
    assert len(here.coordinator._pool.under_way) == WORKERS, "all of them hang"
    here.now += 20.0 + GRACE_S
    here.turns(30 - HANGING)
    assert len(live(here)) == 30 - HANGING
    assert doors.most <= WORKERS
    assert set(here.failing.values()) == {"timeout"}

    here.now += 20.0 + GRACE_S  # the fifth
    here.nudge()
    assert len(here.failing) == HANGING
    here.now += 3000.0
    here.nudge()
    assert len(here.coordinator._pool.under_way) == HANGING, "none is asked again before its thread has ended"

    failing, due = dict(here.failing), dict(here.coordinator._schedule.due)
    here.coordinator._schedule.due = dict.fromkeys(
        due, here.now + 1e6
    )  # else one that has ended is asked again at once
    name_server.set()
    for _ in range(HANGING):
        here.coordinator.turn()
    assert here.failing == failing, "late answers are not taken"
    assert len([record for record in caplog.records if "failed" in record.getMessage()]) == HANGING
    here.coordinator._schedule.due = due
    here.turns(1)
    assert "no_network" in here.failing.values(), "asked again"


def test_threads_that_hang_for_ever_are_bounded(serve, world, name_server):
    urls = [f"http://{n}.hung.example/" for n in range(MOST_LOST + 3 * WORKERS)]
    here = world({f"hung_{n:02}": document(url=url, timeout="20 s") for n, url in enumerate(urls)})
    for _ in range(10):
        here.now += 100.0
        here.nudge()
    assert len(here.coordinator._pool.under_way) == MOST_LOST + WORKERS
    name_server.set()


def test_a_late_answer_does_not_make_a_feed_that_was_given_up_live(serve, world):
    answers = threading.Event()

    def late(handler):
        answers.wait(30)
        handler.send(json.dumps({"level": 9, "at": ago(minutes=1)}).encode())

    here = world({"pond": document(url=serve().at("/", late), timeout="20 s")})
    here.nudge()
    here.now += 20.0 + GRACE_S
    here.nudge()
    answers.set()
    here.coordinator.turn()
    assert (here.reading().value, here.reading().problem) == (None, "timeout")
    assert here.failing == {"pond": "timeout"}
    here.turns(1, later=30.0)
    assert here.reading().value == 9.0
