"""What the visitors' screen draws: which of a step's values, on which axes, and what is said where nothing can be drawn."""

import asyncio
import itertools
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.console.display.axis import hours, levels
from maquette.console.display.chart_bars import Bars
from maquette.console.display.chart_choice import AllKeys, BesideOneAnother, choices
from maquette.console.display.chart_course import course_chart
from maquette.console.display.courses import KEPT_S, SILENT_S, Courses
from maquette.console.display.phone_address import code, phone_address
from maquette.console.hub import Hub
from maquette.console.start import ConsoleStart
from maquette.console.titles import Titles
from maquette.console.wording import Wording
from maquette.core.clock import Clock
from maquette.core.course import DAY_S, Course, CourseWanted
from maquette.core.exhibition import ConsoleSettings
from maquette.core.past import ReadingSeries
from maquette.core.readings import Nature, Quality, Reading
from maquette.core.series import Point, make_series
from maquette.core.snapshot import ZoneState
from tests.console.fake_stage import FakeStage
from tests.console.fake_territory import make_exhibition

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 11, 26, 12, 0, tzinfo=PARIS)
NOW = NOON.timestamp()
HOUR = 3600.0
FLOW = Reading(
    "river", "flow", None, 812.0, "m³/s", Quality.LIVE, Nature.MEASURED, NOON.astimezone(UTC), place="Ternay"
)
WANTED = CourseWanted("river", "flow")
FRENCH = Wording("fr")
TITLES = Titles(make_exhibition(), FRENCH)


def zone(name, expression, reading=FLOW, **changes):
    return ZoneState(name, expression=expression, **{"reading": reading, "value": 1.0, "decoration": False, **changes})


def row(key, value=3.0, **changes):
    return replace(FLOW, feed="air", name="index", key=key, value=value, unit=None, **changes)


# -- which


def test_a_value_that_one_expression_names_is_drawn_over_time():
    assert choices([zone("a", "river.flow"), ZoneState("b")]) == [WANTED]


def test_what_was_made_of_its_past_is_drawn_as_the_value_itself():
    change = replace(FLOW, name="flow.change(604800)", value=104.0)
    assert choices([zone("a", "river.flow.change('7 d')", change)]) == [WANTED]


def test_a_value_of_each_zone_is_drawn_beside_the_others_and_one_zone_alone_over_time():
    towns = [zone(key, "air[zone.insee].index", row(key)) for key in ("69276", "69199")]
    assert choices(towns) == [BesideOneAnother(tuple(towns))]
    assert choices(towns[:1]) == [CourseWanted("air", "index", "69276")]


def test_an_aggregate_is_drawn_as_what_it_is_made_of():
    high = zone("needle", "max(air.index)", row("69276"), known=12, total=14)
    assert choices([high]) == [AllKeys("air", "index", high)]


def test_what_mixes_values_is_not_drawn_and_what_lights_most_comes_first():
    wind = replace(FLOW, feed="electricity", name="wind")
    mixed = [zone(name, "electricity.wind + electricity.solar", wind) for name in "abc"]
    alone = zone("d", "electricity.wind", wind)
    river = [zone(name, "river.flow") for name in "ef"]
    found = choices([*mixed, alone, *river])
    assert found == [WANTED, CourseWanted("electricity", "wind")]


def test_texts_in_quotes_and_attributes_of_the_zone_name_no_value():
    text = "river.flow if zone.kind == 'canal.side' else 0"
    assert choices([zone("a", text)]) == [WANTED]


def test_decorations_and_what_nothing_was_read_for_draw_nothing():
    assert choices([ZoneState("a", "#101418"), zone("b", "river.flow", None)]) == []


# -- axes


@settings(max_examples=100)
@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_levels_hold_all_values_are_few_and_rise_by_equal_steps(low, size):
    found = levels(low, low + size)
    assert 2 <= len(found) <= 7
    assert found[0] <= low + 1e-6 * max(abs(low), size)
    assert found[-1] >= low + size - 1e-6 * max(abs(low), size)
    steps = {round((b - a) / (found[1] - found[0]), 6) for a, b in itertools.pairwise(found)}
    assert steps == {1.0}


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 0, [-0.5, -0.25, 0.0, 0.25, 0.5]), (3, 10, [0, 2.5, 5, 7.5, 10]), (-10, -1, [-10, -7.5, -5, -2.5, 0])],
)
def test_an_axis_begins_at_zero_where_values_come_near_it(low, high, expected):
    assert levels(low, high) == expected


def test_what_hardly_changes_looks_as_if_it_hardly_changed():
    found = levels(810, 814)
    assert found[-1] - found[0] >= 0.2 * 814


def test_the_hours_of_a_day_are_those_of_the_territory_also_when_the_clock_changes():
    written = [datetime.fromtimestamp(moment, PARIS).hour for moment in hours(NOW - DAY_S, NOW, PARIS)]
    assert written == [12, 18, 0, 6, 12]
    change = datetime(2026, 10, 25, 12, 0, tzinfo=PARIS).timestamp()
    assert len(hours(change - DAY_S, change, PARIS)) == 4  # that day has 25 hours, and noon is not among its last 24


# -- over time


def drawn(points, *, trusted=True, present=FLOW):
    course = Course(WANTED, NOW, ReadingSeries(FLOW, make_series(Point(*point) for point in points)))
    return course_chart(course, present, TITLES, FRENCH, Clock(NOON, trusted=trusted), 0.0)


HALF_DAY = [(NOW - h * HOUR, 700.0 + 10 * h, NOW - (h - 1) * HOUR) for h in range(12, 0, -1)]


def test_a_chart_says_from_to_lowest_highest_and_now():
    chart = drawn(HALF_DAY)
    assert chart is not None
    assert (chart["from"], chart["to"]) == ("2026-11-25T11:00:00Z", "2026-11-26T11:00:00Z")
    assert chart["points"][0] == {"from_s": 43200, "to_s": 46800, "value": 820.0, "sample": False}
    assert chart["title"] == "Débit du Rhône (Ternay)"
    assert chart["text"].replace("\u00a0", " ") == (
        "Débit du Rhône (Ternay) (à partir de : 26 novembre) : au plus bas 710 m³/s (26 novembre à 11:00), "
        "au plus haut 820 m³/s (26 novembre), maintenant 812 m³/s."
    )
    assert [tick["text"] for tick in chart["ticks"]] == ["12:00", "18:00", "0:00", "6:00", "12:00"]


def test_a_value_that_is_no_longer_known_has_no_now_and_a_sample_is_told():
    gone = replace(FLOW, value=None, quality=Quality.MISSING)
    chart = drawn([(start, value, end, True) for start, value, end in HALF_DAY[:-2]], present=gone)
    assert chart is not None
    assert chart["now"] is None
    assert chart["text"].endswith(
        "maintenant inconnu. Ce sont en partie des exemples fournis avec le logiciel, pas des mesures."
    )


def test_where_too_little_is_known_nothing_is_drawn():
    assert drawn(HALF_DAY[:2]) is None
    assert drawn([(NOW - m * 60, 1.0, NOW - m * 60 + 60) for m in range(100, 0, -1)]) is None
    assert course_chart(Course(WANTED, NOW), None, TITLES, FRENCH, Clock(NOON, trusted=True), 0.0) is None
    assert course_chart(None, FLOW, TITLES, FRENCH, Clock(NOON, trusted=True), 0.0) is None


def test_without_a_clock_hours_are_counted_back_from_now():
    chart = drawn(HALF_DAY, trusted=False)
    assert chart is not None
    assert [tick["text"] for tick in chart["ticks"]] == ["\u221218\u00a0h", "\u221212\u00a0h", "\u22126\u00a0h"]
    assert "au plus haut 820\u00a0m³/s (il y a 12\u00a0h)" in chart["text"]


# -- beside one another


def test_zones_are_counted_by_class_and_the_unknown_apart():
    states = FakeStage().zone_states()
    towns = [one for one in states if one.scale == "atmo"]
    gone = replace(towns[0], quality=Quality.MISSING)
    scale = make_exhibition().scales[0]
    chart = Bars(TITLES, FRENCH).zones([gone, *towns[1:]], scale)
    assert [(line["title"], line["count"]) for line in chart["rows"]] == [
        ("Bon", 1), ("Moyen", 2), ("Dégradé", 2), ("Mauvais", 2), ("Très mauvais", 2), ("Extrêmement mauvais", 2),
        ("inconnu", 1),
    ]  # fmt: skip
    assert (chart["rows"][-1]["share"], chart["rows"][-1]["names"]) == (0.0, ["Lyon 7e"])
    assert chart["quality"] == "missing"
    assert "Bon\u00a0: 1; Moyen\u00a0: 2" in chart["text"]


def test_values_stand_beside_one_another_the_greatest_first_and_the_unknown_without_length():
    rows = [row("69276", 2.0), row("69199", None, quality=Quality.MISSING), row("69149", 4.0)]
    chart = Bars(TITLES, FRENCH).keys(rows, 0.0)
    assert chart is not None
    assert [(line["title"], line["value_text"], line["share"]) for line in chart["rows"]] == [
        ("Oullins", "4", 1.0), ("Feyzin", "2", 0.5), ("Saint-Fons", "inconnu", None),
    ]  # fmt: skip
    below = Bars(TITLES, FRENCH).keys([row("69276", -2.0), row("69149", 4.0)], 0.0)
    assert below is not None
    assert {line["share"] for line in below["rows"]} == {None}
    many = Bars(TITLES, FRENCH).keys([row(str(i), float(i)) for i in range(30)], 0.0)
    assert many is not None
    assert (len(many["rows"]), many["more"]) == (8, 22)
    assert Bars(TITLES, FRENCH).keys([], 0.0) is None


# -- asking


def test_however_many_pages_look_one_asks_and_what_came_serves_a_minute():
    async def ask():
        posted, now = list[object](), [0.0]
        hub = Hub(ConsoleStart(make_exhibition(), ConsoleSettings()), posted.append)
        courses = Courses(hub, now=lambda: now[0], limit_s=5.0)
        looking = [asyncio.create_task(courses.course(WANTED)) for _ in range(3)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        looking[0].cancel()  # one page leaves
        answer = Course(WANTED, NOW)
        hub.receive(Course(CourseWanted("river", "level"), NOW))
        hub.receive(answer)
        assert [await one for one in looking[1:]] == [answer, answer]
        assert await courses.course(WANTED) is answer
        assert posted == [WANTED]
        now[0] = KEPT_S
        again = asyncio.create_task(courses.course(WANTED))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        hub.receive(answer)
        await again
        assert posted == [WANTED, WANTED]

    asyncio.run(ask())


def test_feeds_that_do_not_answer_are_left_in_peace_for_a_while_and_no_more_is_kept_than_a_few():
    async def ask():
        posted, now = list[object](), [0.0]
        hub = Hub(ConsoleStart(make_exhibition(), ConsoleSettings()), posted.append)
        courses = Courses(hub, now=lambda: now[0], limit_s=0.0)
        assert await courses.course(WANTED) is None
        assert await courses.course(WANTED) is None
        assert len(posted) == 1
        now[0] = SILENT_S
        assert await courses.course(WANTED) is None
        assert len(posted) == 2
        for key in range(100):
            await courses.course(replace(WANTED, key=str(key)))
        assert len(courses._kept) <= 32

    asyncio.run(ask())


# -- for phones


@pytest.mark.parametrize(
    ("host", "names", "expected"),
    [
        ("127.0.0.1", (), None),
        ("localhost", ("maquette.local",), None),
        ("::1", (), None),
        ("0.0.0.0", (), None),
        ("::", ("localhost", "maquette.local"), "http://maquette.local:8080/display"),
        ("0.0.0.0", ("127.0.0.1", "10.0.0.2"), "http://10.0.0.2:8080/display"),
        ("192.168.4.1", (), "http://192.168.4.1:8080/display"),
        ("fd00::1", (), "http://[fd00::1]:8080/display"),
        ("192.168.4.1", ("a name with spaces/",), None),
    ],
)
def test_the_address_for_phones_is_one_that_they_can_reach(host, names, expected):
    assert phone_address(ConsoleSettings(host, 8080, names=names)) == expected


def test_the_usual_port_is_left_out_and_the_code_is_a_drawing():
    address = phone_address(ConsoleSettings("192.168.4.1", 80))
    assert address == "http://192.168.4.1/display"
    assert code(address).startswith(b"<svg ")
