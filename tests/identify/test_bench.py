"""The stage alone, on which parts make themselves known."""

import json
from dataclasses import replace
from importlib.resources import files

from maquette.config.documents_wired import CompanionDocument
from maquette.config.installation import Senses
from maquette.identify.bench import DEVICES, bench
from tests.identify.test_calibration import FAR
from tests.identify.test_walk import installed


def test_a_servo_on_a_companion_makes_itself_known_too(tmp_path):
    installation, _ = installed(tmp_path)
    companions = {"edge": CompanionDocument(port="/dev/serial/by-id/nothing")}
    strips, servos = installation.strips, {**installation.servos, "needle": FAR}
    wired = replace(installation, strips=strips, servos=servos, buttons={}, senses=Senses(companions=companions))
    with bench(wired, tmp_path, "en", simulate=False) as model:
        assert model.identify("servo needle") is None


def test_what_is_wrong_with_devices_has_words():
    words = json.loads((files("maquette") / "locale" / "en.json").read_text("utf-8"))
    assert [code for code in DEVICES if f"alert_{code}" not in words] == []
