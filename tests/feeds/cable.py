"""A cable with a device at its end, played by a pseudo-terminal."""

import contextlib
import os
import pty
import select
import tty
from pathlib import Path

PATIENCE_S = 20.0
"""Seconds after which a test gives up."""


class Cable:
    """A cable that is plugged in and pulled out; its path is one "by id", and each time leads to another terminal."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "usb-sensor-if00"
        self._device: int | None = None
        self._before: list[int] = []

    def plug(self) -> None:
        """Plug the device in."""
        self._device, terminal = pty.openpty()
        tty.setraw(terminal)  # a cable neither echoes nor edits
        self._before.append(terminal)  # held until the end, so that the next has another number
        os.set_blocking(self._device, False)
        self.path.symlink_to(os.ttyname(terminal))

    def unplug(self) -> None:
        """Pull it out: its name goes, and who listens is cut off."""
        self.path.unlink()
        self.cut()

    def cut(self) -> None:
        """Cut off who listens, and leave the name where it is."""
        assert self._device is not None
        os.close(self._device)
        self._device = None

    def say(self, data: bytes) -> None:
        """Say something; what does not fit is lost, as on a cable."""
        assert self._device is not None
        with contextlib.suppress(BlockingIOError):
            os.write(self._device, data)

    def hear(self, size: int) -> bytes:
        """Return what the device is told, of this length."""
        assert self._device is not None
        heard = b""
        while len(heard) < size:
            assert select.select([self._device], [], [], PATIENCE_S)[0], f"only {heard!r} came"
            with contextlib.suppress(BlockingIOError):
                heard += os.read(self._device, size - len(heard))
        return heard

    def end(self) -> None:
        """Let go of everything."""
        if self._device is not None:
            self.unplug()
        for terminal in self._before:
            os.close(terminal)
