"""The dry run: scenarios are played off the stage, every step of them, so that no fault of ours is met before an audience.

A show and readings flow in; the first step that cannot be played flows out.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from maquette.core.events import Command
from maquette.core.readings import Readings, ReadingsUpdate
from maquette.show.captions import say
from maquette.show.finishing import Finishing
from maquette.show.layers import Painter
from maquette.show.performance import Performance
from maquette.show.scenario import Show

_MOMENTS_S = (0.0, 1.3)
"""Into each step: its first frame, and one in which everything moves."""


@dataclass(frozen=True, slots=True)
class Stumble:
    """A step that cannot be played.

    Attributes:
        scenario: its id, or "" when no scenario is to blame.
        step: from 1; 0 when no step is.
        problem: what went wrong, in English, for whoever mends the programme.
    """

    scenario: str
    step: int
    problem: str


def dry_run(show: Show, scenarios: Iterable[str], readings: Readings, now: float) -> Stumble | None:
    """Play each step of some scenarios, with readings and without any; return the first that fails, or None.

    Args:
        show: what is to be played.
        scenarios: ids; those that the show does not have are passed over.
        readings: as they are now.
        now: monotonic seconds.
    """
    place = ("", 0)
    try:
        finishing = Finishing(show.model)
        performance = Performance(show, now)
        performance.update(ReadingsUpdate(tuple(readings.values())), now)
        finishing.finish(performance.frame(now), performance.brightness, now)
        for name in scenarios:
            scenario = show.scenarios.get(name)
            place = (name, 0)
            performance.handle(Command("play", {"scenario": name}), now)
            performance.frame(now)
            performance.snapshot(now, (), ())
            performance.servo_angles(now)
            for number, step in enumerate(scenario.steps if scenario is not None else (), 1):
                place = (name, number)
                for known in (Readings(), readings):
                    painter = Painter(show.model, step)
                    painter.bind(known, now)
                    for t in _MOMENTS_S:
                        finishing.finish(painter.paint(t), 100.0, now)
                    painter.zone_states()
                    if step.say is not None:
                        say(step.say, known, now)
    except Exception as error:  # noqa: BLE001 - whatever it is, it shall not happen on the stage
        return Stumble(*place, f"{type(error).__name__}: {error}")
    return None
