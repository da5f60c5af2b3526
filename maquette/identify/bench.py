"""The bench: the stage alone, without feeds and console, dark but for what makes itself known. And the same asked of a running model."""

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from maquette.config.installation import Installation, Senses
from maquette.console.wording import Wording
from maquette.core.alerts import Alert
from maquette.core.events import Answer, Command
from maquette.core.message import message
from maquette.core.snapshot import Identifying, Snapshot
from maquette.errors import RemoteError
from maquette.remote.client import Remote
from maquette.remote.command import refusal
from maquette.stage.servos.left import LEFT, LeftAngles
from maquette.stage.stage import Stage

ANSWER_S = 5.0
"""Seconds that the stage has to answer; opening a slow device comes first."""
DEVICES = (
    "output_failed",
    "servo_failed",
    "pins_unavailable",
    "button_failed",
    "lamp_failed",
    "companion_failed",
    "button_stuck",
    "show_failed",
)
"""Alerts that whoever looks at the model must know of."""


class Model(Protocol):
    """A model on which parts are identified."""

    lasts: bool
    """Whether an identification goes on for as long as somebody looks; else it ends by itself."""

    def identify(self, target: str) -> str | None:
        """Identify a target, or nothing any more (empty); return the refusal in words, or None."""

    def look(self) -> tuple[Identifying | None, list[str]]:
        """Return what makes itself known now, and in words which devices do not do what they should."""


class RunningModel:
    """A model that runs in a process of its own."""

    lasts = False

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    def identify(self, target: str) -> str | None:
        """Identify a target; see `Model`."""
        answer = self._remote.command({"command": "identify", "target": target})
        return refusal(answer) if answer.get("ok") is False else None

    def look(self) -> tuple[Identifying | None, list[str]]:
        """Return how it is; see `Model`."""
        state = self._remote.state()
        troubles = [alert["text"] for alert in state.get("alerts", ()) if alert["code"] in DEVICES]
        told = state.get("identifying")
        if told is None:
            return None, troubles
        return Identifying(told["target"], time.monotonic() + told["left_s"], tuple(told["heard"])), troubles


class Bench:
    """The stage of this process."""

    lasts = True

    def __init__(self, stage: Stage, language: str) -> None:
        self._stage = stage
        self._wording = Wording(language)
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._alerts: dict[tuple[str, str], Alert] = {}
        self._snapshot: Snapshot | None = None

    def identify(self, target: str) -> str | None:
        """Identify a target; see `Model`."""
        self._stage.receive(Command("identify", {"target": target}, request=1))
        try:
            answer = self._answers.get(timeout=ANSWER_S)
        except queue.Empty:
            raise RemoteError(message("model_silent", reason=self._wording.say("refused_no_answer"))) from None
        if answer.refused is None:
            return None
        meant = "" if answer.hint is None else " " + self._wording.say("did_you_mean", name=answer.hint)
        return self._wording.say_code("refused", answer.refused, answer.arguments) + meant

    def look(self) -> tuple[Identifying | None, list[str]]:
        """Return how it is; see `Model`."""
        troubles = [self._wording.alert(alert) for alert in list(self._alerts.values()) if alert.code in DEVICES]
        return self._snapshot.identifying if self._snapshot is not None else None, troubles

    def post(self, message_: object) -> None:
        """Hear what the stage tells; on its thread."""
        if isinstance(message_, Answer):
            self._answers.put(message_)
        elif isinstance(message_, Alert) and message_.over:
            self._alerts.pop((message_.code, message_.subject), None)
        elif isinstance(message_, Alert):
            self._alerts[message_.code, message_.subject] = message_

    def post_latest(self, _slot: str, message_: object) -> None:
        """Hear the state; on the stage's thread."""
        if isinstance(message_, Snapshot):
            self._snapshot = message_


@contextmanager
def bench(installation: Installation, state: Path, language: str, *, simulate: bool) -> Iterator[Bench]:
    """Run the stage of an installation on a thread of its own: dark, awake, with nothing to play. At the end LEDs are dark, servos parked.

    Args:
        installation: its wiring.
        state: its state folder, which knows where servos were left.
        language: of the words.
        simulate: replace every driver by its virtual twin.
    """
    show = replace(installation.show, scenarios={}, idle=None, opening=None)
    parts = (installation.strips, installation.servos, installation.buttons)
    left = None if simulate else LeftAngles(state / LEFT)
    senses = Senses(companions=installation.senses.companions)
    stage = Stage(show, *parts, senses, simulated=simulate, left=left)
    model = Bench(stage, language)
    stage.attach_console(model)
    thread = threading.Thread(target=stage.run, name="stage")
    thread.start()
    try:
        yield model
    finally:
        stage.stop()
        thread.join()
