"""Refusals: what a field's own reader says of a value that it does not take; `shape` makes a problem of it."""

from pydantic_core import PydanticCustomError

from maquette.core.message import Argument, Message, message


def refusal(key: str, /, *, hint: Message | None = None, **arguments: Argument) -> PydanticCustomError:
    """Return what a validator raises; the key begins with the problem's code."""
    return refusal_of(message(key, **arguments), hint)


def refusal_of(told: Message, hint: Message | None = None) -> PydanticCustomError:
    """Return what a validator raises to tell a message as it is."""
    return PydanticCustomError("refusal", "refused", {"message": told, "hint": hint})
