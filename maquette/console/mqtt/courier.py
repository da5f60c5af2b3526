"""The courier between broker and stage: it carries commands at a pace and tells which are refused, without a flood either way."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping

from maquette.console.commands import Refusal, carry_out
from maquette.console.hub import Hub
from maquette.console.mqtt.inbox import Inbox, Payload
from maquette.core.events import Origin
from maquette.core.message import Message

PACE_S = 0.02
"""Seconds from the answer to one command to the next: nobody means more of them, and the stage has light to make."""
ENDINGS = 4
"""Commands that end the show and are on their way to the stage at once, at most; of others each kind waits once."""
TOLD_AT_ONCE = 10
"""Refusals that are told one by one in `TOLD_S`; of the rest only how many there are."""
TOLD_S = 5.0
"""Seconds after which refusals are told one by one again."""

Refuse = Callable[[str, str | None, Mapping[str, str | Message]], None]
"""Tells a refusal: its code, a hint and arguments for its words."""


class Courier:
    """Carries what waits in an inbox to the stage, on the running loop."""

    def __init__(self, hub: Hub, inbox: Inbox, refuse: Refuse) -> None:
        """Prepare; `run` does the rest.

        Args:
            hub: the way to the stage.
            inbox: what waits.
            refuse: tells what is not carried out.
        """
        self._hub = hub
        self._inbox = inbox
        self._refuse = refuse
        self._called = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._endings = asyncio.Semaphore(ENDINGS)
        self._walking = False

    def call(self) -> None:
        """Say that something waits."""
        self._called.set()

    async def run(self) -> None:
        """Carry for ever: what ends the show at once, the others one after the other."""
        while True:
            await self._called.wait()
            self._called.clear()
            for ending in self._inbox.take_urgent():
                await self._endings.acquire()
                self._begin(self._end(ending))
            command = None if self._walking else self._inbox.take()
            if command is not None:
                self._walking = True
                self._begin(self._walk(command))
            superseded, refused = self._inbox.take_dropped()
            if superseded:
                self._refuse("superseded", None, {"count": str(superseded)})
            if refused:
                self._refuse("storm", None, {"count": str(refused)})

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _end(self, payload: Payload) -> None:
        try:
            await self._carry(payload)
        finally:
            self._endings.release()

    async def _walk(self, payload: Payload) -> None:
        try:
            await self._carry(payload)
            await asyncio.sleep(PACE_S)
        finally:
            self._walking = False
            self._called.set()

    async def _carry(self, payload: Payload) -> None:
        outcome = await carry_out(self._hub, dict(payload), Origin.MQTT)
        if isinstance(outcome, Refusal):
            self._refuse(outcome.code, outcome.hint, outcome.arguments)
        elif outcome.refused is not None:
            self._refuse(outcome.refused, outcome.hint, outcome.arguments)


class Refusals:
    """Says which refusals are told: some at once, and of a storm how many there were."""

    def __init__(self, tell: Refuse, later: Callable[[float, Callable[[], None]], object]) -> None:
        """Begin with none.

        Args:
            tell: tells one refusal.
            later: calls something in so many seconds.
        """
        self._tell = tell
        self._later = later
        self._told = 0
        self._untold = 0

    def refuse(self, code: str, hint: str | None, arguments: Mapping[str, str | Message]) -> None:
        """Tell a refusal, or count it; one that stands for several says so by ``count``."""
        if self._told == 0:
            self._later(TOLD_S, self._begin_anew)
        self._told += 1
        if self._told <= TOLD_AT_ONCE:
            self._tell(code, hint, arguments)
        else:
            self._untold += int(str(arguments.get("count", 1)))

    def _begin_anew(self) -> None:
        untold, self._told, self._untold = self._untold, 0, 0
        if untold:
            self._tell("more_refused", None, {"count": str(untold)})
