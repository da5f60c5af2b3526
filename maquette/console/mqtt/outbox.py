"""What the broker is still to be told: of what is retained only the newest per topic, of what happens once only the last so many."""

import threading
from collections import OrderedDict, deque

ONCE_AT_MOST = 100
"""Events and refusals that wait for a slow broker; older ones are dropped."""

Told = tuple[str, bytes, bool]
"""A topic, a payload, and whether the broker retains it."""


class Outbox:
    """Messages that wait for the broker. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, bytes] = {}
        self._due: OrderedDict[str, bytes] = OrderedDict()
        self._once: deque[tuple[str, bytes]] = deque(maxlen=ONCE_AT_MOST)

    def keep(self, topic: str, payload: bytes) -> None:
        """Let the broker retain a payload on a topic; an empty one empties it. Nothing is due where that is known already."""
        with self._lock:
            if payload == self._kept.get(topic):
                return
            if payload:
                self._kept[topic] = payload
            else:
                self._kept.pop(topic, None)
            self._due[topic] = payload

    def keep_exactly(self, prefix: str, wanted: dict[str, bytes]) -> None:
        """Let the broker retain these payloads, by topic, and none that it was told before on other topics with this prefix."""
        with self._lock:
            gone = [topic for topic in self._kept if topic.startswith(prefix) and topic not in wanted]
        for topic in gone:
            self.keep(topic, b"")
        for topic, payload in wanted.items():
            self.keep(topic, payload)

    def keeps(self, topic: str) -> bool:
        """Tell whether the broker is to retain anything on a topic."""
        with self._lock:
            return topic in self._kept

    def say(self, topic: str, payload: bytes) -> None:
        """Tell something once."""
        with self._lock:
            self._once.append((topic, payload))

    def repeat(self) -> None:
        """Let everything that is retained be told again, as to a broker that has forgotten it."""
        with self._lock:
            for topic, payload in self._kept.items():
                self._due[topic] = payload

    def forget_events(self) -> None:
        """Drop what happened while nobody could be told: an event that comes late would be taken for one of now."""
        with self._lock:
            self._once.clear()

    def next(self) -> Told | None:
        """Take what is to be told next; None when that is all."""
        with self._lock:
            if self._once:
                return *self._once.popleft(), False
            if self._due:
                topic, payload = self._due.popitem(last=False)
                return topic, payload, True
            return None
