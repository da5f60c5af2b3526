"""Sessions: who a page speaks for."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from maquette.console import shapes
from maquette.console.access import COOKIE, SESSION_S, Role
from maquette.console.endpoint import Endpoint, RefusedError
from maquette.console.reception import Reception


def endpoints(reception: Reception) -> list[Endpoint]:
    """Return the rows of the table."""
    access = reception.access

    async def session(request: Request) -> Response:
        code = access.why_not(request, Role.MEDIATOR)
        return JSONResponse({"ok": True, "may_act": code is None, "code": code})

    async def open_session(request: Request) -> Response:
        payload = await reception.body(request)
        pin = payload.get("pin")
        if not isinstance(pin, str):
            raise RefusedError("missing_argument", 400, arguments={"name": "pin"})
        if not access.has_pin:
            raise RefusedError("pin_not_configured", 403)
        address = request.client.host if request.client else ""
        wait_s = access.wait_before_pin(address)
        if wait_s > 0:
            later = {"retry-after": f"{wait_s + 1:.0f}"}
            raise RefusedError("too_many_attempts", 429, None, {"seconds": f"{wait_s:.0f}"}, later)
        cookie = access.open_session(pin, address)
        if cookie is None:
            raise RefusedError("wrong_pin", 403)
        answer = JSONResponse({"ok": True, "may_act": True, "code": None})
        answer.set_cookie(COOKIE, cookie, max_age=SESSION_S, httponly=True, samesite="strict")
        return answer

    return [
        Endpoint("GET", "/api/session", session, "Whether this client may act, and if not why", shapes.ref("Session"), tag="sessions"),
        Endpoint(
            "POST", "/api/session", open_session, "Take a PIN and open a session", shapes.ref("Session"),
            body=shapes.object_of(pin={"type": "string"}), refusals=(400, 403, 429), tag="sessions",
        ),
    ]  # fmt: skip
