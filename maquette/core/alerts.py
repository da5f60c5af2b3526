"""Alerts: what is wrong, as a code and its arguments. Console puts it into words; nobody is woken by a traceback."""

from dataclasses import dataclass
from enum import StrEnum

from maquette.core.message import Message


class Severity(StrEnum):
    """How much an alert matters to an exhibition."""

    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Alert:
    """Something is wrong, or is over.

    Attributes:
        code: stable, ``snake_case``; worded by ``alert_<code>`` in the locale files with ``{name}`` arguments.
        subject: what it is about (a strip, a feed, a file): one alert per (code, subject).
        severity: how much it matters.
        arguments: names and figures for the words; a message is worded with them.
        over: True when the trouble has ended.
    """

    code: str
    subject: str = ""
    severity: Severity = Severity.WARNING
    arguments: tuple[tuple[str, str | Message], ...] = ()
    over: bool = False


NEW_PIN = "new_pin"
"""The alert that stands while whoever opens the mediator's page may set a new PIN: somebody has asked for it at the model itself."""


class Alerts:
    """The alerts that stand now; `apply` tells whether anything changed."""

    def __init__(self) -> None:
        self._standing: dict[tuple[str, str], Alert] = {}

    def apply(self, alert: Alert) -> bool:
        """Raise or end an alert; return True when this changed what stands."""
        key = (alert.code, alert.subject)
        if alert.over:
            return self._standing.pop(key, None) is not None
        if self._standing.get(key) == alert:
            return False
        self._standing[key] = alert
        return True

    @property
    def standing(self) -> tuple[Alert, ...]:
        """The alerts that stand, in the order in which they came."""
        return tuple(self._standing.values())
