"""The page: how every feed is doing, for a terminal and a reader who is no programmer.

First each feed with its values, then whom to thank; and at the end, where the eye rests, each feed on one line, what there is to do, and
one sentence. What is the same for all values of a feed is said once.
"""

import textwrap
from collections.abc import Iterator, Sequence

from maquette.canary.findings import Finding, State
from maquette.canary.telling import Row, Telling

NARROWEST, WIDEST = 60, 110
"""Columns of the page."""
_TITLES = 44  # columns for the titles of values, at most
_LEAST_ROOM = 24  # columns for a remark beside a value, at least; else it stands below
_RESET = "\x1b[0m"
_BOLD, _DIM = "\x1b[1m", "\x1b[2m"
_COLOURS = {State.WELL: "\x1b[32m", State.PARTLY: "\x1b[33m", State.TROUBLE: "\x1b[31m"}


class Page:
    """The layout: findings as lines of text."""

    def __init__(self, telling: Telling, *, width: int, colour: bool, whole: bool) -> None:
        """Prepare.

        Args:
            telling: finds the words.
            width: of the terminal, in columns.
            colour: whether the terminal shows colours.
            whole: with every key of keyed feeds; else the first few.
        """
        self._telling = telling
        self._width = min(max(width, NARROWEST), WIDEST)
        self._colour = colour
        self._whole = whole

    def text(self, findings: Sequence[Finding]) -> str:
        """Return the page."""
        return "\n".join(self._lines(findings))

    def _lines(self, findings: Sequence[Finding]) -> Iterator[str]:
        say, telling = self._telling.wording.say, self._telling
        yield from self._filled(telling.heading(), "", "")
        yield ""
        for finding in findings:
            yield from self._feed(finding)
            yield ""
        yield from self._section(say("feeds_thanks"), telling.thanks(findings))
        if len(findings) > 1:
            yield self._painted(say("feeds_glance"), _BOLD)
            yield from self._glance(findings)
            yield ""
        lessons = telling.lessons(findings)
        if lessons:
            yield from self._section(say("feeds_lessons"), lessons)
        yield from self._filled(telling.summary(findings), "", "")

    def _section(self, title: str, lines: Sequence[str]) -> Iterator[str]:
        yield self._painted(title, _BOLD)
        for line in lines:
            yield from self._filled(line, "  ", "    ")
        yield ""

    def _feed(self, finding: Finding) -> Iterator[str]:
        title, name = self._telling.title(finding), f"({finding.asked.name})"
        space = " " * max(2, self._width - len(title) - len(name))
        yield f"{self._painted(title, _BOLD)}{space}{self._painted(name, _DIM)}"
        yield from self._filled(self._telling.situation(finding), "  ", "  ")
        rows = self._telling.rows(finding, whole=self._whole)
        titles = min(_TITLES, max((len(row.title) for row in rows), default=0))
        amounts = max((len(row.amount) for row in rows), default=0)
        for row in rows:
            yield from self._row(row, titles, amounts)

    def _row(self, row: Row, titles: int, amounts: int) -> Iterator[str]:
        """Yield a value in columns; what does not fit goes on below."""
        title, *rest = textwrap.wrap(row.title, titles) or [""]
        line = f"  {title:<{titles}}  {row.amount:>{amounts}}"
        room = self._width - len(line) - 2
        if not row.remark:
            yield line
        elif room >= _LEAST_ROOM and not rest:
            yield from self._filled(row.remark, f"{line}  ", " " * (len(line) + 2))
            return
        else:
            yield line
        for part in rest:
            yield f"  {part}"
        if row.remark:
            yield from self._filled(row.remark, "    ", "    ")

    def _glance(self, findings: Sequence[Finding]) -> Iterator[str]:
        telling = self._telling
        states = max(len(telling.state(finding)) for finding in findings)
        names = max(len(finding.asked.name) for finding in findings)
        for finding in findings:
            state = f"{telling.state(finding):<{states}}"
            told = telling.wording.say("feeds_headline", title=telling.title(finding), told=telling.headline(finding))
            begin = f"  {state}  {finding.asked.name:<{names}}  "
            line = _shortened(told, self._width - len(begin))
            yield begin.replace(state, self._painted(state, _COLOURS[finding.state]), 1) + line

    def _filled(self, text: str, first: str, others: str) -> list[str]:
        return textwrap.wrap(
            text, self._width, initial_indent=first, subsequent_indent=others, break_on_hyphens=False
        ) or [first.rstrip()]

    def _painted(self, text: str, colour: str) -> str:
        return f"{colour}{text}{_RESET}" if self._colour else text


def _shortened(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1].rstrip()}…"
