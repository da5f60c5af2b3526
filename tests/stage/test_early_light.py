"""The glow of a start: there before anything is read, dropped as soon as anything is not as it was."""

import json

import numpy as np
import pytest

from maquette.show.glow import GLOW, glow_of
from maquette.stage.early_light import glow, keep, put_out, taken_over
from maquette.stage.outputs.ddp import DdpStrip
from maquette.stage.outputs.virtual import VirtualOutput, VirtualStrip
from tests.show.models import model_of, strips_of
from tests.stage.receiver import Receiver

WIRES = {"river": bytes([5, 4, 2] * 3), "plants": bytes([4, 5, 2] * 2)}


def write(path, data):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


@pytest.fixture
def receiver():
    with Receiver(3) as receiver:
        yield receiver


@pytest.fixture
def strips(receiver):
    return {
        "river": DdpStrip(driver="ddp", leds=3, host="127.0.0.1", port=receiver.port),
        "plants": VirtualStrip(leds=2, order="GRB", white_balance=(1.0, 0.9, 0.8)),
    }


@pytest.fixture
def config(tmp_path, strips):
    """An installation that has left word for its next start."""
    (tmp_path / "config.yaml").write_text("maquette: 1\n")
    (tmp_path / "hardware.yaml").write_text("maquette: 1\n")
    keep(tmp_path / "state", tmp_path / "config.yaml", "hardware.yaml", strips, WIRES.values(), write)
    return tmp_path / "config.yaml"


def test_every_strip_glows_and_its_output_is_handed_over_open(config, strips, receiver):
    early = glow(config.parent / "state", config)
    assert receiver.receive_frame() == WIRES["river"]
    assert list(taken_over(early, strips)) == ["river", "plants"]
    virtual = early["plants"][1]
    assert isinstance(virtual, VirtualOutput)
    assert (virtual.is_open, virtual.frame) == (True, WIRES["plants"])
    put_out(early)


def test_what_is_wired_otherwise_now_is_closed(config, strips):
    early = glow(config.parent / "state", config)
    assert list(taken_over(early, {**strips, "plants": VirtualStrip(leds=3)})) == ["river"]
    assert not early["plants"][1].is_open  # type: ignore[attr-defined]  # a virtual output has it
    put_out(early)


def test_where_nothing_will_be_played_the_glow_goes_out(config, receiver):
    put_out(glow(config.parent / "state", config))
    assert receiver.receive_frame() == WIRES["river"]
    assert receiver.receive_frame() == bytes(9)


@pytest.mark.parametrize("name", ["config.yaml", "hardware.yaml"])
@pytest.mark.parametrize("text", ["maquette: 1 # another\n", None])
def test_a_document_that_changed_leaves_the_strips_dark(config, name, text):
    path = config.parent / name
    path.unlink() if text is None else path.write_text(text)
    assert glow(config.parent / "state", config) == {}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kept: kept | {"version": "0"},
        lambda kept: kept | {"strips": {"river": {"options": {"driver": "none"}, "bytes": ""}}},
        lambda kept: kept | {"strips": {"river": {"options": {"driver": "ddp"}, "bytes": ""}}},
        lambda kept: {**kept, "strips": {name: {**s, "bytes": "?"} for name, s in kept["strips"].items()}},
        lambda kept: kept | {"strips": []},
        lambda kept: [],
        lambda kept: "{",
    ],
)
def test_whatever_the_file_holds_the_start_goes_on(config, spoil):
    path = config.parent / "state" / "early_light.json"
    path.write_text(json.dumps(spoil(json.loads(path.read_text()))))
    assert glow(config.parent / "state", config) == {}


def test_an_output_that_could_not_be_opened_is_not_taken_for_open(config, strips, monkeypatch):
    def refuse(self):
        raise OSError("busy")

    monkeypatch.setattr(VirtualOutput, "open", refuse)
    early = glow(config.parent / "state", config)
    assert list(taken_over(early, strips)) == ["river"]
    put_out(early)


@pytest.mark.parametrize("wire", [b"\xff" * 9, bytes(8), bytes(12), b""])
def test_what_is_no_glow_stays_dark(config, strips, wire):
    keep(config.parent / "state", config, "hardware.yaml", {"river": strips["river"]}, [wire], write)
    assert glow(config.parent / "state", config) == {}


def test_an_output_that_cannot_be_opened_does_not_darken_the_others(config, strips, receiver):
    away = {"away": DdpStrip(driver="ddp", leds=1, host="127.0.0.1", port=1), **strips}
    keep(config.parent / "state", config, "hardware.yaml", away, [bytes(3), *WIRES.values()], write)
    put_out(glow(config.parent / "state", config))
    assert receiver.receive_frame() == WIRES["river"]


def test_what_is_kept_already_is_not_written_again(config, strips):
    def refuse(path, data):
        raise AssertionError(path)

    keep(config.parent / "state", config, "hardware.yaml", strips, WIRES.values(), refuse)


def test_the_glow_is_faint_and_within_what_supplies_give():
    strips = strips_of(400, 100, supply="main", idle_ma=0.5)
    (first, second) = glow_of(model_of(strips, {"z": range(500)}, {"main": 0.4}))
    assert 0 < max(first) <= 255 * GLOW[0] + 1
    drawn_ma = (sum(first) + sum(second)) / 255 * 18.3 + 500 * 0.5
    assert drawn_ma <= 400
    assert np.frombuffer(second, dtype=np.uint8).reshape(-1, 3).std(axis=0).max() == 0
