"""Words of the sheet: its own ones in each language, figures with their units."""

from collections.abc import Mapping, Sequence
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal

from maquette import languages
from maquette.core.text import Text
from maquette.show.scales import Scale

_LANGUAGES = languages.known("legend")


def _words(language: str) -> Mapping[str, str]:
    known = language if language in _LANGUAGES else _LANGUAGES[0]
    return languages.read("legend", known)


@cache
def _locale(language: str) -> Locale:
    """Return how a language writes numbers; one of which Babel knows nothing writes them as the first of `_LANGUAGES`."""
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_LANGUAGES[0])


def fixed(key: str, languages: Sequence[str]) -> Text:
    """Return words of the sheet's own."""
    return {language: _words(language)[key] for language in languages}


def figure(value: float, unit: str | None, language: str) -> str:
    """Return a number as people write it, with its unit; it does not break."""
    rounded = float(f"{value:.6g}")
    number = format_decimal(rounded, format="#,##0.######", locale=_locale(language)).replace("-", "−")
    return f"{number}\u00a0{unit}" if unit else number


def span(scale: Scale, number: int, language: str) -> str:
    """Return where a class of a scale of thresholds begins and ends, in signs that need no language."""
    low = scale.steps[number].at
    high = scale.steps[number + 1].at if number + 1 < len(scale.steps) else None
    if low is None:
        return f"<\u00a0{figure(high or 0.0, scale.unit, language)}"
    if high is None:
        return f"≥\u00a0{figure(low, scale.unit, language)}"
    return f"{figure(low, None, language)}\u00a0…\u00a0{figure(high, scale.unit, language)}"
