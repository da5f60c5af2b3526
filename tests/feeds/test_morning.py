from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from maquette.core.calendar import OpeningHours
from maquette.core.clock import Clock
from maquette.feeds.morning import BEFORE_S, Morning
from maquette.feeds.problems import fault
from tests.feeds.documents import NOON, PARIS, ago, document
from tests.feeds.scripted import Script

HOURS = OpeningHours(dict.fromkeys(range(7), ((600, 720), (840, 1080))))
"""10:00 to 12:00 and 14:00 to 18:00."""
BEFORE = timedelta(seconds=BEFORE_S)


def at(hour, minute=0, *, trusted=True):
    return Clock(datetime(2026, 10, 6, hour, minute, tzinfo=PARIS), trusted)


def test_each_opening_is_told_once_shortly_before():
    morning = Morning(HOURS)
    told = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in range(60) if morning.is_here(at(hour, minute))]
    assert told == ["09:45", "13:45"]


def test_a_clock_that_cannot_be_believed_and_doors_without_hours_have_no_morning():
    assert not Morning(HOURS).is_here(at(9, 50, trusted=False))
    assert not Morning(None).is_here(at(9, 50))
    assert not Morning(OpeningHours({})).is_here(at(9, 50))


def test_a_clock_that_is_set_late_still_has_its_morning_and_one_that_jumps_back_no_second_one():
    morning = Morning(HOURS)
    assert not morning.is_here(at(9, 46, trusted=False))
    assert morning.is_here(at(9, 58))
    assert not morning.is_here(at(9, 50))


def test_the_morning_after_a_change_of_the_clocks_is_as_long_before_the_doors():
    hours = OpeningHours({6: ((200, 300),)})  # 03:20, on the night on which 02:00 becomes 03:00
    local = datetime(2026, 3, 29, 1, 50, tzinfo=ZoneInfo("Europe/Paris"))
    assert not Morning(hours).is_here(Clock(local, trusted=True))
    assert Morning(hours).is_here(Clock(datetime(2026, 3, 29, 3, 6, tzinfo=PARIS), trusted=True))


@pytest.fixture
def hall(world):
    """Return what builds a hall that opens two hours after noon, with feeds of three minds."""

    def build(opening=HOURS, **options):
        feeds = {
            "dead": document(url="http://dead.example/", every="1 d"),
            "dead_too": document(url="http://dead.example/too", every="1 d"),
            "rare": document(url="http://rare.example/", every="1 d", fresh_for="9 d"),
            "often": document(url="http://often.example/", every="7 min", fresh_for="9 d"),
        }
        script = Script(
            lambda host: fault("unreachable") if host == "dead.example" else {"level": 3, "at": ago(minutes=5)}
        )
        here = world(feeds, sources=script.sources, pause_s=1.0, opening=opening, **options)
        here.live(90 * 60)
        script.asked.clear()
        return here, script

    return build


def test_before_the_doors_open_what_failed_and_what_is_not_recent_is_asked_at_once(hall):
    here, script = hall()
    opens = NOON.astimezone(PARIS).replace(hour=14, minute=0)
    here.live((opens - BEFORE - here.read_clock(PARIS).local).total_seconds() + 90)
    asked = [url for url in script.asked if "often" not in url]
    assert sorted(set(asked)) == ["http://dead.example/", "http://dead.example/too", "http://rare.example/"]
    assert asked.count("http://rare.example/") == 1
    assert len(script.asked) - len(asked) <= 4, "what is asked all the time is recent"


@pytest.mark.parametrize("options", [{"opening": None}, {"trusted": False}])
def test_without_hours_or_a_clock_there_is_no_such_thing(hall, options):
    here, script = hall(**options)
    here.live(3600)
    assert "http://rare.example/" not in script.asked


def test_the_past_day_s_trouble_is_news_again_by_the_time_the_doors_open(hall):
    here, script = hall()
    script.answer = lambda host: fault("bad_shape") if host == "rare.example" else {"level": 3, "at": ago(minutes=5)}
    assert set(here.failing) == {"dead", "dead_too"}
    here.live(30 * 60)
    assert here.failing == {"rare": "bad_shape"}
