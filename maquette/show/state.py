"""What the director remembers: what is on, what the room wishes, and what is under way. States flow in, states flow out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from maquette.core.clock import Clock
from maquette.core.snapshot import Mode
from maquette.core.votes import FormerVotes, Tally
from maquette.show.identification import Identification
from maquette.show.priorities import Source
from maquette.show.scenario import ValueTrigger

FULL_BRIGHTNESS = 100
"""Percent; what is set live lasts until the model sleeps."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A press of which it is not yet known whether it is short, long or double.

    Attributes:
        button: the button's id.
        pressed_at: monotonic seconds.
        released_at: monotonic seconds, or None while it is held.
        repeated: it followed another press of this button closely.
    """

    button: str
    pressed_at: float
    repeated: bool
    released_at: float | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A scenario that data or the clock asked for, which waits for rest until it lapses (monotonic seconds)."""

    scenario: str
    source: Source
    lapses_at: float


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known of a condition that starts a scenario.

    Attributes:
        known: it has been seen true or false.
        armed: it may start the scenario when it becomes true.
        since: monotonic seconds since when it holds, or None.
        fired_at: monotonic seconds at which it last started the scenario, or None.
    """

    known: bool = False
    armed: bool = False
    since: float | None = None
    fired_at: float | None = None


WatchKey = tuple[str, ValueTrigger]
"""A scenario's id, and one of its triggers."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The wall clock as it was last seen.

    Attributes:
        clock: what it showed.
        at: when that was, in monotonic seconds.
        told: local time up to which times of day have started scenarios: none does so twice when the clock is set back a little.
    """

    clock: Clock
    at: float
    told: datetime


Presses = tuple[tuple[str, float], ...]
"""Buttons, each with a moment (monotonic seconds)."""


@dataclass(frozen=True, slots=True)
class DirectorState:
    """What is on, and what the room wishes.

    Attributes:
        mode: one of `Mode`.
        scenario: id of what is lit, the idle scenario's when idle; None for darkness.
        step: from 0; 0 in darkness.
        started_at: monotonic seconds at which the scenario began: effects count from here.
        step_started_at: monotonic seconds; a pause moves it on, so that the time since then is the time the step has played.
        due_at: monotonic seconds at which something ends by itself (step, pause, the dimmed last step), or None.
        until_at: monotonic seconds from which the step may end because what it waits for is true, or None.
        ended: True after the last step, while it stays on, dimmed.
        remaining_s: what was left of the step when it was paused.
        pending: id of a scenario that begins at the end of the step, or None.
        choice: id of the scenario that a knob has chosen, or None.
        chosen_at: monotonic seconds at which it was.
        played: ids of the scenarios that followed one another since somebody acted.
        brightness: percent.
        guided: a mediator leads a visit.
        calm: nothing moves.
        guide_ends_at: monotonic seconds at which a guided visit ends by itself.
        language: that visitors have chosen for their screen, or None.
        language_ends_at: monotonic seconds until which they have.
        hands: buttons that were pressed during a guided visit, each with the monotonic seconds of its first press.
        presses: buttons pressed in the last seconds, each with the monotonic seconds of its last press.
        acts: the same, but for presses that were no repeats.
        holds: presses of which it is not yet known whether they are short, long or double.
        waiting: wishes of data and clock that wait for rest.
        watches: what is known of the conditions that start scenarios.
        votes: answers counted in this run of the stage, by question.
        voted_at: when the last of them came (aware), where a clock could be trusted.
        former_votes: what was counted before.
        seen: the wall clock as it was last seen, or None.
        closed: the exhibition was closed when the clock was last trusted.
        acted_at: monotonic seconds of the last press or command.
        identified: what makes itself known, or None.
    """

    mode: Mode
    scenario: str | None = None
    step: int = 0
    started_at: float = 0.0
    step_started_at: float = 0.0
    due_at: float | None = None
    until_at: float | None = None
    ended: bool = False
    remaining_s: float = 0.0
    pending: str | None = None
    choice: str | None = None
    chosen_at: float = 0.0
    played: tuple[str, ...] = ()
    brightness: int = FULL_BRIGHTNESS
    guided: bool = False
    calm: bool = False
    guide_ends_at: float = 0.0
    language: str | None = None
    language_ends_at: float = 0.0
    hands: Presses = ()
    presses: Presses = ()
    acts: Presses = ()
    holds: tuple[Hold, ...] = ()
    waiting: tuple[Wish, ...] = ()
    watches: Mapping[WatchKey, Watch] = field(default_factory=dict)
    votes: Mapping[str, Tally] = field(default_factory=dict)
    voted_at: Mapping[str, datetime] = field(default_factory=dict)
    former_votes: FormerVotes = field(default_factory=FormerVotes)
    seen: Seen | None = None
    closed: bool = False
    acted_at: float = float("-inf")
    identified: Identification | None = None

    @property
    def running(self) -> bool:
        """True while a scenario has steps to play: playing or paused, and not at its end."""
        return self.mode in (Mode.PLAYING, Mode.PAUSED) and not self.ended

    @property
    def dark(self) -> bool:
        """True while the model shows nothing: somebody wants it so, or it sleeps."""
        return self.mode in (Mode.BLACKOUT, Mode.ASLEEP)

    @property
    def led(self) -> bool:
        """True while a step waits for the mediator who leads the visit."""
        return self.guided and self.mode is Mode.PLAYING and not self.ended
