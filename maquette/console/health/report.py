"""Health: what the morning report says of each thing, whether the doors may open, and which of it stands as an alert. Pure.

A state is about opening, an alert's severity about the thing itself: a servo that does not move is an error of the servo, and a remark to
whoever opens. Whatever is a warning or an error here is an alert as well; a notice may be none, where it comes and goes with the scenes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from maquette.console.health.remedies import Area
from maquette.core.alerts import Alert
from maquette.ops.board import Look


class State(StrEnum):
    """How something is."""

    OK = "ok"
    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"
    UNKNOWN = "unknown"


SEVEREST = (State.ERROR, State.WARNING, State.UNKNOWN, State.NOTICE, State.OK)
"""The order of the report."""

OWN = frozenset(
    {
        "button_silent",
        "clock_untrusted",
        "crashed",
        "disk_full",
        "disk_little",
        "feed_old",
        "frames_lost",
        "hot",
        "restarts_often",
        "slowed",
        "state_read_only",
        "under_voltage",
        "under_voltage_since",
    }
)
"""Codes of the alerts that nobody but the report raises and ends."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round through the house found.

    Attributes:
        look: at the machine.
        lost: the share in [0, 1] of the last frames that were left out, or None while nobody has counted.
    """

    look: Look
    lost: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What the report says of one thing, in words.

    Attributes:
        area: where it belongs.
        subject: what it is: the id of a strip, a feed…, or "".
        state: how it is.
        text: one sentence.
        remedy: what the mediator can do, or None where there is nothing to do.
        command: what helps the maintainer on a terminal, or None.
        alert: as which it stands, or None.
    """

    area: Area
    subject: str
    state: State
    text: str
    remedy: str | None = None
    command: str | None = None
    alert: Alert | None = None


def by_severity(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings with the gravest first, and in the order of the areas among equals."""
    areas = list(Area)
    return tuple(sorted(findings, key=lambda finding: (SEVEREST.index(finding.state), areas.index(finding.area))))


def is_ready(findings: Iterable[Finding]) -> bool:
    """Tell whether the doors may open."""
    return all(finding.state is not State.ERROR for finding in findings)


def remarks(findings: Iterable[Finding]) -> int:
    """Return how many things there are to say besides what prevents opening and what is not known; one remedy is one thing."""
    told = [finding for finding in findings if finding.state in (State.NOTICE, State.WARNING)]
    return len({(finding.area, finding.state, finding.remedy, finding.command) for finding in told})


def news(findings: Iterable[Finding], standing: Sequence[Alert]) -> tuple[Alert, ...]:
    """Return the alerts of the report's own that begin, change or end.

    Args:
        findings: of the report now.
        standing: the alerts that stand, everybody's.
    """
    wanted = {(a.code, a.subject): a for f in findings if (a := f.alert) is not None and a.code in OWN}
    known = {(alert.code, alert.subject): alert for alert in standing if alert.code in OWN}
    begun = tuple(alert for key, alert in wanted.items() if known.get(key) != alert)
    over = tuple(
        Alert(alert.code, alert.subject, alert.severity, over=True) for key, alert in known.items() if key not in wanted
    )
    return begun + over
