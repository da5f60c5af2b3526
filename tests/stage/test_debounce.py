"""The contact's state machine: no chatter makes a second press, no press is delayed."""

from hypothesis import given
from hypothesis import strategies as st

from maquette.stage.debounce import QUIET_S, STUCK_AFTER_S, Contact, Signal, on_edge, on_time

gaps = st.lists(st.floats(0.0, QUIET_S * 0.99), max_size=20)


def play(edges, contact=None):
    """Feed (closed, at) edges; return the contact and the moments of the presses."""
    contact = contact or Contact()
    presses = []
    for closed, at in edges:
        contact, signal = on_edge(contact, at, closed=closed)
        if signal is Signal.PRESSED:
            presses.append(at)
    return contact, presses


def train(at, spaces, *, first):
    """Return edges that alternate from ``first``, the given gaps apart."""
    edges = [(first, at)]
    for space in spaces:
        at += space
        first = not first
        edges.append((first, at))
    return edges


@given(gaps)
def test_any_train_of_chatter_gives_one_press_at_its_first_edge(spaces):
    _, presses = play(train(10.0, spaces, first=True))
    assert presses == [10.0]


@given(gaps, st.floats(QUIET_S, 5.0), gaps)
def test_chatter_on_release_gives_no_press(spaces, held, chatter):
    pressed = train(10.0, spaces, first=True)
    contact, presses = play(pressed)
    _, more = play(train(pressed[-1][1] + held, chatter, first=False), contact)
    assert (presses, more) == ([10.0], [])


@given(gaps, st.floats(QUIET_S * 1.01, 100.0))
def test_a_press_after_quiet_is_never_delayed_nor_lost(chatter, pause):
    released = train(10.0, chatter, first=False)
    contact, _ = play(released)
    at = released[-1][1] + pause
    _, signal = on_edge(contact, at, closed=True)
    assert signal is Signal.PRESSED


def test_a_tap_shorter_than_the_chatter_still_counts_and_does_not_block_the_next():
    _, presses = play([(True, 1.0), (False, 1.005), (True, 2.0), (False, 2.004)])
    assert presses == [1.0, 2.0]


def test_a_second_press_within_thirty_milliseconds_is_chatter():
    _, presses = play([(True, 1.0), (False, 1.2), (True, 1.2 + QUIET_S / 2)])
    assert presses == [1.0]


def test_a_contact_that_stays_closed_is_stuck_once_and_freed_once():
    contact, _ = on_edge(Contact(), 0.0, closed=True)
    assert on_time(contact, STUCK_AFTER_S - 0.1)[1] is None
    contact, signal = on_time(contact, STUCK_AFTER_S)
    assert signal is Signal.STUCK
    assert on_time(contact, STUCK_AFTER_S + 1)[1] is None
    contact, signal = on_edge(contact, 70.0, closed=False)
    assert signal is Signal.FREED
    assert not contact.stuck
    assert on_edge(contact, 71.0, closed=True)[1] is Signal.PRESSED


def test_an_open_contact_is_never_stuck():
    assert on_time(Contact(), 1e9) == (Contact(), None)


@given(gaps, st.floats(2 * QUIET_S, 5.0), gaps)
def test_however_a_contact_chatters_each_press_is_released_once(spaces, held, chatter):
    contact, told = Contact(), []
    first = train(10.0, spaces, first=True)
    for edges in (first, train(first[-1][1] + held, chatter, first=not first[-1][0])):
        for closed, at in edges:
            contact, signal = on_edge(contact, at, closed=closed)
            told.append(signal)
        contact, signal = on_time(contact, edges[-1][1] + 1.01 * QUIET_S)
        told.append(signal)
    heard = [signal for signal in told if signal is not None]
    assert heard == [Signal.PRESSED, Signal.RELEASED] * (len(heard) // 2) + [Signal.PRESSED] * (len(heard) % 2)
    assert contact.closed or not contact.down


def test_a_short_tap_is_released_once_it_has_settled():
    contact, _ = play([(True, 1.0), (False, 1.005)])
    assert on_time(contact, 1.02)[1] is None
    contact, signal = on_time(contact, 1.005 + QUIET_S)
    assert signal is Signal.RELEASED
    assert on_time(contact, 2.0)[1] is None


def test_a_stuck_contact_counts_as_released():
    contact, _ = on_time(on_edge(Contact(), 0.0, closed=True)[0], STUCK_AFTER_S)
    assert not contact.down
