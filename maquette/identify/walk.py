"""The walk along a strip: keys flow in, what is lit and the runs of zones flow out. It knows no terminal, no lamp and no document.

LED after LED is lit. Somebody marks where a zone begins and where it ends, and says which zone it is; the strip is walked in any direction,
and a zone whose end lies before its beginning runs against the strip, as documents have it (``river 119-0``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from maquette.config.hardware_check import parse_run

Runs = tuple[str, ...]
"""As documents write them: ``("river 0-119", "river 130")``."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Where somebody stands, and what is known of the zones.

    Attributes:
        strip: its name.
        leds: how many it has.
        runs: the LEDs of every zone of the model, as the document has them.
        at: the number of the LED that is lit.
        begin: where the zone begins, or None.
        end: where it ends, or None.
        changed: the runs of the zones that were found to lie elsewhere, not yet written.
        before: the walk before the last zone was named, or None.
    """

    strip: str
    leds: int
    runs: Mapping[str, Runs]
    at: int = 0
    begin: int | None = None
    end: int | None = None
    changed: Mapping[str, Runs] = field(default_factory=dict)
    before: "Walk | None" = None

    @property
    def target(self) -> str:
        """What is lit: the LED, the run from the begin on, or the whole run when its end has just been marked."""
        if self.begin is None or (self.end is not None and self.at != self.end):
            return f"led {self.strip} {self.at}"
        return f"led {_run(self.strip, self.begin, self.at)}"

    @property
    def run(self) -> str | None:
        """The run between both marks, or None as long as one is missing."""
        if self.begin is None or self.end is None:
            return None
        return _run(self.strip, self.begin, self.end)

    @property
    def owner(self) -> str | None:
        """The zone to which the LED belongs, as far as is known now, or None."""
        for zone, runs in {**self.runs, **self.changed}.items():
            for written in runs:
                read = parse_run(written)
                if read is not None and read[0] == self.strip and self.at in read[1]:
                    return zone
        return None

    def to(self, number: int) -> "Walk":
        """Go to an LED; beyond the ends it is the first or the last."""
        return replace(self, at=min(max(number, 0), self.leds - 1))

    def by(self, leds: int) -> "Walk":
        """Go on, or back."""
        return self.to(self.at + leds)

    def mark_begin(self) -> "Walk":
        """Say that a zone begins here."""
        return replace(self, begin=self.at, end=None)

    def mark_end(self) -> "Walk":
        """Say that the zone ends here; one that has begun nowhere is this LED alone."""
        return replace(self, begin=self.at if self.begin is None else self.begin, end=self.at)

    def name(self, zone: str, *, also: bool = False) -> "Walk":
        """Say which zone lies between the marks, and stand behind it.

        Args:
            zone: its name.
            also: it lies elsewhere, too: its other runs stay.
        """
        if self.run is None or self.begin is None or self.end is None:
            return self
        others = (self.changed.get(zone) or self.runs.get(zone, ())) if also else ()
        changed = {**self.changed, zone: (*(run for run in others if run != self.run), self.run)}
        if changed[zone] == self.runs.get(zone):
            del changed[zone]
        onward = 1 if self.end >= self.begin else -1
        return replace(self, changed=changed, begin=None, end=None, before=self).to(self.end + onward)

    def undo(self) -> "Walk":
        """Go back to before the last zone was named."""
        return self.before or self

    def written(self) -> "Walk":
        """The changes are in the document."""
        return replace(self, runs={**self.runs, **self.changed}, changed={}, before=None)


def _run(strip: str, first: int, last: int) -> str:
    return f"{strip} {first}" if first == last else f"{strip} {first}-{last}"
