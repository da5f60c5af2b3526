"""A coordinator in a world of its own: a clock that stands still until told, and ears for what it tells."""

import json
from datetime import timedelta

from maquette.core.alerts import Alert, Alerts
from maquette.core.clock import Clock
from maquette.core.course import Course
from maquette.core.past import PastWanted, SeriesUpdate
from maquette.core.readings import Readings, ReadingsUpdate
from maquette.feeds.coordinator import Coordinator
from maquette.feeds.plan import FeedsStart
from tests.feeds.documents import NOON, NOW_S, PARIS, UNTRUSTED, ago

GOOD = json.dumps({"level": 3, "at": ago(minutes=5)}).encode()
"""What the pond answers when all is well."""


class World:
    """A coordinator in a world whose time stands still until told; what it tells is collected."""

    def __init__(
        self,
        feeds,
        state=None,
        trusted=True,
        wanted=PastWanted(),  # noqa: B008 - it is frozen
        opening=None,
        later=0.0,
        alternatives=None,
        **options,
    ):
        self.now = NOW_S + later
        self.trusted = trusted
        self.readings = Readings()
        self.alerts = Alerts()
        self.updates = 0
        self.series = []
        self.courses = []
        plan = FeedsStart(feeds, "Europe/Paris", str(state) if state else None, wanted, opening, alternatives or {})
        self.coordinator = Coordinator(
            plan,
            self.hear,
            monotonic=lambda: self.now,
            clock=self.read_clock,
            **{"spread_s": 0.0, "pause_s": 0.0, **options},
        )
        self.coordinator.begin()

    def read_clock(self, zone):
        if not self.trusted:
            return UNTRUSTED
        return Clock((NOON + timedelta(seconds=self.now - NOW_S)).astimezone(PARIS), trusted=True)

    def hear(self, message):
        if isinstance(message, Alert):
            self.alerts.apply(message)
        elif isinstance(message, SeriesUpdate):
            self.series.append(message)
        elif isinstance(message, Course):
            self.courses.append(message)
        else:
            assert isinstance(message, ReadingsUpdate)
            self.updates += 1
            self.readings = self.readings.updated(message)

    def turns(self, count=1, later=0.0):
        """Let time pass, then take the answers that come, one a turn."""
        self.now += later
        for _ in range(count):
            due = self.coordinator._schedule.due
            assert len(due) < len(self.coordinator._feeds) or min(due.values()) <= self.now, "nothing would come"
            self.coordinator.turn()

    def nudge(self):
        """Let it look at what is due now, and wait for nothing."""
        self.coordinator._inbox.put(None)
        self.coordinator.turn()

    def ask(self, message):
        """Tell it something and let it look at that."""
        self.coordinator._inbox.put(message)
        self.coordinator.turn()

    def live(self, seconds):
        """Let time pass and take whatever comes in it, as soon as it is due."""
        end = self.now + seconds
        while self.now < end:
            self.nudge()  # a mere turn would wait even where nothing will come
            while self.coordinator._pool.under_way:
                self.coordinator.turn()
            self.now = min(end, self.coordinator._next_moment())

    def reading(self, feed="pond", name="level", key=None):
        return self.readings[feed, name, key]

    def quality(self, feed="pond", name="level", key=None):
        return self.reading(feed, name, key).quality_at(self.now)

    def minutes(self, count=1):
        """Let minutes pass, in each of which only the clock is looked at."""
        for _ in range(count):
            self.now += 60.0
            self.coordinator._schedule.due = dict.fromkeys(self.coordinator._schedule.due, self.now + 1e6)
            self.nudge()

    def until(self, condition):
        """Take what comes until a condition holds."""
        while not condition():
            if self.coordinator._next_moment() > self.now:
                inbox = self.coordinator._inbox
                inbox.put(inbox.get(timeout=30))  # that something comes at all is awaited here
            self.coordinator.turn()

    def want(self, wanted):
        """Ask other things of the past."""
        self.coordinator._inbox.put(wanted)
        while not self.coordinator._inbox.empty():
            self.coordinator.turn()

    @property
    def failing(self):
        return {
            alert.subject: dict(alert.arguments)["problem"]
            for alert in self.alerts.standing
            if alert.code in ("feed_failed", "feed_shape")
        }
