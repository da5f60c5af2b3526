"""How long a session lasts, whatever the clocks do; and how long wrong attempts wait."""

from hypothesis import given
from hypothesis import strategies as st

from maquette.console.access.attempts import (
    CLIENTS_KEPT,
    FREE_ATTEMPTS,
    FREE_IN_ALL,
    LONGEST_WAIT_S,
    ONE_IN_ALL_EVERY_S,
    Attempts,
    client_of,
)
from maquette.console.access.role import Role
from maquette.console.access.sessions import ENDED_KEPT, SESSION_S, Moment, Sessions

KEYS = {Role.MEDIATOR: b"one", Role.MAINTAINER: b"two"}
DAY_S = 86_400.0


def role_after(opened: Moment, now: Moment) -> Role:
    sessions = Sessions()
    return sessions.role_of(sessions.open(Role.MEDIATOR, KEYS, opened), KEYS, now)


def test_a_clock_that_is_set_during_a_visit_asks_nobody_again():
    assert role_after(Moment("a", 100.0, None), Moment("a", 4000.0, 9e9)) is Role.MEDIATOR
    assert role_after(Moment("a", 100.0, 9e9), Moment("a", 4000.0, 0.0)) is Role.MEDIATOR
    assert role_after(Moment("a", 100.0, 1e9), Moment("a", SESSION_S + 101.0, 1e9)) is Role.VISITOR


def test_after_a_power_cut_a_session_goes_on_where_both_clocks_could_be_believed():
    assert role_after(Moment("a", 9000.0, 1e9), Moment("b", 30.0, 1e9 + 600)) is Role.MEDIATOR
    assert role_after(Moment("a", 9000.0, 1e9), Moment("b", 30.0, 1e9 + SESSION_S)) is Role.VISITOR
    assert role_after(Moment("a", 9000.0, 1e9), Moment("b", 30.0, 1e9 - 600)) is Role.VISITOR


def test_a_model_that_wakes_up_at_the_same_moment_every_morning_does_not_take_the_same_cookie_for_ever():
    for now_s in (30.0, 3600.0, 7200.0):
        assert role_after(Moment("a", 3600.0, None), Moment("b", now_s, None)) is Role.VISITOR
        assert role_after(Moment("a", 3600.0, None), Moment("b", now_s, 1e9)) is Role.VISITOR
        assert role_after(Moment("a", 3600.0, 1e9), Moment("b", now_s, None)) is Role.VISITOR


moments = st.builds(Moment, st.sampled_from("ab"), st.floats(0, 1e7), st.none() | st.floats(0, 2e9, allow_nan=False))


@given(moments, moments)
def test_no_clock_keeps_anybody_out_and_none_lets_in_beyond_a_day(opened, now):
    assert role_after(now, now) is Role.MEDIATOR
    if role_after(opened, now) is Role.MEDIATOR:
        age_s = opened.age_at(now)
        assert age_s is not None
        assert -2 <= age_s <= SESSION_S + 2


@given(st.text())
def test_what_nobody_has_signed_is_a_visitor(text):
    sessions = Sessions()
    session = sessions.open(Role.MEDIATOR, KEYS, Moment("a", 0.0, None))
    for forged in (text, f"1.{text}", f"{text}.{session}", f"2{session[1:]}", session[:-1] + text):
        if forged != session:
            assert sessions.role_of(forged, KEYS, Moment("a", 0.0, None)) is Role.VISITOR


def test_a_new_key_ends_all_sessions_and_those_that_were_ended_stay_so():
    sessions, now = Sessions(), Moment("a", 0.0, None)
    session = sessions.open(Role.MAINTAINER, KEYS, now)
    assert sessions.role_of(session, KEYS, now) is Role.MAINTAINER
    assert sessions.role_of(session, KEYS | {Role.MAINTAINER: b"three"}, now) is Role.VISITOR
    assert sessions.role_of(session, {Role.MEDIATOR: b"one"}, now) is Role.VISITOR
    for _ in range(ENDED_KEPT - 1):
        sessions.end(sessions.open(Role.MEDIATOR, KEYS, now))
    sessions.end(session)
    assert sessions.role_of(session, KEYS, now) is Role.VISITOR


def test_a_client_waits_longer_with_each_wrong_attempt_and_begins_anew_after_a_right_one():
    attempts, now = Attempts(), 0.0
    waits = []
    for _ in range(FREE_ATTEMPTS + 9):
        assert attempts.begin("one", now, known=True) == 0.0
        waits.append(attempts.begin("one", now, known=True))
        now += waits[-1]
        if waits[-1] == 0.0:  # that was an attempt too
            continue
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT_S
    attempts.begin("one", now, known=True)
    attempts.succeed("one", known=True)
    assert attempts.begin("one", now, known=True) == 0.0


def test_strangers_together_have_few_attempts_and_no_say_in_those_of_who_is_known():
    attempts = Attempts()
    admitted = [attempts.begin(f"10.0.0.{n}", 0.0) == 0.0 for n in range(100)]
    assert sum(admitted) == FREE_IN_ALL
    assert attempts.begin("another", 0.0) == ONE_IN_ALL_EVERY_S
    assert attempts.begin("known", 0.0, known=True) == 0.0
    day = sum(attempts.begin(f"10.1.{n}.1", n) == 0.0 for n in range(1, int(DAY_S)))
    assert day <= DAY_S / ONE_IN_ALL_EVERY_S + 1


def test_attempts_at_once_count_each():
    attempts = Attempts()
    assert [attempts.begin("one", 0.0) > 0 for _ in range(5)] == [False] * FREE_ATTEMPTS + [True] * 2


def test_few_clients_are_remembered_and_a_network_of_one_device_is_one():
    attempts = Attempts()
    for n in range(3 * CLIENTS_KEPT):
        attempts.begin(str(n), 0.0, known=True)
    assert len(attempts._clients) == CLIENTS_KEPT
    assert client_of("192.168.1.7") == client_of("::ffff:192.168.1.7") == "192.168.1.7"
    assert client_of("2001:db8::1") == client_of("2001:db8::ffff:1") != client_of("2001:db8:0:1::1")
    assert client_of("testclient") == "testclient"
