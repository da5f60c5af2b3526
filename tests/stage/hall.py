"""A small hall for tests and benchmarks: a model on DDP, a still idle light, a moving scenario, two buttons, a needle, and its stage."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from maquette.config.documents import ButtonDocument, ServoDocument, StripDocument
from maquette.config.installation import Senses
from maquette.show.model import Button, Model, Servo
from maquette.show.scenario import ButtonTrigger, Layer, Scenario, ServoCue, Show, Step
from maquette.stage.outputs.ddp import DdpStrip
from maquette.stage.servos.virtual import VirtualServoDocument
from maquette.stage.stage import Stage
from tests.show.models import model_of, strips_of

BUTTONS = {
    "air": ButtonDocument(pin=5, lamp=6, label={"": "Air"}),
    "next": ButtonDocument(pin=13, label={"": "Next"}, command="next"),
}


def layer(colour: tuple[float, float, float], effect: str = "solid") -> Layer:
    return Layer(("zone",), colour=np.array(colour, dtype=np.float32), effect=effect)


def show_of(leds: int = 20, effect: str = "breathe") -> Show:
    """Return a show: a still green idle, and "air", red, with the needle up."""
    model: Model = model_of(
        strips_of(leds),
        {"zone": range(leds)},
        buttons=[Button("air", {"": "Air"}), Button("next", {"": "Next"}, "next")],
        servos=[Servo("needle", {"": "Needle"}, (-90.0, 90.0), park=-90.0, top_speed=360.0)],
    )
    idle = Scenario("idle_show", {"": "Idle"}, (Step(duration_s=3600.0, layers=(layer((0.0, 0.5, 0.0)),)),))
    air = Scenario(
        "air",
        {"": "Air"},
        (
            Step(duration_s=3600.0, layers=(layer((0.8, 0.0, 0.0), effect),), servos=(ServoCue("needle", 45.0),)),
            Step(duration_s=3600.0, layers=(layer((0.0, 0.0, 0.9)),)),
        ),
        triggers=(ButtonTrigger("air"),),
    )
    return Show(model, {"idle_show": idle, "air": air}, "idle_show", 60.0, ("en",))


class Console:
    """The other end of the stage's line, which keeps what it is told."""

    def __init__(self) -> None:
        self.told: queue.SimpleQueue[object] = queue.SimpleQueue()

    def post(self, message: object) -> None:
        self.told.put(message)

    def post_latest(self, slot: str, message: object) -> None:
        self.told.put(message)

    def until(self, wanted, timeout_s: float = 10.0):
        """Return the next message that ``wanted`` accepts."""
        while True:
            message = self.told.get(timeout=timeout_s)
            if wanted(message):
                return message


@contextmanager
def running(stage: Stage) -> Iterator[Console]:
    """Run a stage on a thread until the end of the block; yield its console, attached."""
    console = Console()
    lit = threading.Event()
    failures: list[BaseException] = []

    def run() -> None:
        try:
            stage.run(lit.set)
        except BaseException as error:
            failures.append(error)
            raise

    thread = threading.Thread(target=run, name="stage")
    thread.start()
    try:
        assert lit.wait(10)
        stage.attach_console(console)
        yield console
    finally:
        stage.stop()
        thread.join(20)
    assert not thread.is_alive()
    assert not failures


def stage_on(
    port: int,
    show: Show | None = None,
    needle: ServoDocument | None = None,
    senses: Senses | None = None,
    **strip_changes: object,
) -> Stage:
    """Return a stage whose one strip speaks DDP to a port of this machine; the pins are the environment's, the needle is virtual."""
    show = show or show_of()
    options = {"driver": "ddp", "leds": show.model.led_count, "host": "127.0.0.1", "port": port}
    strips: dict[str, StripDocument] = {"a": DdpStrip.model_validate(options | strip_changes)}
    virtual = VirtualServoDocument.model_construct(driver="virtual", angle=(-90.0, 90.0), park=-90.0, top_speed=360.0)
    return Stage(show, strips, {"needle": needle or virtual}, BUTTONS, senses or Senses())
