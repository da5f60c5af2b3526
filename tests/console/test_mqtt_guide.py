"""The guide for integrators does not lie: its topics are served, its entities announced, its settings exist."""

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import yaml

from maquette.config.documents import InstallationMqttDocument
from maquette.console.mqtt import courier as mqtt_courier
from maquette.console.mqtt import inbox as mqtt_inbox
from maquette.console.mqtt import link as mqtt
from maquette.console.mqtt import readings as mqtt_readings
from maquette.console.mqtt.discovery import announce
from maquette.console.mqtt.readings import told_readings
from maquette.core.readings import Readings
from tests.console.fake_territory import make_exhibition, make_readings

PACKAGE = Path(mqtt.__file__).parent
GUIDE = (PACKAGE / "README.md").read_text("utf-8")


def test_its_topics_are_those_that_are_served():
    told = set(re.findall(r"^\| `([a-z]+(?:/[^`]+)?)` \| [^|]+ \| (?:yes|no|ignored)", GUIDE, re.MULTILINE))
    served = set(re.findall(r"``([a-z]+(?:/[^`\[]+)?)(?:\[[^`]*\])?``", mqtt.__doc__ or "")) - {
        "maquette/<id>/",
        "maquette/all/",
        "stop",
    }
    assert told == served


def test_its_entities_are_those_that_are_announced():
    exhibition = make_exhibition()
    readings = told_readings(exhibition, Readings(make_readings(time.monotonic(), datetime.now(UTC))))
    announced = {
        tuple(topic.split("/")[1:4:2]) for topic in announce(exhibition, readings, "maquette/x", "homeassistant")
    }
    told, table = set(), GUIDE.partition("## Home Assistant")[2]
    for component, objects in re.findall(r"^\| `(\w+)` \| (`[a-z].*) \|$", table, re.MULTILINE):
        told |= {(component, name) for name in re.findall(r"`([a-z]+)(?:-<[^`]*)?`", objects)}
    assert told == {(component, name.split("-")[0]) for component, name in announced}


def test_its_settings_exist():
    (block,) = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert set(yaml.safe_load(block)["mqtt"]) == set(InstallationMqttDocument.model_fields)
    InstallationMqttDocument.read(yaml.safe_load(block)["mqtt"])


def test_its_figures_are_those_of_the_code():
    for figure in (
        f"At most {mqtt_readings.READINGS_AT_MOST} readings",
        f"of other commands {mqtt_inbox.WAITING_AT_MOST} wait",
        f"at most {1 / mqtt_courier.PACE_S:.0f} a second",
        f"up to {mqtt.SESSION_S} s",
        f"of the rest of {'five' if mqtt_courier.TOLD_S == 5 else mqtt_courier.TOLD_S} seconds",
        f"the first {'ten' if mqtt_courier.TOLD_AT_ONCE == 10 else mqtt_courier.TOLD_AT_ONCE} refusals",
    ):
        assert figure in GUIDE
