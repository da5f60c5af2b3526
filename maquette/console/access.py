"""Access: who may see and who may act. Decided from addresses, headers and a PIN; nothing is logged and no address is kept on disk.

- The Host header must name an address we listen on, this machine, or a name of the settings (against DNS rebinding).
- A request of a page (it carries an Origin) must come from a page of ours.
- From this machine itself everybody may act; from any other address a PIN is asked for, and refused as long as none is configured.
  What a proxy of this machine passes on comes from elsewhere, whatever it says of where: such headers only ever take rights away.
- Whoever may open the console's Unix socket is let in by the file's own mode: no page of another site reaches it, no PIN is asked for.
"""

import hashlib
import hmac
import ipaddress
import secrets
from collections import OrderedDict
from collections.abc import Callable
from enum import IntEnum
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from maquette.core.exhibition import ConsoleSettings

COOKIE = "maquette_session"
"""The session's cookie. It is signed with a key that lives as long as the console."""
SESSION_S = 12 * 3600
"""Seconds that a session lasts: one day of a mediator."""
FREE_ATTEMPTS = 3
"""Wrong PINs from one address before it has to wait."""
LONGEST_WAIT_S = 300.0
"""Seconds between attempts at most."""
ADDRESSES_KEPT = 1000
"""Addresses whose wrong attempts are remembered; the oldest are forgotten first."""


class Role(IntEnum):
    """What somebody is to the model. Each may do what those before may."""

    VISITOR = 0
    """Reads."""
    MEDIATOR = 1
    """Acts on the show."""
    MAINTAINER = 2
    """Changes documents."""


_PASSED_ON = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


_HERE = "maquette.here"


def seen_here(app: ASGIApp) -> ASGIApp:
    """Return an application whose requests all count as this machine's own: for the Unix socket."""

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, _HERE: True}, receive, send)

    return door


def _is_here(connection: HTTPConnection) -> bool:
    return connection.scope.get(_HERE) is True and not _is_passed_on(connection)


def _is_passed_on(connection: HTTPConnection) -> bool:
    return any(name in connection.headers for name in _PASSED_ON)


def host_name(host: str) -> str | None:
    """Return the name or address in a Host header, lower case and without port or brackets; None when it is malformed."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # raises when it is no number
    except ValueError:
        return None
    if parts.username is not None or parts.path or parts.query or parts.fragment:
        return None
    return parts.hostname.rstrip(".") if parts.hostname else None


def is_loopback(address: str | None) -> bool:
    """Tell whether a client's address is this machine's own."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_loopback


class Access:
    """Keeps the sessions of one console."""

    def __init__(self, settings: ConsoleSettings, now: Callable[[], float]) -> None:
        """Start without any session.

        Args:
            settings: names, host and PIN.
            now: the monotonic clock, seconds.
        """
        self._pin = settings.pin
        self._names = _LOCAL_NAMES | {name.lower().rstrip(".") for name in (*settings.names, settings.host)}
        self._now = now
        self._key = secrets.token_bytes(32)
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    @property
    def has_pin(self) -> bool:
        """Whether a PIN is configured."""
        return bool(self._pin)

    def knows_host(self, connection: HTTPConnection) -> bool:
        """Tell whether the Host header names us: this machine, a configured name, or the very address that was called."""
        if _is_here(connection):
            return True
        name = host_name(connection.headers.get("host", ""))
        if name is None:
            return False
        called = connection.scope.get("server")
        return name in self._names or (called is not None and name == called[0])

    def is_own_page(self, connection: HTTPConnection) -> bool:
        """Tell whether a request comes from a page of ours, or from no page at all (a command line sends no Origin)."""
        if _is_here(connection):
            return True
        if connection.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return False
        origin = connection.headers.get("origin")
        if origin is None:
            return True
        parts = urlsplit(origin)
        host = connection.headers.get("host", "").lower()
        return parts.scheme in ("http", "https") and parts.netloc.lower() == host

    def why_not(self, connection: HTTPConnection, role: Role) -> str | None:
        """Return None when the client may do what is a role's, else the code of the refusal."""
        if role is Role.VISITOR or _is_here(connection):
            return None
        if not _is_passed_on(connection) and is_loopback(connection.client.host if connection.client else None):
            return None
        if not self._pin:
            return "pin_not_configured"
        return None if self._is_signed(connection.cookies.get(COOKIE, "")) else "pin_required"

    def wait_before_pin(self, address: str) -> float:
        """Return how many seconds this address has to wait before it may try a PIN."""
        return max(0.0, self._wrong.get(address, (0, 0.0))[1] - self._now())

    def open_session(self, pin: str, address: str) -> str | None:
        """Return a new session's cookie for the right PIN; None for a wrong one, and the next attempt has to wait longer."""
        if self._pin and hmac.compare_digest(pin.encode(), self._pin.encode()):
            self._wrong.pop(address, None)
            until = f"{self._now() + SESSION_S:.0f}.{secrets.token_urlsafe(8)}"
            return f"{until}.{self._sign(until)}"
        count = self._wrong.pop(address, (0, 0.0))[0] + 1
        wait_s = 0.0 if count < FREE_ATTEMPTS else min(2.0 ** (count - FREE_ATTEMPTS + 1), LONGEST_WAIT_S)
        self._wrong[address] = (count, self._now() + wait_s)
        while len(self._wrong) > ADDRESSES_KEPT:
            self._wrong.popitem(last=False)
        return None

    def _is_signed(self, cookie: str) -> bool:
        words, _, signature = cookie.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(words).encode()):
            return False
        return self._now() < float(words.partition(".")[0])

    def _sign(self, words: str) -> str:
        return hmac.new(self._key, words.encode(), hashlib.sha256).hexdigest()
