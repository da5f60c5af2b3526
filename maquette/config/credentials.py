"""Credentials: ``${NAME}`` in a document names a variable of the environment, or a file of the system's credentials.

Documents hold names only. What a name stands for is read where it is used, and told to nobody.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel

from maquette.config.refusal import refusal
from maquette.core.message import message

_REFERENCE = re.compile(r"^\$\{([A-Za-z_][A-Za-z0-9_]*)\}\Z")
_LONGEST = 4096


def secret_name(written: str) -> str | None:
    """Return the name in ``${NAME}``, or None when anything else is written."""
    found = _REFERENCE.match(written)
    return found[1] if found else None


def look_up(name: str, environment: Mapping[str, str] | None = None) -> str | None:
    """Return what a name stands for, or None when nobody says.

    Args:
        name: of the variable or the file.
        environment: the variables; the process's own by default.

    Raises:
        OSError: the file cannot be read.
        UnicodeDecodeError: the file is no text.
    """
    variables = os.environ if environment is None else environment
    if name in variables:
        return variables[name]
    folder = variables.get("CREDENTIALS_DIRECTORY")
    if not folder or not (Path(folder) / name).is_file():
        return None
    with (Path(folder) / name).open(encoding="utf-8") as stream:
        return stream.read(_LONGEST).strip()


def secret_names(document: BaseModel) -> tuple[str, ...]:
    """Return the names of all secrets that a document needs."""
    return tuple(dict.fromkeys(name for text in _texts(document) if (name := secret_name(text)) is not None))


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case BaseModel():
            for field in type(value).model_fields:
                yield from _texts(getattr(value, field))
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case list() | tuple():
            for inner in value:
                yield from _texts(inner)


def _check_secret(text: str) -> str:
    if secret_name(text) is None:
        raise refusal("E362", hint=message("secret_form"))
    return text


def _check_nameable(text: str) -> str:
    return _check_secret(text) if "${" in text else text


Secret = Annotated[str, AfterValidator(_check_secret)]
"""The name of a secret, written ``${NAME}``; the secret itself is an error."""
Nameable = Annotated[str, AfterValidator(_check_nameable)]
"""What may stand in a document, or be named like a secret: who we are."""
