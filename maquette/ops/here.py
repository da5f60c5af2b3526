"""The Unix socket by which this machine's terminals reach a running model: where it is, and which paths fit."""

import errno
import os
from pathlib import Path

SOCKET = "socket"
"""Its name in the runtime folder, or else in the state folder."""
SOCKET_MODE = 0o660
"""The model's user and group may speak to it, nobody else."""
PATH_BYTES = 107
"""What a Unix socket's path may hold (`sun_path` of 108 bytes in unix(7), with its end)."""
SERVICE_RUNTIME = Path("/run/maquette")
"""The runtime folder of the model that the service manager runs."""


def socket_of(state: Path) -> Path:
    """Return where a model that begins to run serves: in the service manager's runtime folder, else in its state folder."""
    runtime = os.environ.get("RUNTIME_DIRECTORY")
    return (Path(runtime.split(":")[0]) if runtime else state.absolute()) / SOCKET


def sockets_to_try(state: Path) -> tuple[Path, ...]:
    """Return where a running model may be reached, the likeliest first: this installation's own, then the service's."""
    return tuple(dict.fromkeys((socket_of(state), state.absolute() / SOCKET, SERVICE_RUNTIME / SOCKET)))


def fitting(path: Path) -> str:
    """Return a socket's path as the system takes it.

    Raises:
        OSError: it is too long (``ENAMETOOLONG``).
    """
    if len(os.fsencode(path)) > PATH_BYTES:
        raise OSError(errno.ENAMETOOLONG, f"a socket's path has at most {PATH_BYTES} bytes")
    return str(path)
