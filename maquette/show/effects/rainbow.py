"""Rainbow: every hue at one lightness, travelling along the run. A decoration: its colours tell nothing."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import numpy.typing as npt

from maquette.core.colour import Floats, from_oklab, to_oklab
from maquette.show.effects.effect import Effect, Palette, ParameterKind, ParameterValue, Run
from maquette.show.effects.shapes import PHASE, even, turns

_LIGHTNESS = 0.75
"""OKLab lightness of every hue: there yellow is no longer brown and blue not yet pale."""

_HUES = 1536
_CHROMA_STEPS = 40
_MOST_CHROMA = 0.18
"""OKLab chroma beyond which one hue would stand out among the others."""


def tint(t: float, run: Run, parameters: Mapping[str, ParameterValue], palette: Palette) -> Floats:
    """Return the hues in turn, seen through the colour of the zone as through a filter."""
    along = run.steps / run.length * parameters["circles"]
    hue = np.asarray(along - turns(t, parameters["tempo"], parameters["phase"]), dtype=np.float32)
    number = ((hue - np.floor(hue)) * np.float32(_HUES)).astype(np.intp) % _HUES
    return np.asarray(palette.own * _circle()[:, number], dtype=np.float32)


@cache
def _circle() -> Floats:
    """Return all hues as planes, shape (3, `_HUES`), each as vivid as linear RGB can show it at that lightness."""
    angle = np.linspace(0.0, 2 * np.pi, _HUES, endpoint=False)
    low, high = np.zeros(_HUES), np.full(_HUES, _MOST_CHROMA)
    for _ in range(_CHROMA_STEPS):
        middle = (low + high) / 2
        lab = _lab(angle, middle)
        # What the strip cannot show was clipped, and comes back as another colour.
        shown = np.abs(to_oklab(from_oklab(lab)) - lab).max(axis=1) < 1e-4
        low, high = np.where(shown, middle, low), np.where(shown, high, middle)
    return np.ascontiguousarray(from_oklab(_lab(angle, low)).T)


def _lab(angle: npt.NDArray[np.float64], chroma: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.stack([np.full_like(angle, _LIGHTNESS), chroma * np.cos(angle), chroma * np.sin(angle)], axis=1)


RAINBOW = Effect(
    "rainbow",
    {
        "fr": "Toutes les teintes, d'égale clarté, voyagent le long du parcours. Un décor : ces couleurs ne disent rien.",
        "en": "All hues, equally bright, travel along the run. A decoration: these colours say nothing.",
    },
    {
        "tempo": ParameterKind(
            0.06,
            -0.4,
            0.4,
            "Hz",
            {
                "fr": "Cercles de teintes qui passent en un point chaque seconde ; sous zéro, ils vont à rebours.",
                "en": "Circles of hues that pass a point each second; below zero they run backwards.",
            },
        ),
        "circles": ParameterKind(
            1.0,
            0.0,
            4.0,
            None,
            {
                "fr": "Cercles de teintes présents à la fois sur le parcours ; à zéro, il change tout entier.",
                "en": "Circles of hues on the run at once; at zero all of it changes together.",
            },
        ),
        "phase": PHASE,
    },
    even,
    rate="tempo",
    tint=tint,
    decoration_only=True,
)
