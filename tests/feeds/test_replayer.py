"""A day that was kept, recorded and played again: what is told, as seen from each replayed moment."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from maquette.canary.findings import is_well
from maquette.core.course import Course, CourseWanted
from maquette.core.message import Message
from maquette.core.past import PastTerm, PastWanted, SeriesUpdate
from maquette.core.readings import Nature, Quality, Readings, ReadingsUpdate
from maquette.errors import RehearsalError
from maquette.feeds.archive import Archive, Entry
from maquette.feeds.plan import FeedsStart, Replay
from maquette.feeds.playback import parse_speed
from maquette.feeds.recorder import read, record
from maquette.feeds.recording import Recording, Row, Section, read_recording, write_recording
from maquette.feeds.replayer import Replayer, replayer_of
from maquette.feeds.source import Arrival
from maquette.feeds.sources.replay import SOURCE, ReplayDocument
from maquette.feeds.store import terms_digest
from tests.feeds.archives import POND, START, entry
from tests.feeds.documents import NOW_S, TRUSTED, document
from tests.feeds.world import World

HOUR = 3600.0
DOCUMENT = document()  # fresh for an hour, dropped after three
LEVEL = ("pond", "level", None)
AGO = PastTerm("pond", "level", "ago", HOUR)
SECTION = Section("pond", "", Nature.MEASURED, "Them", "LO 2.0", "Them, 2026", units={"level": "cm"})


def at(hour, value, mark="pond", key=None):
    return Row(START + hour * HOUR, mark, "level", key, value)


def recording(*rows, until=6.0):
    return Recording("lyon", START, START + until * HOUR, {"pond": SECTION}, rows)


def seconds(moment: datetime | None) -> float:
    assert moment is not None
    return moment.timestamp()


class Play:
    """A replayer in a world whose time stands still until told; what it tells is collected."""

    def __init__(self, made, speed=60.0, wanted=PastWanted(), feeds=None, **options):  # noqa: B008 - it is frozen
        self.now = NOW_S
        self.readings = Readings()
        self.updates: list[ReadingsUpdate] = []
        self.series: list[SeriesUpdate] = []
        self.courses: list[Course] = []
        self.inbox: SimpleQueue[object] = SimpleQueue()
        self.plan = FeedsStart(feeds or {"pond": DOCUMENT}, "Europe/Paris", None, wanted)
        options = {"monotonic": lambda: self.now, "inbox": self.inbox, **options}
        self.replayer = Replayer(self.plan, made, speed, self.hear, **options)
        self.replayer.begin()

    def hear(self, message):
        if isinstance(message, SeriesUpdate):
            self.series.append(message)
        elif isinstance(message, Course):
            self.courses.append(message)
        else:
            self.updates.append(message)
            self.readings = self.readings.updated(message)

    def tell(self, message):
        self.inbox.put(message)
        self.replayer.turn()

    def later(self, seconds):
        self.now += seconds
        self.tell(None)

    def level(self):
        reading = self.readings[LEVEL]
        return reading.value, reading.quality_at(self.now)


def test_what_was_is_told_again_at_its_speed_and_never_as_live():
    play = Play(recording(at(-0.5, 300.0), at(1, 400.0), at(2, 500.0)))
    assert play.level() == (3.0, Quality.REPLAY)
    reading = play.readings[LEVEL]
    assert (seconds(reading.measured_at), reading.unit) == (START - HOUR / 2, "m")
    assert (reading.source, reading.licence, reading.attribution) == ("Them", "LO 2.0", "Them, 2026")
    assert (reading.fresh_until, reading.drop_at, reading.problem) == (None, None, None)
    play.later(59)
    assert play.level() == (3.0, Quality.REPLAY)
    play.later(1)
    assert play.level() == (4.0, Quality.REPLAY)
    play.later(60)
    assert play.level() == (5.0, Quality.REPLAY)


def test_a_course_is_what_was_known_at_the_replayed_moment():
    play = Play(recording(at(-0.5, 300.0), at(1, 400.0), at(2, 500.0)))
    play.later(60)
    play.tell(CourseWanted("pond", "level"))
    (course,) = play.courses
    assert course.now == START + HOUR
    assert course.known is not None
    assert course.known.series.values.tolist() == [3.0]
    play.later(30)
    play.tell(CourseWanted("pond", "level"))
    known = play.courses[-1].known
    assert known is not None
    assert known.series.values.tolist() == [3.0, 4.0]


def test_what_was_dropped_then_is_missing_again_and_so_is_what_was_known_no_longer():
    play = Play(recording(at(0, 300.0), at(4, 400.0), at(5, None)))
    play.later(179)
    assert play.level() == (3.0, Quality.REPLAY)
    play.later(1)
    assert play.level() == (None, Quality.MISSING)
    play.later(60)
    assert play.level() == (4.0, Quality.REPLAY)
    play.later(60)
    assert play.level() == (None, Quality.MISSING)
    assert play.readings[LEVEL].problem == "not_recorded"


def test_at_its_end_it_begins_again_without_a_memory():
    play = Play(recording(at(0, 300.0), at(5.5, 900.0)), wanted=PastWanted(frozenset({AGO})))
    play.later(355)
    assert play.level() == (9.0, Quality.REPLAY)
    play.later(10)
    assert play.level() == (3.0, Quality.REPLAY)
    assert play.readings["pond", AGO.reading, None].quality is Quality.MISSING


def test_terms_and_journeys_are_answered_as_seen_from_the_replayed_moment():
    wanted = PastWanted(frozenset({AGO}), {("pond", "level"): 2 * HOUR})
    play = Play(recording(at(0, 300.0), at(1, 400.0), at(2, 500.0)), wanted=wanted)
    play.later(90)
    term = play.readings["pond", AGO.reading, None]
    assert (term.value, term.quality, seconds(term.measured_at)) == (3.0, Quality.REPLAY, START)
    assert term.quality_at(play.now + 1e6) is Quality.REPLAY
    (told,) = play.series[-1].series
    assert list(told.series.values) == [3.0, 4.0]
    # Half an hour before now, as a journey counts.
    assert play.now - told.series.times[-1] == pytest.approx(HOUR / 2)
    assert (play.series[-1].epoch or 0.0) + play.now == pytest.approx(START + 1.5 * HOUR)
    # The hour moves on although nothing comes.
    play.later(30)
    play.later(15)
    assert play.readings["pond", AGO.reading, None].value == 4.0


def test_what_the_recording_lacks_is_missing_and_what_has_another_unit_or_name_is_left_out():
    feeds = {"pond": document(values={"level": {"pick": "x", "unit": "kg"}, "depth": {"pick": "y"}}), "wind": DOCUMENT}
    play = Play(recording(at(0, 300.0)), feeds=feeds)
    assert {reading.problem for reading in play.readings.values()} == {"not_recorded"}
    assert {key[:2] for key in play.readings} == {("pond", "level"), ("pond", "depth"), ("wind", "level")}


def test_what_no_one_can_believe_is_not_shown():
    play = Play(recording(at(0, 300.0), at(1, 1e6)))
    play.later(60)
    assert (play.level(), play.readings[LEVEL].problem) == ((None, Quality.MISSING), "implausible")


def test_another_plan_and_other_questions_are_taken_over_while_it_plays():
    play = Play(recording(at(0, 300.0), at(1, 400.0)))
    play.later(90)
    play.tell(PastWanted(frozenset({AGO})))
    assert play.readings["pond", AGO.reading, None].value == 3.0
    play.tell(replace(play.plan, feeds={"wind": DOCUMENT}))
    assert set(play.readings) == {("wind", "level", None)}
    play.tell(play.plan)
    assert play.level() == (4.0, Quality.REPLAY)


def test_a_replayer_ends_when_it_is_closed():
    play = Play(recording(at(0, 300.0)))
    play.replayer.close()
    play.replayer.run()
    assert play.replayer._inbox.empty() is False


def archive(folder: Path, *entries: Entry) -> Path:
    path = folder / "history.sqlite"
    made = Archive(path)
    made.write(entries)
    made.close()
    return path


OURS = POND._replace(terms=terms_digest(DOCUMENT))
STAND_IN = POND._replace(terms="other", nature="modelled", source="A model")
FORBIDDEN = POND._replace(terms="shut", source="Shut", duties=("no_storage",))


def test_what_the_archive_kept_is_recorded_with_what_held_at_the_beginning(tmp_path):
    entries = [entry(number, origin=OURS) for number in (-200, -30, -10, 10, 500)]
    entries += [entry(20, origin=STAND_IN), entry(30, origin=FORBIDDEN)]
    entries += [entry(40, key="a", origin=OURS)._replace(until=START + 3000.0)]  # a forecast that ends before its time
    path = archive(tmp_path, *entries)
    kept = Archive(path, reading=True)
    made = record(kept, "lyon", {"pond": DOCUMENT}, START, START + HOUR, "en")
    kept.close()
    rows = [(round((row.time - START) / 60), row.mark, row.key, row.value) for row in made.rows]
    assert rows == [
        (-10, "pond", None, -10.0),
        (10, "pond", None, 10.0),
        (20, "pond~2", None, 20.0),
        (40, "pond", "a", 40.0),
        (50, "pond", "a", None),
    ]
    assert made.sections["pond~2"].nature is Nature.MODELLED
    assert made.sections["pond"].units == {"level": "m"}
    assert read_recording(write_recording(made)) == made


def test_a_day_that_was_kept_is_played_with_the_past_before_it(tmp_path):
    path = archive(tmp_path, *(entry(number, origin=OURS) for number in range(-120, 120, 10)))
    plan = FeedsStart({"pond": DOCUMENT}, "Europe/Paris", None, PastWanted(frozenset({AGO})))
    readings = Readings()
    told: list[Any] = []
    replayer = replayer_of(plan, Replay(str(path), 1.0, (START, START + HOUR)), told.append, SimpleQueue())
    replayer.begin()
    for update in told:
        readings = readings.updated(update)
    assert readings[LEVEL].value == 0.0
    assert readings["pond", AGO.reading, None].value == -60.0


def test_a_recording_that_cannot_be_read_any_more_plays_nothing(tmp_path, caplog):
    told: list[Any] = []
    plan = FeedsStart({"pond": DOCUMENT}, "Europe/Paris")
    replayer_of(plan, Replay(str(tmp_path / "gone.csv"), 1.0), told.append, SimpleQueue()).begin()
    assert [reading.quality for reading in told[0].readings] == [Quality.MISSING]
    assert "gone.csv" in caplog.text
    with pytest.raises(OSError, match="gone"):
        read(plan.feeds, Replay(str(tmp_path / "gone.csv"), 1.0))


# -- a feed of that kind -----------------------------------------------------------------------------------------------


def replay_feed(path: Path, **changes: object) -> ReplayDocument:
    plain = {
        "kind": "replay",
        "recording": str(path),
        "speed": "60x",
        "fresh_for": "1 h",
        "nature": "estimated",
        "source": "Ours",
        "licence": "CC BY 4.0",
        "values": {"level": {"unit": "m"}},
    }
    return ReplayDocument.model_validate_json(json.dumps({**plain, **changes}))


def test_a_feed_may_replay_a_recording_under_its_own_words_and_keeps_nothing(tmp_path):
    path = tmp_path / "day.csv"
    path.write_text(write_recording(recording(at(0, 300.0), at(0, 7.0, key="a"), at(1, 400.0))), encoding="utf-8")
    world = World({"pond": replay_feed(path), "lake": replay_feed(path, feed="pond")}, tmp_path)
    world.turns(2)
    for feed in ("pond", "lake"):
        reading = world.readings[feed, "level", None]
        assert (reading.value, reading.quality, reading.source) == (3.0, Quality.REPLAY, "Ours")
        assert (reading.nature, seconds(reading.measured_at)) == (Nature.ESTIMATED, START)
    assert not world.alerts.standing
    world.coordinator._store.flush(1e12)
    assert not (tmp_path / "readings").exists()


def test_such_a_feed_is_well_when_all_are_asked_once(tmp_path):
    path = tmp_path / "day.csv"
    path.write_text(write_recording(recording(at(0, 300.0))), encoding="utf-8")
    made = replay_feed(path)
    readings = SOURCE.digest("pond", made, SOURCE.connect(made, print).fetch().content, Arrival(TRUSTED, NOW_S))
    assert [is_well(reading, NOW_S) for reading in readings] == [True]


def test_such_a_feed_loops(tmp_path, monkeypatch):
    path = tmp_path / "day.csv"
    path.write_text(write_recording(recording(at(0, 300.0), at(1, 400.0))), encoding="utf-8")
    now = [NOW_S]
    monkeypatch.setattr("maquette.feeds.sources.replay.time.monotonic", lambda: now[0])
    made = replay_feed(path)
    connection = SOURCE.connect(made, print)

    def level():
        (reading,) = SOURCE.digest("pond", made, connection.fetch().content, Arrival(TRUSTED, now[0]))
        return reading.value

    values = []
    for _ in range(8):
        values.append(level())
        now[0] += 60
    assert values == [3.0, 4.0, 4.0, 4.0, None, None, 3.0, 4.0]


@pytest.mark.parametrize("content", [None, "no recording\n", ""])
def test_such_a_feed_without_its_recording_is_missing_in_words(tmp_path, content):
    path = tmp_path / "day.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    world = World({"pond": replay_feed(path)})
    world.turns()
    reading = world.readings[LEVEL]
    assert (reading.quality, reading.problem) == (Quality.MISSING, "no_file" if content is None else "bad_shape")


@pytest.mark.parametrize(("text", "speed"), [("1x", 1.0), ("60x", 60.0), (" 2.5 x", 2.5), ("3600×", 3600.0)])
def test_a_speed_is_a_number_and_an_x(text, speed):
    assert parse_speed(text) == speed


@pytest.mark.parametrize("text", ["60", "0x", "0.5x", "3601x", "x", "-1x", "fast", "", "1e3x", "١x"])
def test_any_other_speed_is_refused_in_words(text):
    with pytest.raises(RehearsalError) as caught:
        parse_speed(text)
    assert isinstance(caught.value.hint, Message)
