"""Devices of this machine: what is told when one is not there or may not be used."""

import errno
import os

from maquette.core.message import message
from maquette.errors import OutputError

_GONE = {errno.ENOENT, errno.ENXIO, errno.ENODEV}
_REFUSED = {errno.EACCES, errno.EPERM}


def device_error(device: str, number: int, *, absent: str, group: str) -> OutputError:
    """Return what is told of a device that failed.

    Args:
        device: its path.
        number: what the system says (errno).
        absent: the key of what is told when it is not there, with the argument ``device``.
        group: the group that may use it.
    """
    if number in _GONE:
        return OutputError(message(absent, device=device))
    if number in _REFUSED:
        return OutputError(message("output_not_permitted", device=device, group=group))
    return OutputError(message("output_device", device=device, reason=os.strerror(number)))
