"""Every ready-made feed, tested from its own document, its parameters' examples and its sample.

Samples are answers of one moment, `ANSWERED`: the tests move the clock, never the dates.
"""

import json
import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import jmespath
import pytest
import yaml

from maquette.config.check import check
from maquette.core.clock import Clock
from maquette.core.readings import Quality, Reading
from maquette.errors import FeedError
from maquette.feeds.freshness import drop_after
from maquette.feeds.picks import read_number
from maquette.feeds.sample import CATALOGUE, read_sample
from maquette.feeds.source import Arrival
from maquette.feeds.sources import SOURCES
from tests.content.shipped import REGISTRIES, ROOT
from tests.feeds.documents import ANSWERED, NOW_S, PARIS, catalogue, examples, ready_made, sample

NAMES = sorted(path.stem for path in CATALOGUE.glob("*.yaml"))
Readings = dict[tuple[str, str | None], Reading]


def is_dated(name: str) -> bool:
    """Tell whether a feed's answers say of when they are."""
    feed = catalogue(name)
    own = (value.measured_at for value in feed.values.values())
    return any((feed.measured_at, feed.published_at, feed.valid_on, feed.valid_from, feed.valid_until, *own))


DATED = [name for name in NAMES if is_dated(name)]
FIELDS = [name for name in NAMES if ready_made(name).feed["kind"] == "http_json"]
"""Those whose picks name the fields of an answer as it comes."""
VALUES = [(name, value) for name in FIELDS for value in catalogue(name).values]
NUMBERS = [
    (n, v) for n, v in VALUES if (own := catalogue(n).values[v]).function != "count" and "length(" not in own.picked
]
"""Those that are a number which stands in a row, or are made of such."""
RANGED = [(name, value) for name, value in NUMBERS if catalogue(name).values[value].plausible is not None]


def read(name: str, content: Any, **moved: float) -> Readings:
    """Return the readings of an answer, some time after the sample's moment."""
    feed = catalogue(name)
    at = ANSWERED + timedelta(**moved)
    arrival = Arrival(Clock(at.astimezone(PARIS), trusted=True), NOW_S)
    return {(r.name, r.key): r for r in SOURCES[feed.kind].digest("here", feed, content, arrival)}


def read_or_none(name: str, content: Any) -> Readings:
    """Return the readings, none when the answer as a whole is refused."""
    try:
        return read(name, content)
    except FeedError:
        return {}


def fields(*picks: str | None) -> set[str]:
    """Return the names of all fields that picks speak of."""
    found = set[str]()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") == "field":
                found.add(node["value"])
            for child in node.get("children", ()):
                walk(child)

    for pick in picks:
        if pick is not None:
            walk(jmespath.compile(pick).parsed)
    return found


def value_fields(name: str, value: str) -> set[str]:
    """Return the fields without which a value cannot be known."""
    feed = catalogue(name)
    rows, own = feed.rows, feed.values[value]
    dates = (feed.valid_on, feed.valid_from, feed.valid_until, own.measured_at or feed.measured_at, feed.published_at)
    of = () if rows is None else (getattr(rows, "pick", None), rows.key or rows.group_by, rows.one_per)
    return fields(own.picked, *dates, *of)


def changed(content: Any, change: Callable[[str, Any], tuple[str, Any]]) -> Any:
    """Return an answer with each field, however deep, changed into another name and content."""
    if isinstance(content, list):
        return [changed(one, change) for one in content]
    if isinstance(content, dict):
        return dict(change(name, changed(one, change)) for name, one in content.items())
    return content


def renamed(content: Any, field: str) -> Any:
    return changed(content, lambda name, one: (f"{name}_2" if name == field else name, one))


def with_numbers(content: Any, fields: set[str], make: Callable[[Any], Any]) -> Any:
    """Return an answer with each number of these fields made another thing."""
    return changed(
        content, lambda name, one: (name, make(one) if name in fields and read_number(one) is not None else one)
    )


def given(one: Any, _: Any) -> Any:
    return one


@pytest.mark.parametrize("name", NAMES)
def test_a_ready_made_feed_says_what_it_needs_and_whom_to_thank(name: str):
    made, feed = ready_made(name), catalogue(name)
    for parameter in made.parameters.values():
        assert parameter.pattern is None or re.fullmatch(parameter.pattern, parameter.example)
    for title in (made.title, feed.title, *(value.title for value in feed.values.values())):
        assert isinstance(title, dict)
        assert set(title) == {"fr", "en"}
    assert feed.source
    assert feed.licence
    assert feed.attribution
    assert "attribution" in feed.duties
    assert feed.every >= made.every_at_least
    # Nobody knows what a portal's values are before they are named.
    assert "unit" in made.parameters or all(value.plausible is not None for value in feed.values.values())
    filled = json.dumps(feed.model_dump(mode="json"))
    assert not [parameter for parameter in made.parameters if f"{{{parameter}}}" in filled]


@pytest.mark.parametrize("name", NAMES)
def test_a_ready_made_feed_says_whether_a_live_answer_was_seen(name: str):
    text = (CATALOGUE / f"{name}.yaml").read_text(encoding="utf-8")
    assert re.search(r"^# .+\nchecked: (never|\d{4}-\d{2}-\d{2})$", text, re.MULTILINE)


def test_an_installation_may_use_every_ready_made_feed(tmp_path):
    plain = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    plain["feeds"] = {name: {"use": name, "with": examples(ready_made(name))} for name in NAMES}
    del plain["idle"]
    (tmp_path / "scenarios").mkdir()
    shutil.copytree(ROOT / "hardware", tmp_path / "hardware")
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(plain, allow_unicode=True), encoding="utf-8")
    checked = check(tmp_path / "config.yaml", REGISTRIES)
    found = [p.heading() for p in checked.problems]
    assert [heading for heading in found if "W060" not in heading] == []
    assert checked.installation is not None
    named = {name for name in NAMES if ready_made(name).feed.get("alternatives")}
    assert set(checked.installation.alternatives) == named >= {"hubeau_flow", "hubeau_level"}


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_knows_every_value_and_no_date(name: str):
    feed = catalogue(name)
    readings = read_sample("here", feed, SOURCES[feed.kind], "no_network")
    assert {reading.name for reading in readings} == set(feed.values)
    for reading in readings:
        assert (reading.quality, reading.problem) == (Quality.SAMPLE, "no_network")
        assert reading.value is not None
        assert reading.measured_at is reading.fetched_at is reading.valid_until is None


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_of_its_moment_is_live(name: str):
    readings = read(name, sample(name))
    assert {at: (r.quality, r.problem) for at, r in readings.items()} == dict.fromkeys(readings, (Quality.LIVE, None))


@pytest.mark.parametrize("name", DATED)
def test_an_answer_of_tomorrow_says_nothing_of_today(name: str):
    readings = read(name, sample(name), days=-1)
    assert {r.value for r in readings.values()} == {None}


@pytest.mark.parametrize("name", DATED)
def test_an_old_answer_is_not_live_and_then_not_known(name: str):
    feed = catalogue(name)
    for seconds, allowed in (
        (feed.fresh_for, (Quality.STALE, Quality.MISSING)),
        (drop_after(feed.fresh_for, feed.drop_after), (Quality.MISSING,)),
    ):
        assert {r.quality for r in read(name, sample(name), seconds=seconds).values()} <= {*allowed}


@pytest.mark.parametrize("name", DATED)
def test_without_a_clock_that_can_be_believed_nothing_is_live(name: str):
    feed = catalogue(name)
    arrival = Arrival(Clock(ANSWERED.astimezone(PARIS), trusted=False), NOW_S)
    readings = SOURCES[feed.kind].digest("here", feed, sample(name), arrival)
    assert Quality.LIVE not in {r.quality for r in readings}


@pytest.mark.parametrize(("name", "value"), VALUES)
def test_a_renamed_field_makes_its_value_missing_and_never_zero(name: str, value: str):
    before, rows = read(name, sample(name)), catalogue(name).rows
    for field in value_fields(name, value):
        readings = read_or_none(name, renamed(sample(name), field))
        assert {r.value for r in readings.values() if r.name == value} <= {None}, field
        # Values that do not speak of it go on.
        for other in catalogue(name).values:
            if field not in value_fields(name, other) | fields(rows.where if rows is not None else None):
                told = {key: r.value for (n, key), r in before.items() if n == other}
                assert {key: r.value for (n, key), r in readings.items() if n == other} == told, (field, other)


@pytest.mark.parametrize("name", FIELDS)
def test_a_renamed_field_that_says_which_rows_count_makes_no_number_out_of_nothing(name: str):
    rows = catalogue(name).rows
    before = {r.value for r in read(name, sample(name)).values()}
    for field in fields(rows.where) if rows is not None else ():
        assert {r.value for r in read_or_none(name, renamed(sample(name), field)).values()} <= {None, *before}


@pytest.mark.parametrize(("name", "value"), NUMBERS)
def test_a_number_in_text_is_a_number_and_anything_else_is_not(name: str, value: str):
    own = catalogue(name).values[value]
    picked, before = fields(own.picked), read(name, sample(name))
    assert read(name, with_numbers(sample(name), picked, str)) == before
    nothings: tuple[Any, ...] = (None, "", "ND", "3,5", " 7", True, [], float("nan"))
    for nothing in nothings:
        spoilt = read_or_none(name, with_numbers(sample(name), picked, partial(given, nothing)))
        assert {r.value for r in spoilt.values() if r.name == value} <= {None}, nothing


@pytest.mark.parametrize(("name", "value"), RANGED)
def test_an_absurd_number_is_not_believed(name: str, value: str):
    own = catalogue(name).values[value]
    readings = read_or_none(name, with_numbers(sample(name), fields(own.picked), partial(given, 9.9e12)))
    assert {r.value for r in readings.values() if r.name == value} <= {None}
