"""Field types for time as people write it; `maquette.core.calendar` reads it."""

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, InstanceOf, WithJsonSchema
from pydantic_core import PydanticCustomError

from maquette.core.calendar import DATE, LOCAL, TIME, Instant, parse_date, parse_days, parse_instant, parse_time
from maquette.core.units import NUMBER, units_like


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise PydanticCustomError("string_type", "refused")
    return raw


def _schema(pattern: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": rf"^\s*({pattern})\s*$", "examples": list(examples)})


TimeOfDay = Annotated[
    int,
    BeforeValidator(lambda raw: parse_time(_text(raw))),
    _schema(TIME, "10:30"),
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
    _schema(DATE, "2026-12-25"),
]
"""A date."""
Moment = Annotated[
    InstanceOf[Instant],
    BeforeValidator(lambda raw: parse_instant(_text(raw))),
    _schema(rf"now|{NUMBER}\s*({'|'.join(units_like('s'))})\s* ago|{LOCAL}", "24 h ago", "now", "2026-11-20 08:00"),
]
"""A moment: now, some time ago, or a local date and time."""
