"""``identify servo NAME --calibrate``: somebody at a terminal finds the pulses of a servo, and writes them into the hardware document.

The servo's own driver is spoken to, without a stage; so no model may run meanwhile. The horn begins where it was left and never jumps.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from maquette.config.amendment import Amendment, Value, propose
from maquette.config.documents import ServoDocument
from maquette.config.hardware_check import PULSES_US
from maquette.config.installation import Installation
from maquette.config.problems import render
from maquette.config.registries import Registries
from maquette.config.tree import Path as Place
from maquette.config.words import word
from maquette.core.message import Message, message
from maquette.errors import AmendmentError, ServoError
from maquette.identify.calibration import COARSE_US, FINE_US, Calibration, Travel, begun
from maquette.identify.terminal import Terminal
from maquette.ops.state import write_atomically
from maquette.stage.servos import SERVOS
from maquette.stage.servos.calibration import angle_of, pulse_of
from maquette.stage.servos.left import LEFT, LeftAngles
from maquette.stage.servos.servo import PERIOD_US, PulseLink

LOOK_S = 0.3
"""Seconds between two looks at the keys while the horn rests."""

_STEPS = {
    "right": FINE_US,
    "l": FINE_US,
    "left": -FINE_US,
    "h": -FINE_US,
    "up": COARSE_US,
    "k": COARSE_US,
    "down": -COARSE_US,
    "j": -COARSE_US,
}
_CHANGES: dict[str, Callable[[Calibration], Calibration]] = {
    "1": Calibration.mark_low,
    "2": Calibration.mark_centre,
    "3": Calibration.mark_high,
    "i": Calibration.invert,
    "u": Calibration.undo,
    "t": Calibration.try_out,
}


class NoLink:
    """A link to nothing, for a simulation."""

    def open(self, pulse_us: float) -> float:
        """Begin."""
        return pulse_us

    def turn(self, pulse_us: float) -> None:
        """Turn nothing."""

    def rest(self) -> None:
        """Rest."""

    def close(self) -> None:
        """End."""


class Calibrator:
    """Somebody at a terminal who calibrates one servo."""

    def __init__(
        self,
        name: str,
        installation: Installation,
        registries: Registries,
        terminal: Terminal,
        config: Path,
        state: Path,
        language: str,
    ) -> None:
        """Get ready; nothing is opened yet.

        Args:
            name: the servo's.
            installation: its documents.
            registries: the options of everything that documents may name.
            terminal: where keys come from.
            config: the installation's config.yaml.
            state: its state folder, which knows where the horn was left.
            language: of what is printed.
        """
        self._name = name
        self._document = installation.servos[name]
        self._servo = installation.show.model.servos[name]
        self._file = installation.hardware
        self._registries = registries
        self._terminal = terminal
        self._config = config
        self._state = state
        self._language = language

    def calibrate(self, *, simulate: bool) -> int:
        """Calibrate until somebody has had enough; 1: the servo cannot be had, 2: it is virtual or on a companion."""
        made = SERVOS[self._document.driver].link
        if made is None and not simulate:
            key = "calibrate_virtual" if self._document.on_companion is None else "calibrate_companion"
            print(f"maquette: {self._words(key, name=self._name)}", file=sys.stderr)
            return 2
        left = None if simulate else LeftAngles(self._state / LEFT)
        known = {} if left is None else dict(left.read())
        link: PulseLink = NoLink() if simulate or made is None else made(self._any_pulse)
        travel = None
        calibration = begun(self._document, pulse_of(self._document, known.get(self._name, self._servo.park)))
        try:
            calibration = calibration.to(link.open(calibration.pulse))
            travel = Travel(self._servo, self._document, calibration.pulse)
            calibration = self._talk(link, travel, calibration)
        except ServoError as error:
            self._terminal.say(word(error.message, self._language))
            return 1
        finally:
            link.close()
            if left is not None and travel is not None:
                known[self._name] = angle_of(calibration.kept, travel.pulse_us)
                left.keep(known, time.monotonic())
                left.finish()
        return 0

    @property
    def _any_pulse(self) -> ServoDocument:
        """The servo's document, for a driver that would not go beyond what it says."""
        return self._document.model_copy(update={"pulse": PULSES_US})

    def _talk(self, link: PulseLink, travel: Travel, calibration: Calibration) -> Calibration:
        self._say("calibrate_keys")
        before_s = time.monotonic()
        settled = True
        try:
            while True:
                self._terminal.below(self._where(calibration, travel))
                key = self._terminal.key(LOOK_S if settled else PERIOD_US / 1e6)
                if key == "q" and self._may_leave(calibration):
                    return calibration
                calibration = self._obeyed(calibration, key)
                now_s = time.monotonic()
                pulse_us = travel.pulse_us
                settled = travel.on(calibration.pulse, 0.0 if settled else now_s - before_s)
                before_s = now_s
                if travel.pulse_us != pulse_us:
                    link.turn(travel.pulse_us)
                if settled and calibration.sweep:
                    calibration, settled = calibration.arrived(), False
        except KeyboardInterrupt:
            return calibration

    def _obeyed(self, calibration: Calibration, key: str | None) -> Calibration:
        if key in _STEPS:
            return calibration.by(_STEPS[key])
        if key in _CHANGES:
            return _CHANGES[key](calibration)
        match key:
            case "home":
                return calibration.to(calibration.low)
            case "end":
                return calibration.to(calibration.high)
            case "w":
                return self._written(calibration)
            case "?":
                self._say("calibrate_keys")
        return calibration

    def _written(self, calibration: Calibration) -> Calibration:
        """Show what changes in the document, ask, and write it."""
        if not calibration.in_order:
            self._say("calibrate_order")
            return calibration
        if not calibration.changed:
            self._say("walk_nothing")
            return calibration
        changes: dict[Place, Value] = {("servos", self._name, key): value for key, value in calibration.changed.items()}
        try:
            proposed = propose(self._config, self._file, changes, self._registries)
            if not isinstance(proposed, Amendment):
                for problem in proposed:
                    self._terminal.say(render(problem, language=self._language))
                self._say("walk_refused")
                return calibration
            self._terminal.say(proposed.difference)
            if not self._agreed("walk_write", file=self._file):
                return calibration
            proposed.write(write_atomically)
        except AmendmentError as error:
            self._terminal.say(word(error.message, self._language))
            return calibration
        self._say("calibrate_written", file=self._file)
        return calibration.written()

    def _may_leave(self, calibration: Calibration) -> bool:
        return not calibration.changed or self._agreed("walk_leave", names=", ".join(calibration.changed))

    def _agreed(self, key: str, **arguments: str) -> bool:
        answer = self._terminal.ask(self._words(key, **arguments)).lower()
        return answer[:1] in tuple(self._words("yes_letters"))

    def _where(self, calibration: Calibration, travel: Travel) -> str:
        found: ServoDocument = calibration.servo
        degrees = f"{angle_of(found, travel.pulse_us):.0f}°" if calibration.in_order else "?"
        said = [
            self._words("calibrate_at", pulse=f"{travel.pulse_us:.0f}", angle=degrees),
            self._words(
                "calibrate_ends",
                low=f"{calibration.low:g}",
                centre=f"{calibration.middle:g}",
                high=f"{calibration.high:g}",
            ),
        ]
        if calibration.inverted:
            said.append(self._words("calibrate_inverted"))
        if calibration.changed:
            said.append(self._words("walk_changed", names=", ".join(calibration.changed)))
        return " · ".join(said)

    def _words(self, key: str, **arguments: str | int | Message) -> str:
        return word(message(key, **arguments), self._language)

    def _say(self, key: str, **arguments: str | int | Message) -> None:
        self._terminal.say(self._words(key, **arguments))
