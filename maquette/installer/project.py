"""The project's files: which of them a machine needs, and a name for exactly these files."""

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PARTS = (
    "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "config.yaml", "hardware", "maquette", "pyproject.toml", "requirements.txt",
    "scenarios", "systemd",
)  # fmt: skip
"""What is installed: the project without its tests."""


@dataclass(frozen=True)
class Project:
    """A folder with the project.

    Attributes:
        folder: where it is.
    """

    folder: Path

    def below(self, *parts: str) -> tuple[str, ...]:
        """Return the files below some parts, relative to the folder, sorted."""
        return tuple(sorted(file for part in parts for file in self._files(self.folder / part)))

    def _files(self, place: Path) -> Iterator[str]:
        places = (path for path in place.rglob("*") if path.is_file()) if place.is_dir() else (place,)
        for path in places:
            relative = path.relative_to(self.folder)
            if path.is_file() and not any(part == "__pycache__" or part.startswith(".") for part in relative.parts):
                yield relative.as_posix()

    @cached_property
    def files(self) -> tuple[str, ...]:
        """All files that are installed."""
        return self.below(*PARTS)

    def has(self, file: str) -> bool:
        """Tell whether there is such a file."""
        return (self.folder / file).is_file()

    def text(self, file: str) -> str:
        """Return the text of a file.

        Raises:
            OSError: there is no such file.
        """
        return (self.folder / file).read_text("utf-8")

    @cached_property
    def version(self) -> str:
        """The version with a mark of all files: two folders of the same name hold the same."""
        number: str = tomllib.loads(self.text("pyproject.toml"))["project"]["version"]
        mark = hashlib.sha256()
        for file in self.files:
            data = (self.folder / file).read_bytes()
            mark.update(f"{file}\0{len(data)}\0".encode())
            mark.update(data)
        return f"{number}-{mark.hexdigest()[:8]}"
