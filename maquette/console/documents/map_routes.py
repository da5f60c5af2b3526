"""The map: where the LEDs of each strip stand, walked one by one at the model, and the zones that are written from it."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from maquette.console import shapes
from maquette.console.access.access import Role
from maquette.console.commands import Refusal
from maquette.console.documents.map_wishes import BODY, Wishes, read_wishes
from maquette.console.documents.saving import IF_MATCH, ask, edited_version, not_played, passed, refusal
from maquette.console.documents.store import Change
from maquette.console.endpoint import Endpoint, RefusedError
from maquette.console.reception import Reception
from maquette.console.trial.jobs import ProposeZones, ShowMap, ZonesProposed

BODY_LIMIT = 500_000
"""Bytes of the placed LEDs of a page, at most: about 20 000 LEDs."""


def endpoints(reception: Reception) -> list[Endpoint]:
    """Return the rows of the table."""

    async def asked(request: Request) -> Wishes:
        wishes = read_wishes(await reception.body(request, limit=BODY_LIMIT))
        if isinstance(wishes, Refusal):
            raise refusal(wishes)
        return wishes

    async def proposed(request: Request, wishes: Wishes) -> ZonesProposed:
        interface = reception.look(request).wording.interface
        made: ZonesProposed = await ask(reception.store, ProposeZones(wishes, interface))
        return made

    async def show(_request: Request) -> Response:
        return JSONResponse(await ask(reception.store, ShowMap(reception.hub.exhibition.languages)))

    async def propose(request: Request) -> Response:
        made = await proposed(request, await asked(request))
        about = {"ok": True, "document": made.document, "fingerprint": made.fingerprint}
        return JSONResponse(about | dict(made.told))

    async def write(request: Request) -> Response:
        wishes, store = await asked(request), reception.store
        edited = edited_version(request)
        made = await proposed(request, wishes)
        if made.fingerprint != edited:
            raise RefusedError("document_changed", 412, None, {"name": made.document})
        done = passed(reception, request, await store.write(Change(made.document, made.text, edited)))
        reasons = not_played(reception, request, made.document)
        return JSONResponse(
            {
                "ok": True,
                "document": made.document,
                "fingerprint": done.fingerprints[made.document],
                "taken_over": not reasons,
                "reasons": reasons,
            }
        )

    ref = shapes.ref
    return [
        Endpoint("GET", "/api/map", show, "The strips, the zones on them, and where their LEDs stand on the plan", ref("Map"),
                 refusals=(409, 503), tag="map"),
        Endpoint("POST", "/api/map/propose", propose, "What zones would come to in the hardware document; nothing is written",
                 ref("MapProposal"), role=Role.MAINTAINER, body=BODY, refusals=(404, 409, 422, 503), tag="map"),
        Endpoint("PUT", "/api/map", write, "Check zones with all documents and write them; the version before is kept",
                 ref("MapWritten"), role=Role.MAINTAINER, body=BODY, headers=IF_MATCH,
                 refusals=(404, 409, 412, 422, 428, 500, 503, 507), tag="map"),
    ]  # fmt: skip
