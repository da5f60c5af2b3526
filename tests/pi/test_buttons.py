"""Presses from the kernel's edge to the light and back to the lamp: a real stage, gpiozero and lgpio as on a Pi."""

import dataclasses
import queue
import time
from contextlib import contextmanager

import lgpio
import pytest

from maquette.core.alerts import Alert
from maquette.core.events import ButtonPressed, Command
from maquette.core.message import message
from maquette.show.scenario import ButtonTrigger, Scenario, Step
from maquette.stage.debounce import QUIET_S
from tests.pi.header import CLAIM_S
from tests.stage.hall import BUTTONS, layer, running, show_of, stage_on
from tests.stage.receiver import Receiver

AIR, AIR_LAMP, NEXT = 5, 6, 13


class Hall:
    """A stage that runs, its console, and what its strip shows."""

    def __init__(self, stage, console, receiver):
        self.stage, self.console, self.receiver = stage, console, receiver
        self.refusal = None

    def until_shown(self, wanted):
        while not wanted(self.receiver.shown):
            self.receiver.receive_frame()

    def until_pressed(self, button):
        self.console.until(lambda told: isinstance(told, ButtonPressed) and told.button == button)

    def alert(self, code, *, over=False):
        return self.console.until(lambda told: isinstance(told, Alert) and (told.code, told.over) == (code, over))

    def presses(self):
        """Return the buttons whose presses were told and not yet asked for."""
        found: list[str] = []
        while True:
            try:
                told = self.console.told.get_nowait()
            except queue.Empty:
                return found
            if isinstance(told, ButtonPressed):
                found.append(told.button)


@contextmanager
def hall_open(header, *, air: bool = True, show=None):
    """Run a stage until the end of the block; ``air`` says whether that button can be had."""
    with Receiver(20) as receiver:
        stage = stage_on(receiver.port, show)
        with running(stage) as console:
            hall = Hall(stage, console, receiver)
            if air:
                header.until(AIR_LAMP, 1)  # the pins are claimed after the first light, and this lamp's with them
            else:
                hall.refusal = hall.alert("button_failed")
            time.sleep(CLAIM_S)
            yield hall


@pytest.fixture
def hall(header):
    with hall_open(header) as hall:
        yield hall


def is_green(frame):
    return frame[1] > 0 == frame[0]


def is_red(frame):
    return frame[0] > 0 == frame[1]


def is_blue(frame):
    return frame[2] > 0 == frame[0]


def test_a_press_is_told_and_changes_the_light(hall, header):
    hall.until_shown(is_green)
    header.close(AIR)
    hall.until_pressed("air")
    hall.until_shown(is_red)


def test_a_lamp_invites_answers_and_goes_dark_with_the_model(hall, header):
    header.until(AIR_LAMP, 1)
    header.until(AIR_LAMP, 0)  # it breathes, in pulses
    header.close(AIR)
    hall.until_pressed("air")
    hall.until_shown(is_red)
    assert header.seen(AIR_LAMP) == {1}
    header.open(AIR)
    hall.stage.receive(Command("blackout"))
    header.until(AIR_LAMP, 0)
    assert header.seen(AIR_LAMP) == {0}
    hall.stage.receive(Command("wake"))
    header.until(AIR_LAMP, 1)
    hall.stage.stop()
    header.until(AIR_LAMP, 0)


def test_a_contact_that_bounces_is_one_press(header, monkeypatch):
    # A busy machine's finger is slower than a contact's chatter; so is what counts as chatter here.
    monkeypatch.setattr("maquette.stage.debounce.QUIET_S", 1.0)
    with hall_open(header) as hall:
        header.bounce(NEXT, closed=True)
        hall.until_pressed("next")
        time.sleep(1.2)  # held for longer than a long press: that it means nothing more is the test
        header.bounce(NEXT, closed=False)
        time.sleep(1.2)  # for whatever might still come
        assert hall.presses() == []
        header.close(NEXT)
        hall.until_pressed("next")


def test_a_short_press_and_a_long_one_start_what_is_bound_to_them(header, monkeypatch):
    monkeypatch.setattr("maquette.show.presses.LONG_S", 1.5)  # no tap is that long, on however busy a machine
    monkeypatch.setattr("maquette.show.director.REPEAT_S", 0.0)
    show = show_of()
    late = Scenario(
        "late",
        {"": "Late"},
        (Step(duration_s=3600.0, layers=(layer((0.0, 0.0, 0.9)),)),),
        (ButtonTrigger("air", "long"),),
    )
    with hall_open(header, show=dataclasses.replace(show, scenarios={**show.scenarios, "late": late})) as hall:
        header.tap(AIR)
        hall.until_shown(is_red)
        hall.stage.receive(Command("stop"))
        hall.until_shown(is_green)
        header.close(AIR)
        hall.until_shown(is_blue)


def test_a_contact_that_is_held_is_one_press_and_after_a_while_an_alert(header, monkeypatch):
    monkeypatch.setattr("maquette.stage.debounce.STUCK_AFTER_S", 0.5)
    with hall_open(header) as hall:
        header.close(AIR)
        assert hall.alert("button_stuck").arguments == (("button", "air"),)
        assert hall.presses() == []
        header.open(AIR)
        hall.alert("button_stuck", over=True)
        time.sleep(2 * QUIET_S)  # the contact must have settled
        header.close(AIR)
        hall.until_pressed("air")


def test_a_line_that_somebody_else_has_is_told_in_words_the_rest_goes_on_and_it_is_taken_when_it_is_free(header):
    chip = lgpio.gpiochip_open(0)
    lgpio.gpio_claim_input(chip, AIR)
    try:
        with hall_open(header, air=False) as hall:
            assert hall.refusal.subject == "air"
            assert dict(hall.refusal.arguments)["problem"] == message("pin_busy", pin=AIR)
            hall.until_shown(is_green)
            header.close(NEXT)
            hall.until_pressed("next")
            lgpio.gpio_free(chip, AIR)
            hall.alert("button_failed", over=True)
            time.sleep(CLAIM_S)
            header.close(AIR)
            hall.until_pressed("air")
    finally:
        lgpio.gpiochip_close(chip)


def test_the_lines_are_given_back_at_the_end(header):
    for _ in range(2):
        with hall_open(header) as hall:
            header.close(AIR)
            hall.until_pressed("air")
            header.open(AIR)
    chip = lgpio.gpiochip_open(0)
    for button in BUTTONS.values():
        lgpio.gpio_claim_input(chip, button.pin)
    lgpio.gpiochip_close(chip)
