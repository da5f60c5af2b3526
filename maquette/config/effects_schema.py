"""The part of a scenario's schema that tells of effects: their names, what each does, and the parameters that it takes."""

import re
from typing import Any

from maquette.config.reference import in_two_languages
from maquette.core.units import NUMBER, units_like
from maquette.show.effects import EFFECTS, Effect, ParameterKind


def effects_schema(bound: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a light's ``effect``: a name, or a name with parameters.

    Args:
        bound: the schema of a number that follows a value.
    """
    told = {name: in_two_languages(effect.doc["fr"], effect.doc["en"]) for name, effect in EFFECTS.items()}
    names = {
        "type": "string",
        "enum": list(EFFECTS),
        "enumDescriptions": [text["description"] for text in told.values()],
        "markdownEnumDescriptions": [text["markdownDescription"].replace("\n\n", " ") for text in told.values()],
    }
    mapping = {
        "type": "object",
        "minProperties": 1,
        "not": {"minProperties": 2},  # the YAML language server completes nothing under "maxProperties": 1
        "additionalProperties": False,
        "properties": {name: {**told[name], **_parameters(effect, bound)} for name, effect in EFFECTS.items()},
    }
    return {"oneOf": [names, mapping]}


def _parameters(effect: Effect, bound: dict[str, Any]) -> dict[str, Any]:
    properties = {name: _parameter(kind, bound) for name, kind in effect.parameters.items()}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _parameter(kind: ParameterKind, bound: dict[str, Any]) -> dict[str, Any]:
    number = {"type": "number", "minimum": kind.minimum, "maximum": kind.maximum}
    units = "|".join(re.escape(unit) for unit in sorted(units_like(kind.unit or "%"), key=len, reverse=True))
    quantity = {"type": "string", "pattern": rf"^\s*{NUMBER}\s*({units})?\s*$"}
    default = {} if kind.own else {"default": f"{kind.default:g} {kind.unit}" if kind.unit else kind.default}
    return {**in_two_languages(kind.doc["fr"], kind.doc["en"]), **default, "oneOf": [number, quantity, bound]}
