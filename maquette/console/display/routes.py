"""What the visitors' screen asks for besides the state, and the code by which a phone finds it. Anybody may read both."""

import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from maquette.console.display.courses import Courses
from maquette.console.display.phone_address import code, phone_address
from maquette.console.display.shapes import DISPLAY
from maquette.console.display.view import DisplayView
from maquette.console.endpoint import Endpoint, RefusedError
from maquette.console.reception import Reception
from maquette.ops.clock import read_clock


def endpoints(reception: Reception) -> list[Endpoint]:
    """Return the rows of the table."""
    hub = reception.hub
    courses = Courses(hub)

    async def display(request: Request) -> Response:
        snapshot = hub.snapshot
        if snapshot is None:
            raise RefusedError("starting", 503)
        view = DisplayView(hub, reception.language(request), read_clock(hub.time_zone), time.monotonic())
        return JSONResponse(await view.display(snapshot, courses) | {"address": phone_address(hub.settings)})

    return [
        Endpoint(
            "GET", "/api/display", display,
            "What the lights tell, line by line, with source, licence, age and quality; one chart; the page's address for phones",
            DISPLAY, refusals=(503,),
        )
    ]  # fmt: skip


def routes(reception: Reception) -> list[BaseRoute]:
    """Return the route of the code to be scanned; there is none where no phone could reach us."""

    async def scanned(_request: Request) -> Response:
        address = phone_address(reception.hub.settings)
        if address is None:
            raise RefusedError("not_found", 404)
        return Response(code(address), media_type="image/svg+xml")

    return [Route("/display/code.svg", scanned)]
