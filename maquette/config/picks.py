"""Picks: fields that say in JMESPath where something stands in an answer. They are checked with the document, not at the first answer."""

from difflib import get_close_matches
from typing import Annotated, Any

import jmespath
from jmespath.exceptions import EmptyExpressionError, IncompleteExpressionError, JMESPathError, ParseError
from jmespath.functions import Functions
from pydantic import AfterValidator

from maquette.config.refusal import refusal
from maquette.core.message import Message, message

_FUNCTIONS = frozenset(Functions.FUNCTION_TABLE)


def _check_pick(text: str) -> str:
    try:
        unknown = _unknown_function(jmespath.compile(text).parsed)
    except JMESPathError as error:
        raise refusal("E111.jmespath", hint=message("jmespath"), text=text, reason=_jmespath_reason(error)) from error
    if unknown is not None:
        near = get_close_matches(unknown, _FUNCTIONS, n=1)
        names = ", ".join(sorted(_FUNCTIONS))
        hint = message("did_you_mean", name=near[0]) if near else message("there_are", names=names)
        raise refusal("E111.jmespath_function", hint=hint, name=unknown)
    return text


def _jmespath_reason(error: JMESPathError) -> Message:
    match error:
        case EmptyExpressionError():
            return message("nothing_written")
        case IncompleteExpressionError():
            return message("ends_early")
        case ParseError():
            return message("stops_at", sign=str(error.token_value), position=error.lex_position + 1)
    return message("not_understood")


def _unknown_function(node: Any) -> str | None:
    """Return the first unknown function in a parsed JMESPath; the library itself would only notice at the first answer."""
    if not isinstance(node, dict):
        return None
    if node.get("type") == "function_expression" and node["value"] not in _FUNCTIONS:
        return str(node["value"])
    return next((name for child in node.get("children", ()) if (name := _unknown_function(child))), None)


Pick = Annotated[str, AfterValidator(_check_pick)]
"""A JMESPath."""
