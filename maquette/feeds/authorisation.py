"""Authorisation: how a request tells a server who asks. Keys and tokens go to the host that the document names, and nowhere else."""

import base64
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

import jmespath
from jmespath.exceptions import JMESPathError

from maquette.feeds.http_options import (
    AuthDocument,
    BasicDocument,
    ClientCredentialsDocument,
    HeaderDocument,
    KeyDocument,
    LoginDocument,
)
from maquette.feeds.json_text import read_json
from maquette.feeds.keys import key_of
from maquette.feeds.picks import read_number
from maquette.feeds.problems import fault
from maquette.feeds.request import Request, form_request, json_request

EARLY_S = 30.0
"""Seconds before its end at which a token is no longer used: clocks differ, and requests take their time."""

Send = Callable[[Request], tuple[bytes, str | None]]
"""Sends a request as it is, and gives the body of its answer and the charset, if the server told one."""


class Authorisation(Protocol):
    """How one server is told who asks."""

    def signed(self, request: Request, send: Send) -> Request:
        """Return a request that says who asks; ``send`` serves where a token must be fetched first.

        Raises:
            FeedError: there is no token to be had.
        """

    def refused(self) -> bool:
        """Take note that the server refused us; tell whether it is worth asking again."""


def authorisation_of(document: AuthDocument, monotonic: Callable[[], float] = time.monotonic) -> Authorisation:
    """Return the way to say who asks that a document describes; its keys are read now.

    Raises:
        FeedError: ``no_key``.
    """
    match document:
        case KeyDocument():
            return _Key(document.param, key_of(document.key))
        case HeaderDocument():
            return _Header(document.header, document.prefix + _sendable(document.key))
        case BasicDocument():
            pair = f"{key_of(document.username)}:{key_of(document.password)}"
            return _Header("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}")
        case ClientCredentialsDocument():
            form = {
                "grant_type": "client_credentials",
                "client_id": key_of(document.client_id),
                "client_secret": key_of(document.client_secret),
                **({"scope": document.scope} if document.scope is not None else {}),
            }
            return _Token(form_request(document.url, form), "access_token", "Authorization", "Bearer ", monotonic)
        case LoginDocument():
            login = json_request(document.url, {name: key_of(written) for name, written in document.send.items()})
            return _Token(login, document.token, document.header, document.prefix, monotonic)


def _sendable(written: str) -> str:
    key = key_of(written)
    if not key.isascii():
        raise fault("no_key", "it has characters that no header can hold")
    return key


class _Key:
    """A key in the address."""

    def __init__(self, param: str, key: str) -> None:
        self._param, self._key = param, key

    def signed(self, request: Request, _send: Send) -> Request:
        if any(name == self._param for name, _ in parse_qsl(urlsplit(request.url).query, keep_blank_values=True)):
            return request  # a link to the next page that repeats it
        return replace(request, params={**request.params, self._param: self._key})

    def refused(self) -> bool:
        return False


class _Header:
    """A key, or a name and a password, in a header."""

    def __init__(self, header: str, value: str) -> None:
        self._header, self._value = header, value

    def signed(self, request: Request, _send: Send) -> Request:
        return replace(request, headers={**request.headers, self._header: self._value})

    def refused(self) -> bool:
        return False


class _Token:
    """A token, fetched when there is none that still holds, and again when it is refused."""

    def __init__(self, request: Request, token: str, header: str, prefix: str, monotonic: Callable[[], float]) -> None:
        self._request, self._pick = request, jmespath.compile(token)
        self._header, self._prefix = header, prefix
        self._monotonic = monotonic
        self._token: str | None = None
        self._until_s: float | None = None
        self._fresh = False

    def signed(self, request: Request, send: Send) -> Request:
        if self._until_s is not None and self._monotonic() >= self._until_s:
            self._token = None
        self._fresh = self._token is None
        if self._token is None:
            self._token = self._fetch(send)
        return replace(request, headers={**request.headers, self._header: self._prefix + self._token})

    def refused(self) -> bool:
        """A token that has just been fetched is not the reason."""
        self._token = None
        return not self._fresh

    def _fetch(self, send: Send) -> str:
        content = read_json(*send(self._request))
        try:
            token = self._pick.search(content)
        except (JMESPathError, TypeError, ValueError, AttributeError):
            token = None
        if not isinstance(token, str) or not token or not (token.isascii() and token.isprintable()):
            raise fault("bad_shape", "no token where the document says")
        lasts_s = read_number(content.get("expires_in")) if isinstance(content, dict) else None
        self._until_s = None if lasts_s is None else self._monotonic() + max(lasts_s - EARLY_S, lasts_s / 2)
        return token
