"""Courses: how values went, asked of the feeds when a page shows them, and kept for a minute: however many pages look, one asks."""

import asyncio
import time
from collections.abc import Callable

from maquette.console.hub import Hub
from maquette.core.course import Course, CourseWanted

KEPT_S = 60.0
"""Seconds for which a course serves."""
SILENT_S = 5.0
"""Seconds for which feeds that did not answer are not asked again."""
ANSWER_LIMIT_S = 3.0
"""Seconds that the feeds have to answer."""
MOST_KEPT = 32
"""Courses kept at once, at most; the oldest goes first."""


class Courses:
    """What the feeds said last. Used on the hub's loop only."""

    def __init__(self, hub: Hub, now: Callable[[], float] = time.monotonic, limit_s: float = ANSWER_LIMIT_S) -> None:
        """Start with nothing.

        Args:
            hub: the way to the feeds.
            now: the monotonic clock, seconds.
            limit_s: how long to wait for an answer, seconds.
        """
        self._hub = hub
        self._now = now
        self._limit_s = limit_s
        self._kept: dict[CourseWanted, tuple[float, Course | None]] = {}
        self._asked: dict[CourseWanted, asyncio.Task[Course | None]] = {}

    async def course(self, wanted: CourseWanted) -> Course | None:
        """Return how a value went; None when the feeds do not answer."""
        until, course = self._kept.get(wanted, (0.0, None))
        if self._now() < until:
            return course
        task = self._asked.get(wanted)
        if task is None:
            task = self._asked[wanted] = asyncio.create_task(self._ask(wanted))
        return await asyncio.shield(task)  # a page that leaves takes nothing from the others

    async def _ask(self, wanted: CourseWanted) -> Course | None:
        came: asyncio.Future[Course] = asyncio.get_running_loop().create_future()

        def hear(message: object) -> None:
            if isinstance(message, Course) and message.wanted == wanted and not came.done():
                came.set_result(message)

        course = None
        try:
            with self._hub.listening(hear):
                self._hub.ask(wanted)
                async with asyncio.timeout(self._limit_s):
                    course = await came
        except TimeoutError:
            pass
        finally:
            del self._asked[wanted]
        self._kept.pop(wanted, None)
        self._kept[wanted] = (self._now() + (KEPT_S if course is not None else SILENT_S), course)
        while len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return course
