"""Phrases: the words of ``locale/retelling.<language>.json``, and how they are put together: lists, quotes, contractions, durations."""

import re
from collections.abc import Mapping, Sequence

from maquette import languages
from maquette.core.text import Text, words
from maquette.retelling import figures

LANGUAGES = languages.known("retelling")
"""Languages of retellings; the first stands in for any other."""

_CONTRACTIONS = (
    (re.compile(r"\b([Dd])e le (?=\w)"), r"\1u "),
    (re.compile(r"\b([Dd])e les (?=\w)"), r"\1es "),
    (re.compile(r"\b([Dd])e (?=il y a )"), r"\1'"),
    (re.compile(r"\bà le (?=\w)"), "au "),
    (re.compile(r"\bà les (?=\w)"), "aux "),
    (re.compile(r"\b([Qq])ue (?=il |elle |on |un |une )"), r"\1u'"),
    (re.compile(r"\b([Ss])i (?=il )"), r"\1'"),
)

_BEFORE_SIGN = re.compile(r" (?=[;:!?»%])|(?<=«) ")
_QUOTED_FR = re.compile(r"«\s*([^«»]*?)\s*»")
_QUOTED_EN = re.compile(r"“([^“”]*)”")


class Phrases:
    """How things are said in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.interface = language if language in LANGUAGES else LANGUAGES[0]
        self._entries: Mapping[str, str] = languages.read("retelling", self.interface)

    def say(self, key: str, /, **arguments: object) -> str:
        """Return the words of a key with its arguments filled in, contracted as the language asks: ``de le`` is ``du``."""
        text = self._entries[key].format_map(arguments)
        if self.interface == "fr":
            for pattern, instead in _CONTRACTIONS:
                text = pattern.sub(instead, text)
        return text

    def has(self, key: str) -> bool:
        """Tell whether there are words for a key."""
        return key in self._entries

    def text(self, text: Text | None) -> str:
        """Return a document's text in this language, or an empty one."""
        return self.spaced(words(text, self.language))

    def spaced(self, text: str) -> str:
        """Return a text with the no-break spaces that French puts before some signs, where people wrote ordinary ones."""
        return _BEFORE_SIGN.sub("\u00a0", text) if self.interface == "fr" else text

    def quoted(self, text: str, *, inner: bool = False) -> str:
        """Return a text in quotation marks, of the second kind within others."""
        if self.interface == "fr":
            text = text if inner else _QUOTED_FR.sub(r"“\1”", text)
            return f"“{text}”" if inner else f"«\u00a0{text}\u00a0»"
        text = text if inner else _QUOTED_EN.sub(r"‘\1’", text)
        return f"‘{text}’" if inner else f"“{text}”"

    def listed(self, parts: Sequence[str], word: str = "and") -> str:
        """Return ``a, b and c``."""
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self._entries[word]} {parts[-1]}"

    def number(self, value: float) -> str:
        """Write a number."""
        return figures.number(value, self.interface)

    def quantity(self, value: float, unit: str | None) -> str:
        """Write a number with its unit."""
        return figures.quantity(value, unit, self.interface)

    def duration(self, seconds: float) -> str:
        """Write a duration: ``2 min 10 s``, ``24 h``, ``7 jours``."""
        space = figures.SPACE
        if seconds < 60:
            return f"{self.number(round(seconds, 2))}{space}s"
        whole = round(seconds)
        if whole % 86_400 == 0 and whole > 86_400:
            return self.say("days", count=whole // 86_400)
        hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
        parts = ((hours, "h"), (minutes, "min"), (rest, "s"))
        return " ".join(f"{count}{space}{unit}" for count, unit in parts if count)


def begun(text: str) -> str:
    """Return a sentence with a capital letter."""
    return f"{text[:1].upper()}{text[1:]}"
