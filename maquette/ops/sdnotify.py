"""The service manager's notification socket: ``READY=1``, ``WATCHDOG=1``, ``STATUS=…``. Does nothing where there is none.

Protocol: sd_notify(3): one datagram to the socket named by ``$NOTIFY_SOCKET``; a leading ``@`` stands for a NUL (abstract name).
"""

import os
import socket


def notify(state: str) -> bool:
    """Send one or more ``NAME=value`` lines; return True when a service manager took them. Never raises, never blocks."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as line:
            line.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)
    except OSError:
        return False
    return True
