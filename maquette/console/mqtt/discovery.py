"""What Home Assistant is told of the model, so that it finds it by itself: one retained configuration per entity, all in one device.

The topics are ``<prefix>/<component>/<model>/<object>/config``, the payloads those of Home Assistant's "MQTT discovery" as each of its
versions since 2024.3 reads them. Documents and readings go in, topics and payloads come out; nothing else is known here.

A value that is missing makes its sensor unavailable; none is ever zero for want of a value. A sample or a replay is no state of now: its
sensor is unknown, and the attributes say what it would be and why; one that Home Assistant cannot make unknown is unavailable.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from maquette import __version__
from maquette.console.mqtt.readings import object_id, reading_topic
from maquette.console.titles import Titles
from maquette.console.wording import Wording
from maquette.core.exhibition import Exhibition
from maquette.core.readings import Nature, Reading
from maquette.core.snapshot import Mode
from maquette.core.text import words

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Measure:
    """How Home Assistant writes a unit, and which class of device has it; None where its classes do not know the unit.

    Attributes:
        unit: as Home Assistant writes it.
        device_class: of any value in that unit, or None.
        of: device class by a word in the value's name, where the unit alone does not tell.
        adds_up: True for what counts up over time: it has no state at one moment.
    """

    unit: str
    device_class: str | None = None
    of: tuple[tuple[str, str], ...] = ()
    adds_up: bool = False


_POLLUTANTS = (
    ("pm25", "pm25"),
    ("pm2_5", "pm25"),
    ("pm10", "pm10"),
    ("no2", "nitrogen_dioxide"),
    ("o3", "ozone"),
    ("ozone", "ozone"),
    ("so2", "sulphur_dioxide"),
)
_WIND = (("wind", "wind_speed"), ("gust", "wind_speed"))

MEASURES: Mapping[str, Measure] = {
    "°C": Measure("°C", "temperature"),
    "K": Measure("K", "temperature"),
    "W": Measure("W", "power"),
    "kW": Measure("kW", "power"),
    "Wh": Measure("Wh", "energy", adds_up=True),
    "kWh": Measure("kWh", "energy", adds_up=True),
    "MWh": Measure("MWh", "energy", adds_up=True),
    "V": Measure("V", "voltage"),
    "A": Measure("A", "current"),
    "mA": Measure("mA", "current"),
    "Hz": Measure("Hz", "frequency"),
    "kHz": Measure("kHz", "frequency"),
    "MHz": Measure("MHz", "frequency"),
    "Pa": Measure("Pa", "pressure"),
    "hPa": Measure("hPa", "pressure"),
    "kPa": Measure("kPa", "pressure"),
    "mbar": Measure("mbar", "pressure"),
    "bar": Measure("bar", "pressure"),
    "W/m²": Measure("W/m²", "irradiance"),
    "lx": Measure("lx", "illuminance"),
    "dB(A)": Measure("dBA", "sound_pressure"),
    "dB": Measure("dB", "sound_pressure"),
    "m³/h": Measure("m³/h", "volume_flow_rate"),
    "l": Measure("L"),
    "l/s": Measure("L/s"),
    "m": Measure("m", "distance"),
    "cm": Measure("cm", "distance"),
    "km": Measure("km", "distance"),
    "m/s": Measure("m/s", "speed", _WIND),
    "km/h": Measure("km/h", "speed", _WIND),
    "kg": Measure("kg", "weight"),
    "g": Measure("g", "weight"),
    "mg": Measure("mg", "weight"),
    "s": Measure("s", "duration"),
    "ms": Measure("ms", "duration"),
    "min": Measure("min", "duration"),
    "h": Measure("h", "duration"),
    "d": Measure("d", "duration"),
    "µg/m³": Measure("µg/m³", of=_POLLUTANTS),
    "ppm": Measure("ppm", of=(("co2", "carbon_dioxide"),)),
}
"""Our units as Home Assistant's documentation of sensors writes them. Any other unit is passed on as it is, with no class: the classes
came to know ``MW``, ``GWh`` and ``m³/s`` only after 2024.3, and a class that does not know its unit is wrong."""
_CIRCULAR = "°"
"""The unit whose mean says nothing: that of 1° and 359° is not 180°."""

_BUTTONS = (
    ("next", "mdi:skip-next"),
    ("back", "mdi:skip-previous"),
    ("pause", "mdi:pause"),
    ("resume", "mdi:play"),
    ("stop", "mdi:stop"),
    ("blackout", "mdi:lightbulb-off"),
    ("wake", "mdi:lightbulb-on"),
)
_SWITCHES = (("guide", "guided", "mdi:account-voice"), ("calm", "calm", "mdi:meditation"))

_KNOWN = "value_json is defined and value_json.value is not none"
_OF_NOW = f"{_KNOWN} and value_json.quality in ('live', 'stale')"
_VALUE = f"{{{{ value_json.value if {_OF_NOW} else 'None' }}}}"
_AVAILABLE = f"{{{{ 'online' if {_KNOWN} else 'offline' }}}}"
_AVAILABLE_OF_NOW = f"{{{{ 'online' if {_OF_NOW} else 'offline' }}}}"
_TOLD = (
    "value",
    "quality",
    "nature",
    "measured_at",
    "valid_until",
    "place",
    "source",
    "licence",
    "attribution",
    "problem",
)
_ATTRIBUTES = (
    "{{ {"
    + ", ".join(f"'{name}': value_json.{name}" for name in _TOLD)
    + "} | tojson if value_json is defined else '{}' }}"
)


def announce(exhibition: Exhibition, readings: Iterable[Reading], base: str, prefix: str) -> dict[str, Json]:
    """Return what Home Assistant is to be told: topic → configuration.

    Args:
        exhibition: what the documents say; its first language names everything.
        readings: those that are published.
        base: of the model's topics, such as ``maquette/valley``.
        prefix: of Home Assistant's topics, such as ``homeassistant``.
    """
    found = {}
    for component, name, entity in _Announcer(exhibition, base).entities(readings):
        found[f"{prefix}/{component}/{exhibition.id}/{name}/config"] = entity
    return found


def sensor(feed: str, name: str, key: str | None = None) -> str:
    """Return the object by which Home Assistant knows the sensor of a reading."""
    return object_id("reading", feed, name, *([] if key is None else [key]))


class _Announcer:
    def __init__(self, exhibition: Exhibition, base: str) -> None:
        self._exhibition = exhibition
        self._language = exhibition.languages[0]
        self._wording = Wording(self._language)
        self._titles = Titles(exhibition, self._wording)
        self._base = base

    def entities(self, readings: Iterable[Reading]) -> Iterator[tuple[str, str, Json]]:
        """Yield each component, object and configuration."""
        say = self._wording.say
        yield "select", "scenario", self._scenario()
        brightness = {
            "name": say("brightness"),
            "state_topic": f"{self._base}/state",
            "value_template": "{{ value_json.brightness }}",
            "command_topic": f"{self._base}/brightness/set",
            "qos": 1,
            "min": 0,
            "max": 100,
            "step": 1,
            "mode": "slider",
            "unit_of_measurement": "%",
            "icon": "mdi:brightness-6",
        }
        yield "number", "brightness", self._entity("brightness", brightness)
        for name, icon in _BUTTONS:
            press = {
                "name": say(name),
                "command_topic": f"{self._base}/command",
                "qos": 1,
                "payload_press": _written({"command": name}),
                "icon": icon,
            }
            yield "button", name, self._entity(name, press)
        for name, flag, icon in _SWITCHES:
            yield "switch", name, self._entity(name, self._switch(name, flag) | {"icon": icon})
        yield "sensor", "state", self._entity("state", self._state())
        yield "binary_sensor", "problem", self._entity("problem", self._problem())
        labels = self._told_apart([(card.id, words(card.label, self._language)) for card in self._exhibition.buttons])
        for button, label in labels.items():
            yield "device_automation", object_id("button", button), self._press(button, label)
        titled = {sensor(r.feed, r.name, r.key): r for r in readings}
        titles = self._told_apart([(name, self._titles.reading(reading)) for name, reading in titled.items()])
        for name, reading in titled.items():
            yield "sensor", name, self._reading(name, titles[name], reading)

    def _scenario(self) -> Json:
        cards = [card for card in self._exhibition.scenarios if not card.idle]
        titles = self._told_apart([(card.id, words(card.title, self._language)) for card in cards], self._rest)
        ids = {title: name for name, title in titles.items()}
        playing = "value_json.state in ('playing', 'paused')"
        select = {
            "name": self._wording.say("fact_scenario"),
            "options": [self._rest, *ids],
            "state_topic": f"{self._base}/state",
            "value_template": f"{{{{ {_written(titles)}.get(value_json.scenario, {_written(self._rest)}) "
            f"if {playing} else {_written(self._rest)} }}}}",
            "command_topic": f"{self._base}/scenario/set",
            "qos": 1,
            "command_template": f"{{{{ {_written(ids)}.get(value, '') }}}}",
            "icon": "mdi:movie-open-play",
        }
        return self._entity("scenario", select)

    @property
    def _rest(self) -> str:
        """The word for no scenario."""
        return self._wording.say(f"state_{Mode.IDLE.value}")

    def _switch(self, command: str, flag: str) -> Json:
        return {
            "name": self._wording.say(command),
            "state_topic": f"{self._base}/state",
            "value_template": f"{{{{ 'ON' if value_json.{flag} else 'OFF' }}}}",
            "state_on": "ON",
            "state_off": "OFF",
            "command_topic": f"{self._base}/command",
            "qos": 1,
            "payload_on": _written({"command": command, "on": True}),
            "payload_off": _written({"command": command, "on": False}),
        }

    def _state(self) -> Json:
        states = {mode.value: self._wording.say(f"state_{mode.value}") for mode in Mode}
        return {
            "name": self._wording.say("mqtt_state"),
            "state_topic": f"{self._base}/state",
            "value_template": f"{{{{ {_written(states)}[value_json.state] }}}}",
            "device_class": "enum",
            "options": list(states.values()),
            "icon": "mdi:state-machine",
        }

    def _problem(self) -> Json:
        return {
            "name": self._wording.say("mqtt_problem"),
            "state_topic": f"{self._base}/state",
            "value_template": "{{ 'ON' if value_json.alerts else 'OFF' }}",
            "payload_on": "ON",
            "payload_off": "OFF",
            "device_class": "problem",
            "entity_category": "diagnostic",
            "json_attributes_topic": f"{self._base}/state",
            "json_attributes_template": "{{ {'alerts': value_json.alerts} | tojson }}",
        }

    def _press(self, button: str, label: str) -> Json:
        return {
            "automation_type": "trigger",
            "topic": f"{self._base}/event/{button}",
            "value_template": "{{ value_json.event_type }}",
            "payload": "short",
            "type": "button_short_press",
            "subtype": label,
            **self._device,
        }

    def _reading(self, name: str, title: str, reading: Reading) -> Json:
        topic = f"{self._base}/{reading_topic(reading.feed, reading.name, reading.key)}"
        measured = _measured(reading)
        told: Json = {
            "name": title,
            "state_topic": topic,
            "value_template": _VALUE,
            "json_attributes_topic": topic,
            "json_attributes_template": _ATTRIBUTES,
            **measured,
        }
        entity = self._entity(name, told)
        # A sensor with neither unit nor class takes everything for words: nothing makes it unknown.
        available = _AVAILABLE if measured else _AVAILABLE_OF_NOW
        entity["availability"].append({"topic": topic, "value_template": available})
        return entity

    def _entity(self, name: str, own: Json) -> Json:
        return {
            **own,
            "unique_id": f"maquette_{self._exhibition.id}_{name}",
            "availability": [{"topic": f"{self._base}/status"}],
            "availability_mode": "all",
            **self._device,
        }

    @property
    def _device(self) -> Json:
        device = {
            "identifiers": [f"maquette_{self._exhibition.id}"],
            "name": words(self._exhibition.title, self._language) or self._exhibition.id,
            "manufacturer": "Maquette",
            "model": self._exhibition.id,
            "sw_version": __version__,
        }
        return {"device": device, "origin": {"name": "Maquette", "sw_version": __version__}}

    def _told_apart(self, titles: list[tuple[str, str]], *taken: str) -> dict[str, str]:
        """Return the title of each id; ids that share one, or have one that is taken, are told apart by their id."""
        count = Counter([title for _, title in titles] + list(taken))
        return {name: title if title and count[title] == 1 else f"{title or name} ({name})" for name, title in titles}


def _measured(reading: Reading) -> Json:
    """Return a reading's unit, device class and state class, each where Home Assistant knows it."""
    if reading.unit is None:
        return {} if reading.nature is Nature.FORECAST else {"state_class": "measurement"}
    measure = MEASURES.get(reading.unit, Measure(reading.unit))
    device_class = next((kind for word, kind in measure.of if word in reading.name), measure.device_class)
    found = {"unit_of_measurement": measure.unit}
    if device_class is not None:
        found["device_class"] = device_class
    # "measurement" is for what is so now: neither a forecast, nor a sum, nor a direction, whose statistics would be none.
    if reading.nature is not Nature.FORECAST and not measure.adds_up and reading.unit != _CIRCULAR:
        found["state_class"] = "measurement"
    return found


def _written(value: object) -> str:
    """Write a value for a payload or a template: Jinja reads JSON's texts and mappings as its own."""
    return json.dumps(value, ensure_ascii=False)
