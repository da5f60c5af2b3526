"""The record of a life: each end leaves what the next beginning needs to tell which it was."""

import os
import signal
import subprocess
import sys

import pytest

from maquette.core.vitals import Ending
from maquette.ops.life import Life, LifeRecord, boot_id, ending_of

NOW = Life("2.0", "boot-2")


@pytest.mark.parametrize(
    ("former", "ending"),
    [
        (None, Ending.NONE),
        (Life("2.0", "boot-2", ended=True), Ending.STOPPED),
        (Life("2.0", "boot-1", ended=True), Ending.REBOOTED),
        (Life("1.9", "boot-2", ended=True), Ending.UPGRADED),
        (Life("1.9", "boot-1", ended=True), Ending.UPGRADED),
        (Life("2.0", "boot-2"), Ending.CRASHED),
        (Life("2.0", "boot-1"), Ending.POWER_CUT),
        (Life("1.9", "boot-1"), Ending.POWER_CUT),
        (Life("2.0", None), Ending.UNKNOWN),
    ],
)
def test_an_ending_follows_from_two_records(former, ending):
    assert ending_of(former, NOW) is ending


def test_without_a_boot_s_word_an_unclean_end_is_unknown_and_a_clean_one_is_a_stop():
    assert ending_of(Life("2.0", "boot-1"), Life("2.0", None)) is Ending.UNKNOWN
    assert ending_of(Life("2.0", None, ended=True), Life("2.0", None)) is Ending.STOPPED


def live(path, *, ended, version="2.0", boot="boot-2"):
    record = LifeRecord(path, version, boot)
    record.begin()
    if ended:
        record.end()
    return record.after


def test_lives_follow_each_other_in_one_file(tmp_path):
    path = tmp_path / "state" / "life.json"
    assert live(path, ended=True) is Ending.NONE
    assert live(path, ended=False) is Ending.STOPPED
    assert live(path, ended=True, boot="boot-3") is Ending.POWER_CUT
    assert live(path, ended=True, boot="boot-3", version="2.1") is Ending.UPGRADED


def test_a_life_that_has_ended_does_not_begin_any_more(tmp_path):
    record = LifeRecord(tmp_path / "life.json", "2.0", "boot")
    record.end()
    record.begin()  # on its thread, too late
    assert LifeRecord(tmp_path / "life.json", "2.0", "boot").after is Ending.STOPPED


@pytest.mark.parametrize("spoilt", [b"", b"[]", b'{"version": 1}', b"\xff", b"[" * 20_000])
def test_a_spoilt_record_says_nothing(tmp_path, spoilt):
    (tmp_path / "life.json").write_bytes(spoilt)
    assert LifeRecord(tmp_path / "life.json", "2.0", "boot").after is Ending.UNKNOWN


def test_a_disk_that_takes_nothing_ends_no_life(tmp_path):
    def refuse(_path, _data):
        raise OSError("read-only")

    record = LifeRecord(tmp_path / "life.json", "2.0", "boot", refuse)
    record.begin()
    record.end()
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_is_known_to_have_crashed(tmp_path):
    path = tmp_path / "life.json"
    code = (
        "import sys; from pathlib import Path; from maquette.ops.life import LifeRecord, boot_id\n"
        "LifeRecord(Path(sys.argv[1]), '2.0', boot_id()).begin(); print('begun', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        os.kill(process.pid, signal.SIGKILL)
    assert LifeRecord(path, "2.0", boot_id()).after is Ending.CRASHED


def test_a_machine_without_a_word_for_its_start(tmp_path):
    assert boot_id(tmp_path / "none") is None
