"""The commands of a rehearsal as people see them: what was made, in lines of text; what makes no sense, in one."""

import os
import sys
from collections.abc import Iterator

from maquette.config.installation import Installation
from maquette.config.words import language_of, word
from maquette.config.yaml import reason_of
from maquette.core.message import Message, message
from maquette.errors import RehearsalError
from maquette.rehearsal.preview import Made, Wish, preview


def run_preview(installation: Installation, wish: Wish) -> int:
    """Make pictures and say what was made; return 0, 1 when a file cannot be written, 2 when the wish makes no sense."""
    language = wish.language or language_of(os.environ)
    try:
        made = preview(installation, wish)
    except RehearsalError as error:
        return refuse(error, language)
    except OSError as error:
        told = message("not_written", name=str(error.filename), reason=reason_of(error))
        print(f"maquette: {word(told, language)}", file=sys.stderr)
        return 1
    for told in _told(made):
        print(word(told, language))
    return 0


def refuse(error: RehearsalError, language: str) -> int:
    """Say on one line what makes no sense, and return 2."""
    told = error.message if error.hint is None else message("with_hint", message=error.message, hint=error.hint)
    print(f"maquette: {word(told, language)}", file=sys.stderr)
    return 2


def _told(made: Made) -> Iterator[Message]:
    for path, size in made.files:
        yield message("made", name=str(path), size=f"{size / 1e6:.1f}")
    yield message(
        "made_in", shows=f"{made.shows_s:.1f}", took=f"{made.took_s:.1f}", factor=f"{made.shows_s / made.took_s:.1f}"
    )
    yield from made.remarks
