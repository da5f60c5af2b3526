"""The house: documents and registries become processes, which play until they are stopped."""

import logging
import os
import pickle
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import maquette.feeds
from maquette import __version__
from maquette.config import last_good
from maquette.config.check import Checked, Registries
from maquette.config.installation import Installation
from maquette.config.parcel import Parcel, unpacked
from maquette.console.start import VOTES, ConsoleStart, Documents, Replacement
from maquette.core.alerts import Alert, Severity
from maquette.core.clock import Clock
from maquette.core.course import Course, CourseWanted
from maquette.core.exhibition import ConsoleSettings, Exhibition
from maquette.core.pushed import Pushed
from maquette.core.vitals import Beginning, FeedTallies, FeedTally, Program, Vitals, VitalsWanted
from maquette.feeds.plan import FeedsStart, Replay
from maquette.feeds.sources import FEED_DOCUMENTS
from maquette.ops.clock import read_clock
from maquette.ops.here import socket_of
from maquette.ops.life import LIFE, LifeRecord, boot_id
from maquette.ops.state import write_atomically
from maquette.ops.supervise import Child
from maquette.show.glow import glow_of
from maquette.show.terms import past_wanted
from maquette.stage import early_light
from maquette.stage.early_light import EarlyLight
from maquette.stage.outputs import STRIP_DOCUMENTS
from maquette.stage.servos import SERVO_DOCUMENTS
from maquette.stage.servos.left import LEFT, LeftAngles
from maquette.stage.stage import Stage

log = logging.getLogger(__name__)

PUSHED_AGAIN = 200
"""Pushed messages that the feeds process is told again when it has to start anew; it may have ended before it kept them."""
PUSHED_ROWS_AGAIN = 5000
"""Rows in these messages at most, some megabytes; the oldest messages go first."""


def registries() -> Registries:
    """Return everything that documents may name."""
    return Registries(
        strips=STRIP_DOCUMENTS,
        servos=SERVO_DOCUMENTS,
        feeds=FEED_DOCUMENTS,
        catalogue=Path(maquette.feeds.__file__).parent / "catalogue",
    )


def play(
    checked: Checked,
    config: Path,
    state: Path,
    *,
    port: int | None,
    simulate: bool,
    replay: Replay | None = None,
    early_light: EarlyLight | None = None,
) -> None:
    """Play what was checked until it is stopped.

    Args:
        checked: documents with an installation.
        config: its config.yaml.
        state: the state folder.
        port: the pages' port, instead of the document's.
        simulate: replace every driver by its virtual twin.
        replay: what is played instead of asking feeds.
        early_light: the outputs that glow already.
    """
    installation = checked.installation
    assert installation is not None
    documents = Documents(
        config.absolute(),
        state.absolute(),
        pickle.dumps(registries()),
        installation.sources,
        checked.watched,
        installation.fixed,
    )
    settings = installation.console
    House(
        installation,
        documents,
        settings if port is None else replace(settings, port=port),
        simulate=simulate,
        replay=replay,
        early_light=early_light,
    ).play(checked.alerts)


class House:
    """What is played, and the processes that play it. When documents change, all of them learn of it."""

    def __init__(
        self,
        installation: Installation,
        documents: Documents,
        settings: ConsoleSettings,
        *,
        simulate: bool,
        replay: Replay | None = None,
        early_light: EarlyLight | None = None,
    ) -> None:
        """Put the processes together; nothing is opened yet, but for the outputs that glow.

        Args:
            installation: what is played first.
            documents: where it was read.
            settings: where the console listens.
            simulate: replace every driver by its virtual twin.
            replay: what is played instead of asking feeds.
            early_light: the outputs that glow already.
        """
        self._replay = replay
        self._installation = installation
        self._documents = documents
        self._settings = settings
        self._simulate = simulate
        parts = (installation.strips, installation.servos, installation.buttons)
        self._stage = stage = Stage(
            installation.show,
            *parts,
            installation.senses,
            wall_clock=self._read_clock,
            simulated=simulate,
            early_light=early_light,
            left=None if simulate else LeftAngles(documents.state / LEFT),
            push=self._push,
        )
        self._pushed: deque[Pushed] = deque(maxlen=PUSHED_AGAIN)
        self._tallies: Mapping[str, FeedTally] = {}
        self._life = LifeRecord(documents.state / LIFE, __version__, boot_id())
        self._beginning = Beginning(time.monotonic(), self._life.after)
        self._feeds = Child(
            "maquette.feeds", self._hear_feeds, lambda: [self._feeds_start(), *self._pushed], stage.alert
        )
        self._console = Child(
            "maquette.console",
            self._hear_console,
            lambda: [self._console_start()],
            stage.alert,
            born=lambda: stage.attach_console(self._console),
            died=stage.detach_console,
        )

    def play(self, alerts: Iterable[Alert]) -> None:
        """Play until the stage is stopped."""
        for alert in alerts:
            self._stage.alert(alert)
        try:
            self._stage.run(self._after_first_light)
            self._life.end()
        finally:
            self._console.stop()
            self._feeds.stop()

    def _after_first_light(self) -> None:
        self._feeds.start()
        self._console.start()
        threading.Thread(target=self._keep, daemon=True).start()

    def _push(self, measured: Pushed) -> None:
        """Send on what companions measure; it is not kept to be told again, since more comes every second."""
        self._feeds.post(measured)

    def _hear_feeds(self, message: object) -> None:
        if isinstance(message, Course):
            self._console.post(message)  # the light does without
        elif isinstance(message, FeedTallies):
            self._tallies = message.feeds
        else:
            self._stage.receive(message)

    def _hear_console(self, message: object) -> None:
        if isinstance(message, Replacement):
            parcel: Parcel = pickle.loads(message.parcel)  # noqa: S301 - from our own console
            self._take_over(unpacked(parcel))
        elif isinstance(message, Pushed):
            # Before it is posted: what comes between two lives of the child is not lost either.
            self._remember(message)
            self._feeds.post(message)
        elif isinstance(message, CourseWanted):
            self._feeds.post(message)
        elif isinstance(message, VitalsWanted):
            self._console.post_latest("vitals", self._vitals())
        else:
            self._stage.receive(message)

    def _remember(self, pushed: Pushed) -> None:
        self._pushed.append(pushed)
        while len(self._pushed) > 1 and sum(len(each.rows) for each in self._pushed) > PUSHED_ROWS_AGAIN:
            self._pushed.popleft()

    def _take_over(self, installation: Installation) -> None:
        """Play another installation, as far as that goes without a start."""
        before, self._installation = self._installation, installation
        self._stage.swap(installation.show)
        if _asked(installation) != _asked(before):
            self._feeds.post(self._feeds_start())
        elif past_wanted(installation.show) != past_wanted(before.show):
            self._feeds.post(past_wanted(installation.show))

    def _vitals(self) -> Vitals:
        children = {"feeds": self._feeds, "console": self._console}
        programs = {name: Program(child.pid, child.restarts) for name, child in children.items()}
        return Vitals(self._stage.lateness.tally(), self._tallies, {"stage": Program(os.getpid())} | programs)

    def _read_clock(self) -> Clock:
        return read_clock(ZoneInfo(self._installation.time_zone))

    def _exhibition(self) -> Exhibition:
        return replace(self._installation.exhibition, id=self._documents.fixed.id, simulated=self._simulate)

    def _feeds_start(self) -> FeedsStart:
        installation, state = self._installation, str(self._documents.state)
        show = installation.show
        return FeedsStart(
            installation.feeds,
            installation.time_zone,
            state,
            past_wanted(show),
            show.opening,
            installation.alternatives,
            self._replay,
        )

    def _console_start(self) -> ConsoleStart:
        documents = replace(self._documents, sources=self._installation.sources)
        return ConsoleStart(
            self._exhibition(),
            self._settings,
            documents.fixed.mqtt,
            self._stage.run_id,
            documents.state / VOTES,
            documents,
            socket_of(documents.state),
            self._beginning,
        )

    def _keep(self) -> None:
        """Keep copies of the documents that passed, for a start after a bad edit, and what the next start's glow takes."""
        self._life.begin()
        folder = self._documents.state
        reason = last_good.keep(self._documents.sources, folder, write_atomically)
        if reason is None and not self._simulate:
            reason = self._keep_glow()
        if reason is not None:
            log.warning("the documents could not be kept in %s: %s", folder, reason)
            self._stage.alert(Alert("state_not_saved", "documents", Severity.WARNING, (("reason", reason),)))

    def _keep_glow(self) -> str | None:
        """Return why it could not be kept, or None."""
        installation = self._installation
        config, folder = self._documents.config, self._documents.state
        wires = glow_of(installation.show.model)
        try:
            early_light.keep(folder, config, installation.hardware, installation.strips, wires, write_atomically)
        except OSError as error:
            return str(error.strerror or error).lower()
        return None


def _asked(installation: Installation) -> object:
    """Return what the feeds process must learn of when it changes."""
    opening = installation.show.opening
    hours = None if opening is None else (opening.week, opening.dates)
    return installation.feeds, installation.alternatives, installation.time_zone, hours
