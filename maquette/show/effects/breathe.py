"""Breathe: the whole run grows brighter and dimmer together, slowly and evenly to the eye."""

from collections.abc import Mapping

from maquette.core.colour import Floats
from maquette.show.effects.effect import Effect, ParameterKind, ParameterValue, Run
from maquette.show.effects.shapes import PHASE, ripple, spread, swing, turns


def render(t: float, run: Run, parameters: Mapping[str, ParameterValue]) -> Floats:
    """Return a sine of lightness, brightest at whole turns, the same for all LEDs of a run."""
    turn = turns(t, parameters["tempo"], parameters["phase"])
    return spread(swing(ripple(turn), parameters["depth"]), run.index.size)


BREATHE = Effect(
    "breathe",
    {
        "fr": "La lumière monte et descend lentement, comme le souffle d'un dormeur.",
        "en": "The light swells and sinks slowly, like someone asleep.",
    },
    {
        "tempo": ParameterKind(0.15, 0.0, 1.0, "Hz", {"fr": "Respirations par seconde.", "en": "Breaths per second."}),
        "depth": ParameterKind(
            0.7,
            0.0,
            1.0,
            None,
            {
                "fr": "Part de la clarté qui s'en va au plus bas.",
                "en": "How much of the lightness goes at the lowest point.",
            },
        ),
        "phase": PHASE,
    },
    render,
    rate="tempo",
)
