"""The hand: carries actions out, one after the other, and stops at the first that fails. What is done already is not done again."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from maquette.errors import InstallationError
from maquette.installer.actions import Action, Copy, Delete, Folder, Link, Propose, Run, Switch, Write

_UNITS = "/etc/systemd/system"


def run_command(command: Sequence[str], seconds: float | None, folder: Path | None = None) -> int:
    """Run a command in a folder, its output shown; return its exit code: 127 when there is no such command, 124 when it takes too long."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    try:
        return subprocess.run(command, cwd=folder, env=environment, timeout=seconds, check=False).returncode  # noqa: S603 - of the plan
    except subprocess.TimeoutExpired:
        return 124
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        return 127


def give(path: Path, owner: str) -> None:
    """Give a file or a folder to ``user:group``."""
    user, _, group = owner.partition(":")
    shutil.chown(path, user, group)


class Hand:
    """Carries out actions on one machine."""

    def __init__(
        self,
        root: Path,
        agree: Callable[[Propose], bool],
        run: Callable[[Sequence[str], float | None], int] = run_command,
        own: Callable[[Path, str], None] = give,
    ) -> None:
        """Take a machine in hand.

        Args:
            root: where its files are; ``/`` is this machine.
            agree: shows a change of one of the system's files and returns whether it is to be made.
            run: runs a command within some seconds and returns its exit code.
            own: gives a file to ``user:group``.
        """
        self._root, self._agree, self._run, self._own = root, agree, run, own

    def carry_out(self, action: Action) -> bool:
        """Carry out one action; return False when somebody did not agree to it.

        Raises:
            InstallationError: it failed; what came before it stays.
            OSError: likewise, for a file that cannot be written.
        """
        match action:
            case Run():
                code = self._run(action.command, None)
                if code and not action.may_fail:
                    raise InstallationError(action.line, f"exit {code}")
            case Folder():
                self._folder(self._place(action.path), action.mode, action.owner)
            case Write():
                self._write(
                    self._place(action.path), action.text.encode(errors="surrogateescape"), action.mode, action.owner
                )
            case Propose():
                if not self._agree(action):
                    return False
                self._write(self._place(action.path), action.after.encode(errors="surrogateescape"), None, None)
            case Link():
                self._link(action.path, action.target)
            case Copy():
                self._copy(action)
            case Delete():
                self._delete(self._place(action.path))
            case Switch():
                self._switch(action)
            case _:
                raise TypeError(action)
        return True

    def _place(self, path: str) -> Path:
        return self._root / path.lstrip("/")

    def _folder(self, place: Path, mode: int, owner: str) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.mkdir(exist_ok=True)
        self._own(place, owner)
        place.chmod(mode)  # last: a change of owner takes set-group-id away

    def _write(self, place: Path, data: bytes, mode: int | None, owner: str | None) -> None:
        """Write a file whole or not at all; it is never readable for others before it is theirs to read."""
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.with_name(f".{place.name}.new")
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        if mode is None and place.exists():
            shutil.copymode(place, beside)
        if owner is not None:
            self._own(beside, owner)
        if mode is not None:
            beside.chmod(mode)
        beside.replace(place)

    def _link(self, path: str, target: str) -> None:
        place = self._place(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.with_name(f".{place.name}.new")
        beside.unlink(missing_ok=True)
        beside.symlink_to(target)
        beside.replace(place)  # at once: whoever starts meanwhile finds the one or the other

    def _copy(self, action: Copy) -> None:
        target = self._place(action.target)
        readers = (action.mode & 0o444) >> 2
        group = 0 if action.owner.endswith(":root") else 0o2000
        for file in action.files:
            place = target / file
            for folder in reversed(place.relative_to(target).parents[:-1]):
                if not (target / folder).exists():
                    self._folder(target / folder, action.mode | readers | group, action.owner)
            data = (action.source / file).read_bytes()
            # By its first bytes: a stick for all systems knows no permissions.
            mode = action.mode | readers if data.startswith(b"#!") else action.mode
            self._write(place, data, mode, action.owner)

    def _delete(self, place: Path) -> None:
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)

    def _switch(self, action: Switch) -> None:
        self._link(action.link, action.version)
        if self._plays(action):
            return
        if action.before is None:
            raise InstallationError(action.line, "no first light")
        self._link(action.link, action.before)
        self._units_of(self._place(action.link))
        self._run(("systemctl", "daemon-reload"), None)
        back = "" if self._plays(action) else "; nor does the version before"
        raise InstallationError(action.line, f"no first light{back}", back_to=action.before)

    def _plays(self, action: Switch) -> bool:
        """``Type=notify``: systemd waits for READY=1, which is told when the first frame has left."""
        self._run(("systemctl", "reset-failed", action.unit), None)
        if self._run(("systemctl", "restart", action.unit), float(action.patience_s)):
            return False
        return self._run(("systemctl", "is-active", "--quiet", action.unit), None) == 0

    def _units_of(self, version: Path) -> None:
        """Units go with the version that they start."""
        for unit in version.glob("systemd/*.service"):
            place = self._place(f"{_UNITS}/{unit.name}")
            if place.exists():
                self._write(place, unit.read_bytes(), 0o644, "root:root")
