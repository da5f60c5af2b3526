"""Layers: the painter of one step. Readings flow in when they change, time flows in per frame; frames and explanations flow out.

As on a lighting desk, a layer that lies "over" replaces what is below on its zones: where its effect is dark, the zone is dark. "add" and
"max" join lights, "multiply" filters what is below. Quality marks come last, over all layers, and an unknown value that can be seen makes
its whole zone unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from maquette.core.colour import Floats, to_hex
from maquette.core.frame import Frame
from maquette.core.readings import Quality, Readings, rank, worst
from maquette.core.snapshot import ZoneState
from maquette.show.bindings import Reader, Telling, resolve
from maquette.show.brush import Brush
from maquette.show.model import Model
from maquette.show.quality_marks import FAINT_WHITE, dip, mark
from maquette.show.scenario import Layer, Step

_Seen = list[tuple[Layer, Telling]]
"""The layers whose light can be seen on a zone, from the lowest up."""


class Painter:
    """Paints one step of a scenario on a model.

    `bind` takes over readings; `paint` is then numpy alone, with one effect call per layer whatever the number of zones. Until the first
    `bind` every value is unknown.
    """

    def __init__(self, model: Model, step: Step, *, calm: bool = False) -> None:
        """Prepare a step; in ``calm`` nothing moves: every effect is held at full light, and only quality marks may dip."""
        self._model = model
        self._calm = calm
        self._cues = step.servos
        self._brushes = [Brush(model, layer) for layer in step.layers]
        self._t = 0.0
        self._look: tuple[object, ...] | None = None
        self._base = np.zeros((3, model.led_count), dtype=np.float32)
        self._planes = np.zeros_like(self._base)
        self._moving: list[Brush] = []
        self._keeps: Floats | None = None
        self._dipping: npt.NDArray[np.intp] | None = None
        self._faint = np.zeros(0, dtype=np.intp)
        self.bind(Readings(), 0.0)

    def bind(self, readings: Readings, now: float) -> bool:
        """Evaluate every expression at ``now`` (monotonic seconds); return True when the light or a servo changes by it."""
        self._reader = Reader(readings, now)
        tellings = [brush.tellings(self._reader) for brush in self._brushes]
        self._seen = self._what_is_seen(tellings)
        angles = [resolve(cue.angle, None, self._reader) for cue in self._cues]
        self._angles = {cue.servo: angle for cue, (angle, _) in zip(self._cues, angles, strict=True)}
        self._servo_qualities = [source.quality for _, source in angles if source is not None]
        look = (tuple(telling.look for row in tellings for telling in row), tuple(self._angles.items()))
        if look == self._look:
            return False
        self._look = look
        self._load(tellings)
        return True

    def paint(self, t: float) -> Frame:
        """Return the frame at ``t`` seconds of the step: a new array, shape (LEDs, 3), linear light in [0, 1]."""
        self._t = t
        planes = self._planes
        np.copyto(planes, self._base)
        for brush in self._moving:
            brush.paint(planes, t)
        if self._keeps is not None:
            planes *= self._keeps
        if self._dipping is not None:
            planes[:, self._dipping] *= np.float32(dip(t))
        planes[:, self._faint] = FAINT_WHITE
        return np.ascontiguousarray(planes.T)

    @property
    def still(self) -> bool:
        """True when `paint` gives the same frame at any time."""
        return not self._moving and self._dipping is None

    @property
    def quality(self) -> Quality:
        """The worst quality among the values that can be seen: in the light of a zone or in the angle of a servo."""
        return worst([*(_quality(seen) for seen in self._seen.values()), *self._servo_qualities])

    def zone_states(self) -> tuple[ZoneState, ...]:
        """Return why each zone of the model is lit as it is, in the model's order."""
        return tuple(self._state(zone, self._seen.get(zone, [])) for zone in self._model.zones)

    def servo_angles(self) -> Mapping[str, float | None]:
        """Return the angle of each servo that this step moves, in degrees; None where the value is unknown."""
        return self._angles

    def _what_is_seen(self, tellings: Sequence[Sequence[Telling]]) -> dict[str, _Seen]:
        seen: dict[str, _Seen] = {}
        for brush, row in zip(self._brushes, tellings, strict=True):
            for zone, telling in zip(brush.zones, row, strict=True):
                below = [] if brush.layer.blend == "over" else seen.get(zone.id, [])
                seen[zone.id] = [*below, (brush.layer, telling)]
        return seen

    def _load(self, tellings: Sequence[Sequence[Telling]]) -> None:
        """Prepare everything that does not change until the next `bind`: marks, brushes, and the light that stands still."""
        held = self._lay_marks()
        for brush, row in zip(self._brushes, tellings, strict=True):
            brush.load(row, [held[zone.id] for zone in brush.zones], self._t)
        first = next((i for i, brush in enumerate(self._brushes) if not brush.still), len(self._brushes))
        self._moving = self._brushes[first:]
        self._base[...] = 0.0
        for brush in self._brushes[:first]:
            brush.paint(self._base, 0.0)

    def _lay_marks(self) -> dict[str, bool]:
        """Work out the marks of all zones; return which zones are held."""
        keeps = np.ones(self._model.led_count, dtype=np.float32)
        dipping: list[npt.NDArray[np.intp]] = []
        faint: list[int] = []
        held: dict[str, bool] = {}
        for name, seen in self._seen.items():
            zone = self._model.zones[name]
            zone_mark = mark(_quality(seen), zone.leds.size)
            keeps[zone.leds] = zone_mark.keeps
            held[name] = zone_mark.held or self._calm
            if zone_mark.dips:
                dipping.append(zone.leds)
            if zone_mark.faint is not None:
                faint.append(int(zone.leds[zone_mark.faint]))
        self._keeps = None if bool(keeps.all()) else keeps
        self._dipping = np.concatenate(dipping) if dipping else None
        self._faint = np.array(faint, dtype=np.intp)
        return held

    def _state(self, zone: str, seen: _Seen) -> ZoneState:
        if not seen:
            return ZoneState(zone)
        layer, telling = _speaker(seen)
        state = ZoneState(zone, to_hex(telling.colour), _quality(seen), effect=layer.effect)
        source = telling.source
        if source is None:
            return state
        return replace(
            state,
            decoration=False,
            value=None if telling.quality is Quality.MISSING else source.number,
            unit=source.outcome.unit,
            reading=self._reader.worst_reading(source.outcome),
            known=source.outcome.known,
            total=source.outcome.total,
            scale=layer.scale.id if layer.scale else None,
            class_title=telling.class_title,
            expression=source.expression.text,
        )


def _quality(seen: _Seen) -> Quality:
    return worst(telling.quality for _, telling in seen)


def _speaker(seen: _Seen) -> tuple[Layer, Telling]:
    """Return the layer that answers for a zone: of those with a value the one believed least, the topmost among equals."""
    telling_a_value = [pair for pair in seen if pair[1].source is not None]
    return max(reversed(telling_a_value or seen), key=lambda pair: rank(pair[1].quality))
