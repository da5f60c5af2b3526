"""A new PIN is asked for with two buttons that are held while the model starts, and with nothing else."""

from itertools import pairwise

from maquette.config.documents import ButtonDocument
from maquette.core.alerts import NEW_PIN
from maquette.stage.debounce import QUIET_S
from maquette.stage.pin_wish import HELD_S, LET_GO_S, OPEN_S, THANKS_S, Phase, on_edge, on_time, wish_of
from maquette.stage.pins import Edge
from tests.stage.controlling import opened

GRANTED_S = 7.0
"""When both have been let go below."""


def after(*edges, until, buttons=("air", "energy", "rhone")):
    """Return the wish after edges (seconds, button, closed, found) and a moment, looking ten times a second as the stage does."""
    wish, waiting = wish_of(buttons), list(edges)
    for tick in range(round(until * 10) + 1):
        while waiting and waiting[0][0] <= tick / 10:
            at, button, closed, found = waiting.pop(0)
            wish = on_edge(wish, button, at, closed=closed, found=found)
        wish = on_time(wish, tick / 10)
    return wish


def held(first=6.0, second=6.9):
    return (
        (0.0, "air", True, True),
        (0.1, "energy", True, True),
        (0.1, "rhone", False, True),
        (first, "air", False, False),
        (second, "energy", False, False),
    )


def test_both_held_and_let_go_in_time_grant_it_for_ten_minutes():
    assert after(*held(), until=GRANTED_S).phase is Phase.GRANTED
    assert after(*held(), until=OPEN_S).phase is Phase.GRANTED
    assert after(*held(), until=GRANTED_S + OPEN_S).phase is Phase.OVER


def test_contacts_that_are_stuck_are_no_wish_whichever_comes_free_later():
    stuck = held()[:3]
    assert after(*stuck, until=LET_GO_S + 1).phase is Phase.OVER
    late = (*stuck, (20.0, "air", False, False), (20.1, "energy", False, False))
    assert after(*late, until=30.0).phase is Phase.OVER
    one_stuck = (*stuck, (8.0, "air", False, False))
    assert after(*one_stuck, until=30.0).phase is Phase.OVER


def test_too_short_one_alone_others_or_pressed_later_are_no_wish():
    assert after(*held(first=HELD_S - 0.5), until=20.0).phase is Phase.OVER
    assert after((0.0, "air", True, True), (0.0, "energy", False, True), until=1.0).phase is Phase.OVER
    assert (
        after((0.0, "air", True, True), (2.0, "air", False, False), (3.0, "energy", True, True), until=9.0).phase
        is Phase.OVER
    )
    others = ((0.0, "air", False, True), (0.0, "energy", True, True), (0.0, "rhone", True, True))
    assert after(*others, until=1.0).phase is Phase.OVER
    pressed = (
        (0.0, "air", False, True), (0.0, "energy", False, True), (1.0, "air", True, False), (1.0, "energy", True, False),
        (8.0, "air", False, False), (8.0, "energy", False, False),
    )  # fmt: skip
    assert after(*pressed, until=20.0).phase is Phase.OVER


def test_a_contact_that_chatters_is_still_held():
    edges = (*held()[:3], (2.0, "air", False, False), (2.0 + QUIET_S / 3, "air", True, False), *held()[3:])
    assert after(*edges, until=GRANTED_S).phase is Phase.GRANTED


def test_a_model_with_fewer_than_two_buttons_knows_no_wish():
    assert wish_of(["air"]).phase is Phase.OVER
    assert after((0.0, "air", True, True), until=20.0, buttons=("air",)).phase is Phase.OVER


def test_lamps_are_on_then_blink_slowly_then_thank():
    wish = after(*held()[:3], until=4.0)
    assert wish.levels(4.0) == {"air": 1.0, "energy": 1.0}
    levels = [wish.levels(HELD_S + 0.1 + tick / 20)["air"] for tick in range(100)]
    flashes = sum(before < now for before, now in pairwise(levels))
    assert 4 <= flashes <= 6, "about once a second, for five seconds"
    granted = after(*held(), until=GRANTED_S)
    assert granted.levels(GRANTED_S) == {"air": 1.0, "energy": 1.0}
    assert granted.levels(GRANTED_S + THANKS_S) == {}
    assert after(*held()[:3], until=LET_GO_S + 1).levels(LET_GO_S + 1) == {}


def test_the_controls_tell_it_and_its_end_and_light_the_lamps():
    buttons = {
        "spare": ButtonDocument(label={"": "no contact"}),
        "air": ButtonDocument(pin=5, lamp=6, label={"": "Air"}),
        "energy": ButtonDocument(pin=13, lamp=16, label={"": "Energy"}),
    }
    with opened(buttons) as hand:
        for name in ("air", "energy"):
            assert hand.controls.heard(Edge(("button", name), closed=True, at=0.0, found=True)) is None
        hand.controls.light({}, 1.0)
        assert [hand.controls.factory.pin(pin).state for pin in (6, 16)] == [1, 1]
        for name in ("air", "energy"):
            hand.controls.heard(Edge(("button", name), closed=False, at=6.0))
        for now in (6.5, 6.6, 6.6 + OPEN_S):
            list(hand.controls.keep(now))
        assert [(alert.code, alert.over) for alert in hand.alerts] == [(NEW_PIN, False), (NEW_PIN, True)]
        hand.controls.light({}, 6.6 + OPEN_S)
        assert [hand.controls.factory.pin(pin).state for pin in (6, 16)] == [0, 0]
