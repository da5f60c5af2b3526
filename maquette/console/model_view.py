"""The model for the pages: what changes only with the documents (zones and their LEDs, buttons, servos, scenarios, scales)."""

from typing import Any

from maquette.core.exhibition import ButtonCard, Exhibition, ScaleCard, ScenarioCard
from maquette.core.text import words

Json = dict[str, Any]


def model_view(exhibition: Exhibition, language: str) -> Json:
    """Return everything about the installation that pages draw, in one language. Places and sizes are in millimetres."""
    return {
        "id": exhibition.id,
        "title": words(exhibition.title, language),
        "languages": list(exhibition.languages),
        "simulated": exhibition.simulated,
        "size_mm": list(exhibition.plan_size_mm),
        "led_count": exhibition.led_count,
        "zones": [
            {
                "zone": card.id,
                "title": words(card.title, language) or card.id,
                "groups": list(card.groups),
                "leds": list(card.leds),
                "places": [[round(x, 1), round(y, 1)] for x, y in card.places],
            }
            for card in exhibition.zones
        ],
        "buttons": [_button(card, language) for card in exhibition.buttons],
        "servos": [
            {
                "servo": card.id,
                "title": words(card.title, language) or card.id,
                "place": card.place,
                "angle": list(card.angle),
                "looks": card.looks,
            }
            for card in exhibition.servos
        ],
        "scenarios": [_scenario(card, language) for card in exhibition.scenarios],
        "scales": [_scale(card, language) for card in exhibition.scales],
    }


def _button(card: ButtonCard, language: str) -> Json:
    label = words(card.label, language) or card.id
    return {"button": card.id, "label": label, "place": card.place, "scenario": card.scenario, "command": card.command}


def _scenario(card: ScenarioCard, language: str) -> Json:
    steps = [{"title": words(step.title, language) or None, "duration_s": step.duration_s} for step in card.steps]
    return {
        "id": card.id,
        "title": words(card.title, language) or card.id,
        "duration_s": round(card.duration_s),
        "steps": steps,
        "idle": card.idle,
        "lit": [{"zone": zone, "colour": colour} for zone, colour in card.lit],
    }


def _scale(card: ScaleCard, language: str) -> Json:
    return {
        "scale": card.id,
        "title": words(card.title, language) or card.id,
        "unit": card.unit,
        "continuous": card.continuous,
        "entries": [{"title": words(e.title, language), "colour": e.colour, "at": e.at} for e in card.entries],
    }
