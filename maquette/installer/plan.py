"""The plan: what an installation, an upgrade or a removal does to a machine, made from facts about it. Nothing is touched here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from maquette.installer import texts
from maquette.installer.actions import Action, Copy, Delete, Folder, Link, Propose, Run, Switch, Write, pending
from maquette.installer.boot import with_lines, with_words, without_words
from maquette.installer.machine import Machine
from maquette.installer.needs import Needs
from maquette.installer.project import Project

HOME = "/opt/maquette"
CONFIGURATION = "/etc/maquette"
STATE = "/var/lib/maquette"
ENVIRONMENT = f"{CONFIGURATION}/environment"
USER = "maquette"
SCREEN_USER = "maquette-screen"
PORT = 8080
FIRST_LIGHT_S = 60
"""How long a new version may take to its first light, on the slowest board, before the one before comes back."""

_UNITS = "/etc/systemd/system"
_MAIN, _KIOSK, _ROOT = "maquette.service", "maquette-kiosk.service", "maquette-ws281x.service"
_UDEV = "/etc/udev/rules.d/60-maquette.rules"
_JOURNAL = "/etc/systemd/journald.conf.d/50-maquette.conf"
_WATCHDOG = "/etc/systemd/system.conf.d/50-maquette.conf"
_FOLDERS = "/etc/tmpfiles.d/maquette.conf"
_AVAHI = "/etc/avahi/services/maquette.service"
_NETWORK = "/etc/NetworkManager/system-connections/maquette.nmconnection"
_SOURCES = "/run/maquette-bundle.list"
_COMMAND = "/usr/local/bin/maquette"
_SCREEN_HOME = "/var/lib/maquette-screen"
_STATE_PARTITION = "LABEL=maquette-state /var/lib/maquette ext4 noatime,nofail,x-systemd.device-timeout=5s 0 2"
_OVERLAY = "overlayroot=tmpfs:recurse=0"
"""The root in memory over the card; other partitions stay as they are (``recurse=0``)."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted.

    Attributes:
        bundle: a folder made by `systemd/bundle`, instead of the network.
        country: two letters: the model makes its own network, under this country's rules.
        kiosk: a screen of this machine shows the visitors' page.
        read_only: the card is never written from the next start on.
        editor: a user who is to edit the documents, or None.
        secrets: what the file of secrets is to hold from now on, by name.
        password: of the model's own network, if there is none yet.
    """

    bundle: Path | None = None
    country: str | None = None
    kiosk: bool = False
    read_only: bool = False
    editor: str | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)
    password: str = ""


def package_actions(machine: Machine, wish: Wish) -> list[Action]:
    """Return how the packages come that are missing."""
    missing = sorted(set(wanted_packages(machine, wish)) - machine.packages)
    if not missing:
        return []
    actions: list[Action] = []
    sources: tuple[str, ...] = ()
    if wish.bundle is not None:
        # The bundle is a repository of its own, and for once the only one.
        actions.append(Write(_SOURCES, f"deb [trusted=yes] file:{wish.bundle}/debs ./\n"))
        sources = (
            "-o",
            f"Dir::Etc::SourceList={_SOURCES}",
            "-o",
            "Dir::Etc::SourceParts=-",
            "-o",
            "APT::Get::List-Cleanup=0",
        )
    install = ("apt-get", "install", "--yes", "--quiet", "--no-install-recommends")
    return [*actions, Run(("apt-get", "update", "--quiet", *sources)), Run((*install, *sources, *missing))]


def wanted_packages(machine: Machine, wish: Wish) -> tuple[str, ...]:
    """Return the packages that must be there."""
    wanted = ["python3-venv", "python3-yaml", "qrencode", "avahi-daemon"]
    if wish.bundle is None:
        wanted += ["gcc", "python3-dev"]  # some libraries have no wheel for every processor
    if _sees_system_packages(machine):
        wanted.append("python3-lgpio")
    if wish.country is not None:
        wanted.append("network-manager")
    if wish.kiosk:
        # Raspberry Pi OS has called the browser so until Trixie.
        old = machine.has_raspberry_packages and machine.python == (3, 11)
        wanted += ["cage", "chromium-browser" if old else "chromium"]
    if wish.read_only:
        wanted.append("overlayroot")
    return tuple(wanted)


def install_actions(machine: Machine, project: Project, wish: Wish, needs: Needs) -> list[Action]:
    """Return what is left to do until the model plays, in order; packages come before (`package_actions`)."""
    actions = [*_user(machine, wish), *_version(machine, project, wish), *_documents(machine, project, wish)]
    system = pending(list(_system(machine)), machine)
    units = pending(list(_units(machine, project, wish, needs)), machine)
    actions += [*system, *_reloads(machine, system), *_network(machine, wish), *_boot(machine, wish, needs), *units]
    if units and machine.runs_systemd:
        actions.append(Run(("systemctl", "daemon-reload")))
    actions += [
        Run(("systemctl", "enable", unit), unless=_wanted(unit)) for unit in _enabled(machine, project, wish, needs)
    ]
    return [
        *pending(actions, machine),
        *_start(machine, project, restart=bool(units or wish.secrets)),
        *_old_versions(machine, project),
    ]


def removal_actions(machine: Machine, *, purge: bool) -> list[Action]:
    """Return how the model is removed again; configuration, secrets and state stay unless they are to go too."""
    units = [unit for unit in (_KIOSK, _MAIN, _ROOT) if machine.exists(f"{_UNITS}/{unit}")]
    actions: list[Action] = []
    if units:
        actions.append(
            Run(("systemctl", "disable", *(("--now",) if machine.runs_systemd else ()), *units), may_fail=True)
        )
    files = [f"{_UNITS}/{unit}" for unit in units]
    gone = [*files, _UDEV, _JOURNAL, _WATCHDOG, _FOLDERS, _AVAHI, _NETWORK, _COMMAND, HOME]
    actions += [Delete(path) for path in gone]
    if units and machine.runs_systemd:
        actions.append(Run(("systemctl", "daemon-reload")))
    if machine.exists(_NETWORK) and machine.runs_systemd:
        actions.append(Run(("nmcli", "connection", "reload"), may_fail=True))
    actions += _boot(machine, Wish(), Needs())
    if purge:
        actions += [Delete(CONFIGURATION), Delete(STATE), Delete(_SCREEN_HOME)]
        actions += [Run(("userdel", user)) for user in (USER, SCREEN_USER) if user in machine.users]
    return pending(actions, machine)


def writable_again(machine: Machine) -> list[Action]:
    """Return how the card can be written again from the next start on."""
    return _command_line(machine, (), without=_OVERLAY)


def is_overlaid(machine: Machine) -> bool:
    """Tell whether what is written now is lost at the next start."""
    return "overlayroot=tmpfs" in (machine.text("/proc/cmdline") or "")


def password_of(network: str) -> str | None:
    """Return the password that a network's connection file holds."""
    return next((line.partition("=")[2] for line in network.splitlines() if line.startswith("psk=")), None)


def network_name(machine: Machine) -> str:
    """Return what the model's own network is called."""
    return "Maquette" if machine.name in ("maquette", "raspberrypi") else f"Maquette {machine.name}"


def network_file(machine: Machine) -> str | None:
    """Return the connection file of the model's own network, or None."""
    return machine.text(_NETWORK)


def _sees_system_packages(machine: Machine) -> bool:
    """From Python 3.13 on lgpio has no wheel: the environment sees the Pi's own python3-lgpio."""
    return machine.has_raspberry_packages and (machine.python or (0, 0)) >= (3, 13)


def _user(machine: Machine, wish: Wish) -> Iterator[Action]:
    if USER not in machine.users:
        shell = ("--no-create-home", "--home-dir", STATE, "--shell", "/usr/sbin/nologin")
        yield Run(("useradd", "--system", "--user-group", *shell, USER))
    if groups := [group for group in machine.device_groups if group not in machine.groups_of(USER)]:
        yield Run(("usermod", "--append", "--groups", ",".join(groups), USER))
    if wish.editor is not None and USER not in machine.groups_of(wish.editor):
        yield Run(("usermod", "--append", "--groups", USER, wish.editor))
    if wish.kiosk and SCREEN_USER not in machine.users:
        yield Run(("useradd", "--system", "--user-group", "--create-home", "--home-dir", _SCREEN_HOME, SCREEN_USER))
        yield Run(("usermod", "--append", "--groups", "video,input,render", SCREEN_USER), may_fail=True)
    yield Folder(STATE, 0o750, f"{USER}:{USER}")
    yield Folder(CONFIGURATION, 0o2770, f"root:{USER}")


def _version(machine: Machine, project: Project, wish: Wish) -> Iterator[Action]:
    place = f"{HOME}/versions/{project.version}"
    python_version = f"python {'.'.join(map(str, machine.python or ()))}"
    ready = Write(f"{place}/ready", f"{python_version}\n", told=python_version)
    if ready.is_done(machine):
        return
    python = f"{place}/.venv/bin/python"
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir")
    options = ("--system-site-packages",) if _sees_system_packages(machine) else ()
    yield Delete(place)  # half made, or for a Python that is gone
    yield Copy(project.folder, place, project.files, "the project")
    yield Run(("python3", "-m", "venv", *options, f"{place}/.venv"))
    if wish.bundle is None:
        yield Run((*pip, "--require-hashes", "--requirement", f"{place}/requirements.txt"))
    else:
        wheels = wish.bundle / "wheels"
        yield Run(
            (*pip, "--no-index", "--no-deps", "--find-links", str(wheels), "--requirement", str(wheels / "wheels.txt"))
        )
    yield Run((*pip, "--no-index", "--no-deps", "--no-build-isolation", "--editable", place))
    # Whoever plays may not write here: without this, each start would compile everything anew.
    yield Run((python, "-m", "compileall", "-q", f"{place}/maquette"))
    yield ready


def _documents(machine: Machine, project: Project, wish: Wish) -> Iterator[Action]:
    owner = f"root:{USER}"
    if not machine.exists(f"{CONFIGURATION}/config.yaml"):
        for part in ("hardware", "scenarios"):
            if not machine.exists(f"{CONFIGURATION}/{part}"):
                yield Copy(project.folder, CONFIGURATION, project.below(part), part, 0o660, owner)
        text = project.text("config.yaml")
        names = f"{machine.name}.local, {machine.name}"
        yield Write(f"{CONFIGURATION}/config.yaml", texts.opened(text, names) or text, 0o660, owner)
    before = machine.text(ENVIRONMENT) or ""
    if wish.secrets:
        after, names = texts.with_variables(before, wish.secrets), ", ".join(wish.secrets)
        yield Write(ENVIRONMENT, after, 0o640, owner, told=f"records of {names}")


def _system(machine: Machine) -> Iterator[Action]:
    place = f"{HOME}/current/.venv/bin/maquette"
    yield Link(_COMMAND, place)
    yield Write(_FOLDERS, texts.FOLDERS)
    if "gpio" in machine.device_groups:
        yield Write(_UDEV, texts.UDEV)
    yield Write(_JOURNAL, texts.JOURNAL)
    if machine.model is not None and not any(
        "watchdog" in name for name in machine.names("/usr/lib/systemd/system.conf.d")
    ):
        yield Write(_WATCHDOG, texts.WATCHDOG)
    yield Write(_AVAHI, texts.avahi(PORT))


def _reloads(machine: Machine, written: list[Action]) -> Iterator[Action]:
    paths = {action.path for action in written if isinstance(action, Write)}
    if not machine.runs_systemd:
        return
    if _UDEV in paths:
        yield Run(("udevadm", "control", "--reload"), may_fail=True)
        yield Run(("udevadm", "trigger", "--subsystem-match=pwm", "--subsystem-match=ws2812-pio-rp1"), may_fail=True)
    if _JOURNAL in paths:
        yield Run(("systemctl", "restart", "systemd-journald"), may_fail=True)


def _network(machine: Machine, wish: Wish) -> Iterator[Action]:
    if wish.country is None or machine.exists(_NETWORK):
        return
    if machine.exists("/usr/bin/raspi-config"):
        yield Run(("raspi-config", "nonint", "do_wifi_country", wish.country))
    text = texts.network(network_name(machine), wish.password)
    yield Write(_NETWORK, text, 0o600, told=f"WPA2, '{network_name(machine)}', a new password")
    if machine.runs_systemd:
        yield Run(("nmcli", "connection", "reload"), may_fail=True)
        yield Run(("nmcli", "connection", "up", "maquette"), may_fail=True)


def _boot(machine: Machine, wish: Wish, needs: Needs) -> list[Action]:
    actions: list[Action] = []
    if machine.boot is not None:
        path = f"{machine.boot}/config.txt"
        before = machine.text(path) or ""
        overlaid = wish.read_only or _OVERLAY in (machine.text(f"{machine.boot}/cmdline.txt") or "").split()
        # The root is laid into memory by the initramfs, which older images do not load by themselves.
        early = ("auto_initramfs=1",) if overlaid and "auto_initramfs=1" not in with_lines(before, ()).split() else ()
        after = with_lines(before, (*early, *needs.config))
        if after.rstrip() != before.rstrip():
            actions.append(Propose(path, before, after))
    words = (*needs.kernel, *((_OVERLAY,) if wish.read_only else ()))
    actions += _command_line(machine, words)
    fstab = machine.text("/etc/fstab") or ""
    if wish.read_only and machine.exists("/dev/disk/by-label/maquette-state") and _STATE_PARTITION not in fstab:
        actions.append(Propose("/etc/fstab", fstab, f"{fstab.rstrip()}\n{_STATE_PARTITION}\n"))
    return actions


def _command_line(machine: Machine, words: tuple[str, ...], *, without: str | None = None) -> list[Action]:
    if machine.boot is None:
        return []
    path = f"{machine.boot}/cmdline.txt"
    before = machine.text(path) or ""
    after = without_words(before, without) if without is not None else with_words(before, words)
    return [Propose(path, before, after)] if after.split() != before.split() else []


def _units(machine: Machine, project: Project, wish: Wish, needs: Needs) -> Iterator[Action]:
    for unit in _enabled(machine, project, wish, needs):
        yield Write(f"{_UNITS}/{unit}", project.text(f"systemd/{unit}"))
    if not needs.as_root and machine.exists(f"{_UNITS}/{_ROOT}"):
        yield Run(("systemctl", "disable", *(("--now",) if machine.runs_systemd else ()), _ROOT), may_fail=True)
        yield Delete(f"{_UNITS}/{_ROOT}")


def _enabled(machine: Machine, project: Project, wish: Wish, needs: Needs) -> Iterator[str]:
    if needs.as_root and project.has(f"systemd/{_ROOT}"):
        yield _ROOT
    yield _MAIN
    if wish.kiosk or machine.exists(f"{_UNITS}/{_KIOSK}"):
        yield _KIOSK


def _wanted(unit: str) -> str:
    target = "graphical" if unit == _KIOSK else "multi-user"
    return f"{_UNITS}/{target}.target.wants/{unit}"


def _start(machine: Machine, project: Project, *, restart: bool) -> Iterator[Action]:
    link, version = f"{HOME}/current", f"versions/{project.version}"
    before = machine.link(link)
    if before != version:
        yield Switch(link, version, before, _MAIN, FIRST_LIGHT_S) if machine.runs_systemd else Link(link, version)
        if before is not None:
            yield Link(f"{HOME}/previous", before)
    elif not machine.runs_systemd:
        return
    elif restart:
        yield Run(("systemctl", "restart", _MAIN))
    elif not any(machine.exists(f"/sys/fs/cgroup/{part}system.slice/{_MAIN}") for part in ("", "systemd/", "unified/")):
        yield Run(("systemctl", "start", _MAIN))


def _old_versions(machine: Machine, project: Project) -> Iterator[Action]:
    """The version that plays and the one before it stay."""
    playing = machine.link(f"{HOME}/current")
    before = playing if playing != f"versions/{project.version}" else machine.link(f"{HOME}/previous")
    kept = {f"versions/{project.version}", before}
    for name in machine.names(f"{HOME}/versions"):
        if f"versions/{name}" not in kept:
            yield Delete(f"{HOME}/versions/{name}")
