"""The command `systemd/install`: asks, tells and does, in the order of the plan."""

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maquette.config.words import LANGUAGES, language_of, word
from maquette.core.message import Message, message
from maquette.errors import InstallationError
from maquette.installer import plan
from maquette.installer.actions import Action, Propose
from maquette.installer.bundle import faults_of, make_bundle
from maquette.installer.hand import Hand
from maquette.installer.machine import Machine
from maquette.installer.needs import Needs, needs_of
from maquette.installer.plan import Wish
from maquette.installer.project import Project
from maquette.ops.environment import variables
from maquette.ops.scrypt import is_record, record_of

_PIN, _PASSWORD = "MAQUETTE_PIN", "MAQUETTE_PASSWORD"
"""The variables of what a mediator types, and a maintainer."""
_YOUNGEST, _OLDEST = (3, 13), (3, 11)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of passwords that people type on a phone: none that looks like another."""
_READ_YAML = (
    "import json, sys, yaml; json.dump([yaml.safe_load(open(name, encoding='utf-8')) for name in sys.argv[1:]], "
    "sys.stdout, default=str)"
)


@dataclass(frozen=True)
class Talk:
    """What is said to whoever installs, in one language.

    Attributes:
        language: one of `LANGUAGES`.
        yes: whether every question is answered with yes.
    """

    language: str
    yes: bool

    def say(self, told: Message) -> None:
        """Say something."""
        print(word(told, self.language), flush=True)

    def refuse(self, told: Message) -> int:
        """Say why not, and return the exit code."""
        print(f"systemd/install: {word(told, self.language)}", file=sys.stderr)
        return 1

    def agree(self, action: Propose) -> bool:
        """Show a change of one of the system's files and ask whether it is to be made."""
        print("\n".join(f"  {line}" for line in action.diff()))
        if self.yes:
            return True
        if not sys.stdin.isatty():
            self.say(message("install_left", path=action.path))
            return False
        print(word(message("install_ask", path=action.path), self.language), end=" ", flush=True)
        agreed = sys.stdin.readline().strip().lower() in ("y", "yes", "o", "oui")
        if not agreed:
            self.say(message("install_left", path=action.path))
        return agreed


def main(project: Path, arguments: list[str] | None = None, root: Path = Path("/")) -> int:
    """Install, upgrade or remove the model.

    Args:
        project: the folder with the project.
        arguments: those of the process by default.
        root: where the machine's files are.

    Returns:
        0 well, 1 when something failed or is refused, 2 when it was called wrongly.
    """
    chosen = _parser().parse_args(arguments)
    talk = Talk(chosen.language or language_of(os.environ), chosen.yes)
    machine = Machine(root)
    source = Project(chosen.bundle / "project" if chosen.bundle else project)
    refusal = _refusal(machine, source, chosen)
    if refusal is not None:
        return talk.refuse(refusal)
    os.umask(0o022)  # what is installed can be read by the user that plays
    try:
        if chosen.uninstall:
            return _remove(machine, talk, chosen)
        return _install(machine, source, talk, chosen)
    except InstallationError as error:
        if error.back_to is not None:
            talk.say(message("install_rolled_back", version=error.back_to))
        return talk.refuse(message("install_failed", step=error.step, reason=error.reason))
    except OSError as error:
        return talk.refuse(
            message("install_failed", step=str(error.filename or ""), reason=error.strerror or str(error))
        )


def make(project: Path, arguments: list[str] | None = None) -> int:
    """Make a bundle for machines of this kind; return 0, 1 when something cannot be had, 2 when it was called wrongly."""
    parser = argparse.ArgumentParser(
        prog="systemd/bundle", description="Make a folder from which the model is installed without network."
    )
    parser.add_argument("folder", type=Path, help="where; it is not there yet")
    parser.add_argument("--kiosk", action="store_true", help="with the packages of --kiosk")
    parser.add_argument("--read-only", action="store_true", help="with the package of --read-only")
    parser.add_argument("--language", choices=LANGUAGES, help="the terminal's by default, else English")
    chosen = parser.parse_args(arguments)
    talk = Talk(chosen.language or language_of(os.environ), yes=False)
    wish = Wish(bundle=chosen.folder, country="", kiosk=chosen.kiosk, read_only=chosen.read_only)
    try:
        make_bundle(chosen.folder, Project(project), Machine(), wish)
    except InstallationError as error:
        return talk.refuse(message("bundle_failed", step=error.step, reason=error.reason))
    except OSError as error:
        return talk.refuse(
            message("bundle_failed", step=str(error.filename or ""), reason=error.strerror or str(error))
        )
    talk.say(message("bundle_made", path=str(chosen.folder)))
    return 0


def _refusal(machine: Machine, source: Project, chosen: argparse.Namespace) -> Message | None:
    """Return why this machine is not installed on, or None."""
    if os.geteuid() != 0 and not chosen.dry_run and machine.root == Path("/"):
        return message("install_needs_root")
    if plan.is_overlaid(machine) and not (chosen.dry_run or chosen.read_write):
        return message("install_overlaid")
    if chosen.uninstall or chosen.read_write:
        return None
    system = machine.release.get("PRETTY_NAME", "?")
    if not machine.is_debian:
        return message("install_needs_debian", system=system)
    if machine.processor not in ("aarch64", "x86_64"):
        return message("install_needs_64_bits", processor=machine.processor)
    if machine.python is None or not _OLDEST <= machine.python <= _YOUNGEST:
        found = ".".join(map(str, machine.python or ())) or "?"
        return message("install_needs_python", found=found, system=system)
    if chosen.bundle is not None:
        faults = faults_of(chosen.bundle, machine)
        return faults[0] if faults else None
    if not (source.folder / "pyproject.toml").is_file():
        return message("install_no_project", path=str(source.folder))
    return None


def _install(machine: Machine, source: Project, talk: Talk, chosen: argparse.Namespace) -> int:
    hand = Hand(machine.root, talk.agree)
    if chosen.read_write:
        return _finish(talk, _done(plan.writable_again(machine), hand, chosen))
    codes = _codes(machine, anew=chosen.new_codes)
    wish = _wish(chosen, codes.records)
    before = plan.package_actions(machine, wish)
    for note in _notes(machine):
        talk.say(note)
    _done(before, hand, chosen)
    if before and not chosen.dry_run:
        machine = Machine(machine.root, machine.processor)  # packages make groups
    needs, unknown = _needs(machine, source)
    if unknown is not None:
        talk.say(unknown)
    first = not machine.exists(plan.HOME)
    actions = plan.install_actions(machine, source, wish, needs)
    left = _done(actions, hand, chosen)
    if chosen.dry_run:
        if not before and not actions:
            talk.say(message("install_nothing_to_do"))
        return 0
    _tell(Machine(machine.root, machine.processor), talk, codes, first=first)
    return _finish(talk, left)


def _remove(machine: Machine, talk: Talk, chosen: argparse.Namespace) -> int:
    actions = plan.removal_actions(machine, purge=chosen.purge)
    left = _done(actions, Hand(machine.root, talk.agree), chosen)
    if not actions:
        talk.say(message("install_nothing_to_do"))
    elif not chosen.purge and not chosen.dry_run:
        talk.say(message("install_kept", configuration=plan.CONFIGURATION, state=plan.STATE))
    return _finish(talk, left) if actions else 0


def _done(actions: Iterable[Action], hand: Hand, chosen: argparse.Namespace) -> bool:
    """Carry actions out, or only print them; return whether the machine has to start anew for what was changed."""
    starts = False
    for action in actions:
        print(action.line, flush=True)
        if not chosen.dry_run and hand.carry_out(action):
            starts = starts or isinstance(action, Propose)
    return starts


def _finish(talk: Talk, restart: bool) -> int:
    if restart:
        talk.say(message("install_restart"))
    return 0


def _wish(chosen: argparse.Namespace, records: Mapping[str, str]) -> Wish:
    editor = os.environ.get("SUDO_USER")
    return Wish(
        bundle=chosen.bundle,
        country=chosen.own_network,
        kiosk=chosen.kiosk,
        read_only=chosen.read_only,
        editor=None if editor in (None, "root") else editor,
        secrets=records,
        password=_new_password(),
    )


@dataclass(frozen=True)
class Codes:
    """What people type to act.

    Attributes:
        new: those that nobody knows yet, by the name of their variable.
        records: what is to be kept of them, and of those that were kept in clear until now.
    """

    new: Mapping[str, str]
    records: Mapping[str, str]


def _codes(machine: Machine, *, anew: bool) -> Codes:
    """Return the PIN and the password that are missing (both when they are wanted ``anew``)."""
    kept = variables(machine.text(plan.ENVIRONMENT) or "")
    makers = {_PIN: lambda: "".join(secrets.choice("0123456789") for _ in range(6)), _PASSWORD: _new_password}
    new = {name: make() for name, make in makers.items() if anew or not kept.get(name)}
    in_clear = {name: kept[name] for name in makers if name not in new and not is_record(kept[name])}
    return Codes(new, {name: record_of(text) for name, text in {**in_clear, **new}.items()})


def _new_password() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(12))


def _notes(machine: Machine) -> Iterable[Message]:
    """What is not as on a Raspberry Pi, and what does not work therefore."""
    if machine.model is None:
        yield message("install_no_pi", system=machine.release.get("PRETTY_NAME", "?"))
    if missing := [group for group in ("gpio", "spi", "i2c") if group not in machine.device_groups]:
        yield message("install_no_groups", names=", ".join(missing))
    if machine.model is not None and machine.boot is None:
        yield message("install_no_boot")


def _needs(machine: Machine, source: Project) -> tuple[Needs, Message | None]:
    """Return what the hardware document asks of this machine, and why that is not known, if it is not."""
    if machine.model is None:
        return Needs(), None
    folder = machine.place(plan.CONFIGURATION)
    if not (folder / "config.yaml").exists():
        folder = source.folder
    try:
        (config,) = _plain(folder / "config.yaml")
        name = config.get("hardware") if isinstance(config, dict) else None
        (document,) = _plain(folder / str(name))
    except ModuleNotFoundError:
        return Needs(), message("install_needs_later")
    except (OSError, ValueError):
        return Needs(), message("install_needs_unknown", path=str(folder / "config.yaml"))
    boot = machine.text(f"{machine.boot}/config.txt") or "" if machine.boot else ""
    return needs_of(document if isinstance(document, dict) else {}, machine.generation, boot), None


def _plain(*files: Path) -> list[Any]:
    """Read documents as plain data, with the system's own YAML library, in another process: it may have come a moment ago."""
    command = [sys.executable, "-c", _READ_YAML, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if "No module named 'yaml'" in done.stderr:
        raise ModuleNotFoundError(name="yaml")
    read: list[Any] = json.loads(done.stdout)
    return read


def _tell(machine: Machine, talk: Talk, codes: Codes, *, first: bool) -> None:
    """Tell where the pages are, and the secrets that a mediator needs; the code to be scanned holds none."""
    address = f"http://{machine.name}.local:{plan.PORT}/"
    talk.say(message("install_address", address=address))
    if shutil.which("qrencode"):
        subprocess.run(["qrencode", "-t", "ANSIUTF8", "-m", "2", address], check=False)  # noqa: S603, S607 - of the system
    for name, key in ((_PIN, "install_pin"), (_PASSWORD, "install_password")):
        if name in codes.new:
            talk.say(message(key, code=codes.new[name]))
    talk.say(message("install_codes_new" if codes.new else "install_codes_kept"))
    config = machine.text(f"{plan.CONFIGURATION}/config.yaml") or ""
    if any(f"${{{name}}}" not in config for name in (_PIN, _PASSWORD)):
        talk.say(message("install_pin_unused", path=f"{plan.CONFIGURATION}/config.yaml"))
    network = plan.network_file(machine)
    if network is not None:
        talk.say(message("install_network", name=plan.network_name(machine), password=plan.password_of(network) or "?"))
    if not first:
        talk.say(message("install_shipped", configuration=plan.CONFIGURATION, project=f"{plan.HOME}/current"))
    talk.say(message("install_next", unit="maquette"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="systemd/install",
        description="Install the model on this machine, or bring it up to date. Nothing that is there already is done again.",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print what would be done, one step a line; change nothing"
    )
    parser.add_argument("--yes", action="store_true", help="change the system's own files without asking")
    parser.add_argument(
        "--from",
        dest="bundle",
        type=_folder,
        metavar="BUNDLE",
        help="a folder made by systemd/bundle; no network is used",
    )
    parser.add_argument(
        "--own-network", type=_country, metavar="COUNTRY", help="a Wi-Fi network of the model's own; such as FR"
    )
    parser.add_argument("--kiosk", action="store_true", help="a screen of this machine shows the visitors' page")
    parser.add_argument(
        "--new-codes", action="store_true", help="a new PIN and a new password; the former ones open nothing any more"
    )
    card = parser.add_mutually_exclusive_group()
    card.add_argument("--read-only", action="store_true", help="from the next start on the card is only read")
    card.add_argument("--read-write", action="store_true", help="from the next start on the card can be written again")
    parser.add_argument("--uninstall", action="store_true", help="remove it; configuration and state stay")
    parser.add_argument(
        "--purge", action="store_true", help="with --uninstall: configuration, secrets and state go too"
    )
    parser.add_argument("--language", choices=LANGUAGES, help="the terminal's by default, else English")
    return parser


def _folder(text: str) -> Path:
    return Path(text).resolve()


def _country(text: str) -> str:
    if len(text) != 2 or not text.isascii() or not text.isalpha():
        raise argparse.ArgumentTypeError(f"'{text}' is no country: two letters, such as FR")
    return text.upper()
