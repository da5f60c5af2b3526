"""Presses: on which day each button was pressed last, kept in the state folder, so that one that has died is noticed.

Only days are kept, of buttons only: nothing of this is about a person. A button is silent when it was not pressed on the last day
before this one on which others were: so a day on which the model is closed says nothing.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

PRESSES = "presses.json"
"""The file, in the state folder."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Presses:
    """What is known of the buttons' last presses.

    Attributes:
        since: the first day on record, or None.
        day: the latest day on which any was pressed, or None.
        before: the latest such day before `day`, or None.
        last: the day of the last press by button.
        undated: buttons that were pressed while no clock could be trusted, in this life of the console.
    """

    since: date | None = None
    day: date | None = None
    before: date | None = None
    last: Mapping[str, date] = field(default_factory=dict)
    undated: frozenset[str] = frozenset()

    def pressed(self, button: str, today: date | None) -> "Presses":
        """Return what is known after a press; ``today`` is None while no clock can be trusted."""
        if today is None:
            return self if button in self.undated else replace(self, undated=self.undated | {button})
        if self.last.get(button) == today == self.day:
            return self
        before = self.before if self.day == today else self.day
        return replace(self, since=self.since or today, day=today, before=before, last={**self.last, button: today})

    def dated(self, today: date) -> "Presses":
        """Return what is known once the clock can be trusted: what was pressed without a day was pressed today."""
        known = replace(self, undated=frozenset())
        for button in self.undated:
            known = known.pressed(button, today)
        return known

    def is_silent(self, button: str, today: date) -> bool | None:
        """Tell whether a button was not pressed on the last day on which others were; None when that cannot be known yet."""
        if button in self.undated:
            return False
        used = self.before if self.day is not None and self.day >= today else self.day
        last = self.last.get(button)
        if last is not None and (used is None or last >= used):
            return False
        if last is None and (used is None or self.since is None or self.since >= used):
            return None
        return True


def recall(path: Path) -> Presses:
    """Return what is on record; nothing where it cannot be read."""
    try:
        plain = json.loads(path.read_bytes())
        since, day, before = (
            None if plain[n] is None else date.fromisoformat(plain[n]) for n in ("since", "day", "before")
        )
        return Presses(since, day, before, {str(name): date.fromisoformat(d) for name, d in plain["last"].items()})
    except FileNotFoundError:
        return Presses()
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        log.warning("the buttons' last presses cannot be read file=%s problem=%r", path, str(error))
        return Presses()


def record(presses: Presses) -> bytes:
    """Return the file's contents."""
    days = {"since": presses.since, "day": presses.day, "before": presses.before}
    plain = {name: None if day is None else day.isoformat() for name, day in days.items()}
    last = {button: day.isoformat() for button, day in presses.last.items()}
    return json.dumps({**plain, "last": last}, ensure_ascii=False).encode() + b"\n"
