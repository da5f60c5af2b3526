"""What is wired to pins of the computer, and what may be wired to a serial companion instead (its sketch: `hardware/companion`)."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from maquette.config.device_path import SerialPath
from maquette.config.document import Document, Name

Pin = Annotated[int, Field(ge=0, le=53)]
"""A GPIO number, not a place on the connector."""
ActiveLevel = Literal["low", "high"]
"""What a pin reads, or is set to, while something is on."""
Pull = Literal["up", "down", "none"]
"""A resistor of the Pi's own."""


class WiredDocument(Document):
    """Something that may be wired to pins of the computer."""

    @property
    def pins_taken(self) -> Mapping[int, str]:
        """GPIO pins that it takes for itself, each with the key that says so; `pin`, where there is one."""
        pin = getattr(self, "pin", None)
        return {pin: "pin"} if isinstance(pin, int) else {}

    @property
    def i2c_bus(self) -> int | None:
        """The I²C bus that it shares with others (`bus`), or None."""
        bus = getattr(self, "bus", None)
        return bus if isinstance(bus, int) else None

    @property
    def on_companion(self) -> str | None:
        """The serial companion that it is wired to (`companion`), or None."""
        companion = getattr(self, "companion", None)
        return companion if isinstance(companion, str) else None


class CompanionDocument(Document):
    """A serial companion: an Arduino with buttons, lamps and servos, which runs the sketch in `hardware/companion`."""

    port: SerialPath
    """The serial port, one of those under `/dev/serial/by-id`: there it is always called the same."""
    feed: Name | None = None
    """A feed of kind `push` that takes its values `light` and `noise`: shares of 5 V, from 0 to 1."""
