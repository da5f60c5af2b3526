"""A board behind a serial port: a pseudo-terminal that is plugged in and out."""

import os
import select
import time
import tty


class Board:
    """A board that is plugged in and out; `port` is what by-id would show."""

    def __init__(self, folder):
        self.port = folder / "usb-board"
        self.plug_in()

    def plug_in(self):
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        self.port.symlink_to(os.ttyname(self.slave))

    def unplug(self):
        self.port.unlink()
        os.close(self.slave)
        os.close(self.master)

    def say(self, data):
        os.write(self.master, data)

    def read(self, count, meanwhile=lambda: None):
        """Wait for as many bytes."""
        taken, deadline = b"", time.monotonic() + 10
        while len(taken) < count:
            assert time.monotonic() < deadline, f"only {taken!r} came"
            if select.select([self.master], [], [], 0.005)[0]:
                taken += os.read(self.master, count - len(taken))
            meanwhile()
        return taken
