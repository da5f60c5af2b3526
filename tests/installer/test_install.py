"""Installing for real below a folder: what stays, what comes back, what is refused, what is told."""

import io
import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from maquette.errors import InstallationError
from maquette.installer import command
from maquette.installer.actions import Propose, Run
from maquette.installer.bundle import kind_of, mark_of
from maquette.installer.hand import Hand, run_command
from maquette.installer.machine import Machine
from maquette.ops.environment import variables
from maquette.ops.scrypt import is_of
from tests.installer.roots import PICTURES, Picture, write

PROJECT = Path(__file__).parents[2]
PI = PICTURES["bookworm-pi-4"]


def mode(house, path):
    return stat.S_IMODE((house.root / path.lstrip("/")).stat().st_mode)


def test_files_belong_to_whom_they_concern(house):
    house.install()
    assert mode(house, "/etc/maquette/environment") == 0o640
    assert mode(house, "/etc/maquette/hardware") == 0o2770, "whoever edits there makes files of the group's"
    assert mode(house, "/etc/maquette/scenarios/data/jobs.csv") == 0o660
    assert mode(house, "/var/lib/maquette") == 0o750
    (version,) = (house.root / "opt/maquette/versions").iterdir()
    assert mode(house, f"/opt/maquette/versions/{version.name}/systemd/install") == 0o755
    assert mode(house, f"/opt/maquette/versions/{version.name}/README.md") == 0o644
    assert not (version / "tests").exists()
    assert not list(version.rglob("*.pyc"))
    assert house.owners["/etc/maquette/environment"] == "root:maquette"
    assert house.owners["/var/lib/maquette"] == "maquette:maquette"


def test_the_pin_opens_the_pages_and_the_address_does_not_hold_it(house, monkeypatch):
    scanned = []
    monkeypatch.setattr("maquette.installer.command.shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("maquette.installer.command.subprocess.run", lambda line, **_: scanned.append(line))
    printed = house.install("--own-network", "FR")
    kept = variables(house.text("/etc/maquette/environment"))
    for name, told in (
        ("MAQUETTE_PIN", "leads visits: ([0-9]{6})"),
        ("MAQUETTE_PASSWORD", "documents: ([a-z2-9]{12})"),
    ):
        found = re.search(f"{told}$", printed, re.MULTILINE)
        assert found, told
        assert is_of(found[1], kept[name])
        assert found[1] not in "".join(kept.values())
    assert [line[-1] for line in scanned] == ["http://maquette.local:8080/"]
    config = house.text("/etc/maquette/config.yaml")
    secrets = 'pin: "${MAQUETTE_PIN}", password: "${MAQUETTE_PASSWORD}"'
    assert f'console: {{host: "0.0.0.0", port: 8080, {secrets}, names: [maquette.local, maquette]}}' in config
    network = house.text("/etc/NetworkManager/system-connections/maquette.nmconnection")
    assert "proto=rsn\n" in network
    assert f"password {network.split('psk=')[1].splitlines()[0]}" in printed


def test_an_upgrade_keeps_documents_secrets_and_the_version_before(house):
    house.install()
    write(house.root, "/etc/maquette/config.yaml", "maquette: 1\nhardware: hardware/small.yaml\n# mine\n")
    pin = house.text("/etc/maquette/environment")
    first = house.link("/opt/maquette/current")
    for version in ("1.3.0", "1.4.0"):
        house.upgrade(version)
        printed = house.install()
    assert house.text("/etc/maquette/config.yaml").endswith("# mine\n")
    assert "does not name both the PIN and the password yet" in printed
    assert house.text("/etc/maquette/environment") == pin
    assert "1.4.0" in house.link("/opt/maquette/current")
    assert "1.3.0" in house.link("/opt/maquette/previous")
    assert not (house.root / "opt/maquette" / first).exists(), "two versions are kept"


def test_codes_that_were_lost_are_made_anew_and_those_in_clear_are_kept_as_records(house):
    first = house.install()
    write(house.root, "/etc/maquette/environment", "# mine\nKEY=1\n MAQUETTE_PIN = 2468\n")
    printed = house.install()
    kept = variables(house.text("/etc/maquette/environment"))
    assert is_of("2468", kept["MAQUETTE_PIN"])
    assert "leads visits" not in printed
    assert "Password for whoever changes documents" in printed
    assert house.text("/etc/maquette/environment").startswith("# mine\nKEY=1\nMAQUETTE_PIN=scrypt:")
    assert "stay as they are" in house.install()
    assert variables(house.text("/etc/maquette/environment")) == kept
    assert "leads visits" in house.install("--new-codes")
    renewed = variables(house.text("/etc/maquette/environment"))
    assert not is_of("2468", renewed["MAQUETTE_PIN"])
    assert renewed["MAQUETTE_PASSWORD"] != kept["MAQUETTE_PASSWORD"]
    assert "leads visits" in first


def test_a_version_without_first_light_gives_way_to_the_one_before(house):
    house.install()
    playing = house.link("/opt/maquette/current")
    house.upgrade("1.3.0")
    write(house.project, "systemd/maquette.service", "[Service]\n# the new one\n")
    lights = iter([1, 0])
    house_run = house._run
    house._run = lambda line, seconds: (
        next(lights)
        if tuple(line[:2]) == ("systemctl", "restart") and "maquette.service" in line
        else house_run(line, seconds)
    )
    printed = house.install(code=1)
    assert house.link("/opt/maquette/current") == playing
    assert house.text("/etc/systemd/system/maquette.service") == "[Service]\nType=notify\n", (
        "units go with their version"
    )
    assert f"{playing} plays again" in printed
    assert "no first light)" in printed


def test_a_step_that_fails_ends_it_and_the_next_run_goes_on_there(house):
    house.fails = {"--require-hashes": 1}
    printed = house.install(code=1)
    assert "this step failed: run     /opt/maquette/versions" in printed
    assert "(exit 1)" in printed
    assert not (house.root / "opt/maquette/current").is_symlink()
    assert not (house.root / "etc/systemd/system/maquette.service").exists()
    house.fails = {}
    printed = house.install()
    assert "useradd" not in printed
    assert "delete  /opt/maquette/versions/" in printed, "half an environment is made anew"
    assert (house.root / "opt/maquette/current").is_symlink()


def test_what_is_not_agreed_to_stays(house):
    house.agrees = False
    before = house.text("/boot/firmware/config.txt")
    printed = house.install()
    assert house.text("/boot/firmware/config.txt") == before
    assert "sudo reboot" not in printed
    house.agrees = True
    assert "sudo reboot" in house.install()


@pytest.mark.parametrize(("answer", "agreed"), [("y\n", True), ("oui\n", True), ("\n", False), ("no\n", False)])
def test_a_change_is_shown_before_it_is_asked_for(monkeypatch, capsys, answer, agreed):
    class Terminal:
        isatty = staticmethod(lambda: True)
        readline = staticmethod(lambda: answer)

    monkeypatch.setattr("maquette.installer.command.sys.stdin", Terminal)
    talk = command.Talk("fr", yes=False)
    assert talk.agree(Propose("/boot/firmware/config.txt", "a\n", "a\ndtparam=spi=on\n")) is agreed
    printed = capsys.readouterr().out
    assert "+dtparam=spi=on" in printed
    assert ("reste tel quel" in printed) is not agreed


def test_without_a_terminal_nothing_is_taken_for_a_yes(monkeypatch, capsys):
    monkeypatch.setattr("maquette.installer.command.sys.stdin", io.StringIO("y\n"))
    assert not command.Talk("en", yes=False).agree(Propose("/a", "", "b\n"))
    assert command.Talk("en", yes=True).agree(Propose("/a", "", "b\n"))


REFUSED = {
    "Fedora": (Picture("PRETTY_NAME=Fedora\nID=fedora\n", "python3.13"), "Fedora is neither Raspberry Pi OS nor Debian"),
    "32 bits": (Picture(PI.release, "python3.11", processor="armv7l"), "this system has 32 bits (armv7l)"),
    "an old Python": (Picture(PI.release, "python3.9"), "Python 3.9 of Debian GNU/Linux 12 (bookworm) does not fit"),
    "a card in memory": (
        Picture(PI.release, "python3.11", more={"/proc/cmdline": "quiet overlayroot=tmpfs:recurse=0"}), "the card is read-only"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_machines_that_do_not_fit_are_left_alone(house, tmp_path, monkeypatch, case):
    picture, reason = REFUSED[case]
    house.root = tmp_path / "other"
    picture.draw(house.root)
    monkeypatch.setattr(command, "Machine", lambda root, _=None: Machine(root, picture.processor))
    before = house.snapshot()
    assert reason in house.install(code=1)
    assert house.snapshot() == before
    assert house.ran == []


def test_documents_that_cannot_be_read_ask_for_nothing_and_say_so(house):
    write(house.project, "hardware/small.yaml", "")
    write(house.project, "config.yaml", "maquette: 1\n\nconsole: {port: 8080}\n")
    printed = house.dry_run()
    assert "What the hardware document asks of config.txt is not known" in printed
    assert "propose" not in printed


def test_it_runs_on_python_alone_and_reads_the_shipped_hardware(tmp_path):
    """As on a fresh Raspberry Pi OS: no environment, no package of ours, nothing but the system's Python."""
    line = [sys.executable, "-I", "-S", str(PROJECT / "systemd" / "install"), "--dry-run", "--language", "en"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0
    assert "switch  /opt/maquette/current -> versions/" in done.stdout or "link    /opt/maquette/current" in done.stdout


def test_a_command_that_is_not_there_has_an_exit_code_and_words(capsys, tmp_path):
    assert run_command(("maquette-has-no-such-command",), None) == 127
    assert run_command(("sleep", "5"), 0.05) == 124
    with pytest.raises(InstallationError, match="exit 1"):
        Hand(tmp_path, lambda _: True).carry_out(Run(("false",)))
    assert Hand(tmp_path, lambda _: True).carry_out(Run(("false",), may_fail=True))


def test_the_plain_documents_are_read_by_the_systems_own_python(tmp_path):
    write(tmp_path, "a.yaml", "strips: {river: {driver: spi}}\n")
    assert command._plain(tmp_path / "a.yaml") == [{"strips": {"river": {"driver": "spi"}}}]
    with pytest.raises(ValueError, match="Expecting value"):
        command._plain(tmp_path / "none.yaml")


def bundle_for(house, **changes):
    folder = house.root.parent / "stick"
    write(folder, "project/pyproject.toml", '[project]\nname = "maquette"\nversion = "2.0.0"\n')
    for name in (
        "config.yaml",
        "hardware/small.yaml",
        "scenarios/air.yaml",
        "requirements.txt",
        "systemd/maquette.service",
    ):
        write(folder, f"project/{name}", (house.project / name).read_text())
    write(folder, "wheels/wheels.txt", "pyyaml==6.0.3\n")
    for name in ("qrencode", "python3-venv", "gone", "avahi-daemon"):
        write(folder, f"debs/{name}_1.0_arm64.deb", name)
    marks = {str(path.relative_to(folder)): mark_of(path) for path in folder.rglob("*") if path.is_file()}
    kind = kind_of(Machine(house.root, PI.processor))
    write(folder, "manifest.json", json.dumps({"format": 1, "for": kind, "files": marks, **changes}))
    return folder


def test_a_bundle_needs_no_network(house):
    bundle = bundle_for(house)
    house.install("--from", str(bundle))
    commands = [" ".join(line).replace(str(bundle), "STICK") for line in house.ran]
    update, install = (line for line in commands if line.startswith("apt-get"))
    assert house.text("/run/maquette-bundle.list") == f"deb [trusted=yes] file:{bundle}/debs ./\n"
    assert "Dir::Etc::SourceList=/run/maquette-bundle.list -o Dir::Etc::SourceParts=-" in update
    assert "Dir::Etc::SourceList=/run/maquette-bundle.list -o Dir::Etc::SourceParts=-" in install
    assert install.endswith("python3-venv qrencode")
    pips = [line for line in commands if " pip " in line]
    assert len(pips) == 2
    assert all("--no-index" in line for line in pips)
    assert "2.0.0" in house.link("/opt/maquette/current")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"format": 2}, "was made by a newer version"), ({"for": "debian sid"}, "the bundle was made for 'debian sid'")],
)
def test_a_bundle_for_something_else_is_refused(house, changes, reason):
    assert reason in house.install("--from", str(bundle_for(house, **changes)), code=1)


def test_a_damaged_bundle_is_refused(house):
    bundle = bundle_for(house)
    write(bundle, "debs/qrencode_1.0_arm64.deb", "other")
    assert "debs/qrencode_1.0_arm64.deb in the bundle is damaged" in house.install("--from", str(bundle), code=1)
    (bundle / "manifest.json").write_text("{")
    assert "is no bundle" in house.install("--from", str(bundle), code=1)
    assert house.ran == []
