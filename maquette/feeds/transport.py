"""Transport: HTTP requests, bounded in time, in bytes and in trust. What the bytes mean is for the source that asks.

    with client.turn(), client.ask(Request(url)) as answer:
        content = decoded(answer.read())       # or answer.stream(), row by row

All requests of a turn share one guard and one cap. Redirects stay on the host that was asked unless the document allows another; whatever
the answer, it never grows past the cap; an unchanged answer (304) is not sent twice, and reads as if it had been.
"""

import io
import logging
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import requests
from requests.utils import get_encoding_from_headers
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from maquette import __version__
from maquette.feeds.authorisation import Authorisation, authorisation_of
from maquette.feeds.content_encoding import unpacked_body
from maquette.feeds.guard import Guard, GuardedAdapter
from maquette.feeds.http_headers import retry_after, server_time, validators
from maquette.feeds.http_options import HttpOptions
from maquette.feeds.network_faults import network_fault
from maquette.feeds.problems import fault
from maquette.feeds.request import Request

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

USER_AGENT = f"Maquette/{__version__} (augmented model of a territory; slow polling, honours Retry-After)"
CONNECT_S = 5.0
"""Seconds to open a connection, at most."""
MOST_REDIRECTS = 5
MOST_KEPT = 8
"""Answers that are kept, at most."""
LARGEST_KEPT = 4_000_000
"""Bytes of an answer, packed, that is kept in case the server says that it still holds; a larger one is asked for again."""

# It tells of each retry, and the address with it: one line per failure and one per recovery are enough, and they are ours.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)

_HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept": "application/json, */*;q=0.1",
    "Accept-Encoding": "gzip, deflate",
    "Connection": "close",  # between two turns lie minutes: no line is worth keeping
}
_CHUNK = 65_536
_SERVER_ERRORS = 500  # and above: the server's own trouble, not our question's
_DEFAULT_PORTS = {"http": 80, "https": 443}
_ACCESS_REFUSED = (requests.codes.unauthorized, requests.codes.forbidden)
_SAME_METHOD = (requests.codes.temporary_redirect, requests.codes.permanent_redirect)


class Answer:
    """An answer whose headers have come. Its body is read once, by `read` or by `stream`, while the turn lasts.

    Attributes:
        status: such as 200.
        headers: by name, in any case.
        server_time: what time it was for the server (UTC, aware), or None when it did not say.
        charset: how its text is encoded, where its headers say so.
    """

    def __init__(self, status: int, headers: Mapping[str, str], now: datetime | None, chunks: Iterator[bytes]) -> None:
        self.status = status
        self.headers = headers
        self.server_time = now
        # "text/…" without a charset makes requests assume latin-1: nobody said so.
        declared = "charset" in headers.get("Content-Type", "").lower()
        self.charset: str | None = get_encoding_from_headers(headers) if declared else None
        self._chunks = chunks

    def read(self) -> bytes:
        """Return the whole body, unpacked.

        Raises:
            FeedError: it did not come whole, in time and within the cap.
        """
        body = bytearray()
        for chunk in self._chunks:
            body += chunk
        return bytes(body)

    def stream(self) -> io.BufferedReader:
        """Return the body, unpacked, as a file that is read from its beginning to its end; errors as of `read`, as it comes."""
        return io.BufferedReader(_Body(self._chunks), _CHUNK)


class _Body(io.RawIOBase):
    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        target = memoryview(buffer).cast("B")
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


@dataclass(frozen=True, slots=True)
class _Kept:
    """The last answer to a request, packed, and what the server recognises it by."""

    validators: Mapping[str, str]
    headers: Mapping[str, str]
    packed: bytes


class Client:
    """One feed's way to its servers. Not to be used by two threads at once, except `close`."""

    def __init__(
        self,
        *,
        timeout_s: float,
        max_bytes: int,
        headers: Mapping[str, str] | None = None,
        hosts: Collection[str] = (),
        authorisation: Authorisation | None = None,
    ) -> None:
        """Prepare, without touching the network.

        Args:
            timeout_s: seconds for a whole turn.
            max_bytes: of all answers of a turn, packed or unpacked.
            headers: added to each request; they never go to another host than the one it names.
            hosts: other hosts that redirects may lead to (``name`` or ``name:port``).
            authorisation: how the server is told who asks.
        """
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._headers = dict(headers or {})
        self._hosts = frozenset(hosts)
        self._authorisation = authorisation
        self._spent = 0  # bytes, in this turn
        # Only opening the connection is tried again at once; anything else waits for the next turn.
        retries = Retry(total=None, connect=1, read=0, redirect=0, status=0, other=0, backoff_factor=0.1)
        self._adapter = GuardedAdapter(max_retries=retries)
        self._session = requests.Session()
        self._session.headers.update(_HEADERS)
        self._session.auth = _as_it_is
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, self._adapter)
        self._kept: dict[tuple[str, tuple[tuple[str, str], ...]], _Kept] = {}

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Give the requests within a common end in time and a common cap."""
        self._spent = 0
        with Guard(self._timeout_s) as guard:
            self._adapter.guard = guard
            try:
                yield
            finally:
                self._adapter.guard = None
                self._session.close()

    @contextmanager
    def ask(self, request: Request, *, keep: bool = True, statuses: Collection[int] = ()) -> Iterator[Answer]:
        """Ask within a turn, and give the answer.

        Args:
            request: what to ask.
            keep: whether the answer is kept for the next time, should the server say that it still holds; not for pages of many.
            statuses: that are answers too, beside 200 and 206.

        Raises:
            FeedError: no usable answer.
        """
        keep = keep and request.method == "GET"
        name = request.url, tuple(request.params.items())
        kept = self._kept.get(name) if keep else None
        with self._ended(self._signed(request, kept.validators if kept else {})) as response:
            now = server_time(response.headers)
            if kept is not None and response.status_code == requests.codes.not_modified:
                yield Answer(requests.codes.ok, kept.headers, now, _unpacked(kept.packed))
                return
            self._check(response, now, statuses)
            marks = validators(response.headers) if keep else {}
            packer = _Packer() if marks else None
            yield Answer(response.status_code, response.headers, now, self._chunks(response, packer))
            if keep:
                self._kept.pop(name, None)
            if packer is not None and packer.packed is not None:
                self._kept[name] = _Kept(marks, response.headers, packer.packed)
                for oldest in list(self._kept)[:-MOST_KEPT]:
                    del self._kept[oldest]

    def close(self) -> None:
        """End a request that is under way, and let go of the session."""
        guard = self._adapter.guard
        if guard is not None:
            guard.expire()
        self._session.close()

    @contextmanager
    def _ended(self, response: requests.Response) -> Iterator[requests.Response]:
        """Give an answer, and let go of its line afterwards: some servers say to keep it, and drop it."""
        try:
            yield response
        finally:
            response.close()
            self._session.close()

    def _signed(self, request: Request, marks: Mapping[str, str]) -> requests.Response:
        """Return the answer to a request that says who asks; it says so once more if what it said no longer holds."""
        if self._authorisation is None:
            return self._follow(request, marks)
        response = self._follow(self._authorisation.signed(request, self._send), marks)
        if response.status_code != requests.codes.unauthorized or not self._authorisation.refused():
            return response
        with self._ended(response):
            pass
        return self._follow(self._authorisation.signed(request, self._send), marks)

    def _send(self, request: Request) -> tuple[bytes, str | None]:
        """Send a login, without anything that belongs to the feed's own server."""
        with self._ended(self._follow(request, {}, own=False)) as response:
            now = server_time(response.headers)
            if response.status_code == requests.codes.bad_request:  # how OAuth says that it does not know us
                raise fault("access_refused", "HTTP 400")
            self._check(response, now, ())
            answer = Answer(response.status_code, response.headers, now, self._chunks(response, None))
            return answer.read(), answer.charset

    def _follow(self, request: Request, marks: Mapping[str, str], *, own: bool = True) -> requests.Response:
        """Return the answer, headers only, after redirects that stay where they may lead."""
        url, params, headers = request.url, request.params, {**(self._headers if own else {}), **request.headers}
        for _ in range(MOST_REDIRECTS + 1):
            with self._network():
                response = self._session.request(
                    request.method,
                    url,
                    params=params,
                    headers={**headers, **marks},
                    data=request.body,
                    timeout=(min(CONNECT_S, self._timeout_s), self._timeout_s),
                    allow_redirects=False,
                    stream=True,
                )
            target = self._session.get_redirect_target(response)
            if target is None:
                return response
            with self._ended(response):
                pass
            try:
                here, url, params = url, urljoin(response.url, target), {}
                same = same_place(here, url)
            except ValueError:
                raise fault("redirected", "to no address") from None
            if same:
                repeated = request.method == "GET" or response.status_code in _SAME_METHOD
            else:
                headers = {}
                bare = urlsplit(here).scheme == "https" and urlsplit(url).scheme == "http"
                repeated = request.method == "GET" and self.allows(url) and not bare
            if not repeated:
                raise fault("redirected", f"to {urlsplit(url).hostname}")
        raise fault("redirected", f"more than {MOST_REDIRECTS} times")

    def allows(self, url: str) -> bool:
        """Tell whether an address on another host may be asked, since the document allows that host."""
        parts = urlsplit(url)
        default = _DEFAULT_PORTS.get(parts.scheme)
        port = parts.port or default
        names = {f"{parts.hostname}:{port}", *([str(parts.hostname)] if port == default else [])}
        return default is not None and not names.isdisjoint(self._hosts)

    def _chunks(self, response: requests.Response, packer: "_Packer | None") -> Iterator[bytes]:
        before = self._spent
        declared = response.headers.get("Content-Length", "")
        if declared.isascii() and declared.isdigit() and before + int(declared[:20]) > self._max_bytes:
            raise fault("too_large", f"{declared} bytes")
        for chunk in unpacked_body(self._packed(response, before), response.headers.get("Content-Encoding", "")):
            self._spent += len(chunk)
            if self._spent > self._max_bytes:
                raise fault("too_large", f"more than {self._max_bytes} bytes")
            if packer is not None:
                packer.add(chunk)
            yield chunk
        if packer is not None:
            packer.end()

    def _packed(self, response: requests.Response, before: int) -> Iterator[bytes]:
        """Yield a body as it comes."""
        came = 0
        with self._network():
            for chunk in response.raw.stream(_CHUNK, decode_content=False):
                came += len(chunk)
                if before + came > self._max_bytes:
                    raise fault("too_large", f"more than {self._max_bytes} bytes")
                yield chunk
        guard = self._adapter.guard
        if guard is not None and guard.expired:  # a shut socket looks like an end
            raise fault("timeout", f"after {self._timeout_s:g} s")

    @contextmanager
    def _network(self) -> Iterator[None]:
        """Make a `FeedError` of what goes wrong on the way."""
        try:
            yield
        # Their texts hold the whole address, and with it perhaps a key: none of them goes on, not even as a cause.
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            guard = self._adapter.guard
            if guard is not None and guard.expired:
                raise fault("timeout", f"after {self._timeout_s:g} s") from None
            raise network_fault(error) from None

    def _check(self, response: requests.Response, now: datetime | None, statuses: Collection[int]) -> None:
        status = response.status_code
        if status in statuses:
            return
        if status == requests.codes.too_many_requests:
            raise fault("rate_limited", retry_after_s=retry_after(response.headers, now))
        if status in (requests.codes.no_content, requests.codes.reset_content):
            raise fault("empty", f"HTTP {status}")
        if self._authorisation is not None and status in _ACCESS_REFUSED:
            raise fault("access_refused", f"HTTP {status}", retry_after_s=retry_after(response.headers, now))
        # 206 is how some services say that there are more pages; a document that wants them says so.
        if status not in (requests.codes.ok, requests.codes.partial_content):
            wait_s = retry_after(response.headers, now)
            raise fault("http_status", f"HTTP {status}", retry_after_s=wait_s, of_host=status >= _SERVER_ERRORS)
        if "html" in response.headers.get("Content-Type", "").lower():
            raise fault("html")


def client_of(options: HttpOptions) -> Client:
    """Return the way to a feed's server that its document describes; its keys are read now.

    Raises:
        FeedError: ``no_key``.
    """
    return Client(
        timeout_s=options.timeout,
        max_bytes=options.max_size,
        headers=options.headers,
        hosts=options.allow_hosts,
        authorisation=authorisation_of(options.auth) if options.auth is not None else None,
    )


def same_place(here: str, there: str) -> bool:
    """Tell whether an address stays on the same host and port; http may become https, never the other way."""
    one, other = urlsplit(here), urlsplit(there)
    if one.hostname != other.hostname or other.scheme not in _DEFAULT_PORTS:
        return False
    ports = [part.port or _DEFAULT_PORTS[part.scheme] for part in (one, other)]
    return (one.scheme == other.scheme and ports[0] == ports[1]) or (
        (one.scheme, other.scheme) == ("http", "https") and ports == [80, 443]
    )


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Authorise nothing: without this, a password file of the machine's user would have its say."""
    return request


class _Packer:
    """Packs an answer as it comes by; gives up on one that stays large."""

    def __init__(self) -> None:
        self.packed: bytes | None = None
        """The whole answer, once it has ended; None if it is too large."""
        self._packed = bytearray()
        self._pack = zlib.compressobj(1)

    def add(self, chunk: bytes) -> None:
        if len(self._packed) <= LARGEST_KEPT:
            self._packed += self._pack.compress(chunk)

    def end(self) -> None:
        if len(self._packed) <= LARGEST_KEPT:
            self.packed = bytes(self._packed) + self._pack.flush()


def _unpacked(packed: bytes) -> Iterator[bytes]:
    unpack = zlib.decompressobj()
    while packed:
        yield unpack.decompress(packed, _CHUNK)
        packed = unpack.unconsumed_tail
