"""Field types for time as people write it; `maquette.core.calendar` reads it."""

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, InstanceOf, WithJsonSchema
from pydantic_core import PydanticCustomError

from maquette.core.calendar import Instant, parse_date, parse_days, parse_instant, parse_time


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise PydanticCustomError("string_type", "refused")
    return raw


TimeOfDay = Annotated[
    int,
    BeforeValidator(lambda raw: parse_time(_text(raw))),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,2}:[0-9]{2}$", "examples": ["10:30"]}),
]
"""A time of day; the field holds minutes after midnight."""
Days = Annotated[
    InstanceOf[frozenset[int]],
    BeforeValidator(lambda raw: parse_days(_text(raw))),
    WithJsonSchema({"type": "string", "examples": ["mon-fri", "sat, sun"]}),
]
"""Days of the week; the field holds their numbers, 0 for Monday."""
Date = Annotated[
    InstanceOf[date],
    BeforeValidator(lambda raw: parse_date(_text(raw))),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-12-25"]}),
]
"""A date."""
Moment = Annotated[
    InstanceOf[Instant],
    BeforeValidator(lambda raw: parse_instant(_text(raw))),
    WithJsonSchema({"type": "string", "examples": ["24 h ago", "now", "2026-11-20 08:00"]}),
]
"""A moment: now, some time ago, or a local date and time."""
