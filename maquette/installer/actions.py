"""What an installation does, step by step: each action says in one line what it does, and whether the machine is like that already."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Protocol

from maquette.installer.machine import Machine


class Action(Protocol):
    """One step. `maquette.installer.hand` carries it out."""

    @property
    def line(self) -> str:
        """What it does, in one line."""

    def is_done(self, machine: Machine) -> bool:
        """Tell whether there is nothing left to do."""


@dataclass(frozen=True, slots=True)
class Run:
    """Run a command.

    Attributes:
        command: and its arguments.
        may_fail: whether the installation goes on without it.
        unless: a file that the command makes: where it is, the command has run.
    """

    command: tuple[str, ...]
    may_fail: bool = False
    unless: str | None = None

    @property
    def line(self) -> str:
        """The command as a shell takes it."""
        return f"run     {shlex.join(self.command)}"

    def is_done(self, machine: Machine) -> bool:
        """Tell whether what it makes is there."""
        return self.unless is not None and machine.exists(self.unless)


@dataclass(frozen=True, slots=True)
class Folder:
    """Make a folder.

    Attributes:
        path: where.
        mode: permissions.
        owner: user and group, ``user:group``.
    """

    path: str
    mode: int = 0o755
    owner: str = "root:root"

    @property
    def line(self) -> str:
        """The folder with its permissions and owner."""
        return f"folder  {self.path} ({self.mode:04o} {self.owner})"

    def is_done(self, machine: Machine) -> bool:
        """Tell whether it is there."""
        return machine.exists(self.path)


@dataclass(frozen=True, slots=True)
class Write:
    """Write a file, whole or not at all.

    Attributes:
        path: where.
        text: what it holds.
        mode: permissions.
        owner: user and group, ``user:group``.
        told: what is said of it, instead of how long it is.
    """

    path: str
    text: str
    mode: int = 0o644
    owner: str = "root:root"
    told: str | None = None

    @property
    def line(self) -> str:
        """The file with its permissions and owner; never what is secret in it."""
        told = self.told or f"{len(self.text.splitlines())} lines"
        return f"write   {self.path} ({self.mode:04o} {self.owner}): {told}"

    def is_done(self, machine: Machine) -> bool:
        """Tell whether it holds that text."""
        return machine.text(self.path) == self.text


@dataclass(frozen=True, slots=True)
class Propose:
    """Change a file of the system after somebody has seen the change and said yes.

    Attributes:
        path: where.
        before: what it holds.
        after: what it is to hold.
    """

    path: str
    before: str
    after: str

    @property
    def line(self) -> str:
        """The lines that come and go."""
        changes = [line for line in self.diff() if line[:1] in "+-" and line[1:].strip("+- ")]
        changes = [line for line in changes if line[:3] not in ("+++", "---")]
        return f"propose {self.path}: {' | '.join(changes)}"

    def diff(self) -> list[str]:
        """The change as `diff -u` shows it."""
        lines = unified_diff(self.before.splitlines(), self.after.splitlines(), self.path, self.path, lineterm="", n=1)
        return list(lines)

    def is_done(self, machine: Machine) -> bool:
        """Tell whether it holds that already."""
        return machine.text(self.path) == self.after


@dataclass(frozen=True, slots=True)
class Link:
    """Let a link lead somewhere, at once.

    Attributes:
        path: where.
        target: where it leads.
    """

    path: str
    target: str

    @property
    def line(self) -> str:
        """The link and where it leads."""
        return f"link    {self.path} -> {self.target}"

    def is_done(self, machine: Machine) -> bool:
        """Tell whether it leads there."""
        return machine.link(self.path) == self.target


@dataclass(frozen=True, slots=True)
class Copy:
    """Copy files of a folder into another one.

    Attributes:
        source: on this machine.
        target: on the machine that is prepared.
        files: relative to both.
        what: which files these are.
        mode: permissions of the files; folders are as wide, and can be entered.
        owner: user and group, ``user:group``.
    """

    source: Path
    target: str
    files: tuple[str, ...]
    what: str
    mode: int = 0o644
    owner: str = "root:root"

    @property
    def line(self) -> str:
        """Where and how many."""
        return f"copy    {self.target} ({self.mode:04o} {self.owner}): {self.what}, {len(self.files)} files"

    def is_done(self, _machine: Machine) -> bool:
        """It is planned only where it is wanted."""
        return False


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete a file, a link or a folder with what is in it.

    Attributes:
        path: where.
    """

    path: str

    @property
    def line(self) -> str:
        """What goes."""
        return f"delete  {self.path}"

    def is_done(self, machine: Machine) -> bool:
        """Tell whether it is gone."""
        return not machine.exists(self.path)


@dataclass(frozen=True, slots=True)
class Switch:
    """Let a version play; when its first light does not come in time, the one before plays again.

    Attributes:
        link: the link that leads to the version that plays.
        version: what it is to lead to.
        before: what it leads to now, or None.
        unit: what plays.
        patience_s: seconds until the first light, at most.
    """

    link: str
    version: str
    before: str | None
    unit: str
    patience_s: int

    @property
    def line(self) -> str:
        """Which version, and what comes back when it fails."""
        back = f", else back to {self.before}" if self.before else ""
        return f"switch  {self.link} -> {self.version}, first light within {self.patience_s} s{back}"

    def is_done(self, _machine: Machine) -> bool:
        """It is planned only where something has changed."""
        return False


def pending(actions: Sequence[Action], machine: Machine) -> list[Action]:
    """Return those actions for which something is left to do, in order."""
    return [action for action in actions if not action.is_done(machine)]
