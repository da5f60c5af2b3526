"""A serial port: opened for us alone, and what is told when it fails."""

import errno
import termios
from typing import Any

from maquette.core.message import message
from maquette.errors import DeviceError, OutputError
from maquette.stage.devices import device_error


def opened(device: str, baud: int, *, write_timeout_s: float, timeout_s: float = 0.0) -> Any:
    """Open a port for us alone; return a pyserial ``Serial``.

    Args:
        device: its path.
        baud: bits per second.
        write_timeout_s: seconds after which a write to a board that takes no bytes fails.
        timeout_s: seconds that a read waits for all it wants.

    Raises:
        OSError, termios.error: it cannot be opened; see `refusal`.
    """
    import serial  # noqa: PLC0415 - read when it is needed

    return serial.Serial(device, baud, timeout=timeout_s, write_timeout=write_timeout_s, exclusive=True)


def refusal(device: str, error: Exception) -> Exception:
    """Return what is told of an error of a port: pyserial's own errors hide the system's behind them, or are its own."""
    import serial  # noqa: PLC0415 - read already

    if isinstance(error, DeviceError) or not isinstance(error, OSError | termios.error):
        return error
    if isinstance(error, serial.SerialTimeoutException):
        return OutputError(message("output_no_bytes", device=device))
    cause = error if error.args and isinstance(error.args[0], int) else error.__context__
    number = cause.args[0] if cause is not None and cause.args else errno.EIO
    if number in (errno.EAGAIN, errno.EBUSY):
        return OutputError(message("output_taken", device=device))
    if number == errno.EIO:  # so the system speaks of a port that was unplugged while it was open
        number = errno.ENODEV
    return device_error(device, number, absent="output_unplugged", group="dialout")
