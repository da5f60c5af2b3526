"""Journeys: on a step that goes through the past, readings are those of the moment that it has reached.

The journey begins and ends where its document says, seen from the start of the step, and is as long as the step; a pause holds it.
"""

from maquette.core.calendar import Instant
from maquette.core.past import SeriesUpdate
from maquette.core.snapshot import Mode
from maquette.show.scenario import Step
from maquette.show.state import DirectorState

AGAIN_S = 0.5
"""Between two looks at the past while a journey goes on."""


def travelled(state: DirectorState, step: Step, now: float) -> float:
    """Return the share of a step's journey that lies behind, 0 to 1."""
    length_s = step.through.duration_s if step.through is not None else 0.0
    if state.ended or length_s <= 0:
        return 1.0
    into_s = length_s - state.remaining_s if state.mode is Mode.PAUSED else now - state.step_started_at
    return min(max(into_s / length_s, 0.0), 1.0)


def moment(state: DirectorState, step: Step, past: SeriesUpdate, now: float) -> float | None:
    """Return the moment that a step's journey has reached, in seconds of the monotonic clock.

    None when nobody can tell: a date needs a clock that can be believed.
    """
    if step.through is None:
        return None
    start, end = (_monotonic(instant, state, past) for instant in (step.through.start, step.through.end))
    if start is None or end is None:
        return None
    return start + (end - start) * travelled(state, step, now)


def _monotonic(instant: Instant, state: DirectorState, past: SeriesUpdate) -> float | None:
    if instant.local is None:
        return state.step_started_at - instant.ago_s
    if state.seen is None or past.epoch is None:
        return None
    return instant.at(state.seen.clock.local).timestamp() - past.epoch
