"""Strips: all outputs together. The bytes of a frame go in, each strip's part goes to its output when it changed."""

from collections.abc import Callable, Mapping

from maquette.config.documents import StripDocument
from maquette.core.alerts import Alert
from maquette.core.snapshot import OutputState
from maquette.show.flash_guard import Pixels
from maquette.show.model import Model
from maquette.stage.outputs import make_output
from maquette.stage.outputs.output import Output
from maquette.stage.outputs.tended import TendedOutput


class Strips:
    """The outputs of a model, tended."""

    def __init__(self, model: Model, outputs: Mapping[str, tuple[str, Output]], tell: Callable[[Alert], None]) -> None:
        """Tend outputs that are not open yet.

        Args:
            model: says where each strip lies in a frame.
            outputs: driver and output by strip; a strip without one is only calculated.
            tell: takes alerts.
        """
        self._parts = [
            (strip.span, TendedOutput(name, *outputs[name], tell))
            for name, strip in model.strips.items()
            if name in outputs
        ]
        self._sent: list[bytes | None] = [None] * len(self._parts)

    @property
    def states(self) -> tuple[OutputState, ...]:
        """How each output fares, in the model's order."""
        return tuple(output.state for _, output in self._parts)

    @property
    def due_at(self) -> float:
        """The moment (monotonic seconds) from which `serve` has something to do."""
        return min((output.due_at for _, output in self._parts), default=float("inf"))

    def take(self, pixels: Pixels, now: float) -> None:
        """Take a finished frame, shape (LEDs, 3), uint8; what changed leaves at once where the strip is free."""
        for index, (span, output) in enumerate(self._parts):
            part = pixels[span].tobytes()
            if part != self._sent[index]:
                self._sent[index] = part
                output.take(part, now)

    def serve(self, now: float) -> None:
        """Send what waited, repeat what stands still, try again what failed."""
        for _, output in self._parts:
            output.serve(now)

    def close(self) -> None:
        """Turn all LEDs off and close all outputs."""
        for _, output in self._parts:
            output.close()


def make_outputs(strips: Mapping[str, StripDocument]) -> Mapping[str, tuple[str, Output]]:
    """Return each strip's driver and its output, not yet opened."""
    return {name: (strip.driver, make_output(strip)) for name, strip in strips.items()}
