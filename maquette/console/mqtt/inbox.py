"""What the broker brings, until the stage can take it: bounded, and whatever ends the show overtakes the rest.

- ``stop`` and ``blackout`` are never dropped and wait for nobody. What came before them and has not begun is superseded: it is dropped.
- Of several ``brightness`` that wait, the newest counts.
- All others wait in their order, up to a limit.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Mapping

from maquette.console.commands import Refusal, read_command

WAITING_AT_MOST = 50
"""Commands that wait; more of them are a storm, and the rest of it is refused."""
URGENT = frozenset({"stop", "blackout"})
"""Commands that end what is shown."""

Payload = Mapping[str, object]
"""A command as it came, in the shape of the web's ``POST /api/commands``; or an answer to one."""


class Inbox:
    """Commands that wait for the stage. Any thread may put; one takes, what is urgent first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._urgent: OrderedDict[str, Payload] = OrderedDict()
        self._brightness: Payload | None = None
        self._others: deque[Payload] = deque()
        self._called = False
        self._superseded = 0
        self._refused = 0

    def put(self, command: Payload) -> bool:
        """Let a command wait; return True when whoever takes must be called, because nobody has called since it last came."""
        read = read_command(command)
        name = None if isinstance(read, Refusal) else read.name  # what is wrong waits like others, to be refused
        with self._lock:
            if name in URGENT:
                self._superseded += len(self._others)
                self._others.clear()
                self._urgent[name] = command
                self._urgent.move_to_end(name)
            elif name == "brightness":
                self._brightness = command
            elif len(self._others) < WAITING_AT_MOST:
                self._others.append(command)
            else:
                self._refused += 1
            called, self._called = self._called, True
            return not called

    def take_urgent(self) -> list[Payload]:
        """Take what ends the show, the last said last. From then on `put` calls again."""
        with self._lock:
            self._called = False
            taken = list(self._urgent.values())
            self._urgent.clear()
            return taken

    def take(self) -> Payload | None:
        """Take the next of the others; None when nothing waits, or when something urgent has come meanwhile."""
        with self._lock:
            if self._urgent:
                return None
            if self._brightness is not None:
                taken, self._brightness = self._brightness, None
                return taken
            return self._others.popleft() if self._others else None

    def take_dropped(self) -> tuple[int, int]:
        """Return how many commands were superseded, and how many refused as a storm, since this was last asked."""
        with self._lock:
            dropped, self._superseded, self._refused = (self._superseded, self._refused), 0, 0
            return dropped
