"""The archivist: writes behind, outlives disks that fail and files that are damaged; and what is known of the past after a restart."""

import json
import logging
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from maquette.core.alerts import Alert
from maquette.core.past import PastTerm, PastWanted
from maquette.core.readings import Nature, Quality, Reading
from maquette.feeds import archivist as archivist_module
from maquette.feeds.archive import Archive
from maquette.feeds.archivist import FILE, Archivist, Recorded, Remembered, Wish
from maquette.feeds.plan import FeedsStart
from maquette.feeds.store import terms_digest
from tests.feeds.archives import START, full_disk
from tests.feeds.documents import NOON, NOW_S, document

DAY = 86_400.0
HOUR = 3600.0
POND = document()
EVER = (0.0, 1e12)
RAISED = [("state_not_saved", False)]
ENDED = {("state_not_saved", True), ("history_set_aside", True)}


def recorded(number, value=None, **words: Any):
    """Return the value of a minute, as the history tells of it."""
    time = START + 60.0 * number
    reading = Reading(
        "pond", "level", None, float(number if value is None else value), "m", Quality.LIVE, Nature.MEASURED
    )
    plain: dict[str, Any] = {"source": "Test", "licence": "None", "measured_at": datetime.fromtimestamp(time, UTC)}
    return Recorded(replace(reading, **plain | words), time, time + HOUR)


class Home:
    """An archivist and what it hands over; it writes at once."""

    def __init__(self, folder, write_every_s=0.0, feeds=None):
        self.folder = folder
        self.heard: SimpleQueue[Alert | Remembered] = SimpleQueue()
        self.answered: list[Remembered] = []
        self.now = START
        self.archivist = Archivist(folder, self.heard.put, now=lambda: self.now, write_every_s=write_every_s)
        self.archivist.follow(feeds or {"pond": [POND]})
        self.archivist.start()

    def keep(self, *numbers, **words):
        self.archivist.keep([recorded(number, **words) for number in numbers])

    def alerts(self, count):
        """Wait for alerts; return their codes and whether they are over."""
        found: list[Alert] = []
        while len(found) < count:
            message = self.heard.get(timeout=30)
            if isinstance(message, Alert):
                found.append(message)
            else:
                self.answered.append(message)
        return [(alert.code, alert.over) for alert in found]

    def ask(self, feed=POND, most=1000):
        self.archivist.ask(Wish("pond", terms_digest(feed), frozenset({"level"}), *EVER, most))

    def answer(self):
        message = self.answered.pop(0) if self.answered else self.heard.get(timeout=30)
        while not isinstance(message, Remembered):
            message = self.heard.get(timeout=30)
        return message.past["level", None].values.tolist()

    def close(self):
        self.archivist.close(30.0)
        assert not self.archivist._thread.is_alive()

    def stored(self):
        self.close()
        return stored(self.folder)


def stored(folder):
    archive = Archive(folder / FILE, reading=True)
    found = list(archive.points("pond", *EVER))
    archive.close()
    return [point.value for point in found]


@pytest.fixture
def home(tmp_path):
    homes = []

    def build(**options):
        homes.append(Home(tmp_path / "state", **options))
        return homes[-1]

    yield build
    for one in homes:
        one.close()


def test_what_came_is_written_behind_and_at_the_end(home):
    here = home(write_every_s=1e6)
    assert set(here.alerts(2)) == ENDED  # of an earlier life, if there was one
    here.keep(1, 2)
    here.keep(3)
    assert stored(here.folder) == []
    assert here.stored() == [1.0, 2.0, 3.0]


def test_what_is_gathered_is_written_in_its_time(home):
    here = home()
    here.keep(1, 2)
    here.ask()
    assert here.answer() == [1.0, 2.0]


def test_what_stands_there_says_whose_it_is(home):
    other = document(source="Other", licence="ODbL", duties=["share_alike"])
    feed = document(source="Producer", licence="LO 2.0", attribution="Words", place="Ternay", duties=["date"])
    here = home(feeds={"pond": [feed, other]})
    words = {"source": "Producer", "licence": "LO 2.0", "attribution": "Words", "place": "Ternay"}
    here.keep(1, **words)
    # Another source stood in for it: it is named, not the one that said nothing.
    here.keep(2, source="Other", licence="ODbL", attribution="Other words", problem="alternative")
    here.close()
    archive = Archive(here.folder / FILE, reading=True)
    one, two = sorted(archive.points("pond", *EVER), key=lambda point: point.time)
    archive.close()
    assert one.origin[:-1] == ("pond", terms_digest(feed), "measured", "Producer", "LO 2.0", "Words", "Ternay")
    assert (two.origin.source, two.origin.licence, two.origin.attribution) == ("Other", "ODbL", "Other words")
    assert (one.origin.duties, two.origin.duties) == (("date",), ("share_alike",))
    assert (one.unit, one.until - one.time) == ("m", HOUR)


def test_what_a_licence_forbids_to_store_is_not_stored_nor_left_there(home):
    here = home()
    here.keep(1)
    here.keep(2, source="Kept")
    here.archivist.follow({"pond": [document(duties=["attribution", "no_storage"])]})
    here.keep(3)
    assert here.stored() == []
    again = home()
    again.keep(4)
    assert again.stored() == [4.0]


def test_without_a_state_folder_nothing_is_kept():
    here = Home(None)
    here.keep(1)
    here.ask()
    here.close()
    assert here.heard.empty()


# -- disks that fail, files that are damaged


def failing_folder(folder):
    folder.write_text("a file where the folder should be")


def test_a_disk_that_cannot_be_written_is_one_alert_until_it_can_again(home, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    failing_folder(tmp_path / "state")
    here = home()
    assert here.alerts(1) == RAISED
    here.keep(1)
    here.ask()
    (tmp_path / "state").unlink()
    here.keep(2)
    assert set(here.alerts(2)) == ENDED
    assert here.answer()[0] == 1.0  # what was asked meanwhile is answered when it can be
    assert here.stored() == [1.0, 2.0]
    assert [record.message.split(":")[0] for record in caplog.records] == [
        "the history cannot be saved",
        "the history is saved again",
    ]


def test_a_full_disk_is_one_alert_and_loses_nothing(home):
    here = home()
    here.keep(1)
    here.ask()
    assert here.answer() == [1.0]
    with full_disk():
        here.keep(2)
        assert here.alerts(1) == RAISED
    here.keep(3)
    assert here.alerts(1) == [("state_not_saved", True)]
    assert here.stored() == [1.0, 2.0, 3.0]


def test_what_waits_for_a_disk_is_bounded(home, monkeypatch):
    monkeypatch.setattr(archivist_module, "MOST_WAITING", 5)
    here = home(write_every_s=1e6)
    here.keep(*range(8))
    here.keep(8)
    assert here.stored() == [4.0, 5.0, 6.0, 7.0, 8.0]


def test_a_value_that_cannot_be_written_does_not_stop_the_others(home, caplog):
    here = home()
    here.keep(1, key="\ud800")
    here.ask()  # so that the next one is another write
    here.keep(2)
    assert here.stored() == [2.0]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_a_damaged_file_is_one_alert_and_another_is_begun(home, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    here = home()
    here.keep(1)
    here.close()
    file = tmp_path / "state" / FILE
    damaged = b"SQLite format 3\0" + b"\xff" * 8000
    file.write_bytes(damaged)
    again = home()
    assert again.alerts(2) == [("history_set_aside", False), ("state_not_saved", True)]
    again.keep(2)
    assert again.stored() == [2.0]
    assert file.with_name(f"{FILE}.aside").read_bytes() == damaged
    assert len(caplog.records) == 1
    assert set(home().alerts(2)) == ENDED


@pytest.mark.parametrize("leave", [Path.mkdir, os.mkfifo])
def test_what_is_no_file_is_set_aside_without_being_read(home, tmp_path, leave):
    (tmp_path / "state").mkdir()
    leave(tmp_path / "state" / FILE)
    here = home()
    assert here.alerts(1) == [("history_set_aside", False)]
    here.keep(1)
    assert here.stored() == [1.0]


def test_damage_that_is_met_while_at_work_costs_no_more_than_the_file(home, tmp_path):
    here = home()
    here.keep(*range(500))
    here.ask()
    here.answer()
    here.close()
    file = tmp_path / "state" / FILE
    content = file.read_bytes()
    page = 4096
    file.write_bytes(content[: 4 * page] + b"\xff" * (len(content) - 4 * page))  # the head is sound, the values are not
    again = home()
    again.keep(*range(500, 505))
    assert again.stored() == [500.0, 501.0, 502.0, 503.0, 504.0]
    assert ("history_set_aside", False) in [(a.code, a.over) for a in drained(again.heard) if isinstance(a, Alert)]


def drained(queue):
    while not queue.empty():
        yield queue.get()


READ_ONLY = """
import os, sys
from pathlib import Path
from tests.feeds.test_archivist import Home
folder = Path(sys.argv[1])
if os.geteuid() == 0:
    os.setuid(65534)
here = Home(folder)
alerts = here.alerts(1)
here.keep(5)
here.ask()
print(alerts, here.answer(), flush=True)
here.close()
"""


def test_what_can_only_be_read_is_read(tmp_path_factory):
    # Root may write anywhere: a child that is nobody looks at it, from a folder that everybody may look into.
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "state"
        here = Home(folder)
        here.keep(1, 2)
        here.close()
        folder.chmod(0o555)
        (folder / FILE).chmod(0o444)
        Path(place).chmod(0o755)
        try:
            arguments = [sys.executable, "-c", READ_ONLY, str(folder)]
            told = subprocess.check_output(arguments, cwd=Path(__file__).parents[2], text=True)
        finally:
            folder.chmod(0o755)
    assert told.strip() == f"{RAISED} [1.0, 2.0]"


# -- across a restart

AGO = PastTerm("pond", "level", "ago", 2 * HOUR)
MEAN = PastTerm("pond", "level", "mean", 3 * HOUR)
WANTED = PastWanted(frozenset({AGO, MEAN}))


@pytest.fixture
def life(world, tmp_path):
    """Return lives of one installation, one after the other; each ends cleanly when the next begins."""
    archivists: list[Archivist] = []

    def live(feeds, later=0.0, **options):
        for archivist in archivists:
            archivist.close(30.0)
        inbox: SimpleQueue[Any] = SimpleQueue()
        archivists.append(
            Archivist(tmp_path / "state", inbox.put, now=lambda: NOON.timestamp() + later, write_every_s=1e6)
        )
        archivists[-1].start()
        return world(feeds, later=later, inbox=inbox, archivist=archivists[-1], **options)

    yield live
    for archivist in archivists:
        archivist.close(30.0)


def answers(value, at):
    return json.dumps({"level": value, "at": (NOON + timedelta(seconds=at)).isoformat()}).encode()


def lived(server, life, *pairs, **changes):
    """Let a first life hear values at moments (seconds from noon)."""
    pond = document(url=server.at("/", b""), every="10 s", **changes)
    here = life({"pond": pond})
    for value, at in pairs:
        server.at("/", answers(value, at))
        here.now += 20.0
        here.until(lambda value=value: here.reading().value == value)
    return pond


def refuse(handler):
    handler.send(status=500)


def test_what_came_before_a_restart_answers_after_it(server, life):
    pond = lived(server, life, (3.0, -HOUR), (5.0, 0.0), fresh_for="2 h")
    server.at("/", refuse)
    here = life({"pond": pond}, later=HOUR + 600.0, wanted=WANTED)
    assert here.reading(name=AGO.reading).problem == "no_past"  # nobody waits for a disk
    here.until(lambda: here.reading(name=AGO.reading).value == 3.0)
    mean = here.reading(name=MEAN.reading)
    assert here.quality(name=AGO.reading) is Quality.LIVE
    # From 10:00 to 12:00 three, until 13:10 five: two hours and ten minutes of three hours.
    assert mean.value == pytest.approx((3.0 * 60 + 5.0 * 70) / 130)
    assert mean.measured_at == NOON


def test_a_gap_between_two_lives_stays_one(server, life):
    pond = lived(server, life, (3.0, -HOUR), (5.0, 0.0), fresh_for="1 h")
    server.at("/", answers(9.0, 5 * HOUR))
    here = life({"pond": pond}, later=5 * HOUR + 60.0, wanted=WANTED)
    here.until(lambda: here.reading().value == 9.0)
    five = PastTerm("pond", "level", "ago", 5 * HOUR)
    here.want(PastWanted(frozenset({five, *WANTED.terms})))
    here.until(lambda: here.reading(name=five.reading).value == 5.0)
    assert here.reading(name=MEAN.reading).problem == "short_past"
    assert here.reading(name=AGO.reading).problem == "no_past"


def test_a_longer_window_wanted_later_is_filled_as_well(server, life):
    pond = lived(server, life, (3.0, -0.5 * HOUR), (5.0, 0.0), fresh_for="2 h")
    server.at("/", refuse)
    here = life({"pond": pond}, later=20 * DAY, wanted=WANTED)
    long = PastTerm("pond", "level", "ago", 20 * DAY)
    here.want(PastWanted(frozenset({long})))
    here.until(lambda: here.reading(name=long.reading).value == 5.0)


def test_a_show_that_travels_is_sent_what_was_before_the_restart(server, life):
    pond = lived(server, life, (3.0, -HOUR), (5.0, 0.0), fresh_for="2 h")
    server.at("/", refuse)
    here = life({"pond": pond}, later=HOUR, wanted=PastWanted(frozenset(), {("pond", "level"): DAY}))
    here.until(lambda: len(here.series[-1].series[0].series) == 2)
    assert here.series[-1].series[0].series.values.tolist() == [3.0, 5.0]


def test_without_a_clock_the_past_waits_for_one(server, life):
    pond = lived(server, life, (3.0, -HOUR), (5.0, 0.0), fresh_for="2 h")
    server.at("/", refuse)
    here = life({"pond": pond}, later=HOUR, wanted=WANTED, trusted=False)
    assert here.reading(name=AGO.reading).problem == "no_clock"
    here.trusted = True
    here.minutes(1)
    here.until(lambda: here.reading(name=AGO.reading).value == 3.0)


def test_another_source_under_the_same_name_begins_without_a_past(server, life):
    pond = lived(server, life, (3.0, -HOUR), (5.0, 0.0), fresh_for="2 h")
    other = pond.model_copy(update={"url": server.at("/other", answers(7.0, HOUR))})
    here = life({"pond": other}, later=HOUR + 60.0, wanted=WANTED)
    here.until(lambda: here.reading().value == 7.0)
    here.coordinator._archivist.close(30.0)  # all that was asked of it is answered
    here.coordinator._inbox.put(None)
    here.until(here.coordinator._inbox.empty)
    assert here.reading(name=AGO.reading).problem == "no_past"


def test_a_source_that_comes_back_finds_its_past_again(server, life):
    pond = lived(server, life, (3.0, -HOUR), (5.0, 0.0), fresh_for="2 h")
    server.at("/", refuse)
    other = pond.model_copy(update={"url": server.at("/other", refuse)})
    here = life({"pond": other}, later=HOUR, wanted=WANTED)
    here.coordinator._inbox.put(FeedsStart({"pond": pond}, "Europe/Paris", None, WANTED))
    here.until(lambda: here.reading(name=AGO.reading).value == 3.0)


def test_a_night_in_which_the_clocks_change_is_as_long_as_it_was(server, life):
    """Between the second and the third of these, clocks in Paris go back: the night has 25 hours, and the past all of them."""
    night = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    start = (night - NOON).total_seconds()
    hours = [(float(hour), start + hour * HOUR) for hour in range(6)]
    pond = document(url=server.at("/", b""), every="10 s", fresh_for="1 h")
    here = life({"pond": pond}, later=start)
    for value, at in hours:
        server.at("/", answers(value, at))
        here.now = NOW_S + at + 20.0
        here.until(lambda value=value: here.reading().value == value)
    server.at("/", refuse)
    terms = PastTerm("pond", "level", "mean", 6 * HOUR), PastTerm("pond", "level", "ago", 5 * HOUR)
    here = life({"pond": pond}, later=start + 6 * HOUR, wanted=PastWanted(frozenset(terms)))
    here.until(lambda: here.reading(name=terms[0].reading).value is not None)
    assert here.reading(name=terms[0].reading).value == pytest.approx(2.5)
    assert here.reading(name=terms[1].reading).value == 1.0
