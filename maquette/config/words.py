"""Messages in words: the sentences of ``locale/problems.<language>.json``, read when the first problem is told and not before.

To add a problem: tell it as ``message("E377", name=name)`` (in `config`, ``draft.report("E377", path, name=name)``), or ``E377.variant``
where a code has several wordings, and add that key to ``problems`` in each language; hints and parts of sentences likewise. A new code
also needs its ``explanations`` in each language: what it means, and a wrong and a right example. Tests tell what is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

from maquette import languages
from maquette.core.message import Argument, Message, message

LANGUAGES = languages.known("problems")
"""Languages of problems; the first stands in for any other."""

_SECTIONS = ("problems", "hints", "parts")
_LONGEST = 200
_MOST_NAMES = 12
_SPACES = "\u00a0\u2009\u202f"


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a code means, in one language.

    Attributes:
        code: such as ``E204``.
        text: a few plain sentences.
        wrong: what a document should not say.
        right: what it should say instead.
    """

    code: str
    text: str
    wrong: str
    right: str


def word(told: Message, language: str) -> str:
    """Return a message in words, on one line, without signs that a terminal would obey.

    Raises:
        KeyError: the locale file has no such key.
    """
    entry = _words(_known(language))[told.key]
    arguments = dict(told.arguments)
    template = entry if isinstance(entry, str) else entry[_plural(arguments["count"], language)]
    return template.format_map({name: _argument(value, language) for name, value in arguments.items()})


def codes() -> tuple[str, ...]:
    """Return the code of every problem that there is, sorted."""
    return tuple(sorted({key.partition(".")[0] for key in _file(LANGUAGES[0])["problems"]}))


def explain(code: str, language: str) -> Explanation | None:
    """Return what a code means, or None when there is no such code."""
    entry = _file(_known(language))["explanations"].get(code)
    if entry is None:
        return None
    return Explanation(code, entry["text"], "\n".join(entry["wrong"]), "\n".join(entry["right"]))


def unknown_code(code: str) -> Message:
    """Return what is said of a code that does not exist."""
    close = get_close_matches(code.upper(), codes(), n=1, cutoff=0.6)
    meant = message("did_you_mean", name=close[0]) if close else message("code_form")
    return message("no_such_code", code=code, hint=meant)


def language_of(environment: Mapping[str, str]) -> str:
    """Return the language that an environment asks for (``LC_ALL``, ``LC_MESSAGES``, ``LANG``), where it is one of `LANGUAGES`."""
    asked = next((found for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (found := environment.get(name))), "")
    return _known(asked[:2].lower() if not asked[2:3].isalpha() else "")


def visible(text: str) -> str:
    """Return a text whose characters may all reach a terminal."""
    return "".join(c if c.isprintable() or c in _SPACES else "\N{REPLACEMENT CHARACTER}" for c in text)


def on_one_line(text: str) -> str:
    """Return a text of people's on one line, shortened where it is long, as `visible` leaves it."""
    shown = visible(" ".join(text.split()) if any(c in text for c in "\n\r\t") else text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def _argument(value: Argument, language: str) -> str:
    match value:
        case Message():
            return word(value, language)
        case tuple():
            return _choice(value, language)
        case float():  # with a point in every language, as documents write it, for people copy it
            return f"{value:.12g}"
    return on_one_line(str(value))


def _choice(names: tuple[str, ...], language: str) -> str:
    quoted = [word(message("quoted", text=name), language) for name in names]
    if len(quoted) > _MOST_NAMES:
        return f"{', '.join(quoted[:_MOST_NAMES])}…"
    if len(quoted) < 2:
        return "".join(quoted)
    return word(message("or", before=", ".join(quoted[:-1]), last=quoted[-1]), language)


def _plural(count: Argument, language: str) -> str:
    assert isinstance(count, int | float)
    return "one" if count == 1 or (language == "fr" and 0 <= count < 2) else "other"


def _known(language: str) -> str:
    return language if language in LANGUAGES else LANGUAGES[0]


@cache
def _words(language: str) -> Mapping[str, str | Mapping[str, str]]:
    sections = _file(language)
    return {key: entry for name in _SECTIONS for key, entry in sections[name].items()}


def _file(language: str) -> Mapping[str, Mapping[str, Any]]:
    return languages.read("problems", language)
