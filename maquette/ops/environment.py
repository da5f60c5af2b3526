"""The file of secrets: ``NAME=value`` lines that the service manager gives to the model, and that commands read themselves."""

import contextlib
import os
from pathlib import Path


def variables(text: str) -> dict[str, str]:
    """Return the variables of a file of secrets, with or without quotes, as the service manager reads them."""
    lines = (line.strip().partition("=") for line in text.splitlines() if not line.lstrip().startswith(("#", ";")))
    return {name.strip(): _unquoted(value.strip()) for name, sign, value in lines if sign and name.strip()}


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def learn(file: Path) -> None:
    """Take over the variables of a file of secrets that are not set yet; one that cannot be read teaches nothing."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        for name, value in variables(file.read_text("utf-8")).items():
            os.environ.setdefault(name, value)
