"""The unit file, judged by systemd itself."""

import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "systemd" / "maquette.service"


def verify(unit: Path) -> str:
    program = shutil.which("systemd-analyze")
    assert program, "systemd-analyze is missing: sudo apt-get install systemd"
    # It exits 0 on bad values: only silence is approval.
    done = subprocess.run([program, "verify", str(unit)], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_systemd_finds_nothing_to_say_about_the_unit():
    assert verify(UNIT) == ""


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
    assert {"Type=notify", "Restart=always", "StartLimitIntervalSec=0"} <= set(lines)


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
