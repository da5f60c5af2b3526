"""Secrets: ``${NAME}`` in a document stands for a variable of the environment, or for a file of the system's credentials."""

import os
import re
from collections.abc import Mapping
from pathlib import Path as FilePath

from maquette.config.draft import Draft
from maquette.config.tree import Path
from maquette.config.yaml import reason_of
from maquette.core.message import message

_REFERENCE = re.compile(r"^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$")
_LONGEST = 4096


def reveal(
    draft: Draft, path: Path, written: str | None, *, secret: bool = True, environment: Mapping[str, str] | None = None
) -> str | None:
    """Return what a field stands for; None, and a problem without the value, when it cannot be known.

    Args:
        draft: the document.
        path: the field's place in it.
        written: what stands there.
        secret: whether anything but ``${NAME}`` is refused.
        environment: the variables; the process's own by default.
    """
    if written is None:
        return None
    found = _REFERENCE.match(written)
    if not found:
        if secret:
            draft.report("E362", path, hint=message("secret_form"))
            return None
        return written
    variables = os.environ if environment is None else environment
    name = found[1]
    if name in variables:
        return variables[name]
    folder = variables.get("CREDENTIALS_DIRECTORY")
    try:
        if folder and (FilePath(folder) / name).is_file():
            with (FilePath(folder) / name).open(encoding="utf-8") as stream:
                return stream.read(_LONGEST).strip()
    except (OSError, UnicodeDecodeError) as error:
        draft.report("E228", path, name=name, reason=reason_of(error))
        return None
    draft.report("E224", path, hint=message("secret", name=name), name=name)
    return None
