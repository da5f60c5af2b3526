"""The visitors' log: every vote, a line each, in one small file that survives a power cut. No name, no address, no time but the hour.

Votes come from the stage, each until it is told that it is kept; totals of earlier runs go back to it at every start of the console.
"""

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from maquette.console.hub import Hub
from maquette.console.start import ConsoleStart
from maquette.core.alerts import Alert, Severity
from maquette.core.readings import iso
from maquette.core.votes import FormerVotes, Tally, VoteCast, VotesKept, added

AGAIN_S = 30.0
"""Seconds after which a disk that took nothing is asked again."""

log = logging.getLogger(__name__)


class VisitorsLog:
    """The file. Its lines are only ever added to; one that a power cut left unfinished is passed over."""

    def __init__(self, path: Path, run: str) -> None:
        """Describe the file; nothing is opened yet.

        Args:
            path: where it is.
            run: this run of the stage, which counts its own votes itself.
        """
        self._path = path
        self._run = run
        self._last = 0

    def totals(self) -> FormerVotes:
        """Return what was counted before this run of the stage.

        Raises:
            OSError: the file is there and cannot be read.
        """
        tallies: dict[str, Tally] = {}
        latest: dict[str, datetime] = {}
        for vote in self._votes():
            if vote.run == self._run:
                self._last = max(self._last, vote.number)
            else:
                tallies[vote.question] = added(tallies.get(vote.question, {}), {(vote.choice, vote.score): 1})
                if vote.hour is not None:
                    latest[vote.question] = max(vote.hour, latest.get(vote.question, vote.hour))
        return FormerVotes(tallies, latest)

    def keep(self, votes: Sequence[VoteCast]) -> VotesKept:
        """Add votes, those left out that are there already, and return once they are on the disk.

        Raises:
            OSError: the disk does not take them; some may be there all the same, and are not added again.
        """
        fresh = [vote for vote in votes if vote.run != self._run or vote.number > self._last]
        if fresh:
            self._add("".join(_line(vote) for vote in fresh).encode())
            self._last = max(self._last, *(vote.number for vote in fresh if vote.run == self._run), 0)
        return VotesKept(self._last)

    def _add(self, data: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+b", buffering=0) as file:
            end = file.seek(0, os.SEEK_END)
            if end:
                file.seek(end - 1)
                data = data if file.read(1) == b"\n" else b"\n" + data
            try:
                written = file.write(data)
                if written != len(data):
                    raise OSError("the disk is full")
                os.fsync(file.fileno())
            except OSError:
                file.truncate(end)  # half a line would be lost, half of several counted twice
                raise

    def _votes(self) -> Iterator[VoteCast]:
        try:
            with self._path.open(encoding="utf-8", errors="replace") as file:
                for line in file:
                    vote = _read(line)
                    if vote is not None:
                        yield vote
        except FileNotFoundError:
            return


def _line(vote: VoteCast) -> str:
    fields = {
        "question": vote.question,
        "choice": vote.choice,
        "score": vote.score,
        "hour": iso(vote.hour),
        "run": vote.run,
        "number": vote.number,
    }
    return json.dumps(fields, ensure_ascii=False) + "\n"


def _read(line: str) -> VoteCast | None:
    """Read a line; None for what is no vote."""
    try:
        fields = json.loads(line)
        hour = fields.get("hour")
        vote = VoteCast(
            question=str(fields["question"]),
            choice=str(fields["choice"]),
            score=float(fields["score"]),
            hour=None if hour is None else datetime.fromisoformat(hour).astimezone(UTC),
            run=str(fields["run"]),
            number=int(fields["number"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return None
    return vote


class VoteKeeper:
    """Keeps the votes that come, away from the loop, and answers the stage."""

    def __init__(self, visitors: VisitorsLog, post: Callable[[object], None], tell: Callable[[Alert], None]) -> None:
        """Prepare; `hear` may be called at once, `run` does the work.

        Args:
            visitors: the log.
            post: sends a message to the stage.
            tell: takes the alert ``state_not_saved`` (subject ``votes``, argument ``reason``) and its end.
        """
        self._visitors = visitors
        self._post = post
        self._tell = tell
        self._waiting: list[VoteCast] = []
        self._came = asyncio.Event()
        self._works: bool | None = None

    def hear(self, message: object) -> None:
        """Take a message of the stage, on the loop; votes are kept."""
        if isinstance(message, VoteCast):
            self._waiting.append(message)
            self._came.set()

    async def run(self) -> None:
        """Tell the stage what was counted before, then keep votes for as long as the console lives."""
        while not await self._try(self._tell_totals):
            await asyncio.sleep(AGAIN_S)
        while True:
            await self._came.wait()
            if not await self._try(self._keep):
                await asyncio.sleep(AGAIN_S)

    async def _tell_totals(self) -> None:
        self._post(await asyncio.to_thread(self._visitors.totals))

    async def _keep(self) -> None:
        votes = tuple(self._waiting)
        self._post(await asyncio.to_thread(self._visitors.keep, votes))
        del self._waiting[: len(votes)]
        if not self._waiting:
            self._came.clear()

    async def _try(self, work: Callable[[], Awaitable[None]]) -> bool:
        try:
            await work()
        except OSError as error:
            log.warning("the visitors' log cannot be used: %s", error)
            reason = error.strerror or str(error)
            self._tell(Alert("state_not_saved", "votes", Severity.WARNING, (("reason", reason),)))
            self._works = False
            return False
        if not self._works:  # a console before this one may have raised it
            self._tell(Alert("state_not_saved", "votes", over=True))
        self._works = True
        return True


@contextmanager
def keeping_votes(hub: Hub, start: ConsoleStart, post: Callable[[object], None]) -> Iterator[None]:
    """Keep votes for as long as the context lasts, on the running loop."""
    if start.votes is None:
        yield
        return
    keeper = VoteKeeper(VisitorsLog(start.votes, start.run), post, hub.raise_alert)
    with hub.listening(keeper.hear):
        work = asyncio.create_task(keeper.run(), name="votes")
        try:
            yield
        finally:
            work.cancel()
