"""Buttons on gpiozero's mock pins, and on its real lgpio factory with lgpio's calls recorded."""

import threading

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory

from maquette.config.documents import ButtonDocument
from maquette.core.events import ButtonPressed, ButtonReleased
from maquette.core.message import message
from maquette.stage.debounce import QUIET_S, STUCK_AFTER_S
from maquette.stage.pins import Edge, PinsUnavailableError
from tests.stage.controlling import opened, problem_key

DOCUMENTS = {
    "air": ButtonDocument(pin=5, lamp=6, label={"": "Air"}),
    "next": ButtonDocument(pin=13, label={"": "Next"}),
}


@pytest.fixture
def hand():
    with opened(DOCUMENTS) as hand:
        assert hand.waiting() == []
        yield hand


def told(hand):
    hand.waiting()
    return [(alert.code, alert.subject, alert.over) for alert in hand.alerts]


def test_an_edge_goes_into_the_inbox_and_a_press_comes_out_once(hand):
    pin = hand.controls.factory.pin(5)
    for _ in range(4):
        pin.drive_low()
        pin.drive_high()
    edges = hand.waiting()
    assert [(edge.thing, edge.closed) for edge in edges] == [
        (("button", "air"), True),
        (("button", "air"), False),
    ] * 4
    heard = [hand.controls.heard(edge) for edge in edges]
    assert heard == [ButtonPressed("air", edges[0].at)] + [None] * 7
    quiet = edges[-1].at + 2 * QUIET_S  # at a moment so late that no rounding counts
    assert list(hand.controls.keep(quiet)) == [ButtonReleased("air", quiet)]
    assert list(hand.controls.keep(edges[-1].at + 1)) == []


def test_no_thread_is_kept_for_a_button_that_is_held(hand):
    before = threading.active_count()
    hand.controls.factory.pin(5).drive_low()
    assert threading.active_count() == before


def test_a_contact_to_the_supply_is_pressed_when_its_pin_goes_up():
    with opened({"air": ButtonDocument(pin=5, active="high", label={"": "Air"})}) as hand:
        pin = hand.controls.factory.pin(5)
        assert pin.pull == "down"
        pin.drive_high()
        assert [type(heard) for heard in hand.heard()] == [ButtonPressed]


@pytest.mark.parametrize(("active", "up"), [("low", False), ("high", True)])
def test_a_contact_with_a_resistor_of_its_own_is_not_pulled(active, up):
    with opened({"air": ButtonDocument(pin=5, active=active, pull="none", label={"": "Air"})}) as hand:
        pin = hand.controls.factory.pin(5)
        assert pin.pull == "floating"
        (pin.drive_low if up else pin.drive_high)()
        hand.waiting()
        hand.controls.keep(1e9)
        (pin.drive_high if up else pin.drive_low)()
        assert [edge.closed for edge in hand.waiting()][-1:] == [True]


def test_a_button_without_a_pin_is_pressed_by_whoever_names_it():
    with opened({"air": ButtonDocument(label={"": "Air"})}) as hand:
        assert hand.controls.factory is None
        assert hand.controls.heard(Edge(("button", "air"), closed=True, at=1.0)) == ButtonPressed("air", 1.0)


def test_a_button_that_is_held_for_a_minute_is_an_alert_until_it_is_released(hand):
    pin = hand.controls.factory.pin(13)
    pin.drive_low()
    (edge,) = hand.waiting()
    hand.controls.heard(edge)
    list(hand.controls.keep(edge.at + STUCK_AFTER_S))
    pin.drive_high()
    hand.heard()
    assert told(hand) == [("button_stuck", "next", False), ("button_stuck", "next", True)]


def test_a_button_that_was_held_from_the_start_is_no_press_but_may_be_stuck(monkeypatch):
    factory = MockFactory()
    monkeypatch.setattr("maquette.stage.pins.open_pins", lambda simulated: factory)
    pull_up = factory.pin(5)
    pull_up._set_pull = lambda value: None
    pull_up._state = False
    with opened({"air": DOCUMENTS["next"].model_copy(update={"pin": 5})}) as hand:
        assert hand.heard() == []
        list(hand.controls.keep(1e9))
        assert told(hand) == [("button_stuck", "air", False)]


def test_an_edge_of_an_unknown_button_is_nothing(hand):
    assert hand.controls.heard(Edge(("button", "ghost"), closed=True, at=1.0)) is None


def test_a_machine_without_pins_is_an_alert_and_not_an_end(monkeypatch):
    monkeypatch.delenv("GPIOZERO_PIN_FACTORY", raising=False)
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    with opened(DOCUMENTS, simulated=False) as hand:
        hand.controls.light({"air": 1.0}, 0.0)
        assert told(hand) == [("pins_unavailable", "", False)]
        assert problem_key(hand.alerts[0]) == "no_pin_factory"


def test_pins_that_a_machine_has_only_later_are_claimed_then_and_the_alert_ends(monkeypatch):
    factory = MockFactory()
    tries = []

    def open_pins(*, simulated):
        tries.append(simulated)
        if len(tries) < 3:
            raise PinsUnavailableError(message("no_pin_factory", reason="not yet"))
        return factory

    monkeypatch.setattr("maquette.stage.pins.open_pins", open_pins)
    monkeypatch.setattr("maquette.stage.trouble.FIRST_WAIT_S", 0.001)
    with opened(DOCUMENTS) as hand:
        assert [(hand.alert().over, hand.alert().over), len(tries)] == [(False, True), 3]
        factory.pin(5).drive_low()
        while not (edges := hand.waiting()):
            pass
        assert isinstance(hand.controls.heard(edges[0]), ButtonPressed)


def test_the_environment_may_ask_for_mock_pins(monkeypatch):
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    with opened({"next": DOCUMENTS["next"]}, simulated=False) as hand:
        hand.controls.factory.pin(13).drive_low()
        assert len(hand.waiting()) == 1
        assert hand.alerts == []


def test_a_pin_that_is_taken_spoils_only_its_own_button():
    documents = {"air": DOCUMENTS["air"], "same": ButtonDocument(pin=5, label={"": "Same"}), "next": DOCUMENTS["next"]}
    with opened(documents) as hand:
        assert told(hand) == [("button_failed", "same", False)]
        assert problem_key(hand.alerts[0]) == "pin_not_claimed"
        hand.controls.factory.pin(13).drive_low()
        assert [edge.thing for edge in hand.waiting()] == [("button", "next")]


def test_a_pin_that_another_program_lets_go_is_claimed_and_told(lgpio, monkeypatch):
    monkeypatch.setattr("maquette.stage.trouble.FIRST_WAIT_S", 0.001)
    lgpio.busy.add(13)
    with opened(DOCUMENTS, simulated=False) as hand:
        alert = hand.alert()
        assert (alert.code, alert.subject, problem_key(alert)) == (
            "button_failed",
            "next",
            "pin_busy",
        )
        lgpio.edge(5, 0, 100.0)
        assert [type(heard) for heard in hand.heard()] == [ButtonPressed]
        lgpio.busy.clear()
        assert hand.alert().over
        lgpio.edge(13, 0, 101.0)
        assert [type(heard) for heard in hand.heard()] == [ButtonPressed]


def test_closing_gives_the_pins_back_and_may_be_done_twice(hand):
    hand.controls.close()
    hand.controls.close()
    assert gpiozero.Device.pin_factory is None
    assert hand.controls.factory is None


def test_a_model_without_buttons_needs_no_pins():
    with opened({}, simulated=False) as hand:
        assert hand.controls.factory is None
        assert told(hand) == []


def test_on_a_pi_each_contact_is_pulled_up_watched_at_both_edges_and_never_debounced_by_the_factory(lgpio):
    with opened(DOCUMENTS, simulated=False) as hand:
        assert told(hand) == []
        assert ("gpio_claim_input", 5, lgpio.SET_PULL_UP) in lgpio.calls
        assert ("gpio_claim_alert", 5, lgpio.BOTH_EDGES) in lgpio.calls
        assert not [call for call in lgpio.calls if call[0] == "gpio_set_debounce_micros" and call[2]]
    assert ("gpiochip_close",) in lgpio.calls


def test_on_a_pi_a_chattering_press_is_one_press_and_its_lamp_answers(lgpio):
    with opened(DOCUMENTS, simulated=False) as hand:
        hand.waiting()
        for index, level in enumerate((0, 1, 0, 1, 0)):
            lgpio.edge(5, level, 100.0 + index / 1000)
        edges = hand.waiting()
        assert [hand.controls.heard(edge) for edge in edges] == [ButtonPressed("air", edges[0].at)] + [None] * 4
        hand.controls.light({"air": 1.0}, 0.0)
        assert lgpio.calls[-1] == ("gpio_write", 6, 1)
