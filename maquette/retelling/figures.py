"""Figures: numbers and quantities as people write them in a language."""

import re
from functools import cache, lru_cache

from babel import Locale
from babel.numbers import format_decimal

SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


@lru_cache(maxsize=4096)  # the same figures are written ten times a second, for each page
def number(value: float, language: str) -> str:
    """Write a number with about three significant digits and the decimal sign of the language."""
    size = abs(value)
    pattern = "#,##0" if size >= 100 else "#,##0.#" if size >= 10 else "#,##0.##" if size >= 1 or size == 0 else "@@#"
    return format_decimal(value, pattern, locale=language).replace("-", MINUS)


@cache
def _apart(language: str) -> bool:
    """Tell whether a language writes a space before the sign of per cent."""
    return bool(re.search(r"\s%", Locale.parse(language).percent_formats[None].pattern))


def quantity(value: float, unit: str | None, language: str) -> str:
    """Write a number with its unit."""
    written = number(value, language)
    if unit is None:
        return written
    if unit == "%":
        return f"{written}{SPACE if _apart(language) else ''}%"
    return f"{written}{unit}" if unit in ("°", "°/s") else f"{written}{SPACE}{unit}"
