"""What all documents share: a strict mapping, names, texts in several languages, pairs of numbers."""

import json
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Strict, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from maquette.config.refusal import refusal
from maquette.core.message import message


class Document(BaseModel):
    """A mapping of a document: unknown keys are errors, values are never guessed from another type.

    The text under a field is its reference; `maquette.config.schema` reads it when schemas are made, not at every start.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, defer_build=True)

    @classmethod
    def read(cls, plain: Any) -> Self:
        """Check plain data as YAML gives it: lists serve for tuples and words for enums, and nothing else is converted.

        Raises:
            pydantic.ValidationError: the data does not have this shape.
        """
        return cls.model_validate_json(json.dumps(plain))


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
"""A key of our own: ASCII ``snake_case``."""

Stem = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]
"""A file's stem or the model's id: like a name, hyphens allowed."""


def _read_text(raw: Any) -> Any:
    if not isinstance(raw, str | dict):
        raise PydanticCustomError("text_expected", "refused", {})
    return {"": raw} if isinstance(raw, str) else raw


Language = Annotated[str, Field(pattern=r"^([a-z]{2,3})?$")]
"""A language, such as `fr`."""

_TEXT_SCHEMA: dict[str, Any] = {
    "oneOf": [
        {"type": "string"},
        {
            "type": "object",
            "minProperties": 1,
            "properties": {"fr": {"type": "string"}, "en": {"type": "string"}},  # what editors offer
            "patternProperties": {"^[a-z]{2,3}$": {"type": "string"}},
        },
    ]
}

TextValue = Annotated[
    dict[Language, str], BeforeValidator(_read_text), Field(min_length=1), WithJsonSchema(_TEXT_SCHEMA)
]
"""A text that people read: a string, or a mapping of languages. The field holds language → words, ``""`` for the plain string."""


def _form(raw: Any) -> str:
    return "<list>" if isinstance(raw, list) else "<plain>"


Words = Annotated[Annotated[str, Tag("<plain>")] | Annotated[list[str], Tag("<list>")], Discriminator(_form)]
"""A text, or several."""

Pair = Annotated[tuple[float, float], Strict(strict=False)]
"""Two numbers; a list of two is read as such."""

Point = Pair
"""x, y on the plan, in millimetres from its top left corner."""


Factor = Annotated[float, Field(ge=0.0, le=1.0)]
"""A number between 0 and 1."""


def pair_in_order(pair: tuple[float, float]) -> tuple[float, float]:
    """Refuse a pair whose first number is not the smaller."""
    if pair[0] >= pair[1]:
        raise refusal("E112", hint=message("order"))
    return pair
