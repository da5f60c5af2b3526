"""All servos together: they start one after another, and where they are left is kept."""

import json
import threading

import pytest

from maquette.core.alerts import Alert
from maquette.core.message import message
from maquette.errors import ServoError
from maquette.show.model import Servo
from maquette.stage.horns import Horns
from maquette.stage.servos.left import WRITE_S, LeftAngles
from maquette.stage.servos.tended import FIRST_PULSE_S, START_S
from maquette.stage.servos.virtual import VirtualServo
from tests.show.models import model_of, strips_of
from tests.stage.horn import Horn

NAMES = ("needle", "gate", "turbine")
SERVOS = [Servo(name, {"": name}, (-90.0, 90.0), park=0.0, top_speed=30.0, acceleration=100.0) for name in NAMES]
WANTED = dict.fromkeys(NAMES, 90.0)


@pytest.fixture
def drivers():
    return {name: Horn() for name in NAMES}


def horns_of(drivers, left=None, alerts=None):
    model = model_of(strips_of(1), {"zone": range(1)}, servos=SERVOS)
    return Horns(model, drivers, (alerts if alerts is not None else []).append, left)


def run(horns, wanted, seconds, start=0.0):
    """Move at 50 frames a second; return when each horn was first opened."""
    opened: dict[str, float] = {}
    for index in range(round(seconds * 50)):
        horns.move(wanted, start + index / 50)
        for name, servo in horns._servos.items():
            if servo._open:
                opened.setdefault(name, start + index / 50)
    return opened


def test_they_start_one_after_another_when_the_former_rests_or_has_had_its_time(drivers):
    assert run(horns_of(drivers), WANTED, 6.0) == pytest.approx(
        {"needle": 0.0, "gate": START_S, "turbine": 2 * START_S}, abs=0.05
    )
    resting = {name: Horn() for name in NAMES}
    expected = {"needle": 0.0, "gate": FIRST_PULSE_S, "turbine": 2 * FIRST_PULSE_S}
    assert run(horns_of(resting), {}, 6.0) == pytest.approx(expected, abs=0.05)


def test_one_that_cannot_start_keeps_no_other_waiting(drivers):
    alerts: list[Alert] = []
    drivers["needle"].fault = ServoError(message("pin_lost", pin=17, reason="gone"))
    drivers["gate"].slow = True
    opened = run(horns_of(drivers, alerts=alerts), WANTED, 6.0)
    assert "needle" not in opened
    assert opened["turbine"] < 4.5
    assert [alert.subject for alert in alerts] == ["needle"]


def test_virtual_servos_wait_for_nobody():
    horns = horns_of({name: VirtualServo() for name in NAMES})
    assert set(run(horns, WANTED, 0.02).values()) == {0.0}
    assert horns.are_parked


def test_at_the_end_they_park_and_none_is_opened_any_more(drivers):
    horns = horns_of(drivers)
    run(horns, WANTED, 1.0)
    assert not horns.are_parked
    for index in range(200):
        horns.park(1.0 + index / 50)
    assert horns.are_parked
    assert drivers["needle"].angles[-1] == 0.0
    assert drivers["turbine"].opened == []
    horns.close()
    assert [drivers[name].closed for name in NAMES] == [1, 1, 1]


# -- where they were left --------------------------------------------------------------------------------------------


def test_after_a_power_cut_the_first_pulse_asks_for_the_angle_where_the_horn_was_left(drivers, tmp_path):
    file = tmp_path / "servos.json"
    before = horns_of(drivers, LeftAngles(file))
    run(before, {"needle": 40.0}, 5.0)
    before.close()
    after = {name: Horn() for name in NAMES}
    horns = horns_of(after, LeftAngles(file))
    run(horns, {"needle": 40.0}, 3.0)
    assert [horn.angles[0] for horn in after.values()] == [40.0, 0.0, 0.0]


def test_what_is_new_is_written_at_most_every_two_seconds_and_nothing_when_nothing_is(tmp_path):
    written = []
    left = LeftAngles(tmp_path / "servos.json", lambda path, data: written.append(json.loads(data)))
    for index in range(500):
        left.keep({"needle": min(index / 50, 6.0)}, index / 50)
        if left._writer is not None:
            left._writer.join()
    assert written == [{"needle": pytest.approx(second, abs=0.15)} for second in (0.0, WRITE_S, 2 * WRITE_S, 6.0)]


def test_a_disk_that_hangs_or_refuses_keeps_nobody_waiting(tmp_path, caplog):
    hanging, tries = threading.Event(), []

    def refuse(path, data):
        tries.append(data)
        hanging.wait(5)
        raise OSError(30, "Read-only file system")

    left = LeftAngles(tmp_path / "servos.json", refuse)
    left.keep({"needle": 1.0}, 0.0)
    left.keep({"needle": 2.0}, 10.0)
    assert len(tries) == 1
    hanging.set()
    left.finish()
    assert len(tries) == 2
    assert [record.levelname for record in caplog.records if "servos" in record.message] in ([], ["INFO"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1, 2]",
        '{"needle": "up"}',
        '{"needle": true}',
        '{"needle": NaN}',
        pytest.param('{"needle": 1%s}' % ("0" * 400), id="huge"),
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_a_file_that_says_nothing_of_use_is_as_good_as_none(tmp_path, text):
    file = tmp_path / "servos.json"
    file.write_text(text)
    assert LeftAngles(file).read() == {}


def test_the_place_of_a_virtual_servo_is_not_kept(tmp_path):
    file = tmp_path / "servos.json"
    file.write_text('{"needle": 40.0}')
    horns = horns_of({name: VirtualServo() for name in NAMES}, LeftAngles(file))
    assert horns.angles == (0.0, 0.0, 0.0)
