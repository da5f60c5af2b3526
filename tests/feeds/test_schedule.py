import math

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from maquette.feeds.problems import fault
from maquette.feeds.provider import FIRST_REST_S, JITTER, LONGEST_REST_S, OPENS_AFTER
from maquette.feeds.schedule import LISTEN_S, LONGEST_HOLD_S, RECENT_S, Schedule

HOSTS = ("one.example", "other.example", None)
DOWN = fault("unreachable")


def schedule_of(*feeds, host="one.example", every_s=300.0, due=0.0, pause_s=1.0):
    schedule = Schedule(pause_s)
    for feed in feeds:
        schedule.add(feed, host, every_s, due)
    return schedule


def fail(schedule, feed, now, error=DOWN, due=None):
    assert schedule.next(now) == feed
    schedule.failed(feed, now, now + 300.0 if due is None else due, error)


# -- a host ----------------------------------------------------------------------------------------------------------


def test_a_host_is_asked_by_one_feed_at_a_time_with_a_pause_between_two():
    schedule = schedule_of("a", "b")
    assert (schedule.next(0.0), schedule.next(0.0)) == ("a", None)
    assert schedule.next_moment() == math.inf, "the answer is awaited"
    schedule.answered("a", 5.0, 305.0)
    assert (schedule.next(5.0), schedule.next_moment()) == (None, 6.0)
    assert schedule.next(6.0) == "b"


@pytest.mark.parametrize("host", [None, "other.example"])
def test_feeds_that_ask_nobody_or_somebody_else_do_not_wait(host):
    schedule = schedule_of("a")
    schedule.add("b", host, 300.0, 0.0)
    assert {schedule.next(0.0), schedule.next(0.0)} == {"a", "b"}


def test_what_a_host_asks_of_one_feed_counts_for_all_and_for_the_morning():
    schedule = schedule_of("a", "b")
    fail(schedule, "a", 0.0, fault("rate_limited", retry_after_s=900.0), due=15.0)
    schedule.ask_all(1.0)
    assert schedule.next_moment() == 900.0


def test_a_host_in_trouble_is_left_alone_until_one_feed_has_tried_it():
    schedule = schedule_of("a", "b", "c", "d")
    for moment, feed in enumerate("abc"):
        fail(schedule, feed, 2.0 * moment, due=10_000.0)
    tries = schedule.next_moment()
    assert 4.0 + FIRST_REST_S <= tries <= 4.0 + FIRST_REST_S * (1 + JITTER)
    fail(schedule, "d", tries, due=10_000.0)
    schedule.add("e", "one.example", 300.0, 0.0)
    again = schedule.next_moment()
    assert again >= tries + 2 * FIRST_REST_S, "it waits twice as long"
    assert schedule.next(again) == "e"
    schedule.answered("e", again, again + 300.0)
    for number, feed in enumerate("abcd", start=1):  # all that failed go on at once
        assert schedule.next(again + number) == feed
        schedule.answered(feed, again + number, again + 300.0)
    assert schedule.next_moment() == again + 300.0


def test_a_month_of_trouble_is_tried_at_the_rhythm_of_the_feed_that_is_asked_most():
    schedule = schedule_of("slow", every_s=86_400.0)
    schedule.add("fast", "one.example", 7200.0, 0.0)
    now, tries = 0.0, 0
    while now < 30 * 86_400.0:
        feed = schedule.next(now)
        schedule.failed(feed, now, now, DOWN)
        tries += 1
        now = schedule.next_moment()
    assert 30 * 24 / (1 + JITTER) <= tries <= 30 * 86_400 / LONGEST_REST_S + 10


@pytest.mark.parametrize("error", [fault("bad_shape"), fault("html"), fault("http_status", of_host=False)])
def test_a_trouble_of_one_question_is_no_trouble_of_its_host(error):
    schedule = schedule_of(*"abcde")
    for number, feed in enumerate("abcd"):
        fail(schedule, feed, 2.0 * number, error)
    assert schedule.next(8.0) == "e"


def test_without_a_network_no_host_is_to_blame():
    schedule = schedule_of(*"abcde")
    for number, feed in enumerate("abcd"):
        fail(schedule, feed, 2.0 * number, fault("no_network"))
    assert schedule.next(8.0) == "e"


# -- a feed ----------------------------------------------------------------------------------------------------------


def test_a_source_that_says_when_to_ask_again_is_not_asked_before():
    schedule = schedule_of("a")
    schedule.next(0.0)
    schedule.answered("a", 0.0, 60.0, again_s=3600.0)
    schedule.hurry("a", 1.0)
    schedule.ask_all(2000.0)
    assert schedule.next_moment() == 3600.0


def test_a_feed_that_has_something_to_tell_is_asked_soon_or_soon_after_the_answer_it_waits_for():
    schedule = schedule_of("a", host=None, due=100.0)
    schedule.hurry("a", 10.0)
    assert schedule.next_moment() == 10.0 + LISTEN_S
    schedule.next(11.0)
    schedule.hurry("a", 12.0)
    schedule.answered("a", 20.0, 320.0)
    assert schedule.next_moment() == 20.0 + LISTEN_S
    schedule.rest("a")
    schedule.hurry("a", 30.0)
    assert schedule.next_moment() == math.inf
    schedule.wake("a")
    assert schedule.next_moment() == 20.0 + LISTEN_S


def test_a_feed_whose_request_does_not_end_waits_for_that():
    schedule = schedule_of("a", "b")
    schedule.next(0.0)
    schedule.hold("a")
    schedule.failed("a", 30.0, 45.0, fault("timeout"))
    schedule.ask_all(31.0)
    assert schedule.next(31.0) == "b", "the host is free"
    schedule.answered("b", 32.0, 332.0)
    assert schedule.next_moment() == 332.0
    schedule.let_go("a")
    assert schedule.next(33.0) == "a"


def test_in_the_morning_only_what_failed_or_is_not_recent_is_asked_and_a_rest_is_no_excuse():
    schedule = schedule_of(*"abc", every_s=86_400.0)
    for number, feed in enumerate("abc"):
        schedule.next(2.0 * number)
        schedule.answered(feed, 2.0 * number, 86_400.0)
    now = RECENT_S + 1.0
    schedule.ask_all(now)
    assert schedule.next(now) == "a"
    schedule.failed("a", now, 90_000.0, DOWN)
    assert schedule.next(now + 1.0) is None, "b and c are recent"
    schedule.ask_all(now + 10.0)
    asked = []
    for number in range(3):
        asked.append(schedule.next(now + 10.0 + 2 * number))
        schedule.failed(asked[-1], now + 10.0 + 2 * number, 90_000.0, DOWN)
    assert asked == ["a", "b", "c"], "each once, though the host is in trouble"
    assert len(asked) >= OPENS_AFTER
    assert schedule.next(now + 20.0) is None


class AnyDay(RuleBasedStateMachine):
    """Feeds come, answer, fail, hang and go in any order."""

    @initialize(pause_s=st.floats(0.0, 5.0))
    def begin(self, pause_s):
        self.schedule = Schedule(pause_s)
        self.pause_s = pause_s
        self.now = 0.0
        self.hosts = {}
        self.asking = []
        self.not_before = {}
        self.ended = {}

    @rule(feed=st.sampled_from("abcdefgh"), host=st.sampled_from(HOSTS), every_s=st.floats(10.0, 1e6))
    def add(self, feed, host, every_s):
        if feed not in self.hosts:
            self.hosts[feed] = host
            self.schedule.add(feed, host, every_s, self.now)

    @rule(data=st.data())
    def remove(self, data):
        if self.hosts:
            feed = data.draw(st.sampled_from(sorted(self.hosts)))
            host = self.hosts.pop(feed)
            self.asking = [one for one in self.asking if one != feed]
            self.not_before.pop(feed, None)
            if host not in self.hosts.values():  # a host that nobody asks is forgotten
                self.not_before.pop(host, None)
                self.ended.pop(host, None)
            self.schedule.remove(feed)

    @rule(seconds=st.floats(0.0, 4000.0))
    def wait(self, seconds):
        self.now += seconds

    @rule()
    def wait_for_the_next(self):
        moment = self.schedule.next_moment()
        self.now = max(self.now, moment if moment < math.inf else 0.0)

    @rule()
    def morning(self):
        self.schedule.ask_all(self.now)

    @rule()
    def ask(self):
        feed = self.schedule.next(self.now)
        if feed is None:
            return
        host = self.hosts[feed]
        assert feed not in self.asking
        assert self.now >= self.not_before.get(feed, 0.0), "its source asked to be left alone"
        if host is not None:
            assert host not in [self.hosts[other] for other in self.asking], "two at once"
            assert self.now >= self.not_before.get(host, 0.0), "the host asked to be left alone"
            assert self.now >= self.ended.get(host, -math.inf) + self.pause_s
        self.asking.append(feed)

    def _end(self, data):
        feed = data.draw(st.sampled_from(self.asking))
        self.asking.remove(feed)
        if self.hosts[feed] is not None:
            self.ended[self.hosts[feed]] = self.now
        return feed

    @precondition(lambda self: self.asking)
    @rule(data=st.data(), again_s=st.none() | st.floats(0.0, 1e5))
    def answer(self, data, again_s):
        feed = self._end(data)
        self.not_before[feed] = self.now + min(again_s or 0.0, LONGEST_HOLD_S)
        self.schedule.answered(feed, self.now, self.now + 60.0, again_s)

    @precondition(lambda self: self.asking)
    @rule(
        data=st.data(),
        problem=st.sampled_from(["unreachable", "timeout", "rate_limited", "html", "no_network", "broken"]),
        wait_s=st.none() | st.floats(0.0, 1e5),
    )
    def fail(self, data, problem, wait_s):
        feed = self._end(data)
        host = self.hosts[feed]
        if wait_s is not None and host is not None:
            self.not_before[host] = max(self.not_before.get(host, 0.0), self.now + wait_s)
        self.schedule.failed(feed, self.now, self.now + 15.0, fault(problem, retry_after_s=wait_s))

    @invariant()
    def everybody_s_turn_comes(self):
        if not self.asking and self.hosts:
            assert self.schedule.next_moment() < math.inf

    def teardown(self):
        """Once all that is under way has ended well, every feed is asked within its own time."""
        for feed in list(self.asking):
            self.schedule.answered(feed, self.now, self.now + 60.0)
        left = set(self.hosts)
        until = self.now + 3e5
        while left and self.now < until:
            self.now = max(self.now, self.schedule.next_moment())
            feed = self.schedule.next(self.now)
            left.discard(feed)
            if feed is not None:
                self.schedule.answered(feed, self.now, self.now + 60.0)
        assert not left


TestAnyDay = AnyDay.TestCase
TestAnyDay.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
