"""Where the documents of an installation are: the files and folders in which they were looked for, and the names that count."""

from dataclasses import dataclass
from pathlib import Path

HIDDEN = (".", "#")
"""How names begin that editors give to what they leave beside a file."""

MOST_PLAN_BYTES = 10_000_000
"""What a drawing may hold, the largest of what documents name; it goes to every page as it is."""


@dataclass(frozen=True, slots=True)
class Watched:
    """Where the documents of an installation were looked for: a change anywhere else changes nothing.

    Attributes:
        files: absolute paths, whether there is a file or not.
        folders: absolute paths; of these every document counts (`is_document`).
    """

    files: frozenset[Path] = frozenset()
    folders: frozenset[Path] = frozenset()


def is_document(name: str) -> bool:
    """Tell whether a file of this name in a folder of scenarios is read: what editors leave beside their files is not."""
    return name.endswith(".yaml") and not name.startswith(HIDDEN) and name.isprintable()
