"""The house without its processes: what passes between them."""

import os
from typing import Any

import pytest

from maquette import __version__, house
from maquette.config.check import check
from maquette.console.start import Documents
from maquette.core.course import Course, CourseWanted
from maquette.core.pushed import Pushed, PushedRow
from maquette.core.vitals import Ending, FeedTallies, FeedTally, Program, VitalsWanted
from maquette.ops.life import LIFE, LifeRecord, boot_id
from maquette.stage.lateness import Lateness
from tests.config.conftest import BASE, registries_for


class Double:
    """Stands in for a stage or a child: keeps how it was made and what was posted."""

    made: dict[str, dict[str, Any]]
    lateness = Lateness()
    pid, restarts = 4242, 2

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.made[str(arguments[0]) if arguments[0:1] and isinstance(arguments[0], str) else "stage"] = options
        self.posted: list[object] = []
        self.heard = arguments[1] if arguments[0] in ("maquette.feeds", "maquette.console") else None

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None

    def post(self, message: object) -> None:
        self.posted.append(message)

    def post_latest(self, _slot: str, message: object) -> None:
        self.posted.append(message)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Any:
    """A house of doubles."""
    Double.made = {}
    monkeypatch.setattr(house, "Stage", Double)
    monkeypatch.setattr(house, "Child", Double)
    installation = check(BASE / "config.yaml", registries_for(BASE)).installation
    assert installation is not None
    documents = Documents(BASE / "config.yaml", tmp_path, b"", {}, None, installation.fixed)  # type: ignore[arg-type]  # not looked at
    return house.House(installation, documents, installation.console, simulate=False)


def test_what_companions_measure_goes_to_the_feeds(built):
    measured = Pushed("hall", (PushedRow(None, {"light": 0.5}),), 1.0)

    Double.made["stage"]["push"](measured)
    assert built._feeds.posted == [measured]


def test_what_was_pushed_is_told_again_as_far_as_memory_allows(built, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(house, "PUSHED_ROWS_AGAIN", 5)
    pushed = [Pushed("hall", (PushedRow(None, {"light": 0.5}),) * rows, float(rows)) for rows in (3, 2, 1, 9)]
    for each in pushed[:3]:
        built._hear_console(each)
    assert (built._feeds.posted, list(built._pushed)) == (pushed[:3], pushed[1:3])
    built._hear_console(pushed[3])
    assert list(built._pushed) == pushed[3:]


def test_how_a_value_went_is_asked_of_the_feeds_and_told_to_the_console_and_the_stage_hears_nothing_of_it(built):
    wanted = CourseWanted("river", "flow")
    built._console.heard(wanted)
    assert built._feeds.posted == [wanted]
    answer = Course(wanted, 0.0)
    built._feeds.heard(answer)
    assert built._console.posted == [answer]
    assert built._stage.posted == []


def test_who_asks_how_the_programs_are_doing_is_answered_by_the_house(built):
    counted = {"river": FeedTally(3, 1)}
    built._hear_feeds(FeedTallies(counted))
    built._hear_console(VitalsWanted())
    (vitals,) = built._console.posted
    assert (vitals.frames, vitals.feeds) == (Double.lateness.tally(), counted)
    child = Program(Double.pid, Double.restarts)
    assert vitals.programs == {"stage": Program(os.getpid()), "feeds": child, "console": child}


def test_a_life_that_is_stopped_has_ended_and_one_that_fails_has_not(built, tmp_path, monkeypatch):
    def after() -> Ending:
        return LifeRecord(tmp_path / LIFE, __version__, boot_id()).after

    assert built._console_start().beginning.after is Ending.NONE
    built.play([])
    assert after() is Ending.STOPPED
    built._life = LifeRecord(tmp_path / LIFE, __version__, boot_id())
    built._life.begin()
    monkeypatch.setattr(built._stage, "run", lambda _then: 1 / 0, raising=False)
    with pytest.raises(ZeroDivisionError):
        built.play([])
    assert after() is Ending.CRASHED
