"""The report: what the stage tells the console. Alerts, answers and readings cross one by one, states and frames only when they are news.

The console may die and come back: a new line is told at once everything that stands.
"""

import os
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from maquette.core.alerts import Alert, Alerts
from maquette.core.events import Answer, ButtonPressed
from maquette.core.readings import Readings, ReadingsUpdate
from maquette.core.snapshot import ShownFrame, Snapshot, Swapped
from maquette.core.votes import VoteCast, VotesKept
from maquette.show.flash_guard import Pixels

SNAPSHOT_S = 0.1
"""Between two snapshots at least."""
FRAME_S = 1 / 30
"""Between two frames for the virtual model at least."""
VOTES_AT_MOST = 10_000
"""Votes that wait to be kept at most: with a disk that takes none, the oldest are let go."""
_EARLY_S = 0.002
"""Deadlines of the loop and of the report do not fall together: what is due within this is due now."""


class Line(Protocol):
    """The stage's end of the line to the console, such as a `maquette.ops.mailbox.Channel`; neither method blocks."""

    def post(self, message: object) -> None:
        """Send a message, never dropped, in order."""

    def post_latest(self, slot: str, message: object) -> None:
        """Send a message unless a newer one takes its slot first."""


class Report:
    """Tells the console, when there is one, and remembers what a new one must be told. Used on the loop's thread only.

    Attributes:
        run: a word of its own for this run of the stage, which votes carry.
    """

    def __init__(self) -> None:
        """Begin, with nobody to tell."""
        self.run = os.urandom(6).hex()
        self._votes: deque[VoteCast] = deque(maxlen=VOTES_AT_MOST)
        self._vote = 0
        self._line: Line | None = None
        self._alerts = Alerts()
        self._readings = Readings()
        self._snapshot: Snapshot | None = None
        self._snapshot_at = float("-inf")
        self._watched = False
        self._news: tuple[Pixels, tuple[float, ...]] | None = None
        self._shown: tuple[Pixels, tuple[float, ...]] | None = None
        self._frame_at = float("-inf")
        self._sequence = 0

    @property
    def due_at(self) -> float:
        """The moment (monotonic seconds) at which a frame that waits may be told; infinite when none waits."""
        return float("inf") if self._news is None or not self._watched else self._frame_at + FRAME_S

    def attach(self, line: Line) -> None:
        """Speak on this line from now on, beginning with everything that stands."""
        self._line = line
        self._watched = False
        for alert in self._alerts.standing:
            line.post(alert)
        if self._readings:
            line.post(ReadingsUpdate(tuple(self._readings.values())))
        for vote in self._votes:
            line.post(vote)
        self._snapshot = None
        self._snapshot_at = float("-inf")

    def detach(self) -> None:
        """Speak to nobody."""
        self._line = None
        self._watched = False

    def watch(self, *, frames: bool) -> None:
        """Tell frames, beginning with the one that is shown, or no longer."""
        self._watched = frames and self._line is not None
        self._news = self._news or self._shown
        self._frame_at = float("-inf")

    def alert(self, alert: Alert) -> None:
        """Tell an alert or its end, if that is news."""
        if self._alerts.apply(alert) and self._line is not None:
            self._line.post(alert)

    def readings(self, update: ReadingsUpdate) -> None:
        """Pass readings on."""
        self._readings = self._readings.updated(update)
        if self._line is not None:
            self._line.post(update)

    def swapped(self) -> None:
        """Tell that another show is played, and right behind it the state in which the model is now."""
        if self._line is not None:
            self._line.post(Swapped())
        self._snapshot = None
        self._snapshot_at = float("-inf")

    def pressed(self, press: ButtonPressed) -> None:
        """Pass a press on; nobody hears it while there is no console."""
        if self._line is not None:
            self._line.post(press)

    def vote(self, vote: VoteCast) -> None:
        """Pass a vote on; it is told again to each new console until one has kept it."""
        self._vote += 1
        vote = replace(vote, run=self.run, number=self._vote)
        self._votes.append(vote)
        if self._line is not None:
            self._line.post(vote)

    def kept(self, kept: VotesKept) -> None:
        """Take note that votes are on the disk."""
        while self._votes and self._votes[0].number <= kept.number:
            self._votes.popleft()

    def answer(self, answer: Answer, snapshot: Snapshot, now: float) -> None:
        """Pass an answer on, and right behind it the state that the command made: no older one can come between."""
        if self._line is None:
            return
        self._line.post(answer)
        self._line.post_latest("snapshot", snapshot)
        self._snapshot, self._snapshot_at = snapshot, now

    def snapshot(self, make: Callable[[], Snapshot], now: float) -> None:
        """Tell the state, at most ten times a second and only when it changed. It is not even made while nobody listens."""
        if self._line is None or now < self._snapshot_at + SNAPSHOT_S - _EARLY_S:
            return
        self._snapshot_at = now
        snapshot = make()
        if snapshot != self._snapshot:
            self._snapshot = snapshot
            self._line.post_latest("snapshot", snapshot)

    def frame(self, pixels: Pixels, servos: tuple[float, ...], now: float) -> None:
        """Tell the bytes that left, at most thirty times a second, only while somebody watches and only when they changed.

        Args:
            pixels: shape (LEDs, 3), uint8; the same object as before where no byte changed, never written to again.
            servos: degrees, in the model's order.
            now: monotonic seconds.
        """
        last = self._news or self._shown
        if last is None or pixels is not last[0] or servos != last[1]:
            self._news = (pixels, servos)
        if self._line is None or self._news is None or now < self.due_at - _EARLY_S:
            return
        self._shown, self._news = self._news, None
        self._frame_at = now
        self._sequence += 1
        self._line.post_latest("frame", ShownFrame(self._sequence, self._shown[0].tobytes(), self._shown[1]))
