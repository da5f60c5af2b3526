"""The shipped documents: complete, without a problem, true to the map, and speaking both languages."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.content.shipped import ROOT, SCENARIOS, checked, document, hardware, steps

LEDS_PER_MM = 60 / 1000

TOWNS = {
    "lyon": (45.7270, 4.8330),
    "saint_fons": (45.7055, 4.8535),
    "venissieux": (45.6980, 4.8860),
    "feyzin": (45.6725, 4.8600),
    "irigny": (45.6735, 4.8220),
    "solaize": (45.6400, 4.8400),
    "vernaison": (45.6480, 4.8110),
    "serezin": (45.6290, 4.8230),
    "ternay": (45.6030, 4.8110),
    "millery": (45.6330, 4.7810),
    "givors": (45.5905, 4.7690),
    "chasse": (45.5795, 4.8080),
}
"""Latitude and longitude of town centres."""

GAUGE_AT_TERNAY = (45.6094, 4.8077)


def led_count(zone: dict[str, Any]) -> int:
    runs = (re.fullmatch(r"\w+ (\d+)-(\d+)", run) for run in zone["leds"])
    return sum(abs(int(run[2]) - int(run[1])) + 1 for run in runs if run)


def path_length(zone: dict[str, Any]) -> float:
    return sum(math.dist(a, b) for a, b in zip(zone["path"], zone["path"][1:], strict=False))


def middle(zone: dict[str, Any]) -> tuple[float, float]:
    path = zone["path"]
    return sum(x for x, _ in path) / len(path), sum(y for _, y in path) / len(path)


def on_the_map(x: float, y: float) -> tuple[float, float]:
    """Return latitude and longitude of a point of the plan, from its three control points."""
    (x0, y0, *first), (x1, y1, *second), (x2, y2, *third) = hardware()["plan"]["geo"]
    area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    to_second = ((x - x0) * (y2 - y0) - (x2 - x0) * (y - y0)) / area
    to_third = ((x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)) / area
    latitude, longitude = (
        a + to_second * (b - a) + to_third * (c - a) for a, b, c in zip(first, second, third, strict=True)
    )
    return latitude, longitude


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    north = (one[0] - other[0]) * 111.2
    east = (one[1] - other[1]) * 111.32 * math.cos(math.radians(one[0]))
    return math.hypot(north, east)


def variants(say: object) -> list[Any]:
    return say if isinstance(say, list) else [say]


def texts(node: object, key: str = "") -> Iterator[tuple[str, object]]:
    """Yield every text that people read: its key, and a mapping of languages or a plain string."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name in ("title", "notes", "label", "question", "otherwise"):
                yield name, value
            elif name == "say":
                yield from ((name, variant) for variant in variants(value))
            yield from texts(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value, key)


def test_the_documents_have_no_problem() -> None:
    assert [str(problem) for problem in checked().problems] == []
    assert checked().installation is not None


def test_the_model_is_as_large_as_promised() -> None:
    model = hardware()
    assert len(model["strips"]) == 3
    assert sum(strip["leds"] for strip in model["strips"].values()) >= 480
    assert len(model["zones"]) >= 25
    assert set(model["groups"]) == {"river", "motorway", "rail", "pipelines", "communes", "plants"}
    assert len(model["buttons"]) == 7
    assert all("lamp" in button for button in model["buttons"].values())
    assert {servo["looks"] for servo in model["servos"].values()} == {"needle", "gate", "turbine"}
    assert model["supplies"] == {"main": {"volts": "5 V", "limit": "8 A"}}


def test_every_led_belongs_to_a_zone_and_every_zone_to_a_group() -> None:
    model = hardware()
    assert sum(map(led_count, model["zones"].values())) == sum(strip["leds"] for strip in model["strips"].values())
    assert sorted(zone for zones in model["groups"].values() for zone in zones) == sorted(model["zones"])


def test_strips_follow_each_other_at_the_controller() -> None:
    end = 0
    for strip in hardware()["strips"].values():
        assert strip["start"] == end
        end += strip["leds"]


@pytest.mark.parametrize("name", list(hardware()["zones"]))
def test_the_strip_of_a_zone_can_be_bought_and_laid_along_its_path(name: str) -> None:
    zone = hardware()["zones"][name]
    gaps = led_count(zone) - 1
    assert 0.6 <= gaps / (path_length(zone) * LEDS_PER_MM) <= 1.4


@pytest.mark.parametrize("name", list(hardware()["zones"]))
def test_every_zone_lies_on_the_table_behind_the_buttons(name: str) -> None:
    width, height = (float(side.split()[0]) for side in hardware()["plan"]["size"])
    assert all(0 <= x <= width and 0 <= y <= height for x, y in hardware()["zones"][name]["path"])
    assert all(button["place"][1] > middle(hardware()["zones"][name])[1] for button in hardware()["buttons"].values())


@pytest.mark.parametrize("town", TOWNS)
def test_a_commune_lies_where_the_map_has_it(town: str) -> None:
    assert kilometres(on_the_map(*middle(hardware()["zones"][town])), TOWNS[town]) < 1.0


def test_the_river_runs_past_the_gauging_station() -> None:
    points = hardware()["zones"]["rhone_aval"]["path"]
    assert min(kilometres(on_the_map(*point), GAUGE_AT_TERNAY) for point in points) < 0.6


def test_north_is_to_the_left_and_the_scale_is_the_same_both_ways() -> None:
    here, right, below = on_the_map(800, 450), on_the_map(900, 450), on_the_map(800, 550)
    assert here[0] > right[0]
    assert here[1] > below[1]
    assert kilometres(here, right) == pytest.approx(1.25, rel=0.01)
    assert kilometres(here, below) == pytest.approx(1.25, rel=0.01)


def test_the_index_is_asked_for_exactly_the_communes_that_are_lit() -> None:
    model = hardware()
    lit = [model["zones"][zone]["attributes"]["insee"] for zone in model["groups"]["communes"]]
    assert sorted(document("config.yaml")["feeds"]["air"]["with"]["communes"]) == sorted(lit)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_text_is_there_in_both_languages(name: str) -> None:
    found = list(texts(document(f"scenarios/{name}.yaml")))
    assert found
    for key, text in found:
        assert isinstance(text, dict), (key, text)
        assert {"fr", "en"} <= set(text), (key, text)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_step_speaks_and_gives_the_mediator_words(name: str) -> None:
    for step in steps(name):
        assert {"title", "say", "notes", "lights"} <= set(step)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_caption_with_a_figure_has_words_for_when_it_is_unknown(name: str) -> None:
    for step in steps(name):
        # Where a condition needs the same figures, it is the last variant that speaks when they are unknown.
        last = variants(step["say"])[-1]
        figures = re.findall(r"\{(?!zone\.title)", last["fr"])
        if figures:
            assert {"fr", "en"} <= set(last["otherwise"])
            assert not re.search(r"\{(?!zone\.title)", "".join(last["otherwise"].values()))


def test_the_scenarios_use_six_effects_or_more() -> None:
    used = set()
    for name in SCENARIOS:
        for step in steps(name):
            for light in step["lights"]:
                effect = light.get("effect", "solid")
                used.add(effect if isinstance(effect, str) else next(iter(effect)))
    assert len(used) >= 6


@pytest.mark.parametrize("name", SCENARIOS)
def test_no_industrial_site_is_singled_out(name: str) -> None:
    plants = set(hardware()["groups"]["plants"])
    for step in steps(name):
        for light in step["lights"]:
            assert not plants & set(light["zones"])
            assert "plants" not in light["zones"] or "value" not in light


def test_the_guide_of_the_wiring_names_the_right_numbers() -> None:
    guide = (ROOT / "hardware" / "README.md").read_text(encoding="utf-8")
    model = hardware()
    for name, strip in model["strips"].items():
        assert re.search(rf"\| `{name}` \| {strip['leds']} \| {strip['start']} \|", guide), name
    for name, button in model["buttons"].items():
        assert f"| {name} | GPIO {button['pin']} | GPIO {button['lamp']} |" in guide, name
    for name, servo in model["servos"].items():
        assert f"| {name} | {servo['channel']} |" in guide, name


def test_the_plan_is_a_clean_drawing() -> None:
    drawing = (ROOT / "hardware" / hardware()["plan"]["image"]).read_text(encoding="utf-8")
    assert len(drawing.encode()) < 60_000
    assert 'viewBox="0 0 1600 900"' in drawing
    assert not re.search(r"<script|<image|<foreignObject|href|@import|\bon\w+=|url\((?!#)", drawing)
    for zone in hardware()["groups"]["communes"]:
        assert f">{hardware()['zones'][zone]['title']}</text>" in drawing


def test_nothing_in_the_drawing_is_as_coloured_as_light() -> None:
    drawing = (ROOT / "hardware" / hardware()["plan"]["image"]).read_text(encoding="utf-8")
    for colour in set(re.findall(r"#[0-9a-f]{6}\b", drawing)):
        channels = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        assert max(channels) - min(channels) <= 36, colour


def test_the_documents_hold_no_secret_and_no_path_of_a_machine() -> None:
    assert "/home/" not in json.dumps([document("config.yaml"), hardware()])
    assert "password" not in json.dumps(document("config.yaml"))
