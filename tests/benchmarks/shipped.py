"""The shipped installation's stage, for benchmarks: its strips speak DDP to a receiver here, its pins are mock, its needles virtual."""

import os
from pathlib import Path

from maquette.config.check import check
from maquette.config.installation import Installation
from maquette.house import registries
from maquette.stage import outputs, servos
from maquette.stage.stage import Stage

CONFIG = Path(__file__).parents[2] / "config.yaml"


def installation() -> Installation:
    """Return the shipped installation."""
    found = check(CONFIG, registries()).installation
    assert found is not None, "the shipped documents have problems"
    return found


def shipped_stage(port: int) -> tuple[Stage, int]:
    """Return the stage of the shipped installation, and how many LEDs it has."""
    os.environ["GPIOZERO_PIN_FACTORY"] = "mock"
    found = installation()
    strips = {
        name: strip.model_copy(update={"port": port} if strip.driver == "ddp" else {})
        for name, strip in outputs.simulated(found.strips).items()
    }
    stage = Stage(found.show, strips, servos.simulated(found.servos), found.buttons)
    return stage, found.show.model.led_count
