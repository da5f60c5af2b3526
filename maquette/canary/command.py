"""The command: each feed is asked once, and what came of it is printed, for people or for other programmes."""

import contextlib
import json
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from maquette.canary.findings import Finding, State, find
from maquette.canary.page import Page
from maquette.canary.telling import Telling
from maquette.config.installation import Installation
from maquette.config.problems import did_you_mean
from maquette.config.words import word
from maquette.console.wording import LANGUAGES, Wording
from maquette.core.clock import Clock
from maquette.core.message import Message, message
from maquette.feeds.once import ask_each
from maquette.ops.clock import read_clock

_USUAL_WIDTH = 100


def run_feeds(
    installation: Installation, names: Sequence[str], state: Path, language: str | None, *, as_json: bool
) -> int:
    """Ask the feeds and print how they are doing.

    Args:
        installation: whose feeds.
        names: of the feeds that are asked; all when there is none.
        state: the state folder of the running model; it is looked at, never written.
        language: of the page; None: the installation's first that the interface speaks.
        as_json: print JSON instead of the page.

    Returns:
        0 when all are well, 1 when one is in trouble, 2 when there is no such feed.
    """
    language = language or next((one for one in installation.show.languages if one in LANGUAGES), LANGUAGES[0])
    refused = next((name for name in names if name not in installation.feeds), None)
    if refused is not None:
        print(f"maquette: {word(_refusal(refused, installation), language)}", file=sys.stderr)
        return 2
    # What the log would say stands on the page.
    logging.getLogger().addHandler(logging.NullHandler())
    zone = ZoneInfo(installation.time_zone)
    feeds = {name: document for name, document in installation.feeds.items() if not names or name in names}
    with _progress(len(feeds), language) as answered:
        asked = ask_each(feeds, zone, state / "readings", answered=answered)
    clock, now = read_clock(zone), time.monotonic()
    findings = [find(one, now) for one in asked]
    telling = Telling(installation.exhibition, clock, now, language)
    if as_json:
        print(json.dumps([_shape(one, telling, clock, now) for one in findings], ensure_ascii=False, indent=2))
    elif findings:
        width = shutil.get_terminal_size((_USUAL_WIDTH, 24)).columns if sys.stdout.isatty() else _USUAL_WIDTH
        print(Page(telling, width=width, colour=_is_coloured(), whole=bool(names)).text(findings))
    else:
        print(Wording(language).say("feeds_none"))
    return int(any(finding.state is State.TROUBLE for finding in findings))


def _refusal(name: str, installation: Installation) -> Message:
    hint = did_you_mean(name, installation.feeds)
    refusal = message("E205", name=name)
    return refusal if hint is None else message("with_hint", message=refusal, hint=hint)


def _is_coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


@contextlib.contextmanager
def _progress(count: int, language: str) -> Iterator[Callable[[int], None]]:
    """Give what tells a person at a terminal how many feeds have answered; the line is gone at the end."""
    if not sys.stderr.isatty():
        yield lambda _answered: None
        return

    def tell(answered: int) -> None:
        line = Wording(language).say("feeds_progress", answered=answered, count=count)
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)

    tell(0)
    try:
        yield tell
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _shape(finding: Finding, telling: Telling, clock: Clock, monotonic_s: float) -> dict[str, Any]:
    """Return a finding as JSON types: its readings in the public shape, and what is wrong."""
    asked = finding.asked
    codes = ["feed_shape"] * len(finding.changes) or [finding.problem or ""]
    return {
        "feed": asked.name,
        "title": telling.title(finding),
        "state": finding.state.value,
        "problems": [
            {"code": code, "text": text} for code, text in zip(codes, telling.troubles(finding), strict=False)
        ],
        "readings": [reading.view(clock, monotonic_s) for reading in asked.readings],
    }
