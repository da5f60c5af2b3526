"""What is asked of the show: commands, and values that other programmes push to a feed."""

import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from maquette.console import shapes
from maquette.console.access.access import Role
from maquette.console.commands import STATUS, Refusal, carry_out, status_of
from maquette.console.endpoint import Endpoint, RefusedError
from maquette.console.pushes import read_push
from maquette.console.reception import Reception
from maquette.core.events import Origin

ROWS_LIMIT = 64 * 1024
"""Bytes of pushed rows at most."""


def endpoints(reception: Reception) -> list[Endpoint]:
    """Return the rows of the table."""
    hub = reception.hub

    async def command(request: Request) -> Response:
        payload = await reception.body(request)
        outcome = await carry_out(hub, payload, Origin.MEDIATOR)
        if isinstance(outcome, Refusal):
            raise RefusedError(outcome.code, status_of(outcome.code), outcome.hint, outcome.arguments)
        return JSONResponse(reception.look(request).answer(outcome), status_of(outcome.refused))

    async def push(request: Request) -> Response:
        payload = await reception.body(request, (dict, list), ROWS_LIMIT)
        pushed = read_push(hub.exhibition, request.path_params["feed"], payload, time.monotonic())
        if isinstance(pushed, Refusal):
            raise RefusedError(pushed.code, status_of(pushed.code), pushed.hint, pushed.arguments)
        hub.push(pushed)
        return JSONResponse({"ok": True})

    refusals = tuple(sorted({409, *map(int, STATUS.values())}))
    return [
        Endpoint(
            "POST", "/api/commands", command, "Carry out a command of the one table", shapes.ref("Done"),
            role=Role.MEDIATOR, body=shapes.ref("Command"), refusals=refusals, tag="commands",
        ),
        Endpoint(
            "POST", "/api/feeds/{feed}", push, "Tell values to a feed of kind `push`", shapes.object_of(ok={"const": True}),
            role=Role.MEDIATOR, body=shapes.ref("Pushed"), refusals=(404, 409, 422), tag="commands",
        ),
    ]  # fmt: skip
