"""Whatever happens to the director, it never gets stuck, never crashes, and comes to rest when it is left alone."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.core.calendar import OpeningHours
from maquette.core.clock import Clock
from maquette.core.events import COMMANDS, Answer, ButtonPressed, ButtonReleased, Command
from maquette.core.readings import Quality, Readings, ReadingsUpdate
from maquette.core.snapshot import Mode
from maquette.core.votes import FormerVotes, VoteCast
from maquette.show.director import NewReadings, Tick, direct, due_at
from maquette.show.handover import carried
from maquette.show.lamps import lamps
from maquette.show.model import Button
from maquette.show.presses import LONG_S
from maquette.show.scenario import Ask, ButtonTrigger, Choice, ClockTrigger, Scenario, Step
from maquette.show.timeline import lit_step, opening
from maquette.show.votes import vote_readings
from tests.show.directing import (
    AIR,
    BUTTONS,
    ENERGY,
    IDLE,
    RIVER,
    SHOW,
    on_condition,
    reading,
    scenario,
    show_of,
)

HOURS = OpeningHours(dict.fromkeys(range(6), ((600, 1080),)), {}, wake_for_s=600.0)
SERVICE = (*BUTTONS, Button("lead", {"": "Lead"}, "guide"), Button("hush", {"": "Hush"}, "calm"))
PARIS = ZoneInfo("Europe/Paris")
ASK = Ask("well", {"": "Well?"}, (Choice("air", {"": "Yes"}, 5.0), Choice("go_next", {"": "No"}, 0.0)))
FULL = show_of(
    scenario("air", 20.0, 20.0, buttons=("air",), interrupt="after_step"),
    Scenario(
        "asked",
        {"": "Asked"},
        (Step(duration_s=30.0, ask=ASK), Step(at_most_s=120.0, until=on_condition("river.flow > 5").when)),
        (ButtonTrigger("river"), ButtonTrigger("air", "long"), ButtonTrigger("energy", "double")),
        while_playing="restart",
    ),
    Scenario(
        "high",
        {"": "High"},
        (Step(duration_s=10.0, fade_s=3.0),),
        (
            on_condition("river.flow > 4", "river.flow < 2", for_s=5.0, at_most_every_s=60.0),
            ClockTrigger(630),
            on_condition("votes.well_count > 3"),
        ),
        while_playing="next_step",
        ends="air",
    ),
    IDLE,
    opening=HOURS,
    buttons=SERVICE,
)
UNTIL_ALWAYS = show_of(
    Scenario("one", {"": "One"}, (Step(until=on_condition("river.flow > 0").when, fade_s=0.0),) * 3, ends="two"),
    Scenario(
        "two", {"": "Two"}, (Step(until=on_condition("river.flow > 0").when),), (ButtonTrigger("air"),), ends="one"
    ),
    Scenario("quietly", {"": "Idle"}, (Step(until=on_condition("river.flow > 0").when, fade_s=0.0),)),
    idle_after_s=0.0,
    opening=HOURS,
)
SHOWS = st.sampled_from(
    [
        SHOW,
        FULL,
        UNTIL_ALWAYS,
        replace(FULL, opening=OpeningHours({}, {}, wake_for_s=60.0)),
        replace(FULL, opening=None, idle=None),
        show_of(AIR, RIVER, ENERGY, IDLE, idle=None, idle_after_s=0.0),
        show_of(AIR, RIVER, idle="missing"),
        show_of(idle=None),
        show_of(
            scenario("one", 0.0, ends="two", buttons=("air",), while_playing="restart"),
            scenario("two", 1.0, None, ends="one", buttons=("river",), interrupt="after_step"),
            scenario("three", 2.0, ends="three", buttons=("energy",), while_playing="next_step"),
            scenario("empty", buttons=("plain",)),
            scenario("quietly", 0.0, buttons=("go_next",)),
            idle_after_s=3.0,
        ),
    ]
)
BUTTON = st.sampled_from([*(button.id for button in SERVICE), "ghost"])
COMMAND = st.one_of(
    st.sampled_from([name for name, kind in COMMANDS.items() if kind.argument is None]).map(Command),
    st.sampled_from(["guide", "calm"]).map(Command),
    st.builds(lambda name, on: Command(name, {"on": on}), st.sampled_from(["guide", "calm"]), st.booleans()),
    st.sampled_from(["air", "river", "energy", "quietly", "one", "two", "asked", "high", "empty", "nothing"]).map(
        lambda name: Command("play", {"scenario": name})
    ),
    st.integers(-10, 120).map(lambda percent: Command("brightness", {"percent": percent})),
    BUTTON.map(lambda name: Command("press", {"button": name})),
    st.builds(Command, st.text(max_size=5), st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=3))),
    st.builds(
        Command,
        st.sampled_from([*COMMANDS]),
        st.dictionaries(st.sampled_from(["on", "scenario", "percent", "button"]), st.integers() | st.booleans()),
    ),
)
LOCAL = datetime(2026, 11, 26, 9, 55, tzinfo=PARIS)
EVENT = st.one_of(
    COMMAND,
    BUTTON.map(lambda name: ButtonPressed(name, 0.0)),
    BUTTON.map(lambda name: ButtonPressed(name, 0.0)),
    BUTTON.map(lambda name: ButtonReleased(name, 0.0)),
    st.just(Tick()),
    st.builds(
        lambda minutes, trusted: Clock(LOCAL + timedelta(minutes=minutes), trusted),
        st.sampled_from([0, 4, 5, 6, 35, 36, 480, 484, 485, 490, 1440, 5000, -5000]) | st.integers(0, 10_000),
        st.sampled_from([True, True, True, False]),
    ),
    st.floats(0.0, 8.0).map(reading),
    st.sampled_from([reading(None), reading(9.0, quality=Quality.STALE), reading(1.0, quality=Quality.SAMPLE)]),
    st.just(FormerVotes({"well": {("air", 5.0): 3}})),
    SHOWS,
)
GAP = st.one_of(st.sampled_from([0.0, 0.0, 0.1, 0.3, 0.8, 1.0, 2.0, 5.0, 40.0, 900.0, 1e5]), st.floats(0.0, 50.0))


class Hall:
    """Drives the director as the performance does, and looks at each state."""

    def __init__(self, show):
        self.show = show
        self.now = 0.0
        self.state = opening(show, 0.0)
        self.came = Readings()
        self.local = LOCAL
        self.look()

    def tell(self, event):
        known = self.came.updated(ReadingsUpdate(tuple(vote_readings(self.state, self.show))))
        self.state, actions = direct(self.state, event, self.now, self.show, known)
        self.look()
        return actions

    def happen(self, event):
        if isinstance(event, type(self.show)):
            self.tell(Tick())
            self.state = carried(self.state, self.show, event, self.now)
            self.show = event
            self.tell(NewReadings())
        elif hasattr(event, "feed"):
            self.came = self.came.updated(ReadingsUpdate((event,)))
            self.tell(NewReadings())
        else:
            actions = self.tell(event)
            answers = [action for action in actions if isinstance(action, Answer)]
            assert len(answers) == isinstance(event, Command)
            assert all(isinstance(action, Answer | VoteCast) for action in actions)
            if actions:
                self.tell(NewReadings())

    def look(self):
        state, show = self.state, self.show
        steps = show.scenarios[state.scenario].steps if state.scenario is not None else ()
        assert 0 <= state.step < max(1, len(steps))
        assert (lit_step(state, show) is None) == (state.scenario is None)
        assert state.pending is None or state.pending in show.scenarios
        assert 0 <= state.brightness <= 100
        assert not (state.dark and state.scenario is not None)
        assert state.scenario is not None or state.mode not in (Mode.PLAYING, Mode.PAUSED)
        # Whatever is lit ends some day, and whatever is paused or guided.
        assert due_at(state, show) is not None or state.scenario is None
        assert not (state.ended and state.mode is not Mode.PLAYING)
        assert not (state.ended and state.pending)
        assert not (state.guided and state.mode is Mode.ASLEEP)
        assert not (state.hands and not state.guided)
        assert not (state.pending and state.guided)
        assert not (state.mode is Mode.ASLEEP and show.opening is None)
        assert len({hold.button for hold in state.holds}) == len(state.holds)
        assert len(state.waiting) <= len(show.scenarios)
        due = due_at(state, show)
        assert due is None or due > self.now


@settings(max_examples=150, deadline=None)
@given(SHOWS, st.lists(st.tuples(EVENT, GAP), max_size=30))
def test_no_sequence_of_events_reaches_a_dead_end(show, script):
    hall = Hall(show)
    for event, gap in script:
        hall.now += gap
        awake = not hall.state.dark
        hall.happen(event)
        if isinstance(event, ButtonPressed) and event.button in hall.show.model.buttons and awake:
            # Every press is answered by its lamp, unless it wished for darkness.
            dark = hall.state.dark and hall.show.model.buttons[event.button].command == "blackout"
            assert dark or event.button in lamps(hall.state, hall.show, hall.now).on
    if hall.state.dark:
        (answer,) = hall.tell(Command("wake"))
        assert answer.refused is None
    # Time alone brings back rest: a visit lasts half an hour, each step and a pause a quarter, and each scenario plays once.
    for _ in range(80):
        hall.now += 450.0
        hall.tell(Tick())
    assert hall.state.mode in (Mode.IDLE, Mode.ASLEEP)
    assert not hall.state.guided
    assert not hall.state.holds
    assert not hall.state.waiting
    # And at the next opening a sleeping model wakes, whatever it was told.
    hall.local = datetime(2027, 1, 4, 9, 59, 50, tzinfo=PARIS)
    for _ in range(30):
        hall.now += 1.0
        hall.local += timedelta(seconds=1)
        hall.tell(Clock(hall.local, trusted=True))
    assert not hall.state.dark or hall.show.opening.week == {}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["air", "energy", "river"]), st.booleans(), st.floats(0.0, 1.2)), max_size=20)
)
def test_every_press_becomes_exactly_one_gesture(script):
    """However buttons go down and come up, each press counts once: short, long, or half of a double one."""
    hall = Hall(replace(FULL, opening=None))
    for button, down, gap in script:
        hall.now += gap
        hall.happen(ButtonPressed(button, hall.now) if down else ButtonReleased(button, hall.now))
        assert all(hold.pressed_at <= hall.now < hold.pressed_at + LONG_S + 1.0 for hold in hall.state.holds)
    hall.now += 2.0
    hall.tell(Tick())
    assert hall.state.holds == ()
