"""Access: who may see and who may act. Decided from addresses, headers, a PIN and a password; nothing is logged and no address is kept.

- The Host header must name an address we listen on, this machine, or a name of the settings (against DNS rebinding).
- A request of a page (it carries an Origin) must come from a page of ours; one that carries a session must say where it comes from.
- Everybody may read. The mediator's PIN lets act on the show, the maintainer's password lets do everything; as long as one is not
  configured nobody has that role. In a simulation, and only there, this machine itself may do everything without.
- What a proxy of this machine passes on comes from elsewhere, whatever it says of where: such headers only ever take rights away.
- Whoever may open the console's Unix socket is let in by the file's own mode: no page of another site reaches it, nothing is asked for.
- A PIN is verified on a thread, one at a time: neither the pages nor the light wait for it, and a flood costs no more than one attempt.
"""

import asyncio
import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from maquette.console.access import access_file
from maquette.console.access.attempts import Attempts, client_of
from maquette.console.access.role import Role
from maquette.console.access.sessions import SESSION_S, Moment, Sessions
from maquette.core.exhibition import ConsoleSettings
from maquette.ops.scrypt import is_of, is_record

__all__ = [
    "COOKIE",
    "MARK",
    "MARK_S",
    "NOT_CONFIGURED",
    "SESSION_S",
    "Access",
    "Opened",
    "Role",
    "address_of",
    "flaw_of_pin",
    "host_name",
    "is_by_https",
    "is_here",
    "is_loopback",
    "is_near",
    "seen_here",
]

COOKIE = "maquette_session"
"""The session's cookie."""
MARK = "maquette_known"
"""The cookie of a device that has signed in before. It gives no right: others' wrong attempts do not make it wait."""
MARK_S = 400 * 86_400
"""Seconds that a mark lasts; browsers keep no cookie for longer."""
PIN_DIGITS = (6, 12)
"""How many digits a PIN that is set here has, at least and at most."""

NOT_CONFIGURED = {Role.MEDIATOR: "pin_not_configured", Role.MAINTAINER: "password_not_configured"}
"""The refusal where nobody can have a role."""
_REQUIRED = {Role.MEDIATOR: "pin_required", Role.MAINTAINER: "password_required"}
_PASSED_ON = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


_HERE = "maquette.here"


def seen_here(app: ASGIApp) -> ASGIApp:
    """Return an application whose requests all count as this machine's own: for the Unix socket."""

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, _HERE: True}, receive, send)

    return door


def is_here(connection: HTTPConnection) -> bool:
    """Tell whether a request came through the Unix socket, from somebody of this machine."""
    return connection.scope.get(_HERE) is True and not _is_passed_on(connection)


def is_by_https(connection: HTTPConnection) -> bool:
    """Tell whether a page came by https. Anybody may say so: it only ever makes cookies stricter."""
    said = connection.headers.get("x-forwarded-proto", "").strip().lower()
    return "https" in (said, connection.scope.get("scheme"), urlsplit(connection.headers.get("origin", "")).scheme)


def is_near(connection: HTTPConnection) -> bool:
    """Tell whether a request comes from this machine itself, and from nobody behind it."""
    address = connection.client.host if connection.client else None
    return not _is_passed_on(connection) and is_loopback(address)


def address_of(connection: HTTPConnection) -> str:
    """Return the address by which attempts and pages are counted.

    Behind a proxy of this machine it is the one that the proxy has added last: a forged one gives a fresh start to whoever forges it, and
    no more, since all strangers are counted together too.
    """
    address = connection.client.host if connection.client else ""
    passed_on = connection.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return passed_on[:64] if passed_on and is_loopback(address) else address


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


def flaw_of_pin(pin: str) -> str | None:
    """Return why a PIN is not taken (the code of a refusal), or None: digits, six to twelve, neither all the same nor a run like 123456."""
    fewest, most = PIN_DIGITS
    if not (pin.isascii() and pin.isdigit() and fewest <= len(pin) <= most):
        return "pin_not_digits"
    strides = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return "pin_too_plain" if strides in ({0}, {1}, {9}) else None


@dataclass(frozen=True, slots=True)
class Opened:
    """What a browser is given when somebody has signed in.

    Attributes:
        session: the value of `COOKIE`.
        mark: the value of `MARK`.
    """

    session: str
    mark: str


class Access:
    """Who may do what. Used on one asyncio loop only."""

    def __init__(
        self,
        settings: ConsoleSettings,
        now: Callable[[], Moment],
        *,
        simulated: bool = False,
        file: Path | None = None,
        may_set_pin: Callable[[], bool] = lambda: False,
    ) -> None:
        """Read what was kept; this may take some tenths of a second.

        Args:
            settings: names, host, PIN and password.
            now: the machine's clocks.
            simulated: whether the model is one; then this machine itself may do everything.
            file: the access file (`maquette.console.access.access_file`), or None: nothing is kept.
            may_set_pin: tells whether somebody stands at the model who has asked for a new PIN.
        """
        self._configured = settings.pin
        self._kept = access_file.new() if file is None else access_file.load(file)
        self._credentials = {
            Role.MEDIATOR: self._kept.pin_instead_of(settings.pin) or "",
            Role.MAINTAINER: settings.password or "",
        }
        self._names = _LOCAL_NAMES | {name.lower().rstrip(".") for name in (*settings.names, settings.host)}
        self._now = now
        self._simulated = simulated
        self._file = file
        self._may_set_pin = may_set_pin
        self._attempts = Attempts()
        self._sessions = Sessions()
        self._verifying = asyncio.Lock()

    # -- who is who --------------------------------------------------------------------------------------------------

    def knows_host(self, connection: HTTPConnection) -> bool:
        """Tell whether the Host header names us: this machine, a configured name, or the very address that was called."""
        if is_here(connection):
            return True
        name = host_name(connection.headers.get("host", ""))
        if name is None:
            return False
        called = connection.scope.get("server")
        return name in self._names or (called is not None and name == called[0])

    def is_own_page(self, connection: HTTPConnection) -> bool:
        """Tell whether a request comes from a page of ours, or from no page at all: a command line sends neither Origin nor session."""
        if is_here(connection):
            return True
        site = connection.headers.get("sec-fetch-site")
        if site not in (None, "none", "same-origin"):
            return False
        origin = connection.headers.get("origin")
        if origin is None:
            return site is not None or COOKIE not in connection.cookies
        parts = urlsplit(origin)
        host = connection.headers.get("host", "").lower()
        return parts.scheme in ("http", "https") and parts.netloc.lower() == host

    def role_of(self, connection: HTTPConnection) -> Role:
        """Return what a client is to the model now."""
        if self.needs_nothing(connection):
            return Role.MAINTAINER
        return self._sessions.role_of(connection.cookies.get(COOKIE, ""), self._keys(), self._now())

    def needs_nothing(self, connection: HTTPConnection) -> bool:
        """Tell whether a client may do everything without signing in."""
        return is_here(connection) or (self._simulated and is_near(connection))

    def why_not(self, connection: HTTPConnection, role: Role) -> str | None:
        """Return None when the client may do what is a role's, else the code of the refusal."""
        if self.role_of(connection) >= role:
            return None
        return _REQUIRED[role] if self.has(role) else NOT_CONFIGURED[role]

    def has(self, role: Role) -> bool:
        """Tell whether anybody can sign in for a role."""
        return bool(self._credentials[role])

    # -- signing in --------------------------------------------------------------------------------------------------

    async def open_session(self, role: Role, given: str, connection: HTTPConnection) -> Opened | float | None:
        """Take a PIN or a password.

        Returns:
            What the browser is given; None when it is wrong; the seconds to wait where too much was tried already.
        """
        mark = self._mark_of(connection)
        client = f"mark {mark}" if mark else client_of(address_of(connection))
        known = mark is not None or is_near(connection) or is_here(connection)
        wait_s = self._attempts.begin(client, self._now().monotonic_s, known=known)
        if wait_s > 0.0:
            return wait_s
        async with self._verifying:
            right = await self._is_right(role, given)
        if not right:
            return None
        self._attempts.succeed(client, known=known)
        return self._opened(role, mark)

    def end_session(self, connection: HTTPConnection) -> None:
        """End a client's session, wherever its cookie may have got to."""
        session = connection.cookies.get(COOKIE, "")
        if self._sessions.role_of(session, self._keys(), self._now()) is not Role.VISITOR:
            self._sessions.end(session)

    async def _is_right(self, role: Role, given: str) -> bool:
        credential = self._credentials[role]
        if is_record(credential):
            return await asyncio.to_thread(is_of, given, credential)
        return bool(credential) and hmac.compare_digest(given.encode(), credential.encode())

    def _opened(self, role: Role, mark: str | None) -> Opened:
        mark = mark or secrets.token_urlsafe(12)
        session = self._sessions.open(role, self._keys(), self._now())
        return Opened(session, f"{mark}.{self._signed(f'known {mark}')}")

    def _mark_of(self, connection: HTTPConnection) -> str | None:
        mark, _, signature = connection.cookies.get(MARK, "").partition(".")
        right = hmac.compare_digest(signature.encode(), self._signed(f"known {mark}").encode())
        return mark if right else None

    def _keys(self) -> dict[Role, bytes]:
        """Return what sessions are signed with. A new PIN makes a new key: all sessions of the former one are over."""
        return {
            role: self._signed(f"session {role.value} {credential}").encode()
            for role, credential in self._credentials.items()
            if credential
        }

    def _signed(self, text: str) -> str:
        return hmac.new(self._kept.key, text.encode(), hashlib.sha256).hexdigest()

    # -- a new PIN ---------------------------------------------------------------------------------------------------

    def may_set_pin(self, connection: HTTPConnection) -> bool:
        """Tell whether a client may set the mediator's PIN: the maintainer, and whoever has asked for it at the model itself."""
        return self._may_set_pin() or self.role_of(connection) is Role.MAINTAINER

    async def set_pin(self, pin: str, connection: HTTPConnection) -> tuple[Opened, str | None] | None:
        """Set the mediator's PIN (`flaw_of_pin` has nothing against it) and sign the client in; all other sessions of mediators are over.

        Returns:
            What the browser is given, and why the PIN holds until the next start only, or None when it is kept; None when the client may
            not set it (any more).
        """
        async with self._verifying:
            if not self.may_set_pin(connection):
                return None
            self._kept = await asyncio.to_thread(self._kept.with_pin, pin, self._configured)
            self._credentials[Role.MEDIATOR] = self._kept.pin or ""
            reason = None
            if self._file is not None:
                try:
                    await asyncio.to_thread(access_file.save, self._file, self._kept)
                except OSError as error:
                    reason = error.strerror or str(error)
            role = max(
                Role.MEDIATOR, self._sessions.role_of(connection.cookies.get(COOKIE, ""), self._keys(), self._now())
            )
        return self._opened(role, self._mark_of(connection)), reason
