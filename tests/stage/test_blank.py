"""After a crash: every strip is darkened once, whatever is wrong with another one or with the documents."""

import pytest

from maquette import app
from maquette.cli import main
from maquette.config.strips_alone import read_strips
from maquette.core.message import message
from maquette.errors import OutputError
from maquette.stage.blank import PATIENCE_S, blank
from maquette.stage.outputs import STRIP_DOCUMENTS
from maquette.stage.outputs.virtual import VirtualStrip
from tests.stage.receiver import Receiver

THREE = VirtualStrip(driver="virtual", leds=3)


class Strip:
    """An output that takes frames from the nth try on, or fails where it is told to."""

    def __init__(self, patience=0, fault=None, at="open"):
        self.patience, self.fault, self.at = patience, fault, at
        self.shown, self.events, self.wire_time_s = [], [], 0.004

    def _event(self, name):
        self.events.append(name)
        if self.fault is not None and name == self.at:
            raise self.fault

    def open(self):
        self._event("open")

    def show(self, pixels):
        self._event("show")
        self.patience -= 1
        if self.patience < 0:
            self.shown.append(pixels)
        return self.patience < 0

    def blank(self):
        self._event("blank")

    def close(self):
        self._event("close")


class Clock:
    """Passes only while somebody waits."""

    def __init__(self):
        self.now_s = 100.0

    def now(self):
        return self.now_s

    def wait(self, seconds):
        self.now_s += seconds


def darkened(**outputs):
    clock = Clock()
    made = {name: ("virtual", output) for name, output in outputs.items()}
    wrong = blank(dict.fromkeys(outputs, THREE), make=lambda _: made, now=clock.now, wait=clock.wait)
    return wrong, clock.now_s - 100.0


def test_every_strip_is_darkened_and_closed():
    river, plants = Strip(), Strip(patience=5)
    wrong, took_s = darkened(river=river, plants=plants)
    assert wrong == {}
    assert river.shown == plants.shown == [bytes(9)]
    assert river.events == ["open", "show", "blank", "close"]
    assert plants.events[-2:] == ["blank", "close"]
    assert took_s < 0.2


@pytest.mark.parametrize("at", ["open", "show", "blank", "close"])
@pytest.mark.parametrize(
    "fault", [OutputError(message("output_not_ready", seconds=3.0)), ZeroDivisionError("unplugged")]
)
def test_a_broken_strip_leaves_no_other_lit(at, fault):
    broken, river = Strip(fault=fault, at=at), Strip()
    wrong, _ = darkened(broken=broken, river=river)
    assert wrong == {"broken": getattr(fault, "message", "unplugged")}
    assert river.events == ["open", "show", "blank", "close"]
    assert at == "blank" or "close" in broken.events


def test_it_never_takes_longer_than_its_patience():
    wrong, took_s = darkened(river=Strip(patience=10**9), roads=Strip())
    assert wrong == {"river": message("output_not_ready", seconds=PATIENCE_S)}
    assert PATIENCE_S <= took_s < PATIENCE_S + 0.1


CONFIG = "maquette: 1\nid: a\nhardware: hardware.yaml\n"
HARDWARE = "maquette: 1\nstrips:\n  river: {driver: ddp, host: 127.0.0.1, port: %d, leds: 4}\n"


@pytest.fixture(autouse=True)
def _leave_the_log_to_pytest(monkeypatch):
    monkeypatch.setattr(app, "start_logging", lambda process: None)


def test_the_command_darkens_what_a_receiver_shows(tmp_path):
    with Receiver(4) as receiver:
        (tmp_path / "config.yaml").write_text(CONFIG)
        (tmp_path / "hardware.yaml").write_text(HARDWARE % receiver.port)
        assert main(["run", "--blank", str(tmp_path / "config.yaml"), "--state", str(tmp_path / "state")]) == 0
        assert receiver.receive_frame() == bytes(12)
    assert not (tmp_path / "state").exists()


def test_a_strip_with_white_leds_gets_four_bytes_an_led():
    strip = Strip()
    assert (
        blank(
            {"river": VirtualStrip(driver="virtual", leds=3, order="GRBW")},
            make=lambda _: {"river": ("virtual", strip)},
        )
        == {}
    )
    assert strip.shown == [bytes(12)]


def test_without_any_strip_it_fails_in_silence(tmp_path):
    assert main(["run", "--blank", str(tmp_path / "config.yaml"), "--state", str(tmp_path)]) == 1


@pytest.mark.parametrize("spoilt", ["config.yaml", "hardware.yaml"])
@pytest.mark.parametrize(
    "text", [None, "strips: [", "[]", "maquette: 1\nstrips: {river: {driver: nowhere, leds: 4}}\n"]
)
def test_last_good_copies_stand_in_for_documents_that_name_no_strip(tmp_path, spoilt, text):
    kept = tmp_path / "state" / "last_good"
    kept.mkdir(parents=True)
    for folder in (tmp_path, kept):
        (folder / "config.yaml").write_text(CONFIG)
        (folder / "hardware.yaml").write_text(HARDWARE % 4048)
    (tmp_path / spoilt).unlink() if text is None else (tmp_path / spoilt).write_text(text)
    strips = read_strips(tmp_path / "config.yaml", STRIP_DOCUMENTS, tmp_path / "state")
    assert {name: strip.leds for name, strip in strips.items()} == {"river": 4}


def test_a_wrong_strip_and_wrong_zones_leave_the_other_strips(tmp_path):
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "hardware.yaml").write_text(HARDWARE % 4048 + "  plants: {driver: ddp, leds: -4}\nzones: 12\n")
    assert list(read_strips(tmp_path / "config.yaml", STRIP_DOCUMENTS, tmp_path)) == ["river"]
