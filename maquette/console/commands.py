"""Commands as they come from people and machines: a JSON object is checked against the one table and carried to the stage."""

import json
from dataclasses import dataclass, field
from difflib import get_close_matches
from http import HTTPStatus
from typing import Any

from maquette.console.hub import Hub
from maquette.core.events import COMMANDS, Answer, Command, Origin, flaw
from maquette.core.message import Message

STATUS = {
    "unknown_command": HTTPStatus.NOT_FOUND,
    "unknown_scenario": HTTPStatus.NOT_FOUND,
    "unknown_button": HTTPStatus.NOT_FOUND,
    "unknown_zone": HTTPStatus.NOT_FOUND,
    "unknown_group": HTTPStatus.NOT_FOUND,
    "unknown_language": HTTPStatus.NOT_FOUND,
    "unknown_strip": HTTPStatus.NOT_FOUND,
    "unknown_servo": HTTPStatus.NOT_FOUND,
    "unknown_target": HTTPStatus.BAD_REQUEST,
    "no_such_led": HTTPStatus.NOT_FOUND,
    "not_an_object": HTTPStatus.BAD_REQUEST,
    "missing_argument": HTTPStatus.BAD_REQUEST,
    "unknown_argument": HTTPStatus.BAD_REQUEST,
    "wrong_type": HTTPStatus.BAD_REQUEST,
    "out_of_range": HTTPStatus.BAD_REQUEST,
    "wrong_request": HTTPStatus.BAD_REQUEST,
    "request_differs": HTTPStatus.CONFLICT,
    "unknown_feed": HTTPStatus.NOT_FOUND,
    "nothing_pushed": HTTPStatus.BAD_REQUEST,
    "unknown_value": HTTPStatus.UNPROCESSABLE_ENTITY,
    "wrong_time": HTTPStatus.UNPROCESSABLE_ENTITY,
    "no_answer": HTTPStatus.SERVICE_UNAVAILABLE,
    "unknown_document": HTTPStatus.NOT_FOUND,
    "zone_name": HTTPStatus.BAD_REQUEST,
    "no_run": HTTPStatus.BAD_REQUEST,
    "led_not_placed": HTTPStatus.UNPROCESSABLE_ENTITY,
    "document_changed": HTTPStatus.PRECONDITION_FAILED,
    "document_unread": HTTPStatus.INTERNAL_SERVER_ERROR,
    "document_not_written": HTTPStatus.INSUFFICIENT_STORAGE,
    "document_name": HTTPStatus.BAD_REQUEST,
    "document_name_reserved": HTTPStatus.BAD_REQUEST,
    "unknown_version": HTTPStatus.NOT_FOUND,
    "unknown_code": HTTPStatus.NOT_FOUND,
    "fingerprint_missing": HTTPStatus.PRECONDITION_REQUIRED,
    "document_wrong": HTTPStatus.UNPROCESSABLE_ENTITY,
    "trial_busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "trial_too_long": HTTPStatus.SERVICE_UNAVAILABLE,
    "trial_failed": HTTPStatus.SERVICE_UNAVAILABLE,
}
"""HTTP status of each refusal; any other code is a conflict with the state of the show (409)."""

REQUEST = "request"
"""The key of a command that says which sending it belongs to."""
LONGEST_REQUEST = 64
"""Characters of a request at most."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command is none of the table's: a code of the locale files (``refused_<code>``), its arguments, and what was meant."""

    code: str
    hint: str | None = None
    arguments: dict[str, str | Message] = field(default_factory=dict)


def read_json(data: bytes | str) -> Any:
    """Read JSON whose texts can be written again; None for anything else, such as half a surrogate pair."""
    try:
        payload = json.loads(data)
        json.dumps(payload, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return payload


def read_object(data: bytes | str) -> dict[str, Any] | None:
    """Read a JSON object as `read_json` does; None for anything else."""
    payload = read_json(data)
    return payload if isinstance(payload, dict) else None


def read_command(payload: object) -> Command | Refusal:
    """Check a command as it came, such as ``{"command": "play", "scenario": "air"}``; types are strict, nothing is guessed.

    Whoever may have to send it twice adds a ``request``, a text of their own choice: it is then carried out once.
    """
    if not isinstance(payload, dict):
        return Refusal("not_an_object")
    name = payload.get("command")
    if not isinstance(name, str):
        return Refusal("missing_argument", arguments={"name": "command"})
    kind = COMMANDS.get(name)
    if kind is None:
        return Refusal("unknown_command", nearest(name, COMMANDS), {"name": name})
    if REQUEST in payload and not (isinstance(payload[REQUEST], str) and 0 < len(payload[REQUEST]) <= LONGEST_REQUEST):
        return Refusal("wrong_request", arguments={"longest": str(LONGEST_REQUEST)})
    extra = next((key for key in payload if key not in ("command", REQUEST, kind.argument)), None)
    if extra is not None:
        return Refusal("unknown_argument", nearest(str(extra), [kind.argument or ""]), {"name": str(extra)})
    arguments = {key: value for key, value in payload.items() if key not in ("command", REQUEST)}
    wrong = flaw(name, arguments)
    if wrong is not None:
        return Refusal(wrong[0], arguments=dict(wrong[1]))
    return Command(name, arguments)


async def carry_out(hub: Hub, payload: object, origin: Origin) -> Answer | Refusal:
    """Check a command, send it to the stage and return what became of it. A request that was carried out already only gets its answer."""
    command = read_command(payload)
    if isinstance(command, Refusal):
        return command
    request = payload.get(REQUEST) if isinstance(payload, dict) else None
    return await hub.once(request, command, lambda: _send(hub, command, origin))


async def _send(hub: Hub, command: Command, origin: Origin) -> Answer:
    if command.name == "reload":  # the stage has no documents
        return await hub.reload(command)
    return await hub.command(command.name, command.arguments, origin)


def status_of(code: str | None) -> HTTPStatus:
    """Return the HTTP status of an answer: 200 when ``code`` is None."""
    return HTTPStatus.OK if code is None else STATUS.get(code, HTTPStatus.CONFLICT)


def nearest(name: str, known: Any) -> str | None:
    """Return the known name that was probably meant, or None."""
    return next(iter(get_close_matches(name, list(known), n=1)), None)
