"""The commands as people see them: what was made or told, in lines of text; what makes no sense, in one."""

import json
import os
import sys
import textwrap
from collections.abc import Iterator

from maquette.config.installation import Installation
from maquette.config.words import language_of, word
from maquette.config.yaml import reason_of
from maquette.core.message import Message, message
from maquette.core.text import words
from maquette.errors import RehearsalError
from maquette.rehearsal.preview import Made, Wish, find_language, find_scenario, preview
from maquette.retelling.retelling import Paragraph, retell

_WIDTH = 100


def run_preview(installation: Installation, wish: Wish) -> int:
    """Make pictures and say what was made; return 0, 1 when a file cannot be written, 2 when the wish makes no sense."""
    language = wish.language or language_of(os.environ)
    try:
        made = preview(installation, wish)
    except RehearsalError as error:
        return _refuse(error, language)
    except OSError as error:
        told = message("not_written", name=str(error.filename), reason=reason_of(error))
        print(f"maquette: {word(told, language)}", file=sys.stderr)
        return 1
    for told in _told(made):
        print(word(told, language))
    return 0


def run_describe(installation: Installation, scenario: str | None, language: str | None, *, as_json: bool) -> int:
    """Retell one scenario, or all; return 0, or 2 when there is no such scenario or language."""
    try:
        speaks = find_language(installation, language)
        show = installation.show
        chosen = list(show.scenarios.values()) if scenario is None else [find_scenario(installation, scenario)]
    except RehearsalError as error:
        return _refuse(error, language or language_of(os.environ))
    told = [(one, retell(one, show, installation.exhibition, speaks)) for one in chosen]
    if as_json:
        shapes = [
            {"id": one.id, "title": words(one.title, speaks), "sentences": [s for part in parts for s in part]}
            for one, parts in told
        ]
        print(json.dumps(shapes, ensure_ascii=False, indent=2))
        return 0
    print("\n\n".join(_page(words(one.title, speaks) or one.id, parts) for one, parts in told))
    return 0


def _page(title: str, parts: tuple[Paragraph, ...]) -> str:
    paragraphs = (textwrap.fill(" ".join(part), _WIDTH, break_on_hyphens=False) for part in parts)
    return "\n\n".join([f"{title}\n{'=' * len(title)}", *paragraphs])


def _refuse(error: RehearsalError, language: str) -> int:
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
