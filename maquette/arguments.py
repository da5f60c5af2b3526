"""Arguments of the command line: texts become values, or a reason why they cannot, which argparse prints."""

import argparse
import math
from collections.abc import Callable, Sequence
from pathlib import Path


def document_among(words: Sequence[str], usual: Callable[[], Path]) -> tuple[Path, list[str]]:
    """Return the document that stands among some words (the last, where there are several; else the usual one), and the others."""
    documents = [word for word in words if Path(word).suffix in (".yaml", ".yml")]
    return Path(documents[-1]) if documents else usual(), [word for word in words if word not in documents]


def whole(text: str) -> int:
    """Read a step's number, from 1."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a step: write its number, from 1")
    return int(text)


def seconds(text: str) -> float:
    """Read a number of seconds."""
    return _between(text.removesuffix("s").strip(), 0.1, 3600.0, "a number of seconds")


def rate(text: str) -> float:
    """Read a number of frames per second."""
    return _between(text, 1.0, 50.0, "a number of frames per second")


def _between(text: str, least: float, most: float, what: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"'{text}' is not {what} from {least:g} to {most:g}")
    return number


def sheet(text: str) -> Path:
    """Read the name of a sheet, SVG or PDF."""
    if Path(text).suffix.lower() not in (".svg", ".pdf"):
        raise argparse.ArgumentTypeError(f"'{text}' ends neither in .svg nor in .pdf")
    return Path(text)


def archive(text: str) -> Path:
    """Read the name of an archive."""
    if not text.lower().endswith((".tar.gz", ".tgz")):
        raise argparse.ArgumentTypeError(f"'{text}' does not end in .tar.gz")
    return Path(text)


def port(text: str) -> int:
    """Read a port's number."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port: write a number from 1 to 65535")
    return int(text)
