"""A finding: one line of advice."""

from dataclasses import dataclass
from enum import StrEnum

from maquette.core.message import Message


class Level(StrEnum):
    """How much a finding matters."""

    WELL = "well"
    NOTE = "note"
    WARNING = "warning"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found.

    Attributes:
        subject: what was looked at; its words are ``doctor_subject_<subject>``.
        level: how much it matters.
        found: what there is.
        meaning: what it means for the model, or None where that is plain.
        mend: the command, or the lines, that mend it; the same in every language; or None.
    """

    subject: str
    level: Level
    found: Message
    meaning: Message | None = None
    mend: str | None = None


def well(subject: str, found: Message, meaning: Message | None = None) -> Finding:
    """Return a finding that asks nothing of anybody."""
    return Finding(subject, Level.WELL, found, meaning)


def note(subject: str, found: Message, meaning: Message | None = None, mend: str | None = None) -> Finding:
    """Return a finding that is good to know."""
    return Finding(subject, Level.NOTE, found, meaning, mend)


def warning(subject: str, found: Message, meaning: Message | None = None, mend: str | None = None) -> Finding:
    """Return a finding with which the model plays, but not as it should."""
    return Finding(subject, Level.WARNING, found, meaning, mend)


def trouble(subject: str, found: Message, meaning: Message | None = None, mend: str | None = None) -> Finding:
    """Return a finding with which a part of the model does nothing."""
    return Finding(subject, Level.TROUBLE, found, meaning, mend)
