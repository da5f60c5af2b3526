"""A session: one client of the sender, from its hello to its end. The LEDs are dark afterwards, whatever its end was."""

import select
import socket
import sys
import time

from maquette.ws281x.board import check_board, check_devices
from maquette.ws281x.instance import Instance
from maquette.ws281x.protocol import MOST_BYTES, READY, Hello, RefusedError, read_hello, written_problem

HELLO_S = 5.0
"""Seconds that a client has for its hello."""
GATHER_S = 0.001
"""Seconds that the frame of one strip waits for that of the other: both leave together, and a client sends them one after the other."""


def serve(line: socket.socket) -> int:
    """Serve a client until it hangs up; return what the process is to exit with, 1 after a problem, which the client words and logs."""
    instance = None
    try:
        hello = _hello(line)
        check_board()
        check_devices(hello)
        instance = Instance(hello)
        line.send(READY)
        _forward(line, instance, hello)
    except RefusedError as refused:
        try:
            line.send(written_problem(refused))
        except OSError:  # it has gone already: nobody else will tell
            print(f"maquette.ws281x: {refused}", file=sys.stderr)
        return 1
    except ConnectionError:
        return 0  # it died
    finally:
        if instance is not None:
            instance.blank()
            instance.close()
    return 0


def _hello(line: socket.socket) -> Hello:
    line.settimeout(HELLO_S)
    try:
        packet = line.recv(MOST_BYTES)
    except TimeoutError:
        raise RefusedError("hello", reason="it says nothing") from None
    if not packet:
        raise ConnectionResetError
    return read_hello(packet)


def _forward(line: socket.socket, instance: Instance, hello: Hello) -> None:
    line.settimeout(0)
    owed, free_at = False, 0.0
    while True:
        wait = max(0.0, free_at - time.monotonic()) if owed else None
        if select.select([line], [], [], wait)[0]:
            if not _took_all(line, instance):
                return
            if not owed and len(hello.strips) > 1:
                free_at = max(free_at, time.monotonic() + GATHER_S)
            owed = True
        now = time.monotonic()
        if owed and now >= free_at:
            instance.render()
            owed, free_at = False, now + hello.wire_time_s


def _took_all(line: socket.socket, instance: Instance) -> bool:
    """Take every frame that waits; return False at the end of the line."""
    while True:
        try:
            packet = line.recv(MOST_BYTES)
        except BlockingIOError:
            return True
        if not packet:
            return False
        if not instance.write(packet[0], memoryview(packet)[1:]):
            raise RefusedError("frame", bytes=len(packet))
