"""The desk: where the show is played. Messages and moments come from the loop; light, angles, lamps and the report leave.

A frame is rendered again only when it may differ: when something moves, when something happened, or while the finishing holds back.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC

from maquette.core.alerts import Alert, Severity
from maquette.core.clock import Clock
from maquette.core.events import Answer, ButtonPressed, ButtonReleased, Command
from maquette.core.past import SeriesUpdate
from maquette.core.readings import ReadingsUpdate
from maquette.core.snapshot import Snapshot, Watching
from maquette.core.votes import FormerVotes, VotesKept
from maquette.show.director import Event
from maquette.show.finishing import Finished, Finishing
from maquette.show.own_values import POWER, Sensed, is_news
from maquette.show.performance import Performance
from maquette.show.scenario import Show
from maquette.stage.controls import Controls
from maquette.stage.horns import Horns
from maquette.stage.pins import Edge
from maquette.stage.report import Report
from maquette.stage.senses.encoder import Dimmed
from maquette.stage.strips import Strips

HOUSEKEEPING_S = 0.1
CLOCK_S = 1.0
"""Between two looks at the wall clock, and at the power that leaves."""
AT_REST_S = 1.5 / 60
"""While the model is at rest its slow light needs every second frame only: this long after one, the next may wait for its tick."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Errand:
    """A message: something to do on the loop's thread."""

    run: Callable[[], None]


@dataclass(frozen=True, eq=False)
class Swap:
    """A message: from now on this is played."""

    show: Show


class Desk:
    """Plays a show on strips, servos and lamps; the loop drives it. Used on the loop's thread only."""

    def __init__(
        self,
        performance: Performance,
        finishing: Finishing,
        strips: Strips,
        horns: Horns,
        controls: Controls,
        report: Report,
        clock: Callable[[], float],
        wall_clock: Callable[[], Clock],
        on_time: Callable[[float], None],
    ) -> None:
        """Put the desk together.

        Args:
            performance: says what is lit.
            finishing: turns frames into bytes.
            strips: take bytes.
            horns: take angles.
            controls: give presses and readings, and take lamps.
            report: tells the console.
            clock: monotonic seconds.
            wall_clock: the time of the territory.
            on_time: takes note, about every second, that frames are on time.
        """
        self._performance = performance
        self._finishing = finishing
        self._strips = strips
        self._horns = horns
        self._controls = controls
        self._report = report
        self._clock = clock
        self._wall_clock = wall_clock
        self._on_time = on_time
        self._fault: str | None = None
        self._finished: Finished | None = None
        self._power_w: float | None = None
        self._changed = True
        self._framed_at = float("-inf")
        self._housekeeping_at = float("-inf")
        self._clock_at = float("-inf")

    # -- messages ----------------------------------------------------------------------------------------------------

    def receive(self, message: object, now: float) -> bool:
        """Take a message from the inbox; return True when its effect must be seen at once."""
        try:
            return self._take(message, now)
        except Exception:  # one message must not end the show
            log.exception("message failed type=%s", type(message).__name__)
            return False

    def _take(self, message: object, now: float) -> bool:
        match message:
            case Edge():
                heard = self._controls.heard(message)
                return heard is not None and self._take(heard, now)
            case ButtonPressed():
                self._report.pressed(message)
                return self._play(message, now)
            case ButtonReleased():
                self._happen(message, now)
            case Sensed():
                self._sense(message, now)
            case Dimmed():
                return self._play(
                    Command("brightness", {"percent": message.brightness(self._performance.brightness_set)}), now
                )
            case Command() | FormerVotes():
                return self._play(message, now)
            case VotesKept():
                self._report.kept(message)
            case ReadingsUpdate():
                self._performance.update(message, now)
                self._report.readings(message)
                self._tell_news()
                self._changed = True
            case SeriesUpdate():
                self._performance.remember(message, now)
                self._changed = True
            case Alert():
                self._report.alert(message)
            case Watching():
                self._report.watch(frames=message.frames)
            case Errand():
                message.run()
            case Swap():
                self._swap(message, now)
            case _:
                log.warning("message not understood type=%s", type(message).__name__)
        return False

    def _play(self, event: ButtonPressed | Command | FormerVotes, now: float) -> bool:
        self._happen(event, now)
        self._changed = True
        return True

    def _happen(self, event: Event, now: float) -> None:
        """Let something happen to the show, and tell what comes of it."""
        for action in self._performance.handle(event, now):
            if not isinstance(action, Answer):
                self._report.vote(action)
                continue
            if action.command.name == "press" and action.refused is None:
                self._report.pressed(ButtonPressed(str(action.command.arguments["button"]), now, virtual=True))
            self._report.answer(action, self._snapshot(now), now)
        self._tell_news()

    def _tell_news(self) -> None:
        """Tell the readings that the show made itself."""
        news = self._performance.news()
        if news is not None:
            self._report.readings(news)

    def _swap(self, swap: Swap, now: float) -> None:
        """Play another show between two frames; one that cannot be played changes nothing."""
        try:
            finishing = self._finishing.for_model(swap.show.model)
            self._performance.swap(swap.show, now)
        except Exception as error:
            log.exception("the new documents cannot be played; the former go on")
            problem = f"{type(error).__name__}: {error}"
            self._report.alert(Alert("swap_failed", "", Severity.ERROR, (("problem", problem),)))
            return
        self._finishing = finishing
        self._changed = True
        self._tell_news()
        self._report.alert(Alert("swap_failed", over=True))
        self._report.swapped()

    # -- moments -----------------------------------------------------------------------------------------------------

    def frame(self, t: float) -> None:
        """Show the frame for a moment, move the servos, and tell the console what is news. Never raises: the last light stays."""
        now = self._clock()
        self._framed_at = t
        try:
            self._show(t, now)
            self._follow(t, now)
        except Exception as error:  # noqa: BLE001 - whatever it was, the light that stands is better than none
            self._stumble(error)
        else:
            self._walk_on()
        self._strips.serve(now)

    def _show(self, t: float, now: float) -> None:
        finished = self._finished
        if finished is None or not self._may_rest(t):
            self._changed = False
            finished = self._finished = self._finishing.finish(
                self._performance.frame(t), self._performance.brightness, t
            )
        self._strips.take(finished.wires, now)
        self._controls.light(self._performance.lamp_levels(t), now)
        self._horns.move(self._performance.servo_angles(t), t, self._performance.pace)
        self._report.frame(finished.pixels, self._horns.angles, t)
        self._report.snapshot(lambda: self._snapshot(t), t)

    def _follow(self, t: float, now: float) -> None:
        """Do what can wait for a tenth of a second."""
        if t >= self._housekeeping_at:
            self._housekeeping_at = t + HOUSEKEEPING_S
            for heard in self._controls.keep(now):
                self._take(heard, t)
            if t >= self._clock_at:
                self._clock_at = t + CLOCK_S
                self._happen(self._wall_clock(), t)
                self._sense_power(t)
            self._performance.prepare()
            self._tell_news()  # what the show computes may change by age alone

    def _sense(self, sensed: Sensed, now: float) -> None:
        clock = self._wall_clock()
        self._performance.sense(sensed, now, clock.local.astimezone(UTC) if clock.trusted else None)
        self._tell_news()
        self._changed = True

    def _sense_power(self, t: float) -> None:
        """Let the show know what the supplies give, when that is news."""
        if self._finished is None or not self._finished.supplies:
            return
        power_w = sum(supply.power_w for supply in self._finished.supplies)
        if is_news(power_w, self._power_w):
            self._power_w = power_w
            self._performance.sense(Sensed(POWER, power_w), t)
            self._changed = True

    def on_time(self, now: float) -> None:
        """Take note that frames are on time; a frame that failed is not, so a show that fails for long is started anew."""
        if self._fault is None:
            self._on_time(now)

    def serve(self, now: float) -> None:
        """Send what waited until now for a strip to be free."""
        self._strips.serve(now)

    def serve_at(self) -> float:
        """Return when `serve` has something to do."""
        return self._strips.due_at

    def rest_until(self, now: float) -> float | None:
        """Return until when no frame is needed, or None when the next one is."""
        if self._horns.due_at <= now:
            return None
        if not self._may_rest(now):
            hurries = self._changed or (self._finished is not None and self._finished.held)
            return None if hurries or not self._performance.at_rest else self._framed_at + AT_REST_S
        moments = (
            self._performance.wake_at(now),
            self._report.due_at,
            self._horns.due_at,
        )
        return min((moment for moment in moments if moment is not None), default=float("inf"))

    def _may_rest(self, t: float) -> bool:
        """Tell whether the frame that is shown is still right at ``t``."""
        if self._changed or self._finished is None or self._finished.held:
            return False
        return self._performance.still(t)

    def _snapshot(self, t: float) -> Snapshot:
        supplies = () if self._finished is None else self._finished.supplies
        return self._performance.snapshot(t, self._strips.states, supplies)

    def _stumble(self, error: Exception) -> None:
        self._changed = True
        if self._fault is None:
            log.error("frame failed", exc_info=error)
            self._fault = f"{type(error).__name__}: {error}"
            self._report.alert(Alert("show_failed", "", Severity.ERROR, (("problem", self._fault),)))

    def _walk_on(self) -> None:
        if self._fault is not None:
            log.info("frames are made again")
            self._fault = None
            self._report.alert(Alert("show_failed", over=True))
