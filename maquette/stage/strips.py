"""Strips: all outputs together. The bytes of each wire go in; those of a strip go to its output when they changed."""

from collections.abc import Callable, Collection, Mapping, Sequence

from maquette.core.alerts import Alert
from maquette.core.snapshot import OutputState
from maquette.show.model import Model
from maquette.stage.outputs.output import Output
from maquette.stage.outputs.tended import TendedOutput


class Strips:
    """The outputs of a model, tended."""

    def __init__(
        self,
        model: Model,
        outputs: Mapping[str, tuple[str, Output]],
        tell: Callable[[Alert], None],
        opened: Collection[str] = (),
    ) -> None:
        """Tend outputs.

        Args:
            model: says which strips there are.
            outputs: driver and output by strip; a strip without one is only calculated.
            tell: takes alerts.
            opened: the strips whose outputs are open already.
        """
        self._outputs = [
            (number, TendedOutput(name, *outputs[name], tell, opened=name in opened))
            for number, name in enumerate(model.strips)
            if name in outputs
        ]
        self._sent: list[bytes | None] = [None] * len(model.strips)

    @property
    def states(self) -> tuple[OutputState, ...]:
        """How each output fares, in the model's order."""
        return tuple(output.state for _, output in self._outputs)

    @property
    def due_at(self) -> float:
        """The moment (monotonic seconds) from which `serve` has something to do."""
        return min((output.due_at for _, output in self._outputs), default=float("inf"))

    def take(self, wires: Sequence[bytes], now: float) -> None:
        """Take the bytes of each strip of the model, in its order; what changed leaves at once where the strip is free."""
        for number, output in self._outputs:
            if wires[number] != self._sent[number]:
                self._sent[number] = wires[number]
                output.take(wires[number], now)

    def serve(self, now: float) -> None:
        """Send what waited, repeat what stands still, try again what failed."""
        for _, output in self._outputs:
            output.serve(now)

    def close(self) -> None:
        """Turn all LEDs off and close all outputs."""
        for _, output in self._outputs:
            output.close()
