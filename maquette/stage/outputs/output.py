"""An output: what takes the bytes of one strip. Each driver has its own file; the loop knows only this shape."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from maquette.config.documents_hardware import StripDocument


class Output(Protocol):
    """One strip's way out. Every method returns at once: a driver that must wait does it on a thread of its own."""

    @property
    def wire_time_s(self) -> float:
        """Seconds during which the strip is busy with a frame; the next one waits for it."""

    def open(self) -> None:
        """Get ready to show frames.

        Raises:
            OutputError: it cannot be opened, for a reason in plain English; it may be tried again after `close`.
        """

    def show(self, pixels: bytes | memoryview) -> bool:
        """Send a frame; return True when it left, False when it was dropped for now.

        Args:
            pixels: the bytes of each LED in the wire's order of colours: 3, or 4 with a white LED.

        Raises:
            OutputError: the strip cannot be reached; close it and try again later.
        """

    def blank(self) -> None:
        """Turn every LED off, if that is still possible; never raises."""

    def close(self) -> None:
        """Let everything go; may be called twice."""


@dataclass(frozen=True, slots=True)
class OutputKind:
    """A driver: the options that it adds to a strip, and how outputs are made from them (nothing is opened yet).

    Attributes:
        document: the options.
        make: makes the output of one strip.
        make_together: makes the outputs of all its strips, by name, where they share a device.
    """

    document: type[StripDocument]
    make: Callable[[Any], Output]
    make_together: Callable[[Mapping[str, Any]], Mapping[str, Output]] | None = None
