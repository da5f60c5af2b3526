"""The stage: outputs, servos, buttons and the show put together, from the first light to the last. `maquette.app` composes and runs it."""

import gc
import logging
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC
from functools import partial

from maquette.config.documents import ButtonDocument, ServoDocument, StripDocument
from maquette.config.installation import Senses
from maquette.core.alerts import Alert
from maquette.core.clock import Clock
from maquette.core.pushed import Pushed
from maquette.ops.clock import read_clock
from maquette.ops.sdnotify import notify
from maquette.show.finishing import Finishing
from maquette.show.performance import Performance
from maquette.show.scenario import Show
from maquette.stage import outputs, servos
from maquette.stage.companion.companion import Companion
from maquette.stage.controls import Controls
from maquette.stage.desk import Desk, Errand, Swap
from maquette.stage.early_light import EarlyLight, taken_over
from maquette.stage.frame_loop import PERIOD_S, FrameLoop
from maquette.stage.horns import Horns
from maquette.stage.lateness import Lateness
from maquette.stage.report import Line, Report
from maquette.stage.servos.left import LeftAngles
from maquette.stage.strips import Strips

SWITCH_S = 0.0005
"""Seconds for which another thread may compute while the frame loop waits, at most."""
PARK_S = 5.0
"""Seconds that servos have to park at the end, at most; then they are let go where they are."""

_UTC_CLOCK = partial(read_clock, UTC)
_NO_SENSES = Senses()

log = logging.getLogger(__name__)


class Stage:
    """The running model. Build it, `run` it on the main thread; everything else may be called from any thread."""

    def __init__(
        self,
        show: Show,
        strips: Mapping[str, StripDocument],
        servo_documents: Mapping[str, ServoDocument],
        button_documents: Mapping[str, ButtonDocument],
        senses: Senses = _NO_SENSES,
        *,
        wall_clock: Callable[[], Clock] = _UTC_CLOCK,
        simulated: bool = False,
        early_light: EarlyLight | None = None,
        left: LeftAngles | None = None,
        push: Callable[[Pushed], None] = lambda _: None,
    ) -> None:
        """Put the stage together; nothing is opened yet.

        Args:
            show: what is played.
            strips: how each strip is reached.
            servo_documents: how each servo is reached.
            button_documents: the pins of each button.
            senses: what the model senses besides.
            wall_clock: the time of the territory.
            simulated: replace every driver by its virtual twin.
            early_light: outputs that glow already; those that are still right are taken over, the others closed.
            left: keeps where the servos are, for the next start; None in a simulation.
            push: takes what companions measure, on any thread.
        """
        if simulated:
            strips, servo_documents = outputs.simulated(strips), servos.simulated(servo_documents)
        self._inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._report = Report()
        tell = self._report.alert
        opened = {} if early_light is None else taken_over(early_light, strips)
        self._strips = Strips(show.model, {**outputs.make_outputs(strips), **opened}, tell, opened)
        companions = {
            name: Companion(name, document, button_documents, self._inbox.put, push)
            for name, document in ({} if simulated else senses.companions).items()
        }
        self._horns = Horns(show.model, servos.make_servos(servo_documents, companions), tell, left)
        self._controls = Controls(button_documents, senses, self._inbox.put, tell, companions, simulated=simulated)
        self._desk = Desk(
            Performance(show, time.monotonic(), wall_clock()),
            Finishing(show.model),
            self._strips,
            self._horns,
            self._controls,
            self._report,
            time.monotonic,
            wall_clock,
            _feed_watchdog,
        )
        self._loop = FrameLoop(self._desk, self._inbox)

    @property
    def run_id(self) -> str:
        """A word of its own for this run of the stage."""
        return self._report.run

    @property
    def lateness(self) -> Lateness:
        """How punctual the frames are; its tally may be asked for from any thread."""
        return self._loop.lateness

    @property
    def controls(self) -> Controls:
        """What visitors touch, with its pin factory."""
        return self._controls

    def receive(self, message: object) -> None:
        """Take a message of `maquette.core` from another process: a command, readings, an alert, somebody watching."""
        self._inbox.put(message)

    def attach_console(self, line: Line) -> None:
        """Tell a console, newly started, everything that stands, and all news from now on."""
        self._inbox.put(Errand(lambda: self._report.attach(line)))

    def detach_console(self) -> None:
        """The console is gone."""
        self._inbox.put(Errand(self._report.detach))

    def swap(self, show: Show) -> None:
        """Play another show from the next frame on: same strips, servos and buttons, whatever else changed. The console is told."""
        gc.freeze()  # it stays, as what was there at the start (see `run`); the former one holds no cycles and goes by itself
        self._inbox.put(Swap(show))

    def alert(self, alert: Alert) -> None:
        """Raise or end an alert of this process."""
        self._inbox.put(alert)

    def stop(self) -> None:
        """End `run` soon; safe in a signal handler."""
        self._loop.stop()

    def run(self, after_first_light: Callable[[], None] = lambda: None) -> None:
        """Show the first frame, then everything else, until `stop`, SIGTERM or SIGINT; at the end LEDs are dark and servos parked.

        Args:
            after_first_light: called once, when the first frame has left: the moment to start other processes.
        """
        with _ended_by_signals(self.stop):
            try:
                self._desk.frame(time.monotonic())
                notify("READY=1")
                after_first_light()
                self._controls.open()
                # Whoever computes on another thread, as when documents come, hands over soon: the light must not wait for it.
                sys.setswitchinterval(SWITCH_S)
                gc.collect()
                gc.freeze()  # what was loaded stays: collections need not look at it, so they take no time from a frame
                gc.enable()
                self._loop.run()
            finally:
                self._close()

    def _close(self) -> None:
        notify("STOPPING=1")
        self._strips.close()
        self._park()
        self._horns.close()
        self._controls.close()
        gc.unfreeze()

    def _park(self) -> None:
        end = time.monotonic() + PARK_S
        while (now := time.monotonic()) < end and not self._horns.are_parked:
            self._horns.park(now)
            time.sleep(PERIOD_S)


def _feed_watchdog(_now: float) -> None:
    notify("WATCHDOG=1")


@contextmanager
def _ended_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Let SIGTERM, SIGINT and a closed terminal stop the stage, on the main thread; other threads receive no signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [signal.SIGTERM, signal.SIGINT]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # ignored, under nohup, it stays so
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: stop()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
