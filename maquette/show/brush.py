"""Brush: one layer made ready to paint. What its zones tell flows in when readings change; with time, light flows out.

Light is kept as planes, shape (3, LEDs), because numpy then works along the LEDs; only the finished frame is turned to (LEDs, 3).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from maquette.core.colour import Floats
from maquette.core.readings import Quality
from maquette.show.bindings import Reader, Telling, tell
from maquette.show.effects import EFFECTS, Palette, ParameterValue
from maquette.show.model import Indices, Model
from maquette.show.runs import lay_out
from maquette.show.scenario import Blend, Layer

_PHASE = "phase"


class Brush:
    """Paints one layer with one call of its effect."""

    def __init__(self, model: Model, layer: Layer) -> None:
        self.layer = layer
        self.zones = tuple(model.zones[name] for name in layer.zones)
        self.effect = EFFECTS[layer.effect]
        self._layout = lay_out(self.zones, together=layer.together)
        self._place = self._layout.place
        nothing = np.zeros((3, self._layout.leds.size), dtype=np.float32)
        self._palette = Palette(nothing, nothing, self._layout.share)
        self._patch = nothing.copy()
        self._is_painted = False
        self._parameters: Mapping[str, ParameterValue] = self.effect.defaults
        self._rates = np.zeros(len(self.zones))
        self._drift = np.zeros(len(self.zones))
        self._held: npt.NDArray[np.bool_] | None = None
        self._told: Sequence[Telling] = ()
        self.still = True

    def tellings(self, reader: Reader) -> Sequence[Telling]:
        """Return what each zone tells now; a decoration is asked once."""
        if not self._told or not self.layer.is_decoration:
            self._told = [tell(self.layer, zone, reader) for zone in self.zones]
        return self._told

    def load(self, tellings: Sequence[Telling], held: Sequence[bool], t: float) -> None:
        """Take over what the zones tell and which of them are held; ``t`` is when, so that motion goes on from where it is."""
        zone = self._layout.zone
        self._palette = self._mix(tellings)
        hold = np.array(held, dtype=np.bool_)
        values = self._per_zone(tellings)
        self._keep_continuous(values, t)
        self._parameters = {name: _compact(each, zone) for name, each in values.items()}
        moving = ~hold & (self._rates != 0.0) if self.effect.rate else np.zeros(len(self.zones), dtype=np.bool_)
        self.still = not bool(moving.any())
        self._held = hold[zone] if self.effect.rate and hold.any() else None
        self._is_painted = False

    def paint(self, planes: Floats, t: float) -> None:
        """Lay this layer's light at ``t`` seconds on ``planes``, shape (3, LEDs of the model)."""
        if not (self.still and self._is_painted):
            self._paint_patch(t)
        _lay(planes, self._place, self._patch, self.layer.blend)

    def _paint_patch(self, t: float) -> None:
        """Work out the light of the layer's own LEDs; where it is held, full light in the colour of the value."""
        effect, run = self.effect, self._layout.run
        intensity = effect.render(t, run, self._parameters)
        light = self._palette.own if effect.tint is None else effect.tint(t, run, self._parameters, self._palette)
        np.multiply(light, intensity, out=self._patch)
        if self._held is not None:
            np.copyto(self._patch, self._palette.own, where=self._held)
        self._is_painted = True

    def _mix(self, tellings: Sequence[Telling]) -> Palette:
        """Return the light that the values give, LED by LED; a missing value gives none to its neighbours and takes none from them."""
        zone, toward = self._layout.zone, self._layout.next_zone
        colours = np.array([telling.colour * np.float32(telling.level) for telling in tellings], dtype=np.float32)
        planes = np.ascontiguousarray(colours.reshape(-1, 3).T)
        own = planes[:, zone]
        if self.effect.tint is None:
            return Palette(own, own, self._layout.share)
        known = np.array([telling.quality is not Quality.MISSING for telling in tellings], dtype=np.bool_)
        toward = np.where(known[zone] & known[toward], toward, zone)
        return Palette(own, planes[:, toward], self._layout.share)

    def _per_zone(self, tellings: Sequence[Telling]) -> dict[str, npt.NDArray[np.float64]]:
        """Return every parameter of the effect as one number per zone, the defaults where the document gives none."""
        return {
            name: np.array([telling.parameters.get(name, kind.default) for telling in tellings], dtype=np.float64)
            for name, kind in self.effect.parameters.items()
        }

    def _keep_continuous(self, values: dict[str, npt.NDArray[np.float64]], t: float) -> None:
        """Shift the phase so that a new rate changes how fast light moves, not where it is."""
        if self.effect.rate is None:
            return
        rates = values[self.effect.rate]
        self._drift = self._drift + (self._rates - rates) * t
        self._rates = rates
        values[_PHASE] = values[_PHASE] + self._drift


def _compact(each: npt.NDArray[np.float64], zone: npt.NDArray[np.intp]) -> ParameterValue:
    """Return one number where all zones agree, else one per LED (double precision: a phase may be many turns long)."""
    if each.size == 0 or bool((each == each[0]).all()):
        return float(each[0]) if each.size else 0.0
    return each[zone]


def _lay(planes: Floats, place: slice | Indices, patch: Floats, blend: Blend) -> None:
    match blend:
        case "over":
            planes[:, place] = patch
        case "add":
            planes[:, place] = np.minimum(planes[:, place] + patch, 1.0)
        case "max":
            planes[:, place] = np.maximum(planes[:, place], patch)
        case "multiply":
            planes[:, place] *= patch
