"""The calibration of a servo: keys flow in, the pulse that is asked for and the ends that were found flow out. It knows no terminal.

Somebody moves the horn in small steps and says where its range begins, where its middle is and where it ends. `Travel` brings the horn
there, as gently as the servo may turn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from maquette.config.documents import ServoDocument
from maquette.config.hardware_check import PULSES_US
from maquette.show.model import Servo
from maquette.stage.motion import Motion, approach, is_settled
from maquette.stage.servos.calibration import centre_of

FINE_US = 5.0
"""One step: as fine as a PCA9685 counts."""
COARSE_US = 50.0
MIDDLE_US = 2.5
"""A centre that is no farther from halfway is halfway."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Where the horn is sent, and what is known of its servo. Pulses are microseconds.

    Attributes:
        pulse: what is asked for.
        low: at one end of the range, the shorter one.
        high: at the other.
        centre: in the middle, or None: halfway.
        inverted: whether the longer pulse belongs to the lower angle.
        kept: what the document says.
        sweep: pulses that follow one after another, once the horn has arrived.
        before: the calibration before the last change, or None.
    """

    pulse: float
    low: float
    high: float
    centre: float | None
    inverted: bool
    kept: ServoDocument
    sweep: tuple[float, ...] = ()
    before: "Calibration | None" = None

    def by(self, step_us: float) -> "Calibration":
        """Move on by some microseconds, no further than servos can bear."""
        shortest, longest = PULSES_US
        return replace(self, pulse=min(max(self.pulse + step_us, shortest), longest), sweep=())

    def to(self, pulse_us: float) -> "Calibration":
        """Go to a pulse."""
        return replace(self, pulse=pulse_us, sweep=())

    def mark_low(self) -> "Calibration":
        """Let the shorter end be here."""
        return replace(self, low=self.pulse, before=self)

    def mark_high(self) -> "Calibration":
        """Let the longer end be here."""
        return replace(self, high=self.pulse, before=self)

    def mark_centre(self) -> "Calibration":
        """Let the middle be here; halfway needs no saying."""
        halfway = abs(self.pulse - (self.low + self.high) / 2) <= MIDDLE_US
        return replace(self, centre=None if halfway else self.pulse, before=self)

    def invert(self) -> "Calibration":
        """Let the ends change places."""
        return replace(self, inverted=not self.inverted, before=self)

    def undo(self) -> "Calibration":
        """Return to what was known before the last change; the horn stays."""
        return self if self.before is None else replace(self.before, pulse=self.pulse, sweep=())

    def try_out(self) -> "Calibration":
        """Go through the whole range once and come back."""
        return replace(self, pulse=self.low, sweep=(self.middle, self.high, self.middle, self.pulse))

    def arrived(self) -> "Calibration":
        """Go on with the sweep."""
        return replace(self, pulse=self.sweep[0], sweep=self.sweep[1:]) if self.sweep else self

    @property
    def middle(self) -> float:
        """The pulse in the middle of the range."""
        return (self.low + self.high) / 2 if self.centre is None else self.centre

    @property
    def in_order(self) -> bool:
        """Whether the ends and the middle are as they must be."""
        return self.low < self.middle < self.high

    @property
    def servo(self) -> ServoDocument:
        """The servo with what was found."""
        found = {"pulse": (self.low, self.high), "centre": self.centre, "inverted": self.inverted}
        return self.kept.model_copy(update=found)

    @property
    def changed(self) -> Mapping[str, str | bool | list[str]]:
        """What the document does not say yet, key by key, as it is written there."""
        found = dict[str, str | bool | list[str]]()
        if (self.low, self.high) != self.kept.pulse:
            found["pulse"] = [_written(self.low), _written(self.high)]
        # A centre that stands in the document is not taken out, but moved to where it is.
        if self.middle != centre_of(self.kept) and (self.centre is not None or self.kept.centre is not None):
            found["centre"] = _written(self.middle)
        if self.inverted != self.kept.inverted:
            found["inverted"] = self.inverted
        return found

    def written(self) -> "Calibration":
        """Take note that the document says it now."""
        return replace(self, kept=self.servo, before=None)


def begun(servo: ServoDocument, pulse_us: float) -> Calibration:
    """Begin with what a document says, at the pulse where the horn is."""
    return Calibration(pulse_us, *servo.pulse, servo.centre, servo.inverted, servo)


class Travel:
    """Brings a horn to the pulse that is asked for, no faster and no harder than its servo may turn; pulses are microseconds."""

    def __init__(self, servo: Servo, document: ServoDocument, pulse_us: float) -> None:
        """Begin at rest.

        Args:
            servo: how fast it may turn.
            document: how many microseconds that is.
            pulse_us: where it is.
        """
        us_per_degree = (document.pulse[1] - document.pulse[0]) / (document.angle[1] - document.angle[0])
        self._top_speed = servo.top_speed * us_per_degree
        self._acceleration = servo.acceleration * us_per_degree
        self._motion = Motion(pulse_us)

    @property
    def pulse_us(self) -> float:
        """Where it is."""
        return self._motion.angle_deg

    def on(self, towards_us: float, elapsed_s: float) -> bool:
        """Move on for some seconds; return whether it has arrived."""
        self._motion = approach(self._motion, towards_us, self._top_speed, self._acceleration, elapsed_s)
        return is_settled(self._motion, towards_us)


def _written(pulse_us: float) -> str:
    return f"{pulse_us:g} µs"
