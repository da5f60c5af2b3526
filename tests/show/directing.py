"""A small show of buttons and scenarios, and a stage that drives the director through it."""

from datetime import timedelta

from maquette.core.clock import Clock
from maquette.core.events import Answer, ButtonPressed, ButtonReleased, Command
from maquette.core.readings import Nature, Quality, Reading, Readings, ReadingsUpdate
from maquette.show.director import NewReadings, Tick, direct
from maquette.show.expressions import compile_expression
from maquette.show.lamps import lamps
from maquette.show.model import Button
from maquette.show.scenario import ButtonTrigger, Scenario, Show, Step, ValueTrigger
from maquette.show.timeline import opening
from tests.show.models import model_of, strips_of

BUTTONS = tuple(
    Button(name, {"": name}, command)
    for name, command in {
        "air": None,
        "river": None,
        "energy": None,
        "plain": None,
        "go_next": "next",
        "go_back": "back",
        "hold": "pause",
        "quiet": "stop",
        "night": "blackout",
        "morning": "wake",
    }.items()
)


def scenario(name, *seconds, buttons=(), **options):
    steps = tuple(Step({"": f"{n}"}, s) for n, s in enumerate(seconds))
    return Scenario(name, {"": name.title()}, steps, tuple(map(ButtonTrigger, buttons)), **options)


def show_of(*scenarios, idle="quietly", idle_after_s=90.0, opening=None, buttons=BUTTONS):
    model = model_of(strips_of(4), buttons=buttons)
    return Show(model, {s.id: s for s in scenarios}, idle, idle_after_s, languages=("fr",), opening=opening)


AIR = scenario("air", 40.0, 20.0, 10.0, buttons=("air",))
RIVER = scenario("river", 30.0, None, buttons=("river",), while_playing="restart", interrupt="after_step")
ENERGY = scenario("energy", 5.0, 5.0, buttons=("energy",), while_playing="next_step", ends="river")
IDLE = scenario("quietly", 20.0, 15.0)
SHOW = show_of(AIR, RIVER, ENERGY, IDLE)


def on_condition(text, rearm=None, **options):
    return ValueTrigger(compile_expression(text), rearm and compile_expression(rearm), **options)


def reading(value, *, quality=Quality.LIVE, fresh_until=None, drop_at=None, feed="river", name="flow"):
    return Reading(feed, name, None, value, "m³/s", quality, Nature.MEASURED, fresh_until=fresh_until, drop_at=drop_at)


class Stage:
    """Drives the director as the stage does."""

    def __init__(self, show=SHOW, local=None):
        """Begin; ``local`` is what the wall clock shows (trusted), or None when nobody looks at it."""
        self.show = show
        self.state = opening(show, 0.0)
        self.now = 0.0
        self.readings = Readings()
        self.local = local
        self.trusted = True
        if local is not None:
            self.look()

    def happen(self, event):
        self.state, actions = direct(self.state, event, self.now, self.show, self.readings)
        return actions

    def after(self, seconds):
        """Let time pass; the clock is looked at every second, as on the stage."""
        if self.local is None:
            self.now += seconds
            self.happen(Tick())
            return self.state
        end = self.now + seconds
        while self.now < end:
            passed = min(1.0, end - self.now)
            self.now += passed
            self.local += timedelta(seconds=passed)
            self.look()
        return self.state

    def look(self):
        self.happen(Clock(self.local, self.trusted))
        self.happen(Tick())

    def read(self, *readings):
        self.readings = self.readings.updated(ReadingsUpdate(readings))
        self.happen(NewReadings())
        self.happen(Tick())
        return self.state

    def press(self, button):
        self.happen(ButtonPressed(button, self.now))
        return self.state

    def release(self, button):
        self.happen(ButtonReleased(button, self.now))
        return self.state

    def command(self, name, **arguments):
        command = Command(name, arguments)
        answer = self.happen(command)[0]
        assert isinstance(answer, Answer)
        assert answer.command is command
        return answer

    def is_in(self, mode):
        return self.state.mode is mode

    def has_ended(self):
        return self.state.ended

    @property
    def on(self):
        return self.state.scenario, self.state.step

    @property
    def lit(self):
        return lamps(self.state, self.show, self.now).on
