"""Rounds: once a minute the house is looked through; what is found wrong becomes an alert, or is over. What is slow runs on a thread."""

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maquette.console.health.inspection import Inspection
from maquette.console.health.presses import PRESSES, Presses, recall, record
from maquette.console.health.report import Round, news
from maquette.console.hub import Hub
from maquette.core.events import ButtonPressed
from maquette.core.vitals import FrameTally
from maquette.ops.board import look_at
from maquette.ops.clock import read_clock
from maquette.ops.machine import Machine
from maquette.ops.state import write_atomically

EVERY_S = 60.0
"""Seconds between two rounds."""
SOON_S = 15.0
"""Seconds between the first two: whoever has just switched the model on waits for the report."""

log = logging.getLogger(__name__)


class Rounds:
    """The watchman. Used on the console's loop only."""

    def __init__(self, hub: Hub, state: Path, machine: Machine) -> None:
        """Prepare.

        Args:
            hub: what is known, and where what was found is put.
            state: the state folder.
            machine: what is looked at.
        """
        self._hub = hub
        self._state = state
        self._machine = machine
        self._frames: FrameTally | None = None
        self._kept = Presses()

    def hear(self, message: object) -> None:
        """Take a message of the stage; presses of real buttons are noted."""
        if isinstance(message, ButtonPressed) and not message.virtual:
            clock = read_clock(self._hub.time_zone)
            today = clock.local.date() if clock.trusted else None
            self._hub.presses = self._hub.presses.pressed(message.button, today)

    async def run(self) -> None:
        """Go round for as long as the console lives."""
        self._kept = known = await asyncio.to_thread(recall, self._state / PRESSES)
        for button in self._hub.presses.undated | self._hub.presses.last.keys():
            known = known.pressed(button, None)  # while the disk was read; the first round dates them
        self._hub.presses = known
        wait_s = SOON_S
        while True:
            try:
                await self.round()
            except Exception:  # the next one may see more
                log.exception("a round failed")
            await asyncio.sleep(wait_s)
            wait_s = EVERY_S

    async def round(self) -> None:
        """Look at everything once, and tell what is news."""
        hub = self._hub
        look = await asyncio.to_thread(look_at, self._machine, self._state)
        vitals = await hub.ask_vitals()
        clock = read_clock(hub.time_zone)
        hub.round = Round(look, self._lost(None if vitals is None else vitals.frames))
        if clock.trusted:
            hub.presses = hub.presses.dated(clock.local.date())
        findings = Inspection(hub, hub.exhibition.languages[0], clock, time.monotonic()).findings()
        for alert in news(findings, hub.alerts):
            hub.raise_alert(alert)
        await self._keep(hub.presses)

    def _lost(self, frames: FrameTally | None) -> float | None:
        """Return the share of frames that were left out since the last round, or None where nobody has counted."""
        before, self._frames = self._frames, frames
        if before is None or frames is None:
            return None  # what was lost while everything was being started says nothing
        begun, lost = frames.begun - before.begun, frames.lost - before.lost
        return lost / (begun + lost) if begun + lost else 0.0

    async def _keep(self, presses: Presses) -> None:
        """Write the days of the last presses when they have changed: once a day for each button, at most."""
        data = record(presses)
        if data == record(self._kept):
            return
        try:
            await asyncio.to_thread(write_atomically, self._state / PRESSES, data)
        except OSError as error:  # the next round tries again, and says that the folder takes nothing
            log.warning("the buttons' last presses cannot be kept: %s", error)
        else:
            self._kept = presses


@contextmanager
def going_round(hub: Hub, state: Path | None) -> Iterator[None]:
    """Go round for as long as the context lasts, on the running loop; without a state folder there is nothing to look after."""
    if state is None:
        yield
        return
    rounds = Rounds(hub, state, Machine())
    with hub.listening(rounds.hear):
        work = asyncio.create_task(rounds.run(), name="rounds")
        try:
            yield
        finally:
            work.cancel()
