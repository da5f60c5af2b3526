"""The hub: the latest of everything that the stage tells, for pages and links; and the way of commands to the stage and back.

Messages come in through `Hub.receive`, on the loop; listeners hear of each once it has been applied. It knows no network.
"""

import asyncio
import itertools
import zlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar
from zoneinfo import ZoneInfo

from maquette.console.health.presses import Presses
from maquette.console.health.report import Round
from maquette.console.start import ConsoleStart
from maquette.core.alerts import Alert, Alerts
from maquette.core.course import CourseWanted
from maquette.core.events import Answer, Command, Origin
from maquette.core.exhibition import Exhibition
from maquette.core.pushed import Pushed
from maquette.core.readings import Readings, ReadingsUpdate
from maquette.core.snapshot import ShownFrame, Snapshot, Watching
from maquette.core.vitals import Vitals, VitalsWanted

ANSWER_LIMIT_S = 3.0
"""Seconds that the stage has to answer a command."""
SETTLE_S = 0.25
"""Seconds that an answer waits at most for the snapshot that shows what the command changed."""
REQUESTS_KEPT = 300
"""Answered requests that are remembered: minutes, even when ten pages command at once."""

VITALS_LIMIT_S = 1.0
"""Seconds that the house has to say how its programs are doing."""

T = TypeVar("T")
Listener = Callable[[object], None]


class Hub:
    """Everything the console knows now. Used on one asyncio loop only.

    Attributes:
        exhibition: what the documents say, as plain data.
        settings: where the console listens and who may act.
        snapshot: the latest state of the show, or None before the first.
        frame: the latest bytes, or None while nobody watches.
        readings: every reading that has come.
        readings_revision: counts changes of the readings.
        revision: counts everything that came, but for frames.
        exhibition_mark: a word that differs from one exhibition to another.
        reload: carries out the command of that name, which is the console's own.
        time_zone: of the territory.
        beginning: of this life of the model, or None where nobody said.
        broker: the host of the MQTT broker, or None.
        vitals: how the programs were doing when that was asked last, or None.
        round: what the last round through the house found, or None before the first.
        presses: on which day each button was pressed last.
        pages: how many pages listen.
    """

    def __init__(self, start: ConsoleStart, post: Callable[[object], None]) -> None:
        """Build the hub.

        Args:
            start: the stage's first message.
            post: sends a message to the stage, from any thread.
        """
        self._show(start.exhibition)
        self.reload: Callable[[Command], Awaitable[Answer]] = _nothing_to_read
        self.settings = start.settings
        self.beginning = start.beginning
        self.broker = None if start.mqtt is None else start.mqtt.host
        self.vitals: Vitals | None = None
        self.round: Round | None = None
        self.presses = Presses()
        self.pages = 0
        self.snapshot: Snapshot | None = None
        self.frame: ShownFrame | None = None
        self.readings = Readings()
        self.readings_revision = 0
        self.revision = 0
        self._alerts = Alerts()
        self._post = post
        self._listeners: list[Listener] = []
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[tuple[Answer, int]]] = {}
        self._requests: OrderedDict[str, tuple[Command, asyncio.Future[Answer]]] = OrderedDict()
        self._watchers = 0
        self._snapshots = 0

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """The alerts that stand now."""
        return self._alerts.standing

    def receive(self, message: object) -> None:
        """Take one message of the stage, apply it and tell the listeners. An `Alert` that changes nothing is not told."""
        self.revision += not isinstance(message, ShownFrame)
        match message:
            case Snapshot():
                self.snapshot = message
                self._snapshots += 1
            case ShownFrame():
                self.frame = message
            case ReadingsUpdate():
                self.readings = self.readings.updated(message)
                self.readings_revision += 1
            case Exhibition():
                self._show(message)
            case Alert():
                if not self._alerts.apply(message):
                    return
            case Vitals():
                self.vitals = message
            case Answer():
                self._settle(message)
        for listener in tuple(self._listeners):
            listener(message)

    def _show(self, exhibition: Exhibition) -> None:
        self.exhibition = exhibition
        self.exhibition_mark = f"{zlib.crc32(repr(exhibition).encode()):08x}"
        self.time_zone = ZoneInfo(exhibition.time_zone)

    def raise_alert(self, alert: Alert) -> None:
        """Raise or end an alert of the console's own: it is told here and sent to the stage, which keeps it for the console's next life."""
        self.receive(alert)
        self._post(alert)

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[None]:
        """Call ``listener`` with each message, on the loop, for as long as the context lasts. It must not block."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Ask the stage for frames for as long as the context lasts; several may watch at once."""
        self._watchers += 1
        if self._watchers == 1:
            self._post(Watching(frames=True))
        try:
            yield
        finally:
            self._watchers -= 1
            if self._watchers == 0:
                self.frame = None  # it ages from now on
                self._post(Watching(frames=False))

    async def command(self, name: str, arguments: Mapping[str, str | int], origin: Origin) -> Answer:
        """Send a command of the table and wait for the stage's answer.

        Returns:
            The answer; refused with the code ``no_answer`` when the stage stays silent for `ANSWER_LIMIT_S`.
        """
        number = next(self._numbers)
        command = Command(name, arguments, origin, number)
        future: asyncio.Future[tuple[Answer, int]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        self._post(command)
        try:
            async with asyncio.timeout(ANSWER_LIMIT_S):
                answer, seen = await future
        except TimeoutError:
            return Answer(replace(command, request=None), refused="no_answer")
        finally:
            del self._waiting[number]
        if answer.refused is None:
            await self._snapshot_after(seen, SETTLE_S)
        return answer

    async def once(self, request: str | None, command: Command, send: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer to a command, which is sent once however often the same request comes; the last few hundred are remembered.

        Args:
            request: a word by which its sender knows it again, or None: then it is sent.
            command: what is asked; another command under the same word is refused (``request_differs``).
            send: sends it and returns what became of it.
        """
        if request is None:
            return await send()
        known = self._requests.get(request)
        if known is None:
            known = self._requests[request] = command, asyncio.ensure_future(send())
            while len(self._requests) > REQUESTS_KEPT:
                self._requests.popitem(last=False)
        if known[0] != command:
            return Answer(command, "request_differs")
        return await asyncio.shield(known[1])

    async def ask_vitals(self) -> Vitals | None:
        """Ask the house how its programs are doing; None when it stays silent for `VITALS_LIMIT_S`."""
        self._post(VitalsWanted())
        try:
            async with asyncio.timeout(VITALS_LIMIT_S):
                return await self._next_of(Vitals)
        except TimeoutError:
            return None

    async def _next_of(self, kind: type[T]) -> T:
        """Return the next message of a kind."""
        came: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def hear(message: object) -> None:
            if isinstance(message, kind) and not came.done():
                came.set_result(message)

        with self.listening(hear):
            return await came

    def push(self, pushed: Pushed) -> None:
        """Send on values that somebody pushed; nobody answers, since they are never refused once they were checked."""
        self._post(pushed)

    def ask(self, wanted: CourseWanted) -> None:
        """Ask the feeds how a value went; they answer with a `Course`, which listeners hear."""
        self._post(wanted)

    async def _snapshot_after(self, seen: int, limit_s: float) -> None:
        """Wait until more than ``seen`` snapshots have come, at most ``limit_s`` seconds: a command that changes nothing brings none."""
        if self._snapshots > seen:
            return
        try:
            async with asyncio.timeout(limit_s):
                await self._next_of(Snapshot)
        except TimeoutError:
            return

    def _settle(self, answer: Answer) -> None:
        future = self._waiting.get(answer.command.request or 0)
        if future is not None and not future.done():
            future.set_result((answer, self._snapshots))


async def _nothing_to_read(command: Command) -> Answer:
    return Answer(command, "no_documents")
