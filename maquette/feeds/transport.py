"""Transport: one HTTP request becomes decoded JSON, or a `FeedError` that says why not. Bounded in time, in bytes and in trust.

Redirects stay on the host that the document names; the answer may be packed, but never grows past the cap; an unchanged answer (304) is
not sent twice.
"""

import contextlib
import email.utils
import json
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError, NameResolutionError
from urllib3.util import Retry

from maquette import __version__
from maquette.feeds.guard import Guard, GuardedAdapter
from maquette.feeds.problems import fault
from maquette.feeds.source import Payload

USER_AGENT = f"Maquette/{__version__} (augmented model of a territory; slow polling, honours Retry-After)"
CONNECT_S = 5.0
"""Seconds to open a connection, at most."""
MOST_REDIRECTS = 5
LONGEST_WAIT_S = 86_400.0
"""Seconds that a Retry-After is obeyed, at most."""

_HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept": "application/json, */*;q=0.1",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "close",  # between two turns lie minutes: no line is worth keeping
}
_CHUNK = 65_536
_DEFAULT_PORTS = {"http": 80, "https": 443}


class HttpJsonConnection:
    """One feed's way to its server. Not to be used by two threads at once, except `close`."""

    def __init__(
        self, url: str, params: Mapping[str, str], headers: Mapping[str, str], *, timeout_s: float, max_bytes: int
    ) -> None:
        """Prepare, without touching the network.

        Args:
            url: where to ask.
            params: added to the address, encoded.
            headers: added to the request.
            timeout_s: seconds for the whole answer.
            max_bytes: of the answer, packed or unpacked.
        """
        self._url = url
        self._params = dict(params)
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        # Only opening the connection is tried again at once; anything else waits for the next turn.
        retries = Retry(total=None, connect=1, read=0, redirect=0, status=0, other=0, backoff_factor=0.1)
        self._adapter = GuardedAdapter(max_retries=retries)
        self._session = requests.Session()
        self._session.headers.update(_HEADERS)
        self._session.headers.update(headers)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, self._adapter)
        self._validators: dict[str, str] = {}
        self._unchanged = b""  # the last answer, packed, in case the server says it still holds

    def fetch(self) -> Payload:
        """Ask once.

        Raises:
            FeedError: no usable answer.
        """
        with Guard(self._timeout_s) as guard:
            self._adapter.guard = guard
            try:
                return self._ask()
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                if guard.expired:
                    raise fault("timeout", f"after {self._timeout_s:g} s") from error
                raise _network_fault(error) from error
            finally:
                self._adapter.guard = None
                self._session.close()

    def close(self) -> None:
        """End a request that is under way, and let go of the session."""
        guard = self._adapter.guard
        if guard is not None:
            guard.expire()
        self._session.close()

    def _ask(self) -> Payload:
        with contextlib.closing(self._follow()) as response:
            server_time = _server_time(response.headers)
            if response.status_code == requests.codes.not_modified and self._unchanged:
                return Payload(_decode(zlib.decompress(self._unchanged), response), server_time)
            _check_status(response, server_time)
            body = self._read(response)
        content = _decode(body, response)
        self._validators = _validators(response.headers)
        self._unchanged = zlib.compress(body, 1) if self._validators else b""
        return Payload(content, server_time)

    def _follow(self) -> requests.Response:
        """Return the answer, headers only, after redirects that stay on the same host."""
        url, params = self._url, self._params
        for _ in range(MOST_REDIRECTS + 1):
            response = self._session.get(
                url,
                params=params,
                headers=self._validators,
                timeout=(min(CONNECT_S, self._timeout_s), self._timeout_s),
                allow_redirects=False,
                stream=True,
            )
            target = self._session.get_redirect_target(response)
            if target is None:
                return response
            response.close()
            self._session.close()  # some servers say to keep the line, and drop it
            here, url, params = url, urljoin(response.url, target), {}
            if not _same_place(here, url):
                raise fault("redirected", f"to {urlsplit(url).hostname}")
        raise fault("redirected", f"more than {MOST_REDIRECTS} times")

    def _read(self, response: requests.Response) -> bytes:
        declared = response.headers.get("Content-Length", "")
        if declared.isascii() and declared.isdigit() and int(declared[:20]) > self._max_bytes:
            raise fault("too_large", f"{declared} bytes")
        body = bytearray()
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if max(len(body), response.raw.tell()) > self._max_bytes:
                raise fault("too_large", f"more than {self._max_bytes} bytes")
        guard = self._adapter.guard
        if guard is not None and guard.expired:  # a shut socket looks like an end
            raise fault("timeout", f"after {self._timeout_s:g} s")
        return bytes(body)


def _same_place(here: str, there: str) -> bool:
    """Tell whether a redirect stays on the same host and port; http may become https, never the other way."""
    one, other = urlsplit(here), urlsplit(there)
    if one.hostname != other.hostname or other.scheme not in _DEFAULT_PORTS:
        return False
    ports = [part.port or _DEFAULT_PORTS[part.scheme] for part in (one, other)]
    return (one.scheme == other.scheme and ports[0] == ports[1]) or (
        (one.scheme, other.scheme) == ("http", "https") and ports == [80, 443]
    )


def _check_status(response: requests.Response, server_time: datetime | None) -> None:
    status = response.status_code
    if status == requests.codes.too_many_requests:
        raise fault("rate_limited", retry_after_s=_retry_after(response.headers, server_time))
    if status in (requests.codes.no_content, requests.codes.reset_content):
        raise fault("empty", f"HTTP {status}")
    # 206 is how some services say that there are more pages; we ask for all we need.
    if status not in (requests.codes.ok, requests.codes.partial_content):
        raise fault("http_status", f"HTTP {status}", retry_after_s=_retry_after(response.headers, server_time))
    if "html" in response.headers.get("Content-Type", "").lower():
        raise fault("html")


def _decode(body: bytes, response: requests.Response) -> Any:
    if not body.strip():
        raise fault("empty")
    charset = requests.utils.get_encoding_from_headers(response.headers)
    # "text/…" without a charset makes requests assume latin-1; JSON is UTF-8 unless its first bytes say otherwise.
    if charset is None or "charset" not in response.headers.get("Content-Type", "").lower():
        charset = json.detect_encoding(body)
    try:
        text = body.decode(charset).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        raise fault("wrong_encoding", charset) from error
    start = text.lstrip()[:200].lower()
    if start.startswith("<"):
        raise fault("html" if "<html" in start or "<!doctype html" in start else "not_json", "it begins with '<'")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise fault("not_json", str(error)[:80]) from error


def _network_fault(error: Exception) -> Exception:
    """Return the FeedError for an error on the way."""
    causes = list(_causes(error))
    if isinstance(error, requests.exceptions.SSLError):
        return fault("untrusted_server")
    if isinstance(error, requests.Timeout) or any(isinstance(cause, TimeoutError) for cause in causes):
        return fault("timeout")
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return fault("wrong_encoding", "packed wrongly")
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return fault("cut_short")
    unroutable = any(isinstance(cause, OSError) and cause.errno in _NO_ROUTE for cause in causes)
    if unroutable or any(isinstance(cause, NameResolutionError) for cause in causes):
        return fault("no_network")
    return fault("unreachable", type(causes[-1]).__name__)


_NO_ROUTE = (100, 101, 113)  # ENETDOWN, ENETUNREACH, EHOSTUNREACH


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it wraps: by cause, by urllib3's ``reason``, or as an argument."""
    waiting, seen = [error], set()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inside = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting.extend(cause for cause in inside if isinstance(cause, BaseException))


def _validators(headers: Mapping[str, str]) -> dict[str, str]:
    pairs = (("If-None-Match", headers.get("ETag")), ("If-Modified-Since", headers.get("Last-Modified")))
    return {name: value for name, value in pairs if value}


def _http_date(text: str) -> datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _seconds(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _server_time(headers: Mapping[str, str]) -> datetime | None:
    """Return what time it is for the server: its Date, plus the time that the answer lay in a cache."""
    date = _http_date(headers.get("Date", ""))
    return None if date is None else date + timedelta(seconds=_seconds(headers.get("Age", "").strip()) or 0.0)


def _retry_after(headers: Mapping[str, str], server_time: datetime | None) -> float | None:
    """Return the seconds that the server asks us to wait; a date counts from the server's own time."""
    asked = headers.get("Retry-After", "").strip()
    wait_s = _seconds(asked)
    until = _http_date(asked)
    if wait_s is None and until is not None and server_time is not None:
        wait_s = (until - server_time).total_seconds()
    return None if wait_s is None else min(max(wait_s, 0.0), LONGEST_WAIT_S)
