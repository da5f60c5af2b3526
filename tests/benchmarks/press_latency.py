"""From gpiozero's callback to the first changed DDP packet, received on this machine: presses on mock pins, a real loop, real packets.

Run ``python -m tests.benchmarks.press_latency``. Budget, output idle: median ≤ 2 ms, 99 % ≤ 20 ms.
"""

import os
import random
import statistics
import time
from collections.abc import Callable

from maquette.config.documents import ButtonDocument
from maquette.show.model import Button
from maquette.show.scenario import ButtonTrigger, Scenario, Show, Step
from maquette.stage.outputs.ddp import DdpStrip
from maquette.stage.stage import Stage
from tests.benchmarks.table import Figure, show
from tests.pi.header import CLAIM_S
from tests.show.models import model_of, strips_of
from tests.stage.hall import layer, running
from tests.stage.receiver import Receiver

LEDS = 480
PRESSES = 500
FADED_PRESSES = 40

# Alike in brightness, so that the flash guard has nothing to hold however fast they follow one another.
_COLOURS = {"one": (0.10, 0.0, 0.0), "two": (0.0, 0.0, 0.28)}
PINS = {"one": 5, "two": 13}
LAMPS = {"one": 6, "two": 16}


def stage_with(port: int, fade_s: float) -> Stage:
    """Return a stage with two still scenarios, each started by its own button."""
    buttons = [Button(name, {"": name}) for name in PINS]
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
    documents = {name: ButtonDocument(pin=PINS[name], lamp=LAMPS[name], label={"": name}) for name in PINS}
    return Stage(Show(model, scenarios, None, 60.0, ("en",)), {"a": strip}, {}, documents)


def drive_mock_pin(stage: Stage, pin: int, *, low: bool) -> None:
    """Close or open the contact on a pin of gpiozero's mock factory."""
    mock = stage.controls.factory.pin(pin)
    mock.drive_low() if low else mock.drive_high()


def latencies_s(presses: int, fade_s: float, drive: Callable[..., None]) -> list[float]:
    """Press the two buttons in turn, each time from a still scene, and return the seconds to the first changed packet.

    Args:
        presses: how many.
        fade_s: how long a scenario takes to come up.
        drive: called with the stage and a pin, drives that low or high.
    """
    chance = random.Random(1)
    found = []
    with Receiver(LEDS) as receiver:
        stage = stage_with(receiver.port, fade_s)
        with running(stage) as console:
            console.told.get(timeout=10)
            time.sleep(CLAIM_S)
            for press in range(presses):
                shown = _still_frame(receiver, fade_s + chance.uniform(0.035, 0.055))
                pin = list(PINS.values())[press % 2]
                began = time.monotonic()
                drive(stage, pin, low=True)
                while receiver.receive_frame() == shown:
                    pass
                found.append(time.monotonic() - began)
                drive(stage, pin, low=False)
    return found


def _still_frame(receiver: Receiver, seconds: float) -> bytes:
    """Take packets for some seconds, and return what the LEDs then show."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        receiver.wait(left)
    return receiver.shown


def summary(latencies_s: list[float]) -> str:
    """Tell the middle, nearly the longest and the longest."""
    found = sorted(latencies_s)
    p99 = found[min(len(found) - 1, round(0.99 * len(found)))]
    return f"median {statistics.median(found) * 1e3:.2f} ms, p99 {p99 * 1e3:.2f} ms, latest {found[-1] * 1e3:.1f} ms"


def figures() -> list[Figure]:
    """Return the latency of presses that cut, and of presses that begin a fade."""
    os.environ["GPIOZERO_PIN_FACTORY"] = "mock"
    rows = []
    for words, presses, fade_s in (("a cut", PRESSES, 0.0), ("a fade of 0.8 s", FADED_PRESSES, 0.8)):
        told = summary(latencies_s(presses, fade_s, drive_mock_pin))
        how = f"gpiozero's callback → first changed DDP packet received here, {LEDS} LEDs, {presses} presses"
        rows.append(Figure(f"press → light, {words}", told, "median ≤ 2 ms, p99 ≤ 20 ms", how))
    return rows


if __name__ == "__main__":
    show(figures())
