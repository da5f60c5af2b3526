"""The verb ``doctor``: looks at this machine and prints what it found."""

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from maquette.config.installation import Installation
from maquette.config.problems import Problem
from maquette.core.message import message
from maquette.doctor.board import look_at_board
from maquette.doctor.finding import Finding, Level, trouble, well
from maquette.doctor.page import page, plain
from maquette.doctor.surroundings import look_around
from maquette.doctor.wiring import look_at_wiring
from maquette.errors import RemoteError
from maquette.ops.clock import is_trusted
from maquette.ops.here import sockets_to_try
from maquette.ops.machine import Machine
from maquette.remote.client import running_model


def run_doctor(installation: Installation | None, errors: int, state: Path, language: str, *, as_json: bool) -> int:
    """Print what there is to say of this machine and the installation on it.

    Args:
        installation: what the documents say, or None when they are wrong.
        errors: how many errors the documents have.
        state: the state folder.
        language: of the page.
        as_json: print a JSON array.

    Returns:
        1 when something is in trouble, else 0.
    """
    found = tuple(
        examine(Machine(), installation, errors, state, _running(state, language), clock_trusted=is_trusted())
    )
    if as_json:
        print(json.dumps(plain(found, language), ensure_ascii=False, indent=2))
    else:
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        print(page(found, language, width=shutil.get_terminal_size((100, 24)).columns, colour=colour))
    return int(any(finding.level is Level.TROUBLE for finding in found))


def examine(
    machine: Machine,
    installation: Installation | None,
    errors: int,
    state: Path,
    running: Mapping[str, Any] | None,
    *,
    clock_trusted: bool,
) -> Iterator[Finding]:
    """Give all findings: the board first, then what the model uses of it, then what is around."""
    yield from look_at_board(machine, state, clock_trusted=clock_trusted)
    if errors:
        yield trouble("documents", message("doctor_documents_wrong", count=errors), None, "maquette check")
    else:
        yield well("documents", message("doctor_documents"))
    if installation is not None:
        yield from look_at_wiring(machine, installation)
        yield from look_around(machine, installation, running)


def count_errors(problems: tuple[Problem, ...]) -> int:
    """Return how many of some problems are errors."""
    return sum(problem.severity == "error" for problem in problems)


def _running(state: Path, language: str) -> Mapping[str, Any] | None:
    """Return the state of the running model, or None when none runs or it does not answer."""
    try:
        answer = running_model(sockets_to_try(state), language).state()
    except RemoteError:
        return None
    return answer if isinstance(answer, dict) and answer.get("ok") is not False else None
