"""Rounds: what is found wrong is told and ended, days of presses are kept, and nothing waits for a slow machine."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from maquette.console.health.presses import PRESSES
from maquette.console.health.rounds import Rounds
from maquette.console.hub import Hub
from maquette.console.start import ConsoleStart
from maquette.core.alerts import Alert
from maquette.core.events import ButtonPressed
from maquette.core.exhibition import ConsoleSettings
from maquette.core.snapshot import Mode, Snapshot
from maquette.core.vitals import FrameTally, Vitals, VitalsWanted
from maquette.ops.board import TEMPERATURE
from maquette.ops.machine import Machine
from tests.console.fake_territory import make_exhibition


@dataclass
class House:
    """A hub whose house answers at once, on a machine of files."""

    state: Path
    root: Path
    frames: FrameTally = field(default_factory=FrameTally)
    posted: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        exhibition = replace(make_exhibition(), simulated=False)
        self.hub = Hub(ConsoleStart(exhibition, ConsoleSettings()), self.post)
        self.hub.receive(Snapshot(Mode.IDLE))
        self.rounds = Rounds(self.hub, self.state, Machine(self.root))

    def post(self, message: object) -> None:
        self.posted.append(message)
        if isinstance(message, VitalsWanted):
            asyncio.get_running_loop().call_soon(self.hub.receive, Vitals(self.frames))

    def heat(self, degrees: int) -> None:
        path = self.root / TEMPERATURE.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(degrees * 1000))

    def told(self, code: str) -> list[bool]:
        return [m.over for m in self.posted if isinstance(m, Alert) and m.code == code]


@pytest.fixture
def house(tmp_path, monkeypatch):
    monkeypatch.setenv("MAQUETTE_CLOCK", "trusted")
    (tmp_path / "state").mkdir()
    return House(tmp_path / "state", tmp_path / "root")


def test_what_is_found_wrong_is_told_once_and_ended(house):
    async def play():
        house.heat(85)
        await house.rounds.round()
        await house.rounds.round()
        assert house.told("hot") == [False]
        house.heat(50)
        await house.rounds.round()

    asyncio.run(play())
    assert house.told("hot") == [False, True]
    assert house.hub.round is not None
    assert house.hub.round.look.heat_c == 50.0


def test_frames_that_are_lost_between_two_rounds_are_told(house):
    async def play():
        house.frames = FrameTally(begun=100, lost=90)  # while it started
        await house.rounds.round()
        assert house.hub.round.lost is None
        house.frames = FrameTally(begun=180, lost=110)
        await house.rounds.round()
        assert house.hub.round.lost == 0.2

    asyncio.run(play())
    assert house.told("frames_lost") == [False]


def test_presses_of_fingers_are_kept_and_those_of_pages_are_not(house):
    async def play():
        house.rounds.hear(ButtonPressed("air", 1.0))
        house.rounds.hear(ButtonPressed("rhone", 2.0, virtual=True))
        await house.rounds.round()

    asyncio.run(play())
    kept = json.loads((house.state / PRESSES).read_bytes())
    today = date.fromisoformat(kept["day"])
    assert kept["last"] == {"air": today.isoformat()}


def test_what_was_pressed_before_is_known_after_a_restart_and_written_only_when_it_changes(house):
    async def play():
        work = asyncio.create_task(house.rounds.run())
        while house.hub.round is None:
            await asyncio.sleep(0)  # the thread that looks tells nobody else
        work.cancel()

    (house.state / PRESSES).write_text(
        '{"since": "2026-01-01", "day": null, "before": null, "last": {"air": "2026-01-02"}}'
    )
    before = (house.state / PRESSES).stat().st_mtime_ns
    asyncio.run(play())
    assert house.hub.presses.last == {"air": date(2026, 1, 2)}
    assert (house.state / PRESSES).stat().st_mtime_ns == before


def test_a_disk_that_takes_nothing_stops_no_round(house):
    async def play():
        house.state.rmdir()
        house.state.write_text("no folder")
        house.rounds.hear(ButtonPressed("air", 1.0))
        await house.rounds.round()
        house.state.unlink()
        await house.rounds.round()

    asyncio.run(play())
    assert (house.state / PRESSES).exists()


def test_a_press_without_a_clock_is_dated_once_there_is_one(house, monkeypatch):
    monkeypatch.setenv("MAQUETTE_CLOCK", "untrusted")
    house.rounds.hear(ButtonPressed("air", 1.0))
    asyncio.run(house.rounds.round())
    assert house.hub.presses.undated == {"air"}
    assert house.told("clock_untrusted") == [False]
    monkeypatch.setenv("MAQUETTE_CLOCK", "trusted")
    asyncio.run(house.rounds.round())
    assert list(house.hub.presses.last) == ["air"]
    assert house.told("clock_untrusted") == [False, True]
