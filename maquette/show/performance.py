"""The performance: events, readings and time flow in; frames, servo angles, lamps and snapshots flow out.

It joins the director (what is on) and the painter (how that looks), and blends each look into the next. No clock, no thread: whoever
calls says what time it is, and may call as seldom as `still` and `wake_at` allow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from maquette.core.clock import Clock
from maquette.core.frame import Frame, dark
from maquette.core.past import SeriesUpdate
from maquette.core.readings import Quality, Readings, ReadingsUpdate
from maquette.core.snapshot import Hand, Mode, OutputState, Snapshot, SupplyState, ZoneState
from maquette.core.text import Caption
from maquette.show.captions import say
from maquette.show.dimming import Dimmer, dimmed
from maquette.show.director import Action, Event, NewReadings, Tick, direct, due_at, next_wish
from maquette.show.fades import Fade
from maquette.show.handover import carried
from maquette.show.identification import blinked, identifies_button, lit, swayed
from maquette.show.journey import AGAIN_S, travelled
from maquette.show.knowledge import Knowledge
from maquette.show.lamps import Lamps, lamps
from maquette.show.layers import Painter
from maquette.show.likeness import same_look, same_places
from maquette.show.own_values import Sensed, own_reading
from maquette.show.scenario import Show, Step
from maquette.show.state import DirectorState
from maquette.show.timeline import lit_step, opening, playable
from maquette.show.votes import asked

CHANGE_FADE_S = 0.8
"""How long a change of readings takes to be seen, and a blackout or a wake."""

DIM_FADE_S = 2.0
"""How long the last step takes to dim."""

DIM_LEVEL = np.float32(0.35)
"""How much of its light the last step keeps once the scenario has ended."""

CALM_LEVEL = np.float32(0.5)
"""How much of the light is left in calm."""

CALM_FADE_S = 2.0
"""How long a change takes in calm, at least; there every fade takes twice its time."""

CALM_PACE = 0.3
"""The share of their top speed at which servos turn in calm."""


@dataclass(frozen=True, eq=False)
class _Bound:
    """A painter, and the readings that it shows until ``until`` (monotonic seconds; None: until others come)."""

    painter: Painter
    readings: Readings
    until: float | None

    def shows(self, readings: Readings, now: float) -> bool:
        """Tell whether it shows these readings as they are at ``now``."""
        return self.readings is readings and (self.until is None or now < self.until)


class Performance:
    """A show that is being played."""

    def __init__(self, show: Show, now: float, clock: Clock | None = None) -> None:
        """Begin: idle, or asleep when the clock says that the exhibition is closed.

        Args:
            show: what there is to play.
            now: monotonic seconds.
            clock: the wall clock, or None while nobody has looked at it.
        """
        self._show = show
        self._state = opening(show, now)
        if clock is not None:
            self._state, _ = direct(direct(self._state, clock, now, show)[0], Tick(), now, show)
        self._lamps_of: DirectorState | None = None
        self._known_lamps = Lamps()
        self._due_at = due_at(self._state, show)
        self._knowledge = Knowledge()
        self._dimmer = Dimmer()
        if clock is not None:
            self._dimmer.take(dimmed(show.dimming, clock, self._knowledge.readings, now), now)
        self._ready: dict[tuple[str, int], _Bound] = {}
        self._fade: Fade | None = None
        self._seen: Frame = dark(show.model.led_count)
        self._seen_at = now
        self._settled = False
        self._explained: tuple[Caption | None, tuple[ZoneState, ...]] | None = None
        self._snapshot: Snapshot | None = None
        self._rebind_at: float | None = None
        self._step: Step | None = None
        self._painter: Painter | None = None
        self._knowledge.count(self._state, show)
        self._knowledge.compute(show, now)
        self._shown = self._knowledge.readings
        self._enter(now)
        self._read(now)

    @property
    def brightness(self) -> float:
        """Percent, 0 to 100, for the finishing: what is set, dimmed as it was at the last frame."""
        return self._state.brightness * self._dimmer.share

    @property
    def brightness_set(self) -> int:
        """Percent, 0 to 100, as somebody has set it."""
        return self._state.brightness

    @property
    def mode(self) -> Mode:
        """What the show does."""
        return self._state.mode

    @property
    def at_rest(self) -> bool:
        """True while the idle playlist plays and nothing fades: its light moves slowly."""
        return self._state.mode is Mode.IDLE and self._fade is None

    @property
    def pace(self) -> float:
        """The share of their top speed at which servos turn, above 0."""
        return CALM_PACE if self._state.calm else 1.0

    def handle(self, event: Event, now: float) -> tuple[Action, ...]:
        """Let something happen; return what is to be told."""
        before = self._state
        self._state, actions = direct(before, event, now, self._show, self._knowledge.readings)
        self._follow(before, now)
        if isinstance(event, Clock):
            self._settled = self._settled and self._dimmer.settled
            self._dimmer.take(dimmed(self._show.dimming, event, self._knowledge.readings, now), now)
        return actions

    def update(self, update: ReadingsUpdate, now: float) -> None:
        """Take over readings that changed."""
        self._advance(now)
        self._knowledge.take(update)
        self._read(now)

    def sense(self, sensed: Sensed, now: float, at: datetime | None = None) -> None:
        """Take over what was learned of the model itself (see `own_values`), with what the wall clock shows (UTC) where it is trusted."""
        self._advance(now)
        if self._knowledge.sense(own_reading(sensed, self._show.languages, now, at)):
            self._read(now)

    def remember(self, past: SeriesUpdate, now: float) -> None:
        """Take over what journeys through the past need to know."""
        self._advance(now)
        self._knowledge.past = past
        if self._step is not None and self._step.through is not None:
            self._bind(now)

    def news(self) -> ReadingsUpdate | None:
        """Return the readings that the show itself made since this was last asked, or None."""
        return self._knowledge.news()

    def swap(self, show: Show, now: float) -> None:
        """Go on in another show, whose model has as many LEDs; light that it leaves as it was is not touched.

        Either all of it is taken over or, when this raises, nothing.
        """
        self._advance(now)
        if show.model.led_count != self._show.model.led_count:
            raise ValueError("a show for other strips cannot be played on these")
        old, before = self._show, self._state
        after = carried(before, old, show, now)
        step = lit_step(after, show)
        same = self._step is step is None or (
            self._step is not None and step is not None and same_look(self._step, step)
        )
        if same and _place(before) == _place(after) and same_places(old.model, show.model):
            self._show, self._state, self._step, self._ready = show, after, step, {}
            self._take_up(now)
            return
        ready = {}
        if step is not None and after.scenario is not None:
            painter = Painter(show.model, step, calm=after.calm)
            ready[after.scenario, after.step] = self._bound(painter, self._knowledge.readings, now)
        self._show, self._state, self._ready = show, after, ready
        self._enter(now)
        self._blend(CHANGE_FADE_S, now)
        self._take_up(now)

    def frame(self, now: float) -> Frame:
        """Return the light at ``now``, linear, float32, shape (LEDs, 3). It is not to be written to."""
        self._advance(now)
        target = self._painted(now)
        if self._fade is not None and now >= self._fade.ends_at:
            self._fade = None
        self._seen = target if self._fade is None else self._fade.mixed(target, now)
        self._dimmer.advance(now)
        self._seen_at, self._settled = now, self._fade is None
        return self._seen

    def still(self, now: float) -> bool:
        """Tell whether the last frame is still right, and will be until `wake_at` or an event."""
        self._advance(now)
        moves = self._state.identified is not None or not self._dimmer.settled
        return self._settled and not moves and (self._painter is None or self._painter.still)

    def wake_at(self, now: float) -> float | None:
        """Return the next moment (monotonic seconds, after ``now``) at which something changes by itself, or None."""
        self._advance(now)
        fade_ends_at = self._fade.ends_at if self._fade is not None else None
        moments = (self._due_at, self._rebind_at, fade_ends_at, self._lamps(now).change_at(self._show.model.lamps, now))
        return min((moment for moment in moments if moment is not None and moment > now), default=None)

    def lamps(self, now: float) -> frozenset[str]:
        """Return the ids of the buttons whose lamp is on."""
        self._advance(now)
        return blinked(self._state.identified, self._lamps(now).on, now)

    def lamp_levels(self, now: float) -> Mapping[str, float]:
        """Return how bright the lamps are: button → level in (0, 1]; those that are off are left out."""
        on = self.lamps(now)
        return dict.fromkeys(on, 1.0) if identifies_button(self._state.identified) else self._lamps(now).levels(now)

    def servo_angles(self, now: float) -> Mapping[str, float | None]:
        """Return where each servo should be, in degrees, in the model's order; None where nothing known says: it parks."""
        self._advance(now)
        cued = self._painter.servo_angles() if self._painter is not None else {}
        angles: dict[str, float | None] = {}
        for servo in self._show.model.servos.values():
            angle = cued.get(servo.id)
            low, high = servo.angle
            angle = None if angle is None else min(max(angle, low), high)
            angles[servo.id] = swayed(self._state.identified, servo, angle, now)
        return angles

    def prepare(self) -> bool:
        """Make ready one painter that is likely to be wanted next, in time to spare; return False when there is nothing to do."""
        now = self._seen_at
        wanted = self._likely()
        self._ready = {key: self._ready[key] for key in wanted if key in self._ready}
        for name, step in wanted:
            ready = self._ready.get((name, step))
            if ready is None or not ready.shows(self._knowledge.readings, now):
                made = self._made(self._show.scenarios[name].steps[step]) if ready is None else ready.painter
                self._ready[name, step] = self._bound(made, self._knowledge.readings, now)
                return True
        return False

    def snapshot(self, now: float, outputs: tuple[OutputState, ...], supplies: tuple[SupplyState, ...]) -> Snapshot:
        """Return the state of the show; the same object as last time when nothing changed."""
        self._advance(now)
        state = self._state
        scenario = playable(self._show, state.scenario)
        step = self._step
        caption, zones = self._explanation(now)
        snapshot = Snapshot(
            mode=state.mode,
            scenario=scenario.id if scenario else None,
            title=scenario.title if scenario else None,
            step=state.step + 1 if scenario else 0,
            steps=len(scenario.steps) if scenario else 0,
            step_title=step.title if step else None,
            caption=caption,
            notes=step.notes if step else None,
            step_started_at=state.step_started_at,
            step_ends_at=_ends_at(state, step),
            brightness=state.brightness,
            guided=state.guided,
            calm=state.calm,
            language=state.language,
            quality=self._painter.quality if self._painter else Quality.LIVE,
            zones=zones,
            lamps=self.lamps(now),
            inviting=self._inviting(now),
            choice=state.choice,
            outputs=outputs,
            supplies=supplies,
            pending=state.pending or next_wish(state, now),
            ended=state.ended,
            question=asked(step.ask, state) if step is not None and step.ask is not None else None,
            hands=tuple(Hand(button, since) for button, since in state.hands),
            moment=self._knowledge.moment,
            dimmed=self._dimmer.aim,
            identifying=None if state.identified is None else state.identified.told(),
        )
        if snapshot != self._snapshot:
            self._snapshot = snapshot
        return self._snapshot

    # -- within ------------------------------------------------------------------------------------------------------

    def _advance(self, now: float) -> None:
        """Let everything happen that was due by now, in its order: what a reading is when something is due may decide it."""
        while True:
            ages_at = self._rebind_at if self._rebind_at is not None and self._rebind_at <= now else None
            if self._due_at is not None and self._due_at <= now and (ages_at is None or self._due_at < ages_at):
                self.handle(Tick(), now if ages_at is None else ages_at)
            elif ages_at is not None:
                self._read(ages_at)
            else:
                return

    def _follow(self, before: DirectorState, now: float) -> None:
        """Do what a new state of the director asks of the light."""
        after = self._state
        self._due_at = due_at(after, self._show)
        if after.brightness != before.brightness:
            self._settled = False
        if after.calm != before.calm:
            self._ready = {}
        if after.calm != before.calm:
            self._enter(now)
            self._blend(CHANGE_FADE_S if after.calm else CALM_FADE_S, now)
        elif _place(before) != _place(after):
            self._enter(now)
            self._blend(self._step.fade_s if self._step is not None and not before.dark else CHANGE_FADE_S, now)
        elif before.ended != after.ended:
            self._blend(DIM_FADE_S if after.ended else CHANGE_FADE_S, now)
        if before.identified is None or after.identified is None:
            if before.identified is not after.identified:
                self._blend(CHANGE_FADE_S, now)
        elif before.identified.since != after.identified.since:
            self._fade = None  # whoever walks along a strip sees each LED at once
        counted = after.votes is not before.votes or after.former_votes is not before.former_votes
        if counted and self._knowledge.count(after, self._show):
            self._read(now)

    def _likely(self) -> list[tuple[str, int]]:
        """Return the steps that may come next: the first of each scenario, and the one after the step that is on."""
        scenario = playable(self._show, self._state.scenario)
        likely = [(name, 0) for name in self._show.scenarios if playable(self._show, name)]
        if scenario is not None:
            following = (scenario.id, (self._state.step + 1) % len(scenario.steps))
            likely = [following, *(key for key in likely if key != following)]
        return likely

    def _made(self, step: Step) -> Painter:
        return Painter(self._show.model, step, calm=self._state.calm)

    def _bound(self, painter: Painter, readings: Readings, now: float) -> _Bound:
        painter.bind(readings, now)
        return _Bound(painter, readings, readings.next_change_after(now))

    def _take_up(self, now: float) -> None:
        """Look at what another show asks: its questions, its conditions, its buttons."""
        self._lamps_of = None
        self._knowledge.count(self._state, self._show)
        self._read(now)

    def _enter(self, now: float) -> None:
        """Take up the step that is on now."""
        state = self._state
        self._step = lit_step(state, self._show)
        self._painter = None
        self._shown = self._knowledge.shown(self._step, state, self._show, now)
        if self._step is not None and state.scenario is not None:
            ready = self._ready.pop((state.scenario, state.step), None)
            if ready is None or not ready.shows(self._shown, now):
                painter = ready.painter if ready is not None else self._made(self._step)
                ready = self._bound(painter, self._shown, now)
            self._painter = ready.painter
        self._forget(now)

    def _read(self, now: float) -> None:
        """Let readings that changed, or aged, have their effect: first on what is on, then on its light."""
        self._knowledge.compute(self._show, now)
        self.handle(NewReadings(), now)
        self._bind(now)

    def _bind(self, now: float) -> None:
        """Show the readings as they are now; what is fading in already is not hurried by it."""
        self._shown = self._knowledge.shown(self._step, self._state, self._show, now)
        if self._painter is not None and self._painter.bind(self._shown, now):
            left_s = self._fade.ends_at - now if self._fade is not None else 0.0
            self._blend(max(CHANGE_FADE_S, left_s), now)
        self._forget(now)

    def _forget(self, now: float) -> None:
        """Drop the words that were made of earlier readings, and note when a reading next changes by age."""
        self._explained = None
        self._rebind_at = self._knowledge.readings.next_change_after(now)
        if self._step is not None and self._step.through is not None and travelled(self._state, self._step, now) < 1.0:
            self._rebind_at = min(now + AGAIN_S, self._rebind_at if self._rebind_at is not None else now + AGAIN_S)

    def _blend(self, lasts_s: float, now: float) -> None:
        """Begin to fade from what is seen; a fade of no time is a cut, in calm too slow to be one."""
        self._settled = False
        if self._state.calm:
            lasts_s = max(CALM_FADE_S, 2 * lasts_s)
        self._fade = Fade(self._seen.copy(), now, lasts_s) if lasts_s > 0 else None

    def _painted(self, now: float) -> Frame:
        identified = lit(self._state.identified, self._show.model, now)
        if identified is not None:
            return identified
        if self._painter is None:
            return dark(self._show.model.led_count)
        painted = self._painter.paint(max(0.0, now - self._state.started_at))
        if self._state.ended:
            painted *= DIM_LEVEL
        if self._state.calm:
            painted *= CALM_LEVEL
        return painted

    def _lamps(self, now: float) -> Lamps:
        """Return what the lamps do; it is worked out when the state changes, not for every frame."""
        state, known = self._lamps_of, self._known_lamps
        if state is not self._state or (known.until is not None and now >= known.until):
            self._lamps_of, self._known_lamps = self._state, lamps(self._state, self._show, now)
        return self._known_lamps

    def _inviting(self, now: float) -> frozenset[str]:
        """Return the buttons whose lamp breathes; while one is identified it blinks alone."""
        return frozenset() if identifies_button(self._state.identified) else self._lamps(now).inviting

    def _explanation(self, now: float) -> tuple[Caption | None, tuple[ZoneState, ...]]:
        """Return what visitors read, and why each zone is lit as it is; made once for the readings that are shown."""
        if self._explained is None:
            template = self._step.say if self._step is not None else None
            zone = self._show.model.zones[self._step.zone].attributes if self._step and self._step.zone else None
            caption = say(template, self._shown, now, zone) if template is not None else None
            dark_zones = tuple(ZoneState(zone) for zone in self._show.model.zones)
            self._explained = caption, self._painter.zone_states() if self._painter is not None else dark_zones
        return self._explained


def _place(state: DirectorState) -> tuple[str | None, int, float]:
    """Return where in the show a state is: whoever is elsewhere sees another light."""
    return state.scenario, state.step, state.started_at if state.scenario is not None else 0.0


def _ends_at(state: DirectorState, step: Step | None) -> float | None:
    """Return when the step ends by itself, or None while it waits for somebody."""
    waits = step is None or state.led or (step.duration_s is None and not state.ended)
    return None if waits or state.mode is Mode.PAUSED else state.due_at
