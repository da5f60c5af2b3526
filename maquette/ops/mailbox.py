"""Mailboxes between the processes: a two-way line of pickled messages over a socket pair.

Writing never blocks the caller: a writer thread drains. A message is either never dropped (commands, readings, alerts) or, in a slot,
replaced by a newer one that comes before it was sent (snapshots, frames).
"""

import logging
import os
import pickle
import sys
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from multiprocessing.connection import Connection

log = logging.getLogger(__name__)

BACKLOG = 10_000
"""Messages that wait to be read before the other side is taken for hung and the line is closed."""


class Channel:
    """One end of a line to another process of ours.

    Both ends run the same code of the same installation, so pickle is safe here: nobody else can write to a socket pair.

    Attributes:
        closed: an event that is set when the line has ended.
    """

    def __init__(
        self, connection: Connection, receive: Callable[[object], None], on_closed: Callable[[], None] = lambda: None
    ) -> None:
        """Wrap a connection.

        Args:
            connection: our end; the channel closes it.
            receive: called on the reader thread with each message.
            on_closed: called once, on one of the channel's threads, when the line has ended for whatever reason.
        """
        self._connection = connection
        self._receive = receive
        self._on_closed = on_closed
        self._waiting: deque[bytes] = deque()
        self._slots: OrderedDict[str, bytes] = OrderedDict()
        self._ready = threading.Condition()
        self.closed = threading.Event()

    def start(self) -> None:
        """Start the reader and the writer."""
        for work in (self._read, self._write):
            threading.Thread(target=work, name=f"channel{work.__name__}", daemon=True).start()

    def post(self, message: object) -> None:
        """Send a message, never dropped, in order. Sends nothing once the line is closed."""
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        with self._ready:
            self._waiting.append(data)
            hung = len(self._waiting) > BACKLOG
            self._ready.notify()
        if hung:
            self.close()

    def post_latest(self, slot: str, message: object) -> None:
        """Send a message unless a newer one takes its slot first."""
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        with self._ready:
            self._slots[slot] = data
            self._ready.notify()

    def close(self) -> None:
        """End the line; safe to call twice and from any thread."""
        with self._ready:
            if self.closed.is_set():
                return
            self.closed.set()
            self._ready.notify_all()
        # A shutdown, not a close: the reader may be inside a read of this very descriptor.
        _shut_down(self._connection)
        self._on_closed()

    def _read(self) -> None:
        try:
            while True:
                self._receive(pickle.loads(self._connection.recv_bytes()))  # noqa: S301 - our own other end
        except (EOFError, OSError):
            pass  # the other side has ended
        except Exception as error:  # noqa: BLE001 - the two sides no longer understand each other, as after an update: both begin anew
            log.error("the line ends: a message failed: %r", error)  # noqa: TRY400 - one line says it
        finally:
            self.close()

    def _write(self) -> None:
        try:
            while (data := self._next()) is not None:
                self._connection.send_bytes(data)
        except OSError:
            self.close()

    def _next(self) -> bytes | None:
        with self._ready:
            self._ready.wait_for(lambda: self._waiting or self._slots or self.closed.is_set())
            if self.closed.is_set():
                return None
            return self._waiting.popleft() if self._waiting else self._slots.popitem(last=False)[1]


def _shut_down(connection: Connection) -> None:
    import socket  # noqa: PLC0415 - only here, and start-up is counted in milliseconds

    try:
        with socket.socket(fileno=os.dup(connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # the other end went first


def inherited_channel(
    receive: Callable[[object], None], on_closed: Callable[[], None] = lambda: os._exit(0)
) -> Channel:
    """In a child: return the channel to the parent, whose descriptor is the program's first argument.

    By default the child ends at once with the line, so that a killed parent leaves no orphan.
    """
    descriptor = "".join(sys.argv[1:])
    if not descriptor.isdecimal():
        sys.exit("this process is a part of 'maquette run', which starts it")
    return Channel(Connection(int(descriptor)), receive, on_closed)
