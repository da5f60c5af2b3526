"""The page: findings as advice for a terminal, or as plain values for a machine."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from maquette.config.words import word
from maquette.core.message import message
from maquette.doctor.finding import Finding, Level

NARROWEST, WIDEST = 60, 110
"""Columns of the page."""
_MARKS = {Level.WELL: "✓", Level.NOTE: "·", Level.WARNING: "!", Level.TROUBLE: "✗"}
_COLOURS = {Level.WELL: "\x1b[32m", Level.NOTE: "\x1b[2m", Level.WARNING: "\x1b[33m", Level.TROUBLE: "\x1b[31m"}
_BOLD, _RESET = "\x1b[1m", "\x1b[0m"


def page(findings: Sequence[Finding], language: str, *, width: int, colour: bool) -> str:
    """Return the advice, one finding after the other, and what it comes to."""
    width = min(max(width, NARROWEST), WIDEST)
    titles = {finding.subject: _title(finding.subject, language) for finding in findings}
    column = max(map(len, titles.values()), default=0) + 4
    heading = textwrap.wrap(word(message("doctor_heading"), language), width)
    lines = [*(_painted(line, _BOLD, colour=colour) for line in heading), ""]
    for finding in findings:
        mark = _painted(_MARKS[finding.level], _COLOURS[finding.level], colour=colour)
        begin = f"{mark} {titles[finding.subject]:<{column - 2}}"
        for number, line in enumerate(_lines(finding, language, width - column)):
            lines.append((begin if number == 0 else " " * column) + line)
    lines += ["", *textwrap.wrap(_summary(findings, language), width)]
    return "\n".join(lines)


def plain(findings: Sequence[Finding], language: str) -> list[dict[str, Any]]:
    """Return the findings as a machine reads them."""
    return [
        {
            "subject": finding.subject,
            "level": finding.level.value,
            "found": word(finding.found, language),
            "meaning": None if finding.meaning is None else word(finding.meaning, language),
            "mend": finding.mend,
        }
        for finding in findings
    ]


def _title(subject: str, language: str) -> str:
    return word(message(f"doctor_subject_{subject}"), language)


def _lines(finding: Finding, language: str, width: int) -> Iterator[str]:
    told = [word(finding.found, language)]
    if finding.meaning is not None:
        told.append(word(finding.meaning, language))
    for text in told:
        yield from textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    if finding.mend is not None:
        yield f"→ {finding.mend}"  # never wrapped: it is copied


def _summary(findings: Sequence[Finding], language: str) -> str:
    troubles = sum(finding.level is Level.TROUBLE for finding in findings)
    warnings = sum(finding.level is Level.WARNING for finding in findings)
    if troubles:
        return word(message("doctor_troubles", count=troubles), language)
    if warnings:
        return word(message("doctor_warnings", count=warnings), language)
    return word(message("doctor_all_well"), language)


def _painted(text: str, code: str, *, colour: bool) -> str:
    return f"{code}{text}{_RESET}" if colour else text
