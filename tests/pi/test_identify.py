"""A button makes itself known on the kernel's own lines: its lamp blinks, and whoever stands there is told which one was pressed."""

import contextlib
import os
import subprocess
import sys
import time

from tests.daemon import PIN, ROOT, Installation, Strip
from tests.pi.header import CLAIM_S

AIR, AIR_LAMP, ENERGY, ENERGY_LAMP = 5, 6, 13, 16


def test_a_lamp_blinks_and_presses_are_told_without_a_daemon(tmp_path, header):
    with contextlib.closing(Strip()) as strip:
        installation = Installation(tmp_path, strip)
        command = [
            sys.executable,
            "-m",
            "maquette",
            "identify",
            "button",
            "air",
            str(installation.folder / "config.yaml"),
        ]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "GPIOZERO_PIN_FACTORY": "lgpio", "PYTHONUNBUFFERED": "1"}
        environment["MAQUETTE_PIN"] = PIN
        command += ["--state", str(tmp_path / "state"), "--language", "en"]
        with subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as identifying:
            try:
                assert identifying.stdout is not None
                assert "button air makes itself known" in identifying.stdout.readline()
                for level in (1, 0, 1, 0):
                    header.until(AIR_LAMP, level, timeout_s=60)
                assert header.level(ENERGY_LAMP) == 0
                time.sleep(CLAIM_S)
                for pin, name in ((ENERGY, "energie"), (AIR, "air")):
                    header.close(pin)
                    # No servo board is on the bus here, which is told, too.
                    told = (line for line in identifying.stdout if not line.startswith("!"))
                    assert next(told) == f"heard: {name}\n"
                    header.open(pin)
            finally:
                identifying.terminate()
            identifying.wait(20)
            header.until(AIR_LAMP, 0)
