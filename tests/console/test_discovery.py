"""What Home Assistant is told, held to what its documentation says: the shape of each payload, units, classes, names."""

import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from maquette.console.mqtt.discovery import MEASURES, announce, sensor
from maquette.console.mqtt.readings import READINGS_AT_MOST, awaited, reading_topic, told_readings
from maquette.core.exhibition import ButtonCard, ValueCard
from maquette.core.readings import Nature, Quality, Reading, Readings
from tests.console.fake_territory import make_exhibition, make_readings, text

SCHEMA = json.loads((Path(__file__).parent / "discovery_schema.json").read_text("utf-8"))
VALIDATORS = {name: Draft202012Validator({"$ref": f"#/$defs/{name}", **SCHEMA}) for name in SCHEMA["$defs"]}
EXHIBITION = make_exhibition()
READINGS = Readings(make_readings(time.monotonic(), datetime.now(UTC)))
BASE = "maquette/vallee-de-la-chimie"


def announced(exhibition=EXHIBITION, readings=READINGS) -> dict[str, dict[str, Any]]:
    return announce(exhibition, told_readings(exhibition, readings), BASE, "homeassistant")


def entity(component: str, name: str, **announcing: Any) -> dict[str, Any]:
    return announced(**announcing)[f"homeassistant/{component}/vallee-de-la-chimie/{name}/config"]


def check(told: dict[str, dict[str, Any]]) -> None:
    """Hold every payload to the schema of its component, and all to one another."""
    for topic, payload in told.items():
        prefix, component, node, thing, config = topic.split("/")
        assert (prefix, node, config) == ("homeassistant", "vallee-de-la-chimie", "config")
        assert re.fullmatch("[A-Za-z0-9_-]{1,120}", thing)
        VALIDATORS[component].validate(payload)
    assert len({json.dumps(payload["device"]) for payload in told.values()}) == 1
    entities = [payload for topic, payload in told.items() if "/device_automation/" not in topic]
    assert len({payload["unique_id"] for payload in entities}) == len(entities)
    assert len({payload["name"] for payload in entities}) == len(entities)
    triggers = [(p["type"], p["subtype"]) for topic, p in told.items() if "/device_automation/" in topic]
    assert len(set(triggers)) == len(triggers)


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)
    with pytest.raises(Exception, match="state_class"):
        VALIDATORS["sensor"].validate(entity("sensor", "state") | {"state_class": "measurement"})


def test_every_payload_is_one_that_home_assistant_documents():
    told = announced()
    check(told)
    components = [topic.split("/")[1] for topic in told]
    assert {name: components.count(name) for name in components} == {
        "select": 1,
        "number": 1,
        "button": 7,
        "switch": 2,
        "sensor": 1 + 14,
        "binary_sensor": 1,
        "device_automation": 6,
    }


def test_everything_is_named_in_the_first_language():
    assert entity("select", "scenario")["options"] == [
        "Veille",
        "L'air que l'on respire",
        "D'où vient l'électricité",
        "Le Rhône aujourd'hui",
    ]
    english = replace(EXHIBITION, languages=("en", "fr"))
    assert entity("select", "scenario", exhibition=english)["options"][1] == "The air we breathe"
    assert entity("button", "next", exhibition=english)["name"] == "Next"
    assert entity("device_automation", "button-air", exhibition=english)["subtype"] == "Air"
    assert entity("sensor", "reading-river-flow", exhibition=english)["name"] == "Flow of the Rhône (Ternay)"
    assert entity("sensor", "reading-river-flow", exhibition=english)["device"]["name"] == "Chemical Valley"


def test_scenarios_and_buttons_of_one_title_are_told_apart():
    cards = [replace(card, title=text("Veille", "Idle"), idle=False) for card in EXHIBITION.scenarios]
    buttons = (ButtonCard("a", text("Air", "Air")), ButtonCard("b", text("Air", "Air")))
    exhibition = replace(EXHIBITION, scenarios=tuple(cards), buttons=buttons)
    check(announced(exhibition))
    options = entity("select", "scenario", exhibition=exhibition)["options"]
    assert options == ["Veille", "Veille (air)", "Veille (energie)", "Veille (rhone)", "Veille (veille)"]
    assert entity("device_automation", "button-b", exhibition=exhibition)["subtype"] == "Air (b)"


def test_a_missing_value_makes_its_sensor_unavailable():
    flow = entity("sensor", "reading-river-flow")
    assert flow["availability"] == [
        {"topic": f"{BASE}/status"},
        {
            "topic": f"{BASE}/reading/river/flow",
            "value_template": "{{ 'online' if value_json is defined and value_json.value is not none else 'offline' }}",
        },
    ]
    assert flow["availability_mode"] == "all"
    known = "value_json is defined and value_json.value is not none"
    of_now = f"{known} and value_json.quality in ('live', 'stale')"
    assert flow["value_template"] == f"{{{{ value_json.value if {of_now} else 'None' }}}}"
    words = entity("sensor", "reading-air-index-69276")  # a forecast without a unit
    assert words["availability"][1]["value_template"] == f"{{{{ 'online' if {of_now} else 'offline' }}}}"


@pytest.mark.parametrize(
    ("name", "unit", "nature", "expected"),
    [
        ("temperature", "°C", "measured", ("°C", "temperature", "measurement")),
        ("temperature", "°C", "forecast", ("°C", "temperature", None)),
        ("pm25", "µg/m³", "measured", ("µg/m³", "pm25", "measurement")),
        ("benzene", "µg/m³", "measured", ("µg/m³", None, "measurement")),
        ("wind", "km/h", "measured", ("km/h", "wind_speed", "measurement")),
        ("current", "m/s", "measured", ("m/s", "speed", "measurement")),
        ("wind", "MW", "estimated", ("MW", None, "measurement")),
        ("used", "kWh", "measured", ("kWh", "energy", None)),
        ("flow", "m³/s", "measured", ("m³/s", None, "measurement")),
        ("level", "dB(A)", "measured", ("dBA", "sound_pressure", "measurement")),
        ("direction", "°", "measured", ("°", None, None)),
        ("offers", "offers", "declared", ("offers", None, "measurement")),
        ("index", None, "forecast", (None, None, None)),
        ("index", None, "measured", (None, None, "measurement")),
        ("share", "%", "measured", ("%", None, "measurement")),
    ],
)
def test_a_unit_has_the_class_that_home_assistant_knows_for_it_or_none(name, unit, nature, expected):
    reading = Reading("hall", name, None, 1.0, unit, Quality.LIVE, Nature(nature))
    exhibition = replace(EXHIBITION, values=(ValueCard("hall", name, text("V", "V"), unit, used=True),))
    told = announced(exhibition, Readings([reading]))
    check(told)
    payload = told[f"homeassistant/sensor/vallee-de-la-chimie/{sensor('hall', name)}/config"]
    keys = ("unit_of_measurement", "device_class", "state_class")
    assert tuple(payload.get(key) for key in keys) == expected


def test_every_class_of_the_table_is_one_of_home_assistants():
    known = SCHEMA["$defs"]["sensor"]["properties"]["device_class"]["enum"]
    for measure in MEASURES.values():
        assert {measure.device_class, *(kind for _, kind in measure.of)} - {None} <= set(known)


def test_values_that_nobody_uses_and_those_of_the_past_are_not_told():
    values = tuple(replace(card, used=card.feed == "river") for card in EXHIBITION.values)
    past = replace(READINGS["river", "flow", None], name="flow.ago(86400)")
    told = list(told_readings(replace(EXHIBITION, values=values), Readings([*READINGS.values(), past])))
    assert [(reading.feed, reading.name) for reading in told] == [("river", "flow")]
    assert list(awaited(EXHIBITION, Readings())) == [("air", "index"), ("river", "flow"), ("electricity", "wind")]
    assert list(awaited(EXHIBITION, READINGS)) == []


def test_no_more_readings_are_told_than_a_broker_should_hear():
    rows = [replace(READINGS["river", "flow", None], key=str(key)) for key in range(2 * READINGS_AT_MOST)]
    assert len(list(told_readings(EXHIBITION, Readings(rows)))) == READINGS_AT_MOST


WILD = st.text(st.characters(codec=None), min_size=1)


@settings(max_examples=20)
@given(st.lists(WILD, unique=True, max_size=3), WILD)
def test_no_key_and_no_title_makes_a_wrong_topic_or_payload(keys, title):
    buttons = (ButtonCard("air", {"": title}), ButtonCard("rhone", {"": title}))
    scenarios = tuple(replace(card, title={"": title}) for card in EXHIBITION.scenarios)
    rows = Readings([replace(READINGS["river", "flow", None], key=key) for key in keys])
    told = announced(replace(EXHIBITION, buttons=buttons, scenarios=scenarios), rows)
    check(told)
    topics = [reading_topic("river", "flow", key) for key in keys]
    assert len(set(topics)) == len(keys)
    for topic in topics:
        level = topic.removeprefix("reading/river/flow/")
        assert level
        assert not set(level) & set("/+# \0")
        assert len(level.encode()) < 1000
        assert level.isprintable()
