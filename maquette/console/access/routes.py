"""Sessions: who a page speaks for; signing in and out; a new PIN."""

import math

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from maquette.console import shapes
from maquette.console.access.access import (
    COOKIE,
    MARK,
    MARK_S,
    NOT_CONFIGURED,
    SESSION_S,
    Opened,
    Role,
    flaw_of_pin,
    is_by_https,
)
from maquette.console.endpoint import Endpoint, RefusedError
from maquette.console.reception import Reception
from maquette.core.alerts import NEW_PIN, Alert, Severity

_WORDS = {"pin": Role.MEDIATOR, "password": Role.MAINTAINER}
_WRONG = {Role.MEDIATOR: "wrong_pin", Role.MAINTAINER: "wrong_password"}


def endpoints(reception: Reception) -> list[Endpoint]:
    """Return the rows of the table."""
    access, hub = reception.access, reception.hub

    def told(request: Request, role: Role) -> Response:
        code = None if role > Role.VISITOR else access.why_not(request, Role.MEDIATOR)
        return JSONResponse(
            {
                "ok": True,
                "role": role.name.lower(),
                "may_act": code is None,
                "code": code,
                "signed_in": role > Role.VISITOR and not access.needs_nothing(request),
                "may_set_pin": access.may_set_pin(request),
            }
        )

    def opened(request: Request, role: Role, cookies: Opened) -> Response:
        answer = told(request, role)
        for name, value, age_s in ((COOKIE, cookies.session, SESSION_S), (MARK, cookies.mark, MARK_S)):
            answer.set_cookie(name, value, max_age=age_s, httponly=True, samesite="strict", secure=is_by_https(request))
        return answer

    async def session(request: Request) -> Response:
        return told(request, access.role_of(request))

    async def open_session(request: Request) -> Response:
        word, given = _given(await reception.body(request))
        role = _WORDS[word]
        if not access.has(role):
            raise RefusedError(NOT_CONFIGURED[role], 403)
        cookies = await access.open_session(role, given, request)
        if cookies is None:
            raise RefusedError(_WRONG[role], 403)
        if isinstance(cookies, float):
            seconds = str(math.ceil(cookies))
            raise RefusedError("too_many_attempts", 429, None, {"seconds": seconds}, {"retry-after": seconds})
        return opened(request, role, cookies)

    async def end_session(request: Request) -> Response:
        access.end_session(request)
        answer = JSONResponse({"ok": True})
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=is_by_https(request))
        return answer

    async def set_pin(request: Request) -> Response:
        payload = await reception.body(request)
        pin = payload.get("pin")
        if not isinstance(pin, str):
            raise RefusedError("missing_argument", 400, arguments={"name": "pin"})
        flaw = flaw_of_pin(pin)
        if flaw is not None:
            raise RefusedError(flaw, 400 if flaw == "pin_not_digits" else 409)
        set_ = await access.set_pin(pin, request)
        if set_ is None:
            raise RefusedError("pin_not_asked_for", 403)
        cookies, reason = set_
        hub.raise_alert(Alert(NEW_PIN, over=True))
        if reason is not None:
            hub.raise_alert(Alert("state_not_saved", "pin", Severity.WARNING, (("reason", reason),)))
        return opened(request, max(Role.MEDIATOR, access.role_of(request)), cookies)

    shape = shapes.ref("Session")
    secret = {"type": "string", "minLength": 1, "maxLength": 200}
    return [
        Endpoint("GET", "/api/session", session, "Who this client speaks for, and why it may not act", shape, tag="sessions"),
        Endpoint(
            "POST", "/api/session", open_session, "Take the mediator's PIN or the maintainer's password and open a session", shape,
            body={"oneOf": [shapes.object_of(pin=secret), shapes.object_of(password=secret)]}, refusals=(400, 403, 429), tag="sessions",
        ),
        Endpoint(
            "DELETE", "/api/session", end_session, "End this client's session", shapes.object_of(ok={"const": True}), tag="sessions",
        ),
        Endpoint(
            "PUT", "/api/pin", set_pin, "Set the mediator's PIN: as maintainer, or as whoever has just asked for it at the model", shape,
            body=shapes.object_of(pin={"type": "string", "pattern": r"^[0-9]{6,12}$"}), refusals=(409,), tag="sessions",
        ),
    ]  # fmt: skip


def _given(payload: dict[str, object]) -> tuple[str, str]:
    """Return which secret was given, and the secret."""
    words = [word for word in _WORDS if word in payload]
    if len(words) != 1:
        raise RefusedError("missing_argument", 400, arguments={"name": "pin"})
    given = payload[words[0]]
    if not isinstance(given, str) or not 0 < len(given) <= 200:
        raise RefusedError("wrong_type", 400, arguments={"name": words[0], "expected": "str"})
    return words[0], given
