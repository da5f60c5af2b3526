"""Reload: documents that change are read, checked, played dry and sent to the stage; what is wrong with them is told until it is not.

It looks at the documents a few times a second and thinks only when they changed. The work is done in a
process of its own: pages stay alive.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from maquette.config import last_good
from maquette.config.watched import Watched
from maquette.console.documents.revision import CODES, Next, Revision, first_played, looked, taken_over
from maquette.console.documents.watch import CLOSE_LOOK_S, LOOK_S, Stamp, Stillness, look
from maquette.console.hub import Hub
from maquette.console.start import Documents
from maquette.console.trial.bench import Trying
from maquette.console.trial.jobs import Revise
from maquette.console.wording import Wording
from maquette.core.alerts import Alert, Severity
from maquette.core.events import Answer, Command
from maquette.core.message import Message
from maquette.core.snapshot import Swapped
from maquette.errors import TrialError
from maquette.ops.state import write_atomically

log = logging.getLogger(__name__)

TAKE_OVER_S = 3.0
"""Seconds that the stage has to take over what it was sent."""


class Reloader:
    """Keeps what is played in step with the documents. Used on the hub's loop."""

    def __init__(self, hub: Hub, documents: Documents, post: Callable[[object], None], bench: Trying) -> None:
        """Prepare; `run` does the rest.

        Args:
            hub: hears of alerts and knows the readings.
            documents: what is being played.
            post: sends a `Replacement` to the stage.
            bench: where documents are read, checked and played dry.
        """
        self._hub = hub
        self._documents = documents
        self._post = post
        self._words = Wording("en")
        self._bench = bench
        self._playing = first_played(documents)
        self._busy = asyncio.Lock()
        self._stillness = Stillness({})

    async def run(self) -> None:
        """Watch for ever."""
        self._stillness = Stillness(await self._first_look())
        while True:
            await asyncio.sleep(LOOK_S if self._stillness.resting else CLOSE_LOOK_S)
            seen = await self._look()
            if self._stillness.is_due(seen, time.monotonic()):
                await self._read(seen)

    async def obey(self, command: Command) -> Answer:
        """Carry out ``reload``: read now, whether anything changed or not, and answer with the first error."""
        problem = (await self.read_now()).problem
        if problem is None:
            return Answer(command)
        arguments: dict[str, str | Message] = {
            "file": problem.file,
            "line": str(problem.line),
            "message": problem.message,
        }
        return Answer(command, "documents_wrong", arguments)

    @property
    def watched(self) -> Watched:
        """Where the documents are."""
        return self._playing.watched

    async def read_now(self) -> Revision:
        """Read the documents, take them over when they are well, and return what came of it."""
        return await self._read(await self._look())

    async def _first_look(self) -> Mapping[Path, Stamp]:
        """Return what has been read already: nothing, unless the documents are still what is being played."""
        seen = await self._look()
        folder, sources = self._documents.config.parent.absolute(), self._documents.sources
        if {folder / file for file in sources} == seen.keys():
            with contextlib.suppress(OSError):
                same = await asyncio.to_thread(
                    lambda: all((folder / f).read_bytes() == raw for f, raw in sources.items())
                )
                return seen if same else {}
        return {}

    async def _look(self) -> Mapping[Path, Stamp]:
        return await asyncio.to_thread(look, self._playing.watched)

    async def _read(self, seen: Mapping[Path, Stamp]) -> Revision:
        async with self._busy:
            began = time.monotonic()
            revision = await self._revised(began)
            if await self._look() != seen:
                self._playing = looked(self._playing, revision)
                return revision  # it was read while it changed: once it is still, it is read again
            if revision.watched == self._playing.watched:
                self._stillness.read(seen)
            else:  # it is elsewhere now, and what happened there since is not known
                self._playing, self._stillness = looked(self._playing, revision), Stillness({})
            played = revision.next is None or await self._send(revision.next)
            self._tell(revision.alerts)
            if played:
                self._playing = taken_over(self._playing, revision)
                if revision.next is not None:
                    log.info("the documents are taken over (%.0f ms)", 1000 * (time.monotonic() - began))
                if revision.sources:
                    await self._keep(revision.sources)
            return revision

    async def _revised(self, now: float) -> Revision:
        """Read, check and play dry, in the process that is there for it: the console keeps its memory."""
        readings = tuple(self._hub.readings.values())
        try:
            revision: Revision = await self._bench.ask(Revise(self._playing, readings, now), patient=True)
        except TrialError as error:
            log.error("the documents cannot be read: %s", error.code)  # noqa: TRY400 - the process that failed has told the rest
            failed = Alert("reload_failed", "", Severity.ERROR, (("problem", error.code),))
            return Revision(None, {}, (failed,), None, self._playing.watched)
        return revision

    async def _send(self, following: Next) -> bool:
        """Send an installation to the stage; return True when it is played. From then on pages show it, too."""
        before = self._hub.exhibition
        exhibition = replace(following.exhibition, id=before.id, simulated=before.simulated)
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def hear(message: object) -> None:
            if answer.done():
                return
            if isinstance(message, Swapped):
                answer.set_result(True)
                self._hub.receive(exhibition)
            elif isinstance(message, Alert) and message.code == "swap_failed" and not message.over:
                answer.set_result(False)

        with self._hub.listening(hear), contextlib.suppress(TimeoutError):
            self._post(following.replacement)
            async with asyncio.timeout(TAKE_OVER_S):
                return await answer
        return False

    # -- what people are told ----------------------------------------------------------------------------------------

    def _tell(self, alerts: Iterable[Alert]) -> None:
        """Raise these alerts and end all others of ours, with one line in the log for each change."""
        standing = {(a.code, a.subject): a for a in self._hub.alerts if a.code in CODES}
        wanted = {(a.code, a.subject): a for a in alerts}
        subjects = {subject for _, subject in wanted}
        for key in standing.keys() - wanted.keys():
            self._hub.raise_alert(replace(standing[key], over=True))
            if key[1] not in subjects:
                log.info("%s is well again", key[1])
        for key, alert in wanted.items():
            if standing.get(key) != alert:
                self._hub.raise_alert(alert)
                log.warning("%s: %s", alert.code, self._words.alert(alert))

    async def _keep(self, sources: Mapping[Path, bytes]) -> None:
        """Keep copies for the next start."""
        folder = self._documents.state
        reason = await asyncio.to_thread(last_good.keep, sources, folder, write_atomically)
        if reason is not None:
            log.warning("the documents could not be kept in %s: %s", folder, reason)
        arguments = () if reason is None else (("reason", reason),)
        self._hub.raise_alert(Alert("state_not_saved", "documents", Severity.WARNING, arguments, over=reason is None))
