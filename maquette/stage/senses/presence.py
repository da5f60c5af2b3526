"""The presence sensor: a motion detector (PIR) on a GPIO pin, through gpiozero. Its pin goes up when something warm moves."""

from collections.abc import Callable
from typing import Any

from maquette.config.documents import PresenceSensorDocument
from maquette.stage.pins import Edge, watched


class Presence:
    """A presence sensor. What it saw lasts for a while: a detector pauses for some seconds after each movement, whoever stands there."""

    kind = "sensor"

    def __init__(self, name: str, document: PresenceSensorDocument, post: Callable[[Edge], None]) -> None:
        """Describe the sensor; `claim` claims its pin.

        Args:
            name: its id.
            document: its pin.
            post: takes edges, on any thread.
        """
        self.name = name
        self._document = document
        self._post = post
        self._device: Any = None
        self._active = False
        self._until = float("-inf")

    def claim(self, factory: Any) -> None:
        """Watch the pin.

        Raises:
            DeviceError: it cannot be had.
        """
        document = self._document
        self._device = watched(
            factory,
            document.pin,
            (self.kind, self.name),
            self._post,
            active=document.active,
            pull="down" if document.active == "high" else "up",
        )

    def release(self) -> None:
        """Give the pin back."""
        device, self._device = self._device, None
        if device is not None:
            device.close()

    def heard(self, edge: Edge) -> None:
        """Take an edge; what is there when the pin is claimed counts too."""
        self._active = edge.closed
        if not edge.found or edge.closed:
            self._until = edge.at + self._document.hold

    def seen(self, now: float) -> bool | None:
        """Tell whether somebody is near; None while the sensor cannot be had."""
        if self._device is None:
            return None
        return self._active or now < self._until
