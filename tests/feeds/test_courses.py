"""How a value went: asked of the feeds, answered from the history, thinned out and as it is known."""

from datetime import timedelta

import pytest

from maquette.core.course import DAY_S, MOST_POINTS, CourseWanted
from tests.feeds.documents import NOON, document

NOW = NOON.timestamp()


def given(tmp_path, text):
    path = tmp_path / "levels.csv"
    path.write_text("time,level\n" + text)
    return str(path)


@pytest.fixture
def asked(world):
    def ask(series, wanted, **options):
        there = world({"pond": document(series=series)}, **options)
        there.ask(wanted)
        (course,) = there.courses
        assert course.wanted == wanted
        return course

    return ask


def test_a_day_of_a_value_ends_now_and_tells_where_it_comes_from(asked, tmp_path):
    hours = "".join(f"-{hours} h,{hours}\n" for hours in range(48, -1, -1))
    course = asked(given(tmp_path, hours), CourseWanted("pond", "level"))
    series = course.known.series
    assert course.now == NOW
    assert (series.times[0], series.values[0]) == (NOW - DAY_S, 24.0)
    assert (series.ends[-1], series.values[-1]) == (NOW, 1.0)
    assert series.given.all()
    assert (course.known.reading.unit, course.known.reading.source) == ("m", "Test")


def test_a_shorter_span_and_many_values_stay_within_the_bound(asked, tmp_path):
    minutes = "".join(f"-{minutes} min,{minutes % 7}\n" for minutes in range(1440, 0, -1))
    course = asked(given(tmp_path, minutes), CourseWanted("pond", "level", span_s=6 * 3600.0))
    assert 100 < len(course.known.series) <= MOST_POINTS
    assert course.known.series.times[0] == NOW - 6 * 3600.0


def test_a_value_that_nobody_gives_has_no_course_and_one_without_past_an_empty_one(asked):
    assert asked(None, CourseWanted("pond", "depth")).known is None
    assert asked(None, CourseWanted("river", "level")).known is None
    assert len(asked(None, CourseWanted("pond", "level")).known.series) == 0


def test_without_a_clock_only_what_counts_from_now_is_told(asked, tmp_path):
    relative = asked(given(tmp_path, "-2 h,1\n-1 h,2\n"), CourseWanted("pond", "level"), trusted=False)
    assert relative.known.series.values.tolist() == [1.0, 2.0]
    dated = "".join(f"{(NOON - timedelta(hours=h)).isoformat()},{h}\n" for h in (3, 2))
    absolute = asked(given(tmp_path, dated), CourseWanted("pond", "level"), trusted=False)
    assert len(absolute.known.series) == 0
