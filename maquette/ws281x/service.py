"""The service: the sender as root, for the modes that need it. It has no network, listens on a Unix socket and serves one client at a time.

Each session is a process of its own: what it leaves half done in the library, or a crash of it, ends with it.
"""

import contextlib
import os
import signal
import socket
import sys
from pathlib import Path

from maquette.ops.sdnotify import notify
from maquette.ws281x.session import serve

_WAITING = 4


def listen(path: Path) -> None:
    """Serve for ever. Who may connect is the folder's, the group's and the umask's say, which the unit sets."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC) as server:
        server.bind(str(path))
        server.listen(_WAITING)
        notify("READY=1")
        while True:
            line, _ = server.accept()
            with line:
                child = os.fork()
                if child == 0:
                    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # LEDs go dark on the way out
                    sys.exit(serve(line))
            os.waitpid(child, 0)
