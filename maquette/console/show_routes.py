"""What is known of the show, to be read by anybody: the state, the documents as pages need them, the readings, the zones."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from maquette.console import shapes
from maquette.console.commands import nearest
from maquette.console.endpoint import Endpoint, Query, RefusedError
from maquette.console.model_view import model_view
from maquette.console.reception import Reception

_WITH_WORDS = Query("`words` adds what the pages say of it", {"enum": ["words"]})


def endpoints(reception: Reception) -> list[Endpoint]:
    """Return the rows of the table."""
    hub = reception.hub

    async def state(request: Request) -> Response:
        if hub.snapshot is None:
            raise RefusedError("starting", 503)
        return JSONResponse(reception.look(request).live(hub.snapshot))

    async def model(request: Request) -> Response:
        view = model_view(hub.exhibition, reception.language(request))
        return JSONResponse(view | {"exhibition": hub.exhibition_mark})

    async def scenarios(request: Request) -> Response:
        return JSONResponse(reception.look(request).scenarios())

    async def readings(request: Request) -> Response:
        return JSONResponse(reception.look(request).readings(in_words=_in_words(request)))

    async def zone(request: Request) -> Response:
        snapshot, name = hub.snapshot, request.path_params["zone"]
        known = [card.id for card in hub.exhibition.zones]
        if name not in known:
            raise RefusedError("unknown_zone", 404, nearest(name, known), {"name": name})
        found = next((z for z in snapshot.zones if z.zone == name), None) if snapshot else None
        if snapshot is None or found is None:
            raise RefusedError("starting", 503)
        return JSONResponse(reception.look(request).zone(found, snapshot, in_words=_in_words(request)))

    async def health(_request: Request) -> Response:
        ready = hub.snapshot is not None
        return JSONResponse({"ok": ready}, 200 if ready else 503)

    return [
        Endpoint(
            "GET", "/api/state", state, "The state of the show, and what the pages show of it", shapes.ref("LiveState"),
            refusals=(503,),
        ),
        Endpoint(
            "GET", "/api/model", model, "What changes only with the documents: zones, buttons, servos, scenarios, scales",
            shapes.ref("Model"),
        ),
        Endpoint("GET", "/api/scenarios", scenarios, "The scenarios", shapes.list_of("Scenario")),
        Endpoint(
            "GET", "/api/readings", readings, "Every reading, with its age, nature, quality, source and licence",
            shapes.list_of("Reading"), query={"with": _WITH_WORDS},
        ),
        Endpoint(
            "GET", "/api/zones/{zone}", zone, "Why a zone has its colour", shapes.ref("Zone"),
            query={"with": _WITH_WORDS}, refusals=(404, 503),
        ),
        Endpoint(
            "GET", "/healthz", health, "Whether the show has begun: 200 or 503", shapes.object_of(ok={"type": "boolean"}),
            refusals=(503,), tag="machine",
        ),
    ]  # fmt: skip


def _in_words(request: Request) -> bool:
    return request.query_params.get("with") == "words"
