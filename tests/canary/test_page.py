"""The page and what it says: as wide as the terminal, the same with and without colours, what is common said once."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from maquette.canary.findings import State, find
from maquette.canary.page import NARROWEST, WIDEST, Page
from maquette.canary.telling import Telling
from maquette.console.health.remedies import LESSONS
from maquette.console.wording import catalogue
from maquette.core.clock import Clock
from maquette.core.message import message
from maquette.core.readings import Nature, Quality, Reading
from maquette.feeds.once import Asked
from maquette.feeds.problems import PROBLEMS
from tests.console.fake_territory import make_exhibition
from tests.feeds.documents import NOON, NOW_S, PARIS, document

CLOCK = Clock(NOON.astimezone(PARIS), trusted=True)
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def reading(name="level", value=3.0, key=None, minutes=5, **changes):
    live = Reading(
        "pond", name, key, value, "m", Quality.LIVE if value is not None else Quality.MISSING, Nature.MEASURED,
        measured_at=NOON - timedelta(minutes=minutes), fetched_at=NOON, fresh_until=NOW_S + 60, drop_at=NOW_S + 600,
        source="Test", licence="None",
    )  # fmt: skip
    return replace(live, **changes)


def asked(*readings, name="pond", problem=None, changes=(), **changed):
    names = dict.fromkeys([one.name for one in readings] or ["level"])
    values = {one: {"pick": one, "unit": "m", "title": {"en": one.capitalize()}} for one in names}
    return Asked(name, document(**{"values": values, **changed}), readings, problem, changes)


def page(*all_asked, width=100, colour=False, whole=False, language="en"):
    telling = Telling(make_exhibition(), CLOCK, NOW_S, language)
    return Page(telling, width=width, colour=colour, whole=whole).text([find(one, NOW_S) for one in all_asked])


def states(*all_asked):
    return [find(one, NOW_S).state for one in all_asked]


MANY = [
    asked(*(reading(f"value_{v}", v, str(k), minutes=k) for v in range(5) for k in range(100, 130)), name=f"feed_{n}")
    for n in range(15)
]


@pytest.mark.parametrize("width", [20, NARROWEST, 80, WIDEST, 400])
def test_no_line_is_wider_than_the_terminal_within_reason(width):
    troubled = asked(changes=(message("shape_gone", path="x" * 90),), name="troubled", source="Quelqu'un " * 30)
    told = page(*MANY, troubled, asked(problem="no_network"), width=width)
    assert max(map(len, told.splitlines())) <= min(max(width, NARROWEST), WIDEST)


def test_fifteen_feeds_are_no_wall():
    """Each feed: a header, a situation, a line for each value; at the end all of it at a glance, within one screen."""
    lines = page(*MANY).splitlines()
    assert len(lines) < 15 * 10 + 30
    glance = lines[lines.index("At a glance") :]
    assert len(glance) < 24
    assert glance[-1] == "All 15 feeds are well."


def test_colours_change_nothing_but_colours():
    feeds = [*MANY[:2], asked(problem="no_network"), asked(reading(), reading(key="b", value=None, problem="no_row"))]
    plain, coloured = page(*feeds), page(*feeds, colour=True)
    assert "\x1b" not in plain
    assert ANSI.sub("", coloured) == plain
    assert coloured != plain


def test_what_people_wrote_cannot_steer_the_terminal():
    told = page(asked(reading(), title={"en": "a\x1b[2Jb"}, source="\x1b]0;c\x07", attribution="d\re", place="\x9bf"))
    assert not {c for c in told if not c.isprintable()} - {"\n", "\u00a0"}


def test_when_all_values_are_of_one_time_it_is_said_once_else_beside_each():
    together = page(asked(reading("low"), reading("high", 4.0)))
    assert together.count("measured 5 min. ago") == 1
    assert "  Up to date, measured 5 min. ago. Source: Test (measurement)." in together.splitlines()
    apart = page(asked(reading("low"), reading("high", 4.0, minutes=90, fresh_until=NOW_S - 1)))
    assert "up to date, measured 5 min. ago" in apart
    assert "measured 2 hr. ago, out of date" in apart


def test_keys_of_different_ages_tell_the_newest_and_the_oldest():
    told = " ".join(page(asked(*(reading(key=str(k), minutes=k) for k in (3, 40)))).split())
    assert (
        "2 values, the newest up to date, measured 3 min. ago, the oldest up to date, measured 40 min. ago: 3 3, 40 3"
        in told
    )


def test_a_feed_is_well_partly_or_in_trouble():
    late = {"value": None, "quality": Quality.MISSING, "problem": "no_row"}
    assert (
        states(
            asked(reading()),
            asked(reading(quality=Quality.SAMPLE, problem="given", fresh_until=None, drop_at=None)),
            asked(reading(key="a"), replace(reading(key="b"), **late)),
            asked(replace(reading(), **late)),
            asked(reading("low"), replace(reading("high"), **late)),
            asked(reading(fresh_until=NOW_S - 1)),
            asked(reading(quality=Quality.SAMPLE, problem="no_network"), problem="no_network"),
            asked(reading(), changes=(message("shape_gone", path="x"),)),
            asked(),
        )
        == [State.WELL] * 2 + [State.PARTLY] + [State.TROUBLE] * 6
    )


def test_every_problem_has_a_lesson_that_is_in_words():
    assert set(LESSONS) <= set(PROBLEMS)
    assert {f"feeds_do_{lesson}" for lesson in (*LESSONS.values(), "shape", "wait")} <= set(catalogue("fr"))


def test_the_same_lesson_is_told_once_for_all_feeds_that_it_is_for():
    told = page(
        asked(name="a", problem="no_network"), asked(name="b", problem="no_network"), asked(name="c", problem="html")
    )
    assert told.count("Check the network") == 1
    assert "(a, b)" in " ".join(told.split())
    assert told.endswith("0 of 3 feeds are well; to be checked: a, b, c.")


def test_a_key_that_is_not_set_is_named_with_what_to_do():
    told = page(replace(asked(problem="no_key"), told=message("key_not_set", name="POND_KEY")))
    assert "The key 'POND_KEY' is not set on this machine." in " ".join(told.split())
    assert "Put the key into the environment" in told


def test_a_feed_of_one_key_names_it_and_many_feeds_are_counted():
    assert "  pond.level  3\u00a0m  Feyzin" in page(asked(reading(key="69276"))).splitlines()
    told = page(*(asked(name=f"feed_{number}", problem="no_network") for number in range(20)))
    assert " ".join(told.split()).endswith("feed_5, feed_6 and 13 more.")
