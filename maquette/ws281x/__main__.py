"""``python -m maquette.ws281x FD``: serve the client at the other end of a socket that was inherited, and end with it.

``python -m maquette.ws281x --listen PATH``: serve whoever connects to a Unix socket, one at a time, for ever.
"""

import signal
import socket
import sys
from pathlib import Path

from maquette.ws281x.service import listen
from maquette.ws281x.session import serve


def main(arguments: list[str]) -> int:
    """Run the sender; return its exit code."""
    match arguments:
        case ["--listen", path]:
            listen(Path(path))
        case [number] if number.isdecimal():
            # Stopped with all of the service, it still has the parent's last frame to show; it ends when the parent does.
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            with socket.socket(fileno=int(number)) as line:
                return serve(line)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
