"""Texts that people read: one string per language, and captions with figures in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Text = Mapping[str, str]
"""Language → words. A document's plain string stands for every language under the key ``""``."""


def choose(text: Mapping[str, object] | None, language: str) -> object | None:
    """Return the entry for ``language``, else the plain one, else the first there is; None when there is none."""
    if not text:
        return None
    return text.get(language, text.get("", next(iter(text.values()))))


def words(text: Text | None, language: str) -> str:
    """Return the words of ``text`` in ``language`` (see `choose`), or an empty string."""
    chosen = choose(text, language)
    return chosen if isinstance(chosen, str) else ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in a caption: worded (decimal comma, unit, "unknown") where it is shown, in the language of who reads.

    Attributes:
        value: a number, a text (an attribute, a class), or None when unknown.
        unit: the number's unit, or None.
        quality: a `Quality` value (``"live"``, ``"sample"``…).
        behind: (feed, name, key) of the readings behind it, of each value the one that is believed least.
    """

    value: float | str | None
    unit: str | None
    quality: str
    behind: tuple[tuple[str, str, str | None], ...] = field(default=(), compare=False)


Caption = Mapping[str, tuple[str | Figure, ...]]
"""Language → the pieces of a caption, words and figures in turn."""
