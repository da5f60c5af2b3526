"""The shape of what ``/api/display`` answers, as JSON schema: what the lights tell, and one chart."""

from maquette.console.shapes import Schema, object_of, or_null
from maquette.core.course import MOST_POINTS
from maquette.core.readings import Quality

_TEXT = {"type": "string"}
_NUMBER = {"type": "number"}
_COUNT = {"type": "integer", "minimum": 0}
_FLAG = {"type": "boolean"}
_COLOUR = {"type": "string", "pattern": "^#[0-9a-f]{6}$"}
_QUALITY = {"enum": [quality.value for quality in Quality]}
_MOMENT = {"type": "string", "format": "date-time", "description": "UTC"}

_VALUE_LINE: dict[str, Schema] = {
    "title": _TEXT,
    "value_text": {**or_null(_TEXT), "description": "null where zones have values of their own"},
    "class": or_null(_TEXT),
    "when_text": _TEXT,
    "nature_text": _TEXT,
    "quality": _QUALITY,
    "quality_text": _TEXT,
    "credit": {**_TEXT, "description": "source, attribution and licence, to be shown"},
}
_CHART: dict[str, Schema] = {
    "title": _TEXT,
    "quality": _QUALITY,
    "quality_text": _TEXT,
    "text": {**_TEXT, "description": "the same in words"},
}
_POINT = object_of(at_s=_COUNT, value=_NUMBER, value_text=_TEXT, when_text=_TEXT)
_COURSE: dict[str, Schema] = {
    "kind": {"const": "course"},
    **_CHART,
    "unit": or_null(_TEXT),
    "nature_text": _TEXT,
    "from": _MOMENT,
    "to": _MOMENT,
    "span_s": _COUNT,
    "points": {
        "type": "array",
        "maxItems": MOST_POINTS,
        "description": "seconds since `from`; between the end of one and the next nothing is known",
        "items": object_of(from_s=_COUNT, to_s=_COUNT, value=_NUMBER, sample=_FLAG),
    },
    "levels": {"type": "array", "items": object_of(value=_NUMBER, text=_TEXT)},
    "ticks": {"type": "array", "items": object_of(at_s=_COUNT, text=_TEXT)},
    "lowest": _POINT,
    "highest": _POINT,
    "now": or_null(object_of(value=_NUMBER, value_text=_TEXT)),
}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_CLASSES: dict[str, Schema] = {
    "kind": {"const": "classes"},
    **_CHART,
    "scale": _TEXT,
    "rows": {
        "type": "array",
        "items": object_of(
            title=_TEXT, colour=or_null(_COLOUR), count=_COUNT, share=_SHARE, names={"type": "array", "items": _TEXT}
        ),
    },
}
_VALUES: dict[str, Schema] = {
    "kind": {"const": "values"},
    **_CHART,
    "rows": {
        "type": "array",
        "items": object_of(title=_TEXT, colour=or_null(_COLOUR), value_text=_TEXT, share=or_null(_SHARE)),
    },
    "more": _COUNT,
}

DISPLAY = object_of(
    scenario=or_null(_TEXT),
    step=_COUNT,
    values={"type": "array", "items": object_of(**_VALUE_LINE)},
    chart=or_null(
        {
            "oneOf": [
                object_of(**_COURSE),
                object_of(**_CLASSES),
                object_of(**_VALUES),
                object_of(kind={"const": "none"}, title=_TEXT, text=_TEXT),
            ]
        }
    ),
    address={**or_null(_TEXT), "description": "of the visitors' page, for their phones; null where none can reach it"},
)
"""What is answered; each key is there, null where it is unknown."""
