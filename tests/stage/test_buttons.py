"""Buttons on gpiozero's mock pins, and on its real lgpio factory with lgpio's calls recorded."""

import queue
import threading

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory

from maquette.config.documents import ButtonDocument
from maquette.core.events import ButtonPressed, ButtonReleased
from maquette.stage.buttons import Buttons, Edge
from maquette.stage.debounce import QUIET_S, STUCK_AFTER_S

DOCUMENTS = {
    "air": ButtonDocument(pin=5, lamp=6, label={"": "Air"}),
    "next": ButtonDocument(pin=13, label={"": "Next"}),
}


@pytest.fixture
def inbox():
    return queue.SimpleQueue()


@pytest.fixture
def alerts():
    return []


@pytest.fixture
def buttons(inbox, alerts):
    made = Buttons(DOCUMENTS, inbox.put, alerts.append, simulated=True)
    made.open()
    yield made
    made.close()


def waiting(inbox):
    return [inbox.get_nowait() for _ in range(inbox.qsize())]


def test_an_edge_goes_into_the_inbox_and_a_press_comes_out_once(buttons, inbox):
    pin = buttons.factory.pin(5)
    for _ in range(4):
        pin.drive_low()
        pin.drive_high()
    edges = waiting(inbox)
    assert [(edge.button, edge.closed) for edge in edges] == [("air", True), ("air", False)] * 4
    heard = [buttons.heard(edge) for edge in edges]
    assert heard == [ButtonPressed("air", edges[0].at)] + [None] * 7
    quiet = edges[-1].at + 2 * QUIET_S  # at a moment so late that no rounding counts
    assert buttons.keep(quiet) == [ButtonReleased("air", quiet)]
    assert buttons.keep(edges[-1].at + 1) == []


def test_no_thread_is_kept_for_a_button_that_is_held(buttons):
    before = threading.active_count()
    buttons.factory.pin(5).drive_low()
    assert threading.active_count() == before


def test_lamps_follow_and_only_those_that_change_are_touched(buttons):
    lamp = buttons.factory.pin(6)
    buttons.light(frozenset({"air", "next"}))
    buttons.light(frozenset({"air"}))
    assert lamp.state
    changes = len(lamp.states)
    buttons.light(frozenset({"air"}))
    assert len(lamp.states) == changes
    buttons.light(frozenset())
    assert not lamp.state


def test_a_lamp_that_is_lost_is_an_alert_and_is_let_go(buttons, alerts):
    buttons.factory.pin(6)._set_state = lambda value: 1 / 0
    buttons.light(frozenset({"air"}))
    buttons.light(frozenset())
    assert [(alert.code, alert.subject) for alert in alerts] == [("buttons_unavailable", "air")]


def test_lamps_that_were_asked_for_before_the_pins_were_open_are_lit_when_they_are(inbox, alerts):
    made = Buttons(DOCUMENTS, inbox.put, alerts.append, simulated=True)
    made.light(frozenset({"air"}))
    made.open()
    try:
        assert made.factory.pin(6).state
    finally:
        made.close()


def test_a_button_that_is_held_for_a_minute_is_an_alert_until_it_is_released(buttons, inbox, alerts):
    pin = buttons.factory.pin(13)
    pin.drive_low()
    (edge,) = waiting(inbox)
    buttons.heard(edge)
    buttons.keep(edge.at + STUCK_AFTER_S)
    pin.drive_high()
    (release,) = waiting(inbox)
    buttons.heard(release)
    assert [(alert.code, alert.subject, alert.over) for alert in alerts] == [
        ("button_stuck", "next", False),
        ("button_stuck", "next", True),
    ]


def test_a_button_that_was_held_from_the_start_is_no_press_but_may_be_stuck(inbox, alerts, monkeypatch):
    factory = MockFactory()
    monkeypatch.setattr("maquette.stage.buttons.open_pins", lambda simulated: factory)
    pull_up = factory.pin(5)
    pull_up._set_pull = lambda value: None
    pull_up._state = False
    made = Buttons({"air": DOCUMENTS["air"]}, inbox.put, alerts.append, simulated=True)
    made.open()
    try:
        assert waiting(inbox) == []
        made.keep(1e9)
        assert [alert.code for alert in alerts] == ["button_stuck"]
    finally:
        made.close()


def test_an_edge_of_an_unknown_button_is_nothing(buttons):
    assert buttons.heard(Edge("ghost", closed=True, at=1.0)) is None


def test_a_machine_without_pins_is_an_alert_and_not_an_end(inbox, alerts, monkeypatch):
    monkeypatch.delenv("GPIOZERO_PIN_FACTORY", raising=False)
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    made = Buttons(DOCUMENTS, inbox.put, alerts.append, simulated=False)
    made.open()
    made.light(frozenset({"air"}))
    made.close()
    assert [(alert.code, alert.subject) for alert in alerts] == [("buttons_unavailable", "")]
    assert "no pin factory works on this machine" in dict(alerts[0].arguments)["problem"]


def test_the_environment_may_ask_for_mock_pins(inbox, alerts, monkeypatch):
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    made = Buttons(DOCUMENTS, inbox.put, alerts.append, simulated=False)
    made.open()
    try:
        made.factory.pin(5).drive_low()
        assert len(waiting(inbox)) == 1
        assert alerts == []
    finally:
        made.close()


def test_a_pin_that_is_taken_spoils_only_its_own_button(inbox, alerts):
    documents = {"air": DOCUMENTS["air"], "same": ButtonDocument(pin=5, label={"": "Same"}), "next": DOCUMENTS["next"]}
    made = Buttons(documents, inbox.put, alerts.append, simulated=True)
    made.open()
    try:
        assert [alert.subject for alert in alerts] == ["same"]
        made.factory.pin(13).drive_low()
        assert [edge.button for edge in waiting(inbox)] == ["next"]
    finally:
        made.close()


def test_closing_gives_the_pins_back_and_may_be_done_twice(buttons):
    buttons.close()
    buttons.close()
    assert gpiozero.Device.pin_factory is None
    assert buttons.factory is None


def test_a_model_without_buttons_needs_no_pins(inbox, alerts):
    made = Buttons({}, inbox.put, alerts.append, simulated=False)
    made.open()
    made.close()
    assert alerts == []


def test_on_a_pi_each_contact_is_pulled_up_watched_at_both_edges_and_never_debounced_by_the_factory(
    lgpio, inbox, alerts
):
    made = Buttons(DOCUMENTS, inbox.put, alerts.append, simulated=False)
    made.open()
    try:
        assert alerts == []
        assert ("gpio_claim_input", 5, lgpio.SET_PULL_UP) in lgpio.calls
        assert ("gpio_claim_alert", 5, lgpio.BOTH_EDGES) in lgpio.calls
        assert not [call for call in lgpio.calls if call[0] == "gpio_set_debounce_micros" and call[2]]
    finally:
        made.close()
    assert ("gpiochip_close",) in lgpio.calls


def test_on_a_pi_a_chattering_press_is_one_press_and_its_lamp_answers(lgpio, inbox, alerts):
    made = Buttons(DOCUMENTS, inbox.put, alerts.append, simulated=False)
    made.open()
    try:
        for index, level in enumerate((0, 1, 0, 1, 0)):
            lgpio.edge(5, level, 100.0 + index / 1000)
        edges = waiting(inbox)
        assert [made.heard(edge) for edge in edges] == [ButtonPressed("air", edges[0].at)] + [None] * 4
        made.light(frozenset({"air"}))
        assert lgpio.calls[-1] == ("gpio_write", 6, 1)
    finally:
        made.close()
