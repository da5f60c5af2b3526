"""The inbox and the outbox of the MQTT link, and the courier between inbox and stage: bounded, a stop overtakes, the newest counts."""

import asyncio
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from maquette.console.hub import Hub
from maquette.console.mqtt import courier as mqtt_courier
from maquette.console.mqtt.courier import TOLD_AT_ONCE, Courier, Refusals
from maquette.console.mqtt.inbox import WAITING_AT_MOST, Inbox, Payload
from maquette.console.mqtt.outbox import ONCE_AT_MOST, Outbox
from maquette.console.start import ConsoleStart
from maquette.core.events import Command
from maquette.core.exhibition import ConsoleSettings
from tests.console.fake_stage import FakeStage

NEXT, STOP, BLACKOUT, WAKE = (dict[str, object](command=name) for name in ("next", "stop", "blackout", "wake"))
COMMANDS = st.sampled_from(
    [NEXT, STOP, BLACKOUT, WAKE, {"command": "brightness", "percent": 3}, {"command": "stop", "x": 1}]
)


def drain(inbox: Inbox) -> list[Payload]:
    """Take everything, as the courier does."""
    taken = inbox.take_urgent()
    while (command := inbox.take()) is not None:
        taken.append(command)
    return taken


def test_a_stop_overtakes_what_waits_and_supersedes_it():
    inbox = Inbox()
    for command in (NEXT, NEXT, STOP, WAKE):
        inbox.put(command)
    assert drain(inbox) == [STOP, WAKE]
    assert inbox.take_dropped() == (2, 0)


def test_a_brightness_replaces_the_one_that_waits_and_outlives_a_stop():
    inbox = Inbox()
    for percent in range(100):
        inbox.put({"command": "brightness", "percent": percent})
    inbox.put(STOP)
    assert drain(inbox) == [STOP, {"command": "brightness", "percent": 99}]
    assert inbox.take_dropped() == (0, 0)


def test_a_stop_with_a_request_is_one_and_what_is_wrong_replaces_nothing():
    inbox = Inbox()
    stop, dark = STOP | {"request": "a"}, {"command": "brightness", "percent": 3}
    for command in (
        NEXT,
        dark,
        {"command": "brightness"},
        {"command": "brightness", "percent": 300},
        {"command": ["stop"]},
        stop,
    ):
        inbox.put(command)
    assert drain(inbox) == [stop, dark]
    assert inbox.take_dropped() == (4, 0)


def test_a_storm_is_bounded_and_a_stop_in_it_is_not_lost():
    inbox = Inbox()
    for number in range(10_000):
        inbox.put(STOP if number == 5_000 else NEXT)
    assert drain(inbox) == [STOP, *[NEXT] * WAITING_AT_MOST]
    assert inbox.take_dropped() == (WAITING_AT_MOST, 10_000 - 1 - 2 * WAITING_AT_MOST)


@given(st.lists(COMMANDS))
def test_nothing_is_carried_out_that_came_before_the_last_ending_and_every_command_is_accounted_for(commands):
    inbox = Inbox()
    called = [inbox.put(command) for command in commands]
    taken = drain(inbox)
    superseded, refused = inbox.take_dropped()
    endings = [command for command in commands if command in (STOP, BLACKOUT)]
    after = commands[len(commands) - commands[::-1].index(endings[-1]) :] if endings else commands
    others = [command for command in after if command["command"] != "brightness"]
    assert [command for command in taken if command in (STOP, BLACKOUT)][-1:] == endings[-1:]
    assert [c for c in taken if c not in (STOP, BLACKOUT) and c["command"] != "brightness"] == others[:WAITING_AT_MOST]
    assert called == [True] * min(1, len(commands)) + [False] * (len(commands) - 1)
    kept = sum(command not in (STOP, BLACKOUT) and command["command"] != "brightness" for command in commands)
    assert kept == superseded + refused + len(others[:WAITING_AT_MOST])


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([b"", b"1", b"2"]))))
def test_an_outbox_holds_the_newest_of_each_topic(told):
    outbox, broker = Outbox(), dict[str, bytes]()
    for topic, payload in told:
        outbox.keep(topic, payload)
    count = 0
    while (message := outbox.next()) is not None:
        topic, payload, retain = message
        assert retain
        broker[topic] = payload
        count += 1
    newest = {topic: payload for topic, payload in dict(told).items() if payload}
    assert {topic: payload for topic, payload in broker.items() if payload} == newest
    assert count <= len(dict(told))
    outbox.repeat()
    again = {}
    while (message := outbox.next()) is not None:
        again[message[0]] = message[1]
    assert again == newest


def test_events_overtake_what_is_retained_and_the_oldest_are_dropped():
    outbox = Outbox()
    outbox.keep("state", b"idle")
    for number in range(ONCE_AT_MOST + 1):
        outbox.say("event", str(number).encode())
    assert outbox.next() == ("event", b"1", False)
    outbox.forget_events()
    assert outbox.next() == ("state", b"idle", True)
    assert outbox.next() is None


def carried(commands: list[Payload], *, silent: bool = False) -> tuple[list[str], list[object]]:
    """Let a courier carry commands that come at once, after a first ``next``, to a stage that answers or is silent.

    Returns:
        What it was sent, up to ``wake`` or to a ``stop`` to a silent stage; and what is refused.
    """
    refused: list[object] = []

    async def run() -> list[str]:
        stage, posted, begun, done = FakeStage(), list[str](), asyncio.Event(), asyncio.Event()

        def post(message: object) -> None:
            assert isinstance(message, Command)
            posted.append(message.name)
            begun.set()
            if not silent:
                hub.receive(stage.obey(message))
                hub.receive(stage.snapshot)
            if message.name == ("stop" if silent else "wake"):
                done.set()

        hub, inbox = Hub(ConsoleStart(stage.exhibition, ConsoleSettings()), post), Inbox()
        courier = Courier(hub, inbox, lambda code, _hint, arguments: refused.append((code, dict(arguments))))
        task = asyncio.create_task(courier.run())
        async with asyncio.timeout(10):
            for command in (NEXT, *commands):
                if inbox.put(command):
                    courier.call()
                await begun.wait()
            await done.wait()
        task.cancel()
        return posted

    return asyncio.run(run()), refused


def test_a_stop_does_not_wait_for_a_stage_that_is_silent():
    assert carried([NEXT, STOP], silent=True) == (["next", "stop"], [("superseded", {"count": "1"})])


def test_the_courier_carries_everything_in_order_and_tells_what_is_refused(monkeypatch):
    monkeypatch.setattr(mqtt_courier, "PACE_S", 0.0)
    wrong: list[Payload] = [{"command": "plya"}, {"command": "play", "scenario": "rhoen"}]
    posted, refused = carried([NEXT, STOP, BLACKOUT, *wrong, WAKE])
    assert posted == ["next", "stop", "blackout", "play", "wake"]
    told = [
        ("superseded", {"count": "1"}),
        ("unknown_command", {"name": "plya"}),
        ("unknown_scenario", {"name": "rhoen"}),
    ]
    assert refused == told


def test_refusals_of_a_storm_are_counted():
    told: list[object] = []
    later: list[Callable[[], None]] = []
    refusals = Refusals(
        lambda code, _hint, arguments: told.append((code, dict(arguments))), lambda _s, call: later.append(call)
    )
    for number in range(1000):
        refusals.refuse("not_json", None, {"topic": str(number)})
    assert told == [("not_json", {"topic": str(number)}) for number in range(TOLD_AT_ONCE)]
    refusals.refuse("storm", None, {"count": "500"})
    (begin_anew,) = later
    begin_anew()
    assert told[TOLD_AT_ONCE:] == [("more_refused", {"count": str(1500 - TOLD_AT_ONCE)})]
    refusals.refuse("not_json", None, {})
    assert len(told) == TOLD_AT_ONCE + 2
