"""A machine on which things are installed for real, below a folder: files are written, commands only do what later plans look at."""

from collections.abc import Sequence
from pathlib import Path

import yaml

from maquette.installer import command
from maquette.installer.actions import Propose
from maquette.installer.hand import Hand
from maquette.installer.machine import Machine
from tests.installer.roots import PICTURES, STRIPS, draw_project, write


class House:
    """A picture of a machine, and a project that is installed there."""

    def __init__(self, name: str, folder: Path, monkeypatch, capsys) -> None:
        self.root, self.project, self._capsys = folder / "root", folder / "project", capsys
        picture = PICTURES[name]
        picture.draw(self.root)
        draw_project(self.project, STRIPS[name])
        self.hardware = STRIPS[name]
        self.ran: list[tuple[str, ...]] = []
        self.fails: dict[str, int] = {}
        self.owners: dict[str, str] = {}
        self.agrees = True
        monkeypatch.setenv("SUDO_USER", "pi")
        monkeypatch.setattr(command, "Machine", lambda root, _=None: Machine(root, picture.processor))
        monkeypatch.setattr(command, "Hand", self._hand)
        monkeypatch.setattr("maquette.installer.command.shutil.which", lambda _: None)
        monkeypatch.setattr(command, "_plain", lambda *files: [yaml.safe_load(file.read_text()) for file in files])

    def _hand(self, root: Path, _agree: object) -> Hand:
        return Hand(root, self._agree, self._run, self._own)

    def _agree(self, _action: Propose) -> bool:
        return self.agrees

    def _own(self, path: Path, owner: str) -> None:
        self.owners[f"/{path.relative_to(self.root)}".replace("/.", "/").removesuffix(".new")] = owner

    def _run(self, line: Sequence[str], _seconds: float | None) -> int:
        self.ran.append(tuple(line))
        match line:
            case ["apt-get", "install", *words]:
                with (self.root / "var/lib/dpkg/status").open("a") as file:
                    for word in words:
                        file.write(f"\nPackage: {word}\nStatus: install ok installed\n")
            case ["useradd", *_, user]:
                for table in ("passwd", "group"):
                    with (self.root / "etc" / table).open("a") as file:
                        file.write(f"{user}:x:999:\n")
            case ["usermod", "--append", "--groups", groups, user]:
                lines = (self.root / "etc/group").read_text().splitlines()
                lines = [f"{one},{user}" if one.split(":")[0] in groups.split(",") else one for one in lines]
                (self.root / "etc/group").write_text("\n".join(lines) + "\n")
            case ["systemctl", "enable", unit]:
                target = "graphical" if "kiosk" in unit else "multi-user"
                write(self.root, f"/etc/systemd/system/{target}.target.wants/{unit}", "")
            case ["systemctl", "restart", "maquette.service"] if not self.fails:
                write(self.root, "/sys/fs/cgroup/system.slice/maquette.service/cgroup.procs", "1\n")
        return next((code for part, code in self.fails.items() if part in " ".join(line)), 0)

    def upgrade(self, version: str) -> None:
        """Lay another version of the project where it is installed from."""
        draw_project(self.project, self.hardware, version)

    def install(self, *options: str, code: int = 0) -> str:
        """Install, and return what was printed."""
        assert command.main(self.project, ["--language", "en", *options], self.root) == code
        out, err = self._capsys.readouterr()
        return f"{out}{err}".replace(str(self.root.parent), "…")

    def snapshot(self) -> dict[str, object]:
        """Return all files and where all links lead."""
        paths = (path for path in self.root.rglob("*") if not path.is_dir() or path.is_symlink())
        return {str(path): str(path.readlink()) if path.is_symlink() else path.read_bytes() for path in paths}

    def dry_run(self, *options: str) -> str:
        """Return what a dry run prints; it changes nothing."""
        before, ran = self.snapshot(), len(self.ran)
        printed = self.install("--dry-run", *options)
        assert self.snapshot() == before
        assert len(self.ran) == ran
        return printed

    def link(self, path: str) -> str:
        """Return where one of its links leads."""
        return str((self.root / path.lstrip("/")).readlink())

    def text(self, path: str) -> str:
        """Return the text of one of its files."""
        return (self.root / path.lstrip("/")).read_text()
