"""Problems of documents: where, which code, what is wrong and how to mend it; and how a terminal shows them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Literal

from maquette.config.tree import Mark
from maquette.config.words import HINTS, WORDS

_TAB_WIDTH = 4
_SHOWN_WIDTH = 110
_SPACES = "\u00a0\u2009\u202f"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a document.

    Attributes:
        file: the document, relative to the folder of ``config.yaml``.
        line: from 1.
        column: from 1, in characters.
        code: stable: E0xx syntax, E1xx shape, E2xx references, E3xx meaning, Wxxx warnings.
        message: what is wrong, in English, without the hint.
        hint: how to mend it, or None.
        shown: the line of the document, or None when it is not known.
    """

    file: str
    line: int
    column: int
    code: str
    message: str
    hint: str | None = None
    shown: str | None = field(default=None, compare=False, repr=False)

    @property
    def severity(self) -> Literal["error", "warning"]:
        """A warning lets the document pass."""
        return "warning" if self.code.startswith("W") else "error"

    @property
    def heading(self) -> str:
        """The first line, as compilers write it: ``file:line:column: error[E204]: message; hint``."""
        hint = f"; {self.hint}" if self.hint else ""
        return (
            f"{_on_one_line(self.file)}:{self.line}:{self.column}: {self.severity}[{self.code}]: {self.message}{hint}"
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the public shape: JSON types, None when there is no hint."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "hint": self.hint,
        }


def render(problem: Problem, *, colour: bool = False) -> str:
    """Return a problem as a terminal shows it: the heading and, where the line is known, the line with a caret under the place.

    Args:
        problem: the problem.
        colour: mark severity and caret with ANSI colours.
    """
    paint, plain = ("\x1b[33m" if problem.severity == "warning" else "\x1b[31m", "\x1b[0m") if colour else ("", "")
    tag = f"{problem.severity}[{problem.code}]"
    heading = problem.heading.replace(tag, f"{paint}{tag}{plain}", 1)
    if not problem.shown or not problem.shown.strip():
        return heading
    shown, caret = _window(problem.shown, problem.column - 1)
    return f"{heading}\n    {shown}\n    {' ' * caret}{paint}^{plain}"


def _window(line: str, offset: int) -> tuple[str, int]:
    """Return the part of a line around ``offset`` that fits a terminal, tabs widened, and where the offset falls in it."""
    caret = len(line[:offset].expandtabs(_TAB_WIDTH))
    wide = "".join(map(_visible, line.expandtabs(_TAB_WIDTH)))
    if len(wide) <= _SHOWN_WIDTH:
        return wide, caret
    first = max(0, min(caret - _SHOWN_WIDTH // 2, len(wide) - _SHOWN_WIDTH))
    before, after = "…" if first else "", "…" if first + _SHOWN_WIDTH < len(wide) else ""
    return f"{before}{wide[first : first + _SHOWN_WIDTH]}{after}", caret - first + len(before)


def _visible(character: str) -> str:
    """Return a character that may reach a terminal."""
    return character if character.isprintable() or character in _SPACES else "\N{REPLACEMENT CHARACTER}"


def problem(file: str, mark: Mark, code: str, /, *, hint: str | None = None, **arguments: object) -> Problem:
    """Make a problem, worded from the one table of words; a code of another room brings its own ``message``."""
    return Problem(file, mark.line, mark.column, code, _fill(WORDS.get(code, "{message}"), arguments), hint)


def with_lines(problems: Iterable[Problem], lines: Sequence[str]) -> tuple[Problem, ...]:
    """Return problems of a document, each with the line that it is about."""
    return tuple(replace(p, shown=lines[p.line - 1]) if p.line <= len(lines) else p for p in problems)


def hint(which: str, /, **arguments: object) -> str:
    """Return a hint, worded from the one table of hints."""
    return _fill(HINTS[which], arguments)


def _fill(template: str, arguments: Mapping[str, object]) -> str:
    return template.format_map({name: _on_one_line(str(value)) for name, value in arguments.items()})


def _on_one_line(text: str) -> str:
    shown = " ".join(text.split()) if any(c in text for c in "\n\r\t") else text
    shown = shown if shown.isprintable() else "".join(map(_visible, shown))
    return shown if len(shown) <= 200 else f"{shown[:199]}…"


def friendly_list(words: Iterable[str], most: int = 12) -> str:
    """List words for reading.

    >>> friendly_list(["a", "b", "c"])
    "'a', 'b' or 'c'"
    """
    quoted = [f"'{word}'" for word in words]
    if len(quoted) > most:
        return f"{', '.join(quoted[:most])}…"
    return " or ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1] if quoted else ""]))


def did_you_mean(word: object, known: Iterable[str]) -> str | None:
    """Return a hint for a word that is not known: the nearest one, else all of them when they are few, else None."""
    names = list(known)
    close = get_close_matches(str(word).lower(), [name.lower() for name in names], n=1, cutoff=0.6)
    if close:
        return hint("did_you_mean", name=next(name for name in names if name.lower() == close[0]))
    return hint("one_of", names=friendly_list(names)) if names else None


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems by file, in the order in which files were met, then by place; each once."""
    unique = list(dict.fromkeys(problems))
    files = {name: rank for rank, name in reversed(list(enumerate(p.file for p in unique)))}
    return tuple(sorted(unique, key=lambda p: (files[p.file], p.line, p.column, p.code)))
