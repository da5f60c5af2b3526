"""Secrets of config.yaml: what ``${NAME}`` stands for in it, or a problem that does not tell."""

from collections.abc import Mapping

from maquette.config.credentials import look_up, secret_name
from maquette.config.draft import Draft
from maquette.config.tree import Path
from maquette.config.yaml import reason_of
from maquette.core.message import message


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
    name = secret_name(written)
    if name is None:
        if secret:
            draft.report("E362", path, hint=message("secret_form"))
            return None
        return written
    try:
        found = look_up(name, environment)
    except (OSError, UnicodeDecodeError) as error:
        draft.report("E228", path, name=name, reason=reason_of(error))
        return None
    if found is None:
        draft.report("E224", path, hint=message("secret", name=name), name=name)
    return found
