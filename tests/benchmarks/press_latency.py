"""From gpiozero's callback to the first changed DDP packet, received on this machine: presses on mock pins, a real loop, real packets.

Run ``python -m tests.benchmarks.press_latency``. Budget, output idle: median ≤ 2 ms, 99 % ≤ 20 ms.
"""

import os
import random
import statistics
import time

from maquette.config.documents import ButtonDocument
from maquette.show.model import Button
from maquette.show.scenario import ButtonTrigger, Scenario, Show, Step
from maquette.stage.outputs.ddp import DdpStrip
from maquette.stage.stage import Stage
from tests.benchmarks.table import Figure, show
from tests.show.models import model_of, strips_of
from tests.stage.hall import layer, running
from tests.stage.receiver import Receiver

LEDS = 480
PRESSES = 500
FADED_PRESSES = 40

# Alike in brightness, so that the flash guard has nothing to hold however fast they follow one another.
_COLOURS = {"one": (0.10, 0.0, 0.0), "two": (0.0, 0.0, 0.28)}
_PINS = {"one": 5, "two": 6}


def stage_with(port: int, fade_s: float) -> Stage:
    """Return a stage with two still scenarios, each started by its own button on a mock pin."""
    os.environ["GPIOZERO_PIN_FACTORY"] = "mock"
    buttons = [Button(name, {"": name}) for name in _PINS]
    model = model_of(strips_of(LEDS), {"zone": range(LEDS)}, buttons=buttons)
    scenarios = {
        name: Scenario(
            name,
            {"": name},
            (Step(duration_s=3600.0, fade_s=fade_s, layers=(layer(colour),)),),
            (ButtonTrigger(name),),
        )
        for name, colour in _COLOURS.items()
    }
    strip = DdpStrip(driver="ddp", leds=LEDS, host="127.0.0.1", port=port)
    documents = {name: ButtonDocument(pin=pin, label={"": name}) for name, pin in _PINS.items()}
    return Stage(Show(model, scenarios, None, 60.0, ("en",)), {"a": strip}, {}, documents)


def latencies_s(presses: int, fade_s: float) -> list[float]:
    """Press the two buttons in turn, each time from a still scene, and return the seconds to the first changed packet."""
    chance = random.Random(1)
    found = []
    with Receiver(LEDS) as receiver:
        stage = stage_with(receiver.port, fade_s)
        with running(stage) as console:
            console.told.get(timeout=10)
            for press in range(presses):
                shown = _still_frame(receiver, fade_s + chance.uniform(0.035, 0.055))
                pin = stage.buttons.factory.pin(list(_PINS.values())[press % 2])
                began = time.monotonic()
                pin.drive_low()
                while receiver.receive_frame() == shown:
                    pass
                found.append(time.monotonic() - began)
                pin.drive_high()
    return found


def _still_frame(receiver: Receiver, seconds: float) -> bytes:
    """Take packets for some seconds, and return what the LEDs then show."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        receiver.wait(left)
    return receiver.shown


def figures() -> list[Figure]:
    """Return the latency of presses that cut, and of presses that begin a fade."""
    rows = []
    for words, presses, fade_s in (("a cut", PRESSES, 0.0), ("a fade of 0.8 s", FADED_PRESSES, 0.8)):
        found = sorted(latencies_s(presses, fade_s))
        p99 = found[min(len(found) - 1, round(0.99 * len(found)))]
        told = (
            f"median {statistics.median(found) * 1e3:.2f} ms, p99 {p99 * 1e3:.2f} ms, latest {found[-1] * 1e3:.1f} ms"
        )
        how = f"gpiozero's callback → first changed DDP packet received here, {LEDS} LEDs, {presses} presses"
        rows.append(Figure(f"press → light, {words}", told, "median ≤ 2 ms, p99 ≤ 20 ms", how))
    return rows


if __name__ == "__main__":
    show(figures())
