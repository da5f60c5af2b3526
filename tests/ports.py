"""Free ports for servers of the tests."""

import os
import socket

_FIRST, _EACH, _PROCESSES = 20_000, 500, 20
# The processes of one suite have a parent in common; those of another suite on the same machine begin elsewhere.
_own = (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + os.getppid()) % _PROCESSES
_ports = iter(range(_FIRST + _EACH * _own, _FIRST + _EACH * (_own + 1)))


def free_port() -> int:
    """Return a port that nobody has: below those that the system deals out, and in another range for each process of the tests."""
    for port in _ports:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is left")
