"""The stage as a whole: real loop, real clock, real packets on this machine, mock pins."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime

import gpiozero
import numpy as np
import pytest

from maquette.config.documents import EncoderDocument, PresenceSensorDocument
from maquette.config.installation import Senses
from maquette.core.alerts import Alert
from maquette.core.calendar import Instant, OpeningHours
from maquette.core.clock import Clock
from maquette.core.events import Answer, ButtonPressed, Command, Origin
from maquette.core.past import ReadingSeries, SeriesUpdate
from maquette.core.readings import Nature, Quality, Reading, ReadingsUpdate
from maquette.core.series import Point, make_series
from maquette.core.snapshot import Mode, ShownFrame, Snapshot, Watching
from maquette.core.votes import FormerVotes, VoteCast, VotesKept
from maquette.show.computed import ComputedValue
from maquette.show.expressions import compile_expression
from maquette.show.model import Supply
from maquette.show.own_values import PRESENCE, Sensed
from maquette.show.scenario import Ask, ButtonTrigger, Choice, Layer, Scenario, Step, Through
from maquette.stage.frame_loop import PERIOD_S
from maquette.stage.outputs.ddp import DdpStrip
from maquette.stage.servos.gpiozero import GpiozeroServoDocument
from maquette.stage.servos.virtual import VirtualServoDocument
from maquette.stage.stage import Stage
from tests.stage.hall import BUTTONS, Console, running, show_of, stage_on
from tests.stage.receiver import Receiver

GREEN = bytes([0, 128, 0])


@pytest.fixture(autouse=True)
def mock_factory(monkeypatch):
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)


@pytest.fixture
def receiver():
    with Receiver(20) as opened:
        yield opened


@pytest.fixture
def stage(receiver):
    return stage_on(receiver.port)


def until(receiver, wanted):
    while not wanted(frame := receiver.receive_frame()):
        pass
    return frame


def is_green(frame):
    return frame == GREEN * 20


def is_red(frame):
    return frame[0] > 0 and frame[1] == 0


def is_snapshot(**wanted):
    return lambda message: (
        isinstance(message, Snapshot) and all(getattr(message, name) == value for name, value in wanted.items())
    )


def is_a(kind):
    return lambda message: isinstance(message, kind)


def open_pins(stage, console):
    """Wait until the buttons are open: the stage does that after its first light."""
    console.until(is_a(Snapshot))
    return stage.controls.factory


def test_the_first_light_leaves_then_a_press_changes_it_and_the_lamp_answers(stage, receiver):
    with running(stage) as console:
        until(receiver, lambda frame: frame[1] > 0)
        pins = open_pins(stage, console)
        until(receiver, is_green)
        pins.pin(5).drive_low()
        until(receiver, is_red)
        snapshot = console.until(is_snapshot(mode=Mode.PLAYING, scenario="air"))
        assert snapshot.lamps == {"air"}
        assert pins.pin(6).state
    frames = [packet.data for packet in receiver.packets]
    assert frames[0] != frames[-1]


def test_what_is_turned_and_sensed_reaches_the_show_and_is_told(receiver):
    dimmer = EncoderDocument(a=17, b=27, does="dim")
    door = PresenceSensorDocument(kind="presence", pin=23)
    stage = stage_on(receiver.port, senses=Senses(encoders={"dimmer": dimmer}, sensors={"door": door}))
    with running(stage) as console:
        pins = open_pins(stage, console)
        for number in (27, 17):
            pins.pin(number).drive_low()
        for number in (27, 17):
            pins.pin(number).drive_high()
        console.until(is_snapshot(brightness=95))
        stage.receive(Sensed(PRESENCE, 1.0))
        update = console.until(is_a(ReadingsUpdate))
        while not (told := [reading for reading in update.readings if reading.name == PRESENCE]):
            update = console.until(is_a(ReadingsUpdate))
        assert (told[0].feed, told[0].nature, told[0].quality) == ("model", Nature.MEASURED, Quality.LIVE)
        stage.receive(Command("choose", {"by": 1}, Origin.VISITOR))
        assert console.until(is_snapshot(choice="air")).scenario == "idle_show"


def test_at_the_end_the_leds_are_dark_the_servos_parked_and_the_pins_given_back(stage, receiver):
    with running(stage) as console:
        open_pins(stage, console)
        until(receiver, is_green)
        stage.receive(Command("play", {"scenario": "air"}))
        console.until(is_a(Answer))
    assert until(receiver, lambda frame: not any(frame)) == bytes(60)
    assert gpiozero.Device.pin_factory is None


def test_at_the_end_a_horn_that_takes_time_is_driven_to_its_park_angle_before_its_pulses_stop(receiver, monkeypatch):
    monkeypatch.setenv("GPIOZERO_MOCK_PIN_CLASS", "mockpwmpin")
    needle = GpiozeroServoDocument.model_construct(
        driver="gpiozero", pin=17, angle=(-90.0, 90.0), park=-90.0, top_speed=360.0, pulse=(1000.0, 2000.0)
    )
    stage = stage_on(receiver.port, needle=needle)
    with running(stage) as console:
        pin = open_pins(stage, console).pin(17)
        stage.receive(Watching(frames=True))
        stage.receive(Command("play", {"scenario": "air"}))
        console.until(lambda message: isinstance(message, ShownFrame) and message.servos == (45.0,))
    duties = [round(state.state, 4) for state in pin.states if state.state]
    way_back = duties[duties.index(max(duties)) :]
    assert max(duties) == 0.0875
    assert way_back[-1] == 0.05
    assert len(way_back) > 10
    assert way_back == sorted(way_back, reverse=True)


def test_a_command_is_answered_and_a_refusal_says_what_was_meant(stage):
    with running(stage) as console:
        stage.receive(Command("play", {"scenario": "aire"}, request=7))
        answer = console.until(is_a(Answer))
        assert (answer.refused, answer.hint, answer.command.request) == ("unknown_scenario", "air", 7)
        stage.receive(Command("play", {"scenario": "air"}))
        assert console.until(is_a(Answer)).refused is None


def test_a_press_is_told_whether_a_finger_or_a_mediator_pressed(stage):
    with running(stage) as console:
        open_pins(stage, console).pin(5).drive_low()
        assert console.until(is_a(ButtonPressed)).button == "air"
        stage.receive(Command("press", {"button": "next"}))
        assert console.until(is_a(ButtonPressed)).button == "next"
        stage.receive(Command("press", {"button": "nxt"}))
        assert console.until(lambda message: isinstance(message, Answer) and message.refused).hint == "next"


def test_frames_are_told_only_while_somebody_watches_and_are_the_bytes_that_leave(stage, receiver):
    with running(stage) as console:
        until(receiver, is_green)
        stage.receive(Watching(frames=True))
        shown = console.until(is_a(ShownFrame))
        assert shown.pixels == GREEN * 20
        assert shown.servos == (-90.0,)
        stage.receive(Command("play", {"scenario": "air"}))
        moved = console.until(lambda message: isinstance(message, ShownFrame) and message.servos[0] > -90.0)
        assert moved.sequence > shown.sequence
        stage.receive(Watching(frames=False))
        stage.receive(Command("brightness", {"percent": 50}))
        console.until(is_snapshot(brightness=50))
        assert all(not isinstance(console.told.get_nowait(), ShownFrame) for _ in range(console.told.qsize()))


def reading(value):
    now = datetime(2026, 11, 21, 9, 40, tzinfo=UTC)
    return Reading("river", "flow", None, value, "m³/s", Quality.LIVE, Nature.MEASURED, measured_at=now)


def test_a_console_that_comes_back_is_told_everything_that_stands(stage):
    alert = Alert("feed_stale", "river")
    with running(stage) as console:
        stage.receive(ReadingsUpdate((reading(812.0),)))
        stage.receive(alert)
        stage.receive(Alert("feed_stale", "air"))
        stage.receive(Alert("feed_stale", "air", over=True))
        console.until(lambda message: message == Alert("feed_stale", "air", over=True))
        stage.detach_console()
        successor = Console()
        stage.attach_console(successor)
        told = [successor.told.get(timeout=10) for _ in range(3)]
    assert told[0] == alert
    assert told[1] == ReadingsUpdate((reading(812.0),))
    assert isinstance(told[2], Snapshot)


def test_the_past_that_feeds_send_is_what_a_journey_shows():
    flow, now = reading(500.0), time.monotonic()
    past = SeriesUpdate((ReadingSeries(flow, make_series([Point(now - 9000.0, 12.0, now)])),))
    told = Layer(("zone",), value=compile_expression("river.flow"), colour=np.ones(3, dtype=np.float32))
    journey = Step(duration_s=3600.0, layers=(told,), through=Through(Instant(7200.0), Instant(3600.0), 3600.0))
    show = show_of()
    scenarios = {**show.scenarios, "past": Scenario("past", {"": "Past"}, (journey,))}
    stage = stage_on(4048, replace(show, scenarios=scenarios))
    with running(stage) as console:
        stage.receive(ReadingsUpdate((flow,)))
        stage.receive(past)
        stage.receive(Command("play", {"scenario": "past"}))
        snapshot = console.until(is_snapshot(scenario="past", quality=Quality.REPLAY))
    assert [zone.value for zone in snapshot.zones] == [12.0]


def test_the_show_tells_what_it_computes():
    show = show_of()
    half = ComputedValue("made", "half", compile_expression("river.flow / 2"), "m³/s")
    stage = stage_on(4048, replace(show, computed=(half,)))
    with running(stage) as console:
        stage.receive(ReadingsUpdate((reading(812.0),)))
        news = console.until(
            lambda message: (
                isinstance(message, ReadingsUpdate) and any(r.value for r in message.readings if r.feed == "made")
            )
        )
    assert [(r.feed, r.name, r.value) for r in news.readings if r.feed == "made"] == [("made", "half", 406.0)]


def test_an_output_that_cannot_be_reached_is_an_alert_and_the_show_goes_on():
    show = show_of()
    stage = stage_on(4048, show, host="host-name-that-does-not-exist.invalid")
    with running(stage) as console:
        alert = console.until(lambda message: isinstance(message, Alert) and message.code == "output_failed")
        assert alert.subject == "a"
        snapshot = console.until(lambda message: isinstance(message, Snapshot) and message.outputs[0].problem)
        assert "host-name-that-does-not-exist.invalid" in str(snapshot.outputs[0].problem)
        stage.receive(Command("play", {"scenario": "air"}))
        assert console.until(is_a(Answer)).refused is None


def test_a_message_that_nobody_understands_is_noted_and_nothing_else(stage, caplog):
    with running(stage) as console:
        stage.receive(object())
        stage.receive(Command("play", {"scenario": "air"}))
        console.until(is_a(Answer))
    assert "message not understood type=object" in caplog.text


def test_a_still_frame_is_sent_again_every_second_but_not_rendered_again(receiver, monkeypatch):
    rendered: list[float] = []
    stage = stage_on(receiver.port)
    paint = stage._desk._performance.frame

    def count_and_paint(now):
        rendered.append(now)
        return paint(now)

    monkeypatch.setattr(stage._desk._performance, "frame", count_and_paint)
    with running(stage):
        until(receiver, is_green)
        assert is_green(receiver.receive_frame())
        count = len(rendered)
        assert is_green(receiver.receive_frame())
        assert len(rendered) == count


def test_moving_light_needs_every_second_frame_at_rest_and_every_frame_while_somebody_plays_or_anything_fades(receiver):
    stage = stage_on(receiver.port, replace(show_of(), idle="air", idle_after_s=0.0))
    desk, now = stage._desk, time.monotonic()

    def wait_s(seconds):
        nonlocal now
        for _ in range(round(seconds / PERIOD_S)):
            now += PERIOD_S
            desk.frame(now)
        until_s = desk.rest_until(now)
        return None if until_s is None else until_s - now

    try:
        assert wait_s(1 / 60) is None  # the needle is on its way
        assert PERIOD_S < wait_s(3.0) < 2 * PERIOD_S
        desk.receive(Command("play", {"scenario": "idle_show"}), now)
        assert desk.rest_until(now) is None
        desk.receive(Command("blackout"), now)
        desk.receive(Command("wake"), now)
        assert wait_s(0.5) is None
        assert PERIOD_S < wait_s(3.0) < 2 * PERIOD_S
    finally:
        desk._strips.close()


def test_a_frame_that_fails_leaves_the_last_light_and_is_an_alert_until_frames_are_made_again(receiver, monkeypatch):
    stage = stage_on(receiver.port)
    performance = stage._desk._performance
    paint = performance.frame
    faults = [ZeroDivisionError("oops"), ZeroDivisionError("oops")]

    def fail_twice(now):
        if performance.mode is Mode.PLAYING and faults:
            raise faults.pop()
        return paint(now)

    monkeypatch.setattr(performance, "frame", fail_twice)
    with running(stage) as console:
        until(receiver, is_green)
        stage.receive(Command("play", {"scenario": "air"}))
        alerts = [console.until(is_a(Alert)) for _ in range(2)]
        until(receiver, is_red)
    assert [(alert.code, alert.over) for alert in alerts] == [("show_failed", False), ("show_failed", True)]
    assert alerts[0].arguments == (("problem", "ZeroDivisionError: oops"),)
    assert all(any(packet.data) for packet in receiver.packets[10:-1])


def test_a_message_that_fails_does_not_end_the_show(stage, receiver, caplog):
    with running(stage) as console:
        stage.receive(ReadingsUpdate((None,)))  # type: ignore[arg-type]  # wrong on purpose
        stage.receive(Command("play", {"scenario": "air"}))
        assert console.until(is_a(Answer)).refused is None
    assert "message failed type=ReadingsUpdate" in caplog.text


def test_the_watchdog_is_not_fed_while_frames_fail(receiver, monkeypatch):
    told: list[float] = []
    desk = stage_on(receiver.port)._desk
    monkeypatch.setattr(desk, "_on_time", told.append)
    monkeypatch.setattr(desk._performance, "frame", lambda now: 1 / 0)
    desk.frame(1.0)
    desk.on_time(1.0)
    assert told == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stage_that_is_ended_says_it_is_ready_feeds_the_watchdog_goes_dark_and_exits_well(tmp_path, receiver, number):
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(address))
        manager.settimeout(20)
        code = (  # the suite itself may run where a closed terminal is ignored
            "import signal; signal.signal(signal.SIGHUP, signal.SIG_DFL);"
            f"from tests.stage.hall import stage_on; stage_on({receiver.port}).run()"
        )
        environment = os.environ | {"NOTIFY_SOCKET": str(address), "GPIOZERO_PIN_FACTORY": "mock"}
        process = subprocess.Popen([sys.executable, "-c", code], env=environment)
        try:
            assert manager.recv(100) == b"READY=1"
            assert manager.recv(100) == b"WATCHDOG=1"
            process.send_signal(number)
            assert process.wait(20) == 0
        finally:
            process.kill()
            process.wait()
    assert until(receiver, lambda frame: not any(frame)) == bytes(60)


def asking_show():
    """Return the hall's show with a question, and a scenario for those who hold the button "next"."""
    show = show_of(effect="solid")
    ask = Ask("well", {"": "Well?"}, (Choice("air", {"": "Yes"}, 5.0), Choice("next", {"": "No"}, 0.0)))
    asked = replace(show.scenarios["air"].steps[0], ask=ask)
    long = replace(show.scenarios["air"], id="long", triggers=(ButtonTrigger("next", "long"),))
    air = replace(show.scenarios["air"], steps=(asked,))
    return replace(show, scenarios={**show.scenarios, "air": air, "long": long})


def test_a_press_on_a_pin_is_a_vote_that_is_told_and_kept(receiver):
    stage = stage_on(receiver.port, asking_show())
    with running(stage) as console:
        stage.receive(FormerVotes({"well": {("air", 5.0): 1}}))
        pins = open_pins(stage, console)
        stage.receive(Command("play", {"scenario": "air"}))
        console.until(is_snapshot(scenario="air"))
        pins.pin(13).drive_low()
        vote = console.until(is_a(VoteCast))
        assert (vote.question, vote.choice, vote.score, vote.number, vote.run) == ("well", "next", 0.0, 1, stage.run_id)
        readings = console.until(is_a(ReadingsUpdate)).readings
        assert {(reading.name, reading.value) for reading in readings} == {("well", 2.5), ("well_count", 2.0)}
        stage.receive(VotesKept(1))
        stage.detach_console()
        again = Console()
        stage.attach_console(again)
        assert not isinstance(again.until(lambda message: isinstance(message, VoteCast | Snapshot)), VoteCast)


def test_a_button_that_is_held_is_pressed_long(receiver):
    stage = stage_on(receiver.port, asking_show())
    with running(stage) as console:
        pins = open_pins(stage, console)
        pins.pin(13).drive_low()
        console.until(is_snapshot(scenario="long"))


def test_where_a_long_press_is_bound_a_tap_is_short_once_it_is_over(receiver, monkeypatch):
    monkeypatch.setattr("maquette.show.presses.LONG_S", 60.0)  # a busy machine may take its time between the two edges
    show = asking_show()
    long = replace(show.scenarios["long"], steps=show_of().scenarios["air"].steps)
    stage = stage_on(receiver.port, replace(show, scenarios={**show.scenarios, "long": long}))
    with running(stage) as console:
        pins = open_pins(stage, console)
        stage.receive(Command("play", {"scenario": "long"}))
        console.until(is_snapshot(scenario="long", step=1))
        pins.pin(13).drive_low()
        pins.pin(13).drive_high()
        console.until(is_snapshot(scenario="long", step=2))


def test_a_stage_that_starts_while_closed_is_dark_and_a_press_lights_it(receiver):
    show = replace(show_of(), opening=OpeningHours({}))
    strips = {"a": DdpStrip(driver="ddp", leds=20, host="127.0.0.1", port=receiver.port)}
    night = Clock(datetime(2026, 11, 26, 3, tzinfo=UTC), trusted=True)
    needle = VirtualServoDocument.model_construct(driver="virtual", angle=(-90.0, 90.0), park=-90.0, top_speed=360.0)
    stage = Stage(show, strips, {"needle": needle}, BUTTONS, wall_clock=lambda: night)
    with running(stage) as console:
        assert console.until(is_a(Snapshot)).mode is Mode.ASLEEP
        assert receiver.receive_frame() == bytes(60)
        stage.controls.factory.pin(5).drive_low()
        until(receiver, is_red)
        console.until(is_snapshot(mode=Mode.PLAYING, scenario="air"))


def test_the_model_tells_what_its_supplies_give():
    show = show_of()
    supplied = {name: replace(strip, supply="main") for name, strip in show.model.strips.items()}
    model = replace(show.model, strips=supplied, supplies={"main": Supply("main", 5.0, 4.0)})
    with running(stage_on(4048, replace(show, model=model))) as console:
        news = console.until(
            lambda message: isinstance(message, ReadingsUpdate) and any(r.feed == "model" for r in message.readings)
        )
    (power,) = (reading for reading in news.readings if reading.feed == "model")
    assert (power.name, power.unit, power.nature) == ("power", "W", Nature.ESTIMATED)
    assert power.value is not None
    assert 0.0 < power.value <= 20.0
