"""Problems of documents: where, which code, what is wrong and how to mend it; and how a terminal shows them.

They carry messages, not sentences: see `maquette.config.words` for how to add one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Literal

from maquette.config.tree import Mark
from maquette.config.words import LANGUAGES, on_one_line, visible, word
from maquette.core.message import Argument, Message, message

_TAB_WIDTH = 4
_SHOWN_WIDTH = 110


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a document.

    Attributes:
        file: the document, relative to the folder of ``config.yaml``.
        line: from 1.
        column: from 1, in characters.
        message: what is wrong, without the hint.
        hint: how to mend it, or None.
        shown: the line of the document, or None when it is not known.
    """

    file: str
    line: int
    column: int
    message: Message
    hint: Message | None = None
    shown: str | None = field(default=None, compare=False, repr=False)

    @property
    def code(self) -> str:
        """Stable: E0xx syntax, E1xx shape, E2xx references, E3xx meaning, Wxxx warnings."""
        return self.message.code

    @property
    def severity(self) -> Literal["error", "warning"]:
        """A warning lets the document pass."""
        return "warning" if self.code.startswith("W") else "error"

    def heading(self, language: str = LANGUAGES[0]) -> str:
        """Return the first line, as compilers write it: ``file:line:column: error[E204]: message; hint``."""
        place = f"{on_one_line(self.file)}:{self.line}:{self.column}"
        told = self.message
        if self.hint is not None:
            told = message("with_hint", message=self.message, hint=self.hint)
        return f"{place}: {self._tag(language)}: {word(told, language)}"

    def _tag(self, language: str) -> str:
        return f"{word(message(self.severity), language)}[{self.code}]"

    def excerpt(self) -> tuple[str, int] | None:
        """Return the line, or the part of it that fits a terminal, and where in it the place is, from 0; None when it is not known."""
        if not self.shown or not self.shown.strip():
            return None
        return _window(self.shown, self.column - 1)

    def as_dict(self, language: str = LANGUAGES[0]) -> dict[str, Any]:
        """Return the public shape: JSON types, None when there is no hint."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "code": self.code,
            "severity": self.severity,
            "message": word(self.message, language),
            "hint": None if self.hint is None else word(self.hint, language),
        }


def drawn(problem: Problem, language: str) -> dict[str, Any]:
    """Return the public shape with what `render` draws: ``excerpt``, the line, and ``caret``, where in it the place is; or None."""
    excerpt, caret = problem.excerpt() or (None, None)
    return problem.as_dict(language) | {"excerpt": excerpt, "caret": caret}


def render(problem: Problem, *, language: str = LANGUAGES[0], colour: bool = False) -> str:
    """Return a problem as a terminal shows it: the heading and, where the line is known, the line with a caret under the place.

    Args:
        problem: the problem.
        language: of the words.
        colour: mark severity and caret with ANSI colours.
    """
    paint, plain = ("\x1b[33m" if problem.severity == "warning" else "\x1b[31m", "\x1b[0m") if colour else ("", "")
    tag = problem._tag(language)
    heading = problem.heading(language).replace(tag, f"{paint}{tag}{plain}", 1)
    excerpt = problem.excerpt()
    if excerpt is None:
        return heading
    shown, caret = excerpt
    return f"{heading}\n    {shown}\n    {' ' * caret}{paint}^{plain}"


def _window(line: str, offset: int) -> tuple[str, int]:
    """Return the part of a line around ``offset`` that fits a terminal, tabs widened, and where the offset falls in it."""
    caret = len(line[:offset].expandtabs(_TAB_WIDTH))
    wide = visible(line.expandtabs(_TAB_WIDTH))
    if len(wide) <= _SHOWN_WIDTH:
        return wide, caret
    first = max(0, min(caret - _SHOWN_WIDTH // 2, len(wide) - _SHOWN_WIDTH))
    before, after = "…" if first else "", "…" if first + _SHOWN_WIDTH < len(wide) else ""
    return f"{before}{wide[first : first + _SHOWN_WIDTH]}{after}", caret - first + len(before)


def problem(file: str, mark: Mark, key: str, /, *, hint: Message | None = None, **arguments: Argument) -> Problem:
    """Make a problem; its key begins with its code."""
    return Problem(file, mark.line, mark.column, message(key, **arguments), hint)


def with_lines(problems: Iterable[Problem], lines: Sequence[str]) -> tuple[Problem, ...]:
    """Return problems of a document, each with the line that it is about."""
    return tuple(replace(p, shown=lines[p.line - 1]) if p.line <= len(lines) else p for p in problems)


def did_you_mean(written: object, known: Iterable[str]) -> Message | None:
    """Return a hint for a word that is not known: the nearest one, else all of them when there are any, else None."""
    names = list(known)
    close = get_close_matches(str(written).lower(), [name.lower() for name in names], n=1, cutoff=0.6)
    if close:
        return message("did_you_mean", name=next(name for name in names if name.lower() == close[0]))
    return message("one_of", names=tuple(names)) if names else None


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems by file, in the order in which files were met, then by place; each once."""
    unique = list(dict.fromkeys(problems))
    files = {name: rank for rank, name in reversed(list(enumerate(p.file for p in unique)))}
    return tuple(sorted(unique, key=lambda p: (files[p.file], p.line, p.column, p.code)))
