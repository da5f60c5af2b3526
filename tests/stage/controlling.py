"""Controls for tests: made with an inbox and a list of alerts, opened on the pins that the test has chosen, closed at the end."""

import queue
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from maquette.config.documents import ButtonDocument
from maquette.config.installation import Senses
from maquette.core.alerts import Alert
from maquette.core.message import Message
from maquette.stage.controls import Controls, Heard
from maquette.stage.pins import Edge


class Hand:
    """Controls, and what they told.

    Attributes:
        controls: as they were opened.
        inbox: what was posted.
        alerts: those that were told on the loop's thread, and those that were posted and taken out of the inbox.
    """

    def __init__(self, buttons: Mapping[str, ButtonDocument], senses: Senses | None = None, *, simulated: bool = True):
        self.inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.alerts: list[Alert] = []
        self.controls = Controls(
            buttons,
            senses or Senses(),
            self.inbox.put,
            self.alerts.append,
            simulated=simulated,
        )

    def waiting(self) -> list[Edge]:
        """Take what waits; return the edges that somebody made, alerts set aside."""
        messages = [self.inbox.get_nowait() for _ in range(self.inbox.qsize())]
        self.alerts += [message for message in messages if isinstance(message, Alert)]
        edges = [message for message in messages if isinstance(message, Edge)]
        for edge in edges:
            if edge.found:
                self.controls.heard(edge)
        return [edge for edge in edges if not edge.found]

    def heard(self) -> list[Heard]:
        """Take what waits, and return what it means."""
        meant = [self.controls.heard(edge) for edge in self.waiting()]
        return [heard for heard in meant if heard is not None]

    def alert(self) -> Alert:
        """Wait for the next alert of another thread."""
        while True:
            message = self.inbox.get(timeout=10)
            if isinstance(message, Alert):
                self.alerts.append(message)
                return message


def problem_key(alert: Alert) -> str:
    """Return the key of the words that say what is wrong."""
    problem = dict(alert.arguments)["problem"]
    assert isinstance(problem, Message)
    return problem.key


@contextmanager
def opened(
    buttons: Mapping[str, ButtonDocument], senses: Senses | None = None, *, simulated: bool = True
) -> Iterator[Hand]:
    hand = Hand(buttons, senses, simulated=simulated)
    hand.controls.open()
    try:
        yield hand
    finally:
        hand.controls.close()
