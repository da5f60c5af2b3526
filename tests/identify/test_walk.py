"""The walk along a strip, and the terminal around it."""

import io
import os
import pty
import shutil
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.config.check import check
from maquette.config.hardware_check import parse_run, written_runs
from maquette.config.installation import Installation
from maquette.config.registries import Registries
from maquette.identify.command import Wish, run_identify
from maquette.identify.terminal import keys_in
from maquette.identify.walk import Walk
from tests.config.conftest import BASE, registries_for
from tests.show.models import strips_of

WALK = Walk("river", 60, {"rhone": ("river 0-29",), "feyzin": ("towns 0-9",)})


def test_led_after_led_is_lit_and_the_ends_of_the_strip_hold():
    assert [WALK.by(n).target for n in (0, 1, 10, -1, 100)] == [
        "led river 0", "led river 1", "led river 10", "led river 0", "led river 59",
    ]  # fmt: skip
    assert (WALK.to(29).owner, WALK.to(30).owner) == ("rhone", None)


def test_a_zone_is_lit_from_its_begin_on_and_named_where_it_ends():
    begun = WALK.to(12).mark_begin().by(10)
    assert (begun.target, begun.run) == ("led river 12-22", None)
    ended = begun.mark_end()
    assert (ended.target, ended.run) == ("led river 12-22", "river 12-22")
    assert ended.by(1).target == "led river 23"
    named = ended.name("rhone")
    assert named.changed == {"rhone": ("river 12-22",)}
    assert (named.at, named.run, named.to(12).owner, named.to(5).owner) == (23, None, "rhone", None)
    assert named.undo() == ended
    assert named.written().changed == {}
    assert named.written().runs["rhone"] == ("river 12-22",)


def test_a_zone_may_run_against_the_strip_lie_elsewhere_too_and_be_one_led():
    back = WALK.to(20).mark_begin().by(-10).mark_end().name("feyzin", also=True)
    assert back.changed == {"feyzin": ("towns 0-9", "river 20-10")}
    assert back.at == 9
    assert WALK.to(7).mark_end().name("rhone").changed == {"rhone": ("river 7",)}
    assert WALK.name("rhone") is WALK, "nothing is marked"
    assert WALK.mark_begin().by(29).mark_end().name("rhone").changed == {}, "it lies there already"


@given(st.lists(st.integers(0, 15), max_size=20))
def test_leds_written_as_runs_read_as_the_same_leds(leds):
    strips = strips_of(10, 6)
    read = [parse_run(run) for run in written_runs(leds, strips.values())]
    assert [strips[run[0]].start + number for run in read if run for number in run[1]] == leds


def test_keys_are_read_one_by_one_however_they_come():
    assert keys_in("l\x1b[C\x1bOA\x1b[Hb \n") == ["l", "right", "up", "home", "b", "right", "enter"]


class Typist:
    """Somebody at a terminal: types, and reads what stands there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fd, inner = pty.openpty()
        self.files = os.fdopen(os.dup(inner), "r"), io.TextIOWrapper(os.fdopen(inner, "wb", 0), write_through=True)
        monkeypatch.setattr(sys, "stdin", self.files[0])
        monkeypatch.setattr(sys, "stdout", self.files[1])
        self.read = ""

    def leave(self) -> None:
        for file in self.files:
            file.close()
        os.close(self.fd)

    def until(self, text: str) -> None:
        while text not in self.read:
            self.read += os.read(self.fd, 65536).decode()

    def type(self, keys: str, text: str) -> None:
        self.read = ""
        os.write(self.fd, keys.encode())
        self.until(text)


def wish(folder: Path, target: str) -> Wish:
    return Wish(
        target,
        walk=True,
        calibrate=False,
        simulate=True,
        config=folder / "config.yaml",
        state=folder / "state",
        language="en",
    )


def installed(folder: Path) -> tuple[Installation, Registries]:
    """A small installation of its own in a folder."""
    shutil.copytree(BASE, folder, dirs_exist_ok=True)
    registries = registries_for(folder)
    installation = check(folder / "config.yaml", registries).installation
    assert installation is not None
    return installation, registries


def test_a_zone_that_was_found_is_written_after_its_change_was_shown(tmp_path):
    patched = pytest.MonkeyPatch()
    installation, registries = installed(tmp_path)
    document = tmp_path / "hardware.yaml"
    before = document.read_text()
    typist = Typist(patched)
    ended: list[int] = []
    walking = threading.Thread(
        target=lambda: ended.append(
            run_identify(wish(tmp_path, "strip river"), lambda: installation, lambda: registries)
        )
    )
    walking.start()
    typist.until("LED 0 of 0-59 · zone rhone")
    typist.type("\x1b[C\x1b[Cb\x1b[A", "LED 12 of 0-59 · zone rhone · from 2")
    typist.type("ez", "Which zone is river 2-12? ")
    typist.type("rone\n", "did you mean 'rhone'?")
    typist.type("z", "Which zone")
    typist.type("rhone\n", "rhone: river 2-12 (not written yet)")
    typist.type("w", "Write this into hardware.yaml? [y/N] ")
    assert "-  rhone: {leds: [river 0-29]" in typist.read
    assert document.read_text() == before
    typist.type("y\n", "is written")
    typist.type("q", "\x1b[K")
    walking.join()
    patched.undo()
    typist.leave()
    assert ended == [0]
    assert document.read_text() == before.replace("[river 0-29]", "[river 2-12]", 1)


def test_a_walk_needs_a_strip_and_a_terminal(tmp_path, capsys, monkeypatch):
    installation, registries = installed(tmp_path)
    with Path(os.devnull).open() as nothing, monkeypatch.context() as patched:
        patched.setattr("sys.stdin", nothing)  # pytest's own has no descriptor
        for target, said in (("strip rivr", "did you mean 'river'?"), ("strip river", "a walk takes a terminal")):
            assert run_identify(wish(tmp_path, target), lambda: installation, lambda: registries) == 2
            assert said in capsys.readouterr().err
