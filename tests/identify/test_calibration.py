"""The calibration of a servo, and the terminal around it."""

import itertools
import json
import os
import threading
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.config.check import check
from maquette.identify.calibration import Travel, begun
from maquette.identify.command import Wish, run_identify
from maquette.show.model import Servo
from maquette.stage.servos.companion import CompanionServoDocument
from maquette.stage.servos.pca9685 import Pca9685ServoDocument
from tests.identify.test_walk import Typist, installed
from tests.stage.test_pca9685 import Chip

NEEDLE = Servo("needle", {"": "Needle"}, angle=(-90.0, 90.0), park=-90.0, top_speed=90.0, acceleration=300.0)
DOCUMENT = Pca9685ServoDocument.model_validate({"driver": "pca9685", "channel": 0, "angle": ("-90°", "90°")})
FAR = CompanionServoDocument.model_validate(
    {"driver": "companion", "companion": "edge", "channel": 0, "angle": ("-90°", "90°")}
)
BEGUN = begun(DOCUMENT, 1500.0)


def test_the_horn_goes_in_steps_and_never_where_servos_burn():
    assert BEGUN.by(5).pulse == 1505
    assert BEGUN.by(-50).by(-50).pulse == 1400
    assert BEGUN.by(5000).pulse == 2500
    assert BEGUN.by(-5000).pulse == 500


def test_what_was_found_is_what_the_document_does_not_say_yet():
    assert BEGUN.changed == {}
    ends = BEGUN.to(900.0).mark_low().to(2100.0).mark_high()
    assert ends.changed == {"pulse": ["900 µs", "2100 µs"]}
    assert ends.to(1502.0).mark_centre().changed == ends.changed, "halfway needs no saying"
    assert ends.to(1540.0).mark_centre().invert().changed == {**ends.changed, "centre": "1540 µs", "inverted": True}
    assert ends.invert().invert().changed == ends.changed
    assert ends.written().changed == {}
    assert (ends.servo.pulse, ends.servo.angle) == ((900.0, 2100.0), (-90.0, 90.0))


def test_a_centre_that_stands_in_the_document_is_moved_not_taken_out():
    centred = begun(DOCUMENT.model_copy(update={"centre": 1540.0}), 1500.0)
    assert centred.changed == {}
    assert centred.mark_centre().changed == {"centre": "1500 µs"}


def test_the_last_change_is_undone_and_the_horn_stays():
    changed = BEGUN.to(900.0).mark_low().to(2100.0).mark_high()
    assert changed.undo().changed == {"pulse": ["900 µs", "2000 µs"]}
    assert changed.undo().pulse == 2100.0
    assert changed.undo().undo().undo().changed == {}


def test_ends_that_do_not_follow_each_other_are_out_of_order():
    assert BEGUN.in_order
    assert not BEGUN.to(2100.0).mark_low().in_order
    assert not BEGUN.to(990.0).mark_centre().in_order


def test_trying_out_goes_through_the_range_and_comes_back_unless_a_key_ends_it():
    trying, seen = BEGUN.to(1700.0).try_out(), []
    while trying.sweep:
        seen.append(trying.pulse)
        trying = trying.arrived()
    assert [*seen, trying.pulse] == [1000.0, 1500.0, 2000.0, 1500.0, 1700.0]
    assert BEGUN.try_out().by(5).sweep == ()


orders = st.lists(st.tuples(st.floats(500, 2500), st.integers(1, 8), st.floats(0, 2)), min_size=1, max_size=5)


@settings(deadline=None, max_examples=60)
@given(orders)
def test_the_horn_never_jumps(asked):
    travel = Travel(NEEDLE, DOCUMENT, 1500.0)
    pulses = [1500.0]
    for pulse, times, elapsed in asked:
        for _ in range(times):
            travel.on(pulse, elapsed)
            pulses.append(travel.pulse_us)
    # 90°/s are 500 µs/s, and a pause counts as 0.05 s.
    assert all(abs(after - before) <= 25 + 1e-6 for before, after in itertools.pairwise(pulses))


def test_it_gets_there():
    travel, moments = Travel(NEEDLE, DOCUMENT, 1500.0), 0
    while not travel.on(2000.0, 0.02):
        moments += 1
        assert moments < 200
    assert travel.pulse_us == 2000.0


def wish(folder, target="servo needle"):
    places = {"config": folder / "config.yaml", "state": folder / "state"}
    return Wish(target, walk=False, calibrate=True, simulate=False, language="en", **places)


SERVO = "needle: {driver: virtual, angle: [-90°, 90°], park: -90°}"
BOARD = "needle: {driver: pca9685, address: 0x41, channel: 2, angle: [-90°, 90°], park: -90°}  # the dial"


def test_what_was_found_is_written_after_its_change_was_shown_and_the_horn_is_left_where_it_is(tmp_path, monkeypatch):
    chip = Chip()
    monkeypatch.setattr("smbus2.SMBus", lambda number: chip)
    _, registries = installed(tmp_path)
    document = tmp_path / "hardware.yaml"
    document.write_text(document.read_text().replace(SERVO, BOARD))
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "servos.json").write_text('{"needle": 0.0, "gate": 12.0}')
    installation = check(tmp_path / "config.yaml", registries).installation
    assert installation is not None
    typist = Typist(monkeypatch)
    ended: list[int] = []
    talk = threading.Thread(
        target=lambda: ended.append(run_identify(wish(tmp_path), lambda: installation, lambda: registries))
    )
    talk.start()
    typist.until("1500 µs = 0° · 1000 | 1500 | 2000 µs")
    typist.type("\x1b[A\x1b[C2", "1555 µs = 0° · 1000 | 1555 | 2000 µs · to be written: centre")
    typist.type("iw", "Write this into hardware.yaml? [y/N] ")
    typist.type("y\n", "is written")
    typist.type("q", "\x1b[K")
    talk.join()
    typist.leave()
    assert ended == [0]
    written = BOARD.replace("park: -90°}", "park: -90°, centre: 1555 µs, inverted: true}")
    assert written in document.read_text()
    pulses = [data[2] + 256 * data[3] for register, data in chip.writes if register == 0x0E and not data[3] & 0x10]
    assert pulses[0] == 307, "1500 µs: where it was left"
    assert max(abs(after - before) for before, after in itertools.pairwise(pulses)) <= 6
    assert chip.pulse_us(2) is None
    assert json.loads((tmp_path / "state" / "servos.json").read_text()) == {"needle": 0.0, "gate": 12.0}


def test_a_calibration_needs_a_servo_a_terminal_and_that_no_model_holds_it(tmp_path, capsys, monkeypatch):
    installation, registries = installed(tmp_path)
    asked = (lambda: installation), (lambda: registries)
    monkeypatch.setattr("maquette.identify.command._running", lambda wish: object())
    with Path(os.devnull).open() as nothing, monkeypatch.context() as patched:
        patched.setattr("sys.stdin", nothing)  # pytest's own has no descriptor
        for target, said in (("servo nedle", "did you mean 'needle'?"), ("servo needle", "takes a terminal")):
            assert run_identify(wish(tmp_path, target), *asked) == 2
            assert said in capsys.readouterr().err
    typist = Typist(monkeypatch)
    assert run_identify(wish(tmp_path), *asked) == 1
    assert "holds its servos" in capsys.readouterr().err
    monkeypatch.setattr("maquette.identify.command._running", lambda wish: None)
    assert run_identify(wish(tmp_path), *asked) == 2
    assert "is virtual" in capsys.readouterr().err
    far = replace(installation, servos={"needle": FAR})
    assert run_identify(wish(tmp_path), lambda: far, lambda: registries) == 2
    assert "is on a companion" in capsys.readouterr().err
    typist.leave()


def test_a_servo_that_cannot_be_had_is_told(tmp_path, monkeypatch):
    def refuse(number):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("smbus2.SMBus", refuse)
    _, registries = installed(tmp_path)
    document = tmp_path / "hardware.yaml"
    document.write_text(document.read_text().replace(SERVO, BOARD))
    installation = check(tmp_path / "config.yaml", registries).installation
    assert installation is not None
    typist = Typist(monkeypatch)
    assert run_identify(wish(tmp_path), lambda: installation, lambda: registries) == 1
    typist.until("the user must be in the group i2c")
    typist.leave()
    assert not (tmp_path / "state").exists()
