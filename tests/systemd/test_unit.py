"""The unit files, judged by systemd itself. `tests/systemd/boot` starts them for real."""

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "systemd"
UNIT = FOLDER / "maquette.service"
EXPOSURE = 25
"""What `systemd-analyze security` may say at most, in tenths."""


def verify(unit: Path) -> str:
    program = shutil.which("systemd-analyze")
    assert program, "systemd-analyze is missing: sudo apt-get install systemd"
    # It exits 0 on bad values: only silence is approval.
    done = subprocess.run([program, "verify", str(unit)], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("unit", sorted(path.name for path in FOLDER.glob("*.service")))
def test_systemd_finds_nothing_to_say_about_the_units(unit):
    assert verify(FOLDER / unit) == ""


def exposed(unit: Path) -> bool:
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager", str(unit)]
    return subprocess.run(command, capture_output=True, check=False).returncode != 0


def test_the_sandboxes_leave_little_open(tmp_path):
    for unit in FOLDER.glob("*.service"):
        assert not exposed(unit), unit.name
    looser = tmp_path / UNIT.name
    looser.write_text(UNIT.read_text().replace("ProtectSystem=strict\n", "").replace("NoNewPrivileges=yes\n", ""))
    assert exposed(looser), "the judge is awake"


def test_after_a_crash_the_strips_are_darkened_before_the_next_start():
    (line,) = (line for line in UNIT.read_text().splitlines() if line.startswith("ExecStopPost="))
    assert line.startswith("ExecStopPost=-"), "what fails here must not keep it from starting again"
    command = shlex.split(line.partition("=-")[2])
    assert command[:3] == ["/usr/bin/env", "sh", "-c"]
    said = command[3].replace("/opt/maquette/current/.venv/bin/maquette", "echo")
    for result, told in (("success", ""), ("watchdog", "run --blank /etc/maquette/config.yaml\n")):
        done = subprocess.run(
            ["sh", "-c", said.replace("exec echo", "echo")],
            env={"SERVICE_RESULT": result},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == told


@pytest.mark.parametrize(
    ("good", "bad"),
    [("WatchdogSec=10", "WatchdogSec=ten"), ("Type=notify", "Type=notifying"), ("Restart=", "Restarts=")],
)
def test_the_judge_is_awake(tmp_path, good, bad):
    text = UNIT.read_text()
    assert good in text
    wrong = tmp_path / UNIT.name
    wrong.write_text(text.replace(good, bad))
    assert verify(wrong) != ""


def test_it_never_waits_for_the_network_and_never_gives_up():
    lines = UNIT.read_text().splitlines()
    assert not [line for line in lines if line.startswith(("After=", "Wants=", "Requires=")) and "network" in line]
    assert {"Type=notify", "Restart=always", "StartLimitIntervalSec=0", "CPUSchedulingResetOnFork=yes"} <= set(lines)


def test_a_state_folder_that_is_missing_keeps_nothing_from_starting():
    """StateDirectory= would: where the folder cannot be made, systemd starts nothing."""
    lines = UNIT.read_text().splitlines()
    assert "ReadWritePaths=-/var/lib/maquette" in lines
    assert "Environment=STATE_DIRECTORY=/var/lib/maquette" in lines
    assert not any(line.startswith("StateDirectory") for line in lines)


def expanded(names: str) -> set[str]:
    """Return the system calls of a SystemCallFilter=, its sets unfolded by systemd."""
    calls = set()
    for name in names.split():
        if name.startswith("@"):
            command = ["systemd-analyze", "syscall-filter", "--no-pager", name]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            lines = [line.strip() for line in told.splitlines()[1:]]
            calls |= expanded(" ".join(line for line in lines if line and not line.startswith("#")))
        else:
            calls.add(name)
    return calls


@pytest.mark.parametrize("call", ["adjtimex", "clock_adjtime", "setpriority", "sched_yield", "mmap"])
def test_the_sandbox_lets_the_processes_ask_what_they_ask(call):
    """Feeds and console ask the kernel whether the clock is set: killed for that, they would never come up."""
    lines = UNIT.read_text().splitlines()
    filters = " ".join(line.partition("=")[2] for line in lines if line.startswith("SystemCallFilter="))
    assert call in expanded(filters)
    assert "ProtectClock=yes" not in lines, "it takes away adjtimex and clock_adjtime"
    assert "SystemCallErrorNumber=EPERM" in lines
