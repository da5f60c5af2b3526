"""Buttons not seen: days of presses, and which button is silent."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from maquette.console.health.presses import Presses, recall, record

MONDAY = date(2026, 11, 23)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def test_a_button_is_silent_when_others_were_pressed_on_the_last_day_of_use():
    presses = Presses().pressed("air", day(0)).pressed("river", day(0)).pressed("air", day(1))
    assert presses.is_silent("river", day(1)) is False  # yesterday it was pressed, and today is not over
    assert presses.is_silent("river", day(2)) is True
    assert presses.is_silent("air", day(2)) is False


def test_days_on_which_nobody_came_say_nothing():
    presses = Presses().pressed("air", day(0)).pressed("river", day(0))
    assert presses.is_silent("river", day(9)) is False
    assert presses.pressed("air", day(9)).is_silent("river", day(9)) is False


def test_a_button_that_was_never_pressed_is_unknown_until_there_was_a_whole_day_for_it():
    presses = Presses().pressed("air", day(0))
    assert Presses().is_silent("river", day(0)) is None
    assert presses.is_silent("river", day(1)) is None  # the record may have begun at closing time
    assert presses.pressed("air", day(1)).is_silent("river", day(2)) is True


def test_a_press_without_a_clock_counts_and_is_dated_later():
    presses = Presses().pressed("air", day(0)).pressed("river", day(0)).pressed("air", day(1)).pressed("river", None)
    assert presses.is_silent("river", day(2)) is False
    dated = presses.dated(day(2))
    assert (dated.last["river"], dated.day, dated.before) == (day(2), day(2), day(1))
    assert dated.undated == frozenset()


@given(st.lists(st.tuples(st.sampled_from(["air", "river"]), st.integers(0, 30).map(day))))
def test_what_is_recorded_is_recalled(tmp_path_factory, told):
    presses = Presses()
    for button, when in sorted(told, key=lambda press: press[1]):
        presses = presses.pressed(button, when)
    path = tmp_path_factory.getbasetemp() / "presses.json"
    path.write_bytes(record(presses))
    assert recall(path) == presses


def test_a_spoilt_record_and_none_at_all_are_no_record(tmp_path):
    path = tmp_path / "presses.json"
    assert recall(path) == Presses()
    for spoilt in (b"", b"{}", b"[]", b'{"since": 3, "day": null, "before": null, "last": {}}', b"\xff"):
        path.write_bytes(spoilt)
        assert recall(path) == Presses()
