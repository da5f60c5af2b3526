"""The histogram of lateness."""

import pytest

from maquette.core.vitals import LATENESS_BOUNDS_S
from maquette.stage.lateness import Lateness


def test_before_the_first_frame_everything_is_zero():
    summary = Lateness().summary()
    assert (summary.frames, summary.p50_s, summary.maximum_s) == (0, 0.0, 0.0)


def test_quantiles_are_at_most_a_fifth_too_high():
    lateness = Lateness()
    for millisecond in range(1, 1001):
        lateness.add(millisecond / 1000)
    summary = lateness.summary()
    assert summary.frames == 1000
    assert 0.5 <= summary.p50_s <= 0.5 * 1.22
    assert 0.99 <= summary.p99_s <= 1.0
    assert summary.maximum_s == pytest.approx(1.0)


def test_what_is_beyond_the_histogram_is_still_counted():
    lateness = Lateness()
    lateness.add(100.0, skipped=5999)
    summary = lateness.summary()
    assert (summary.p99_s, summary.maximum_s, summary.skipped) == (100.0, 100.0, 5999)


def test_the_tally_counts_what_was_no_later_than_each_bound():
    lateness = Lateness()
    told = [0.00005, 0.0009, 0.0011, 0.02, 0.9, 30.0]
    for late_s in told:
        lateness.add(late_s, skipped=int(late_s))
    tally = lateness.tally()
    assert (tally.begun, tally.lost, tally.latest_s) == (6, 30, 30.0)
    assert tally.late_s == pytest.approx(sum(told))
    assert tally.up_to == tuple(sum(late_s <= bound for late_s in told) for bound in LATENESS_BOUNDS_S)
